"""Chain the unsealed rows of an organization's ledger: one sealer at a time, in batches.

Requests only append; nobody waits for anybody to append. The order of the chain is the order of
sealing, which is why it has positions of its own.
"""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

GENESIS = bytes(32)
BATCH = 5_000

_LOCK = sa.text("select pg_try_advisory_xact_lock(hashtextextended('consent ledger', :organization))")
_LAST = sa.text(
    "select position, head from consent_link where organization_id = :organization "
    "order by position desc limit 1"
)
_WAITING = sa.text(
    """
    select e.id, e.recipient_id, e.kind, e.recorded_at, e.digest from consent_unsealed u
    join consent_event e on e.organization_id = u.organization_id and e.id = u.event_id
    where u.organization_id = :organization order by u.event_id limit :batch
    """
)
_LINK = sa.text(
    """
    with sealed as (
      insert into consent_link (organization_id, position, event_id, head)
      select :organization, * from unnest(
        cast(:positions as bigint[]), cast(:events as bigint[]), cast(:heads as bytea[])))
    delete from consent_unsealed
    where organization_id = :organization and event_id = any(cast(:events as bigint[]))
    """
)


def next_head(
    head: bytes, position: int, event_id: int, recipient_id: int, kind: str, at: datetime, digest: bytes
) -> bytes:
    """The chain's rule: each head is SHA-256 over the one before and everything the event row says."""
    said = f"{position}|{event_id}|{recipient_id}|{kind}|{at.isoformat()}|".encode()
    return hashlib.sha256(head + said + digest).digest()


async def seal(session: AsyncSession, organization_id: int) -> int:
    """Chain up to `BATCH` unsealed rows; returns how many. 0 also when another sealer is at work."""
    if not (await session.execute(_LOCK, {"organization": organization_id})).scalar_one():
        return 0
    last = (await session.execute(_LAST, {"organization": organization_id})).one_or_none()
    position, head = (last.position, last.head) if last else (0, GENESIS)
    rows = (await session.execute(_WAITING, {"organization": organization_id, "batch": BATCH})).all()
    positions, heads = [], []
    for row in rows:
        position += 1
        head = next_head(head, position, *row)
        positions.append(position)
        heads.append(head)
    if rows:
        await session.execute(
            _LINK,
            {
                "organization": organization_id,
                "positions": positions,
                "events": [row.id for row in rows],
                "heads": heads,
            },
        )
    return len(rows)
