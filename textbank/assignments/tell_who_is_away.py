"""Tell texters who are away that replies wait: one digest in a quarter of an hour at most, none by night.

The message is a number. No name and no word of anybody goes through a push service, and the words around the
number are the device's own (`static/texting_worker.js`).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.accounts.push_message import Browser, authorization, key_of, seal
from textbank.database import Database

AT_ONCE: Final = 100
"""Members that one turn tells; the next one goes on."""
DAY_BEGINS: Final = 8
DAY_ENDS: Final = 21
"""By the member's own clock."""
MOST_COUNTED: Final = 100
_KEPT_FOR: Final = "900"
"""Seconds for which a push service holds it for a phone that is off: then the next digest is due anyway."""
GONE: Final = (401, 403, 404, 410)
"""The browser does not want it any more, or was told another key: it asks again when it is next here."""

Post = Callable[[str, bytes, dict[str, str]], Awaitable[int]]
"""Posts to a public address; returns the status of the answer, 0 for none. `textbank/public_web.py`."""

# Who waits is said again when somebody new came since, and otherwise after two hours: nobody is nagged. A
# page that is looked at renews `seen_at` at least every six minutes, and says all of this itself.
_CLAIM = sa.text(
    """
    with due as (
      select m.id, w.waiting from member m
      cross join lateral (
        select count(*) as waiting, min(needs_reply_since) as first, max(needs_reply_since) as latest from (
          select c.needs_reply_since from conversation c
          where c.organization_id = :organization and c.assigned_member_id = m.id
            and c.needs_reply_since is not null
            and (c.snoozed_until is null or c.snoozed_until <= now()) limit :most) each) w
      where m.organization_id = :organization and m.reminders and m.disabled_at is null
        and m.suspended_at is null and m.time_zone = any(cast(:awake as text[]))
        and (m.told_at is null or m.told_at <= now() - interval '15 minutes')
        and w.first <= now() - interval '2 minutes'
        and (m.told_at is null or w.latest > m.told_at or m.told_at <= now() - interval '2 hours')
        and exists (select from push_subscription p where p.organization_id = :organization
          and p.member_id = m.id)
        and not exists (select from sign_in s where s.organization_id = :organization
          and s.member_id = m.id and s.ended_at is null and s.seen_at > now() - interval '7 minutes')
      order by m.told_at nulls first, m.id limit :at_once for no key update of m skip locked),
    told as (
      update member m set told_at = now() from due
      where m.organization_id = :organization and m.id = due.id returning m.id, due.waiting)
    select p.id, p.endpoint, p.p256dh, p.auth, told.waiting from told
    join push_subscription p on p.organization_id = :organization and p.member_id = told.id
    join sign_in s on s.organization_id = :organization and s.id = p.sign_in_id
      and s.ended_at is null and not s.shared and s.seen_at > now() - interval '30 days'
    """
)
_FORGET = sa.text(
    "delete from push_subscription where organization_id = :organization and id = any(cast(:ids as bigint[]))"
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who we are to push services."""

    key: EllipticCurvePrivateKey
    contact: str


def awake_zones(now: datetime) -> list[str]:
    """Time zones in which it is day now: nobody is told by night."""
    return [name for name, zone in _zones().items() if DAY_BEGINS <= now.astimezone(zone).hour < DAY_ENDS]


@lru_cache(maxsize=1)
def _zones() -> dict[str, ZoneInfo]:
    return {name: ZoneInfo(name) for name in sorted(available_timezones())}


async def claim(session: AsyncSession, organization_id: int, awake: Sequence[str]) -> Sequence[Any]:
    """The browsers to tell now. Their members count as told, so that nobody else tells them."""
    key = {"organization": organization_id, "most": MOST_COUNTED, "at_once": AT_ONCE, "awake": list(awake)}
    return (await session.execute(_CLAIM, key)).all()


async def tell_who_is_away(database: Database, organization_id: int, signer: Signer, post: Post) -> int:
    """One turn; returns how many browsers were told. No transaction is open during the calls."""
    awake = awake_zones(clock.now())
    async with database.transaction(organization_id) as session:
        rows = await claim(session, organization_id, awake)
    answers = await asyncio.gather(*(_tell(row, signer, post) for row in rows))
    gone = [row.id for row, status in zip(rows, answers, strict=True) if status in GONE]
    if gone:
        async with database.transaction(organization_id) as session:
            await session.execute(_FORGET, {"organization": organization_id, "ids": gone})
    return len(rows)


async def _tell(row: Any, signer: Signer, post: Post) -> int:
    browser = Browser(row.endpoint, bytes(row.p256dh), bytes(row.auth))
    body = seal(json.dumps({"waiting": row.waiting}).encode(), browser)
    headers = {
        "Authorization": authorization(signer.key, row.endpoint, contact=signer.contact, now=clock.now()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": _KEPT_FOR,
        "Urgency": "normal",
        # A later one takes the place of one that was not delivered yet.
        "Topic": "replies",
    }
    return await post(row.endpoint, body, headers)


def signer_of(secret: str, public_url: str) -> Signer:
    """The installation's key, and where a push service finds out whom it belongs to."""
    contact = public_url if public_url.startswith("https://") else "mailto:textbank@example.org"
    return Signer(key_of(secret), contact)
