"""File what the carrier has and we have not: texts whose webhook never reached us.

After a gap in hearing, nothing that a missed text could forbid leaves for the account until this has
read the carrier's list past the gap (promise 3). STOPs are filed first, so that the hold can only ever
be lifted onto a true suppression list.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from textbank.across import SenderAddress
from textbank.database import Database
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import receive
from textbank.sms.carrier import Carrier, CarrierRecord
from textbank.sms.classify import classify

OVERLAP = timedelta(minutes=5)
"""Read back this far beyond what was read before: the list lags, and two clocks are compared."""
LIST_LAG = timedelta(seconds=10)
"""A hold ends only by a reading that began this long after the gap, when the list shows all of it."""
FIRST_LOOK_BACK = timedelta(hours=1)

_ACCOUNT = sa.text(
    "select held_since, gap_ended_at, reconciled_at, clock_timestamp() as started from carrier_account "
    "where organization_id = :organization and id = :account"
)
_SENDERS = sa.text(
    "select id, address from sender where organization_id = :organization "
    "and carrier_account_id = :account and kind <> 'messaging_service' order by id"
)
_KNOWN = sa.text("select sid from carrier_message where organization_id = :organization and sid = any(:sids)")
# The hold ends only for the gap that was read past: a newer one has a newer end, or has not ended yet.
_FINISH = sa.text(
    """
    update carrier_account set reconciled_at = :started,
      held_since = case when gap_ended_at is not distinct from :gap_ended_at
        and coalesce(gap_ended_at, '-infinity') <= cast(:started as timestamptz) - cast(:lag as interval)
        then null else held_since end
    where organization_id = :organization and id = :account returning held_since is null
    """
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one reading of an account's list brought."""

    filed: int
    hold_lifted: bool


async def reconcile(
    database: Database,
    organization_id: int,
    account_id: int,
    carrier_for: Callable[[int, int], Awaitable[Carrier]],
) -> Reconciled:
    """Read one account's list of inbound texts. Raises CarrierUnavailable: the hold then stays."""
    key = {"organization": organization_id, "account": account_id}
    async with database.transaction(organization_id) as session:
        account = (await session.execute(_ACCOUNT, key)).one()
        senders = (await session.execute(_SENDERS, key)).all()
    read_from = min(
        account.reconciled_at or account.started - FIRST_LOOK_BACK, account.held_since or account.started
    )
    carrier = await carrier_for(organization_id, account_id)
    missed: list[tuple[SenderAddress, CarrierRecord]] = []
    for sender in senders:
        at = SenderAddress(organization_id, sender.id, account_id)
        found = await _missed(database, carrier, at, sender.address, read_from - OVERLAP)
        missed += [(at, record) for record in found]
    missed.sort(key=lambda pair: (classify(pair[1].body).kind != "stop", pair[1].date_created))
    for at, record in missed:
        await receive(database, at, _as_text(record))
    async with database.transaction(organization_id) as session:
        lifted = (
            await session.execute(
                _FINISH,
                {**key, "started": account.started, "gap_ended_at": account.gap_ended_at, "lag": LIST_LAG},
            )
        ).scalar_one()
    return Reconciled(len(missed), lifted)


async def _missed(
    database: Database, carrier: Carrier, at: SenderAddress, address: str, since: datetime
) -> list[CarrierRecord]:
    records: list[CarrierRecord] = []
    async for record in carrier.list_to(address, page_size=200):
        if record.date_created < since:
            break
        if record.direction == "inbound" and record.from_:
            records.append(record)
    async with database.transaction(at.organization_id) as session:
        known = set(
            (
                await session.scalars(
                    _KNOWN,
                    {"organization": at.organization_id, "sids": [record.sid for record in records]},
                )
            ).all()
        )
    # The list is newest first, and its times are whole seconds: turned round, two texts of one second keep
    # the order in which they were written.
    return [record for record in reversed(records) if record.sid not in known]


def _as_text(record: CarrierRecord) -> InboundText:
    return InboundText(
        sid=record.sid,
        from_=record.from_ or "",
        to=record.to,
        body=record.body,
        carrier_time=record.date_sent or record.date_created,
    )
