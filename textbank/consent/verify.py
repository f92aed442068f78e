"""Check an organization's ledger from its first row to its last: `textbank consent --verify`."""

from dataclasses import dataclass, field

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
_TAIL = sa.text("select count(*) from consent_unsealed where organization_id = :organization")
_UNCHAINED = sa.text(
    "select count(*) from consent_event e where organization_id = :organization "
    "and not exists (select from consent_link l where l.organization_id = e.organization_id "
    "and l.event_id = e.id) and not exists (select from consent_unsealed u "
    "where u.organization_id = e.organization_id and u.event_id = e.id)"
)


@dataclass(slots=True)
class Verification:
    """What reading the whole chain showed."""

    sealed: int = 0
    unsealed: int = 0
    erased: int = 0
    head: str = GENESIS.hex()
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every sealed row is what it was when it was sealed."""
        return not self.faults


async def verify(session: AsyncSession, organization_id: int) -> Verification:
    """Recompute every head and every digest, a page at a time. Stops at the first broken link."""
    found = Verification()
    head = GENESIS
    while True:
        page = {"organization": organization_id, "after": found.sealed, "page": PAGE}
        rows = (await session.execute(_LINKS, page)).all()
        for row in rows:
            position = found.sealed + 1
            head = next_head(head, position, *row[2:7])
            if row.position != position or row.head != head:
                found.faults.append(f"link {position} does not follow from the one before it")
                return found
            if row.payload is None:
                found.erased += 1
            elif digest_of(row.salt, row.payload) != row.digest:
                found.faults.append(f"the words of event {row.id} are not the ones that were sealed")
            found.sealed = position
            found.head = head.hex()
        if len(rows) < PAGE:
            break
    found.unsealed = (await session.execute(_TAIL, {"organization": organization_id})).scalar_one()
    lost = (await session.execute(_UNCHAINED, {"organization": organization_id})).scalar_one()
    if lost:
        found.faults.append(f"{lost} events are neither sealed nor waiting for the sealer")
    return found
