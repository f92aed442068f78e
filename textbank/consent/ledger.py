"""Append to the consent ledger, in the transaction of whatever it records.

The digest covers a random salt and the payload in canonical JSON. The chain later covers the digest,
so a payload can be erased (a person's right) without breaking the proof of everything else, and a
digest alone does not give away which of ten thousand phone numbers it was about.

Nobody rings for the sealer: the schedule has what is new chained every two seconds, together.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_APPEND = sa.text(
    """
    with event as (
      insert into consent_event (organization_id, recipient_id, kind, digest)
      values (:organization, :recipient, :kind, :digest) returning id),
    payload as (
      insert into consent_payload (organization_id, event_id, salt, payload)
      select :organization, id, :salt, cast(:payload as jsonb) from event),
    unsealed as (
      insert into consent_unsealed (organization_id, event_id) select :organization, id from event)
    select id from event
    """
)

# As one array: a row for each would cost more than the rest of the statement.
_EVENT_IDS = sa.text(
    "select array_agg(nextval(pg_get_serial_sequence('consent_event', 'id'))) "
    "from generate_series(1, cast(:count as int))"
)


def appended(source: str, kind: str) -> str:
    """A part of a statement: it writes an event for each row of `source (event_id, recipient_id, digest,
    salt, payload)`. `kind` is a value of the statement, or one of our own constants in quotes."""
    return f"""event as (
      insert into consent_event (organization_id, id, recipient_id, kind, digest) overriding system value
      select :organization, event_id, recipient_id, {kind}, digest from {source}),
    payload as (
      insert into consent_payload (organization_id, event_id, salt, payload)
      select :organization, event_id, salt, payload::jsonb from {source}),
    unsealed as (
      insert into consent_unsealed (organization_id, event_id)
      select :organization, event_id from {source})"""  # noqa: S608 - the names are our own constants


_APPEND_MANY = sa.text(
    f"""
    with given as (
      select * from unnest(
        cast(:ids as bigint[]), cast(:recipients as bigint[]), cast(:digests as bytea[]),
        cast(:salts as bytea[]), cast(:payloads as text[]))
        as g (event_id, recipient_id, digest, salt, payload)),
    {appended("given", ":kind")}
    select 1
    """  # noqa: S608 - a part of our own
)
SALT_BYTES = 16
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def digest_of(salt: bytes, payload: dict[str, Any]) -> bytes:
    """SHA-256 over the salt and the payload's canonical JSON (sorted keys, no spaces, UTF-8)."""
    return hashlib.sha256(salt + canonical(payload).encode()).digest()


def canonical(payload: dict[str, Any]) -> str:
    """The one JSON text that a payload is digested as."""
    return _canonical(payload)


def columns_of(payloads: Sequence[dict[str, Any]]) -> dict[str, list[object]]:
    """Salts, digests and texts of these payloads, as arrays for a statement."""
    random = secrets.token_bytes(SALT_BYTES * len(payloads))
    salts = [random[start : start + SALT_BYTES] for start in range(0, len(random), SALT_BYTES)]
    texts = [canonical(payload) for payload in payloads]
    digests = [hashlib.sha256(salt + one.encode()).digest() for salt, one in zip(salts, texts, strict=True)]
    return {"salts": [*salts], "digests": [*digests], "payloads": [*texts]}


async def append(
    session: AsyncSession, organization_id: int, recipient_id: int, kind: str, payload: dict[str, Any]
) -> int:
    """Record a consent event; returns its id. `payload` holds JSON values only (times as ISO 8601)."""
    salt = secrets.token_bytes(SALT_BYTES)
    event_id: int = (
        await session.execute(
            _APPEND,
            {
                "organization": organization_id,
                "recipient": recipient_id,
                "kind": kind,
                "digest": digest_of(salt, payload),
                "salt": salt,
                "payload": canonical(payload),
            },
        )
    ).scalar_one()
    return event_id


async def append_many(
    session: AsyncSession, organization_id: int, kind: str, events: Sequence[tuple[int, dict[str, Any]]]
) -> Sequence[int]:
    """Record many events of one kind, each (recipient, payload); returns their ids in the same order."""
    if not events:
        return []
    ids: list[int] = (await session.execute(_EVENT_IDS, {"count": len(events)})).scalar_one()
    await session.execute(
        _APPEND_MANY,
        {
            "organization": organization_id,
            "kind": kind,
            "ids": ids,
            "recipients": [recipient_id for recipient_id, _ in events],
            **columns_of([payload for _, payload in events]),
        },
    )
    return ids
