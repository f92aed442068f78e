"""Check an organization's ledger from its first row to its last: `textbank consent --verify`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.ledger import digest_of
from textbank.consent.seal import GENESIS, next_head

PAGE = 2_000

_LINKS = sa.text(
    """
    select l.position, l.head, e.id, e.recipient_id, e.kind, e.recorded_at, e.digest, p.salt, p.payload
    from consent_link l
    join consent_event e on e.organization_id = l.organization_id and e.id = l.event_id
    left join consent_payload p on p.organization_id = l.organization_id and p.event_id = l.event_id
    where l.organization_id = :organization and l.position > :after
    order by l.position limit :page
    """
)
_TAIL = sa.text(
    """
    select e.id, e.recorded_at, e.digest, p.salt, p.payload from consent_unsealed u
    join consent_event e on e.organization_id = u.organization_id and e.id = u.event_id
    left join consent_payload p on p.organization_id = e.organization_id and p.event_id = e.id
    where u.organization_id = :organization and u.event_id > :after order by u.event_id limit :page
    """
)
_UNCHAINED = sa.text(
    "select count(*) from consent_event e where organization_id = :organization "
    "and not exists (select from consent_link l where l.organization_id = e.organization_id "
    "and l.event_id = e.id) and not exists (select from consent_unsealed u "
    "where u.organization_id = e.organization_id and u.event_id = e.id)"
)


@dataclass(frozen=True, slots=True)
class WrittenHead:
    """A head of the chain as it was written down outside the database."""

    at: datetime
    position: int
    head: str
    database: str = ""
    """Which database it was the chain of."""


@dataclass(slots=True)
class Verification:
    """What reading the whole chain showed."""

    sealed: int = 0
    unsealed: int = 0
    """Events that are recorded and wait for the sealer: the tail."""
    unsealed_since: datetime | None = None
    compared: int = 0
    """Heads written down outside the database that the chain still passes through."""
    erased: int = 0
    head: str = GENESIS.hex()
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every sealed row is what it was when it was sealed."""
        return not self.faults


async def verify(
    session: AsyncSession, organization_id: int, written: Iterable[WrittenHead] = ()
) -> Verification:
    """Recompute every head and every digest, a page at a time. Stops at the first broken link.

    `written`: heads that were written down elsewhere, through which the chain must pass.
    """
    found = Verification()
    if not await _chain(session, organization_id, found, _by_position(written)):
        return found
    await _tail(session, organization_id, found)
    lost = (await session.execute(_UNCHAINED, {"organization": organization_id})).scalar_one()
    if lost:
        found.faults.append(f"{lost} events are neither sealed nor waiting for the sealer")
    return found


def _by_position(written: Iterable[WrittenHead]) -> dict[int, list[WrittenHead]]:
    heads: dict[int, list[WrittenHead]] = {}
    for one in written:
        heads.setdefault(one.position, []).append(one)
    return heads


async def _chain(
    session: AsyncSession, organization_id: int, found: Verification, written: dict[int, list[WrittenHead]]
) -> bool:
    head = GENESIS
    while True:
        page = {"organization": organization_id, "after": found.sealed, "page": PAGE}
        rows = (await session.execute(_LINKS, page)).all()
        for row in rows:
            position = found.sealed + 1
            head = next_head(head, position, *row[2:7])
            if row.position != position or row.head != head:
                found.faults.append(f"link {position} does not follow from the one before it")
                return False
            _read(row, found)
            found.sealed = position
            found.head = head.hex()
            for one in written.pop(position, ()):
                _compare(one, found)
        if len(rows) < PAGE:
            break
    for one in (one for position in sorted(written) for one in written[position]):
        found.faults.append(
            f"the chain ends at link {found.sealed}, but the head of link {one.position} "
            f"was written down on {one.at:%Y-%m-%d}; so it is also after an older copy was restored"
        )
    return True


def _compare(one: WrittenHead, found: Verification) -> None:
    if one.head == found.head:
        found.compared += 1
    else:
        found.faults.append(
            f"the head of link {one.position} is not the one written down on {one.at:%Y-%m-%d}: "
            "the chain was made anew"
        )


def _read(row: sa.Row[Any], found: Verification) -> None:
    if row.payload is None:
        found.erased += 1
    elif digest_of(row.salt, row.payload) != row.digest:
        found.faults.append(f"the words of event {row.id} are not the ones that were sealed")


async def _tail(session: AsyncSession, organization_id: int, found: Verification) -> None:
    """What is not sealed yet has no head to prove it; its words must at least give its digest."""
    after = 0
    while True:
        page = {"organization": organization_id, "after": after, "page": PAGE}
        rows = (await session.execute(_TAIL, page)).all()
        for row in rows:
            _read(row, found)
            found.unsealed += 1
            found.unsealed_since = found.unsealed_since or row.recorded_at
            after = row.id
        if len(rows) < PAGE:
            return
