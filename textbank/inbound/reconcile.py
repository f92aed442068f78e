"""File what the carrier has and we have not: texts whose webhook never reached us.

After a gap in hearing, nothing that a missed text could forbid leaves for the account until this has
read the carrier's list past the gap (promise 3). STOPs are filed first, so that the hold can only ever
be lifted onto a true suppression list. A restored copy of the database is a gap in which we also forgot
what we sent: `settle_restored.py` learns it before the hold is lifted.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from textbank.across import SenderAddress
from textbank.database import Database
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import Incoming, Received, receive, receive_together
from textbank.inbound.settle_restored import LEASE, Restored, settle_restored
from textbank.sms.carrier import Carrier, CarrierRecord, CarrierUnavailable
from textbank.sms.classify import classify

OVERLAP = timedelta(minutes=5)
"""Read back this far beyond what was read before: the list lags, and two clocks are compared."""
LIST_LAG = timedelta(seconds=10)
"""A hold ends only by a reading that began this long after the gap, when the list shows all of it."""
WEBHOOK_TIME = timedelta(seconds=30)
"""What is older than this and has not come will not come: the carrier's own retries end at 15 seconds."""
FIRST_LOOK_BACK = timedelta(hours=1)
AT_ONCE = 50
"""Texts to a transaction: after an outage, thousands must be filed before anything that we start leaves."""

_ACCOUNT = sa.text(
    "select held_since, gap_ended_at, reconciled_at, restored_copy_of, clock_timestamp() as started "
    "from carrier_account where organization_id = :organization and id = :account"
)
# What was sent since a copy may be long to read: one worker does it, and the others have their chores.
_TAKE = sa.text(
    "update carrier_account set settling_until = case when restored_copy_of is not null "
    "then clock_timestamp() + cast(:lease as interval) end "
    "where organization_id = :organization and id = :account "
    "and (settling_until is null or settling_until < clock_timestamp()) returning id"
)
_LEAVE = sa.text(
    "update carrier_account set settling_until = null, "
    "restored_copy_of = case when :settled and held_since is null then null else restored_copy_of end "
    "where organization_id = :organization and id = :account and restored_copy_of is not null"
)
_SENDERS = sa.text(
    "select id, address, kind from sender where organization_id = :organization "
    "and carrier_account_id = :account order by id"
)
_KNOWN = sa.text("select sid from carrier_message where organization_id = :organization and sid = any(:sids)")
# The hold ends only for the gap that was read past: a newer one has a newer end, or has not ended yet. Texts
# whose webhook never came although nobody noticed a gap are a gap in themselves.
_FINISH = sa.text(
    """
    update carrier_account set reconciled_at = :started,
      held_since = case
        when :deaf then coalesce(held_since, :started)
        when gap_ended_at is not distinct from :gap_ended_at
          and coalesce(gap_ended_at, '-infinity') <= cast(:started as timestamptz) - cast(:lag as interval)
          then null
        else held_since end,
      gap_ended_at = case when :deaf then clock_timestamp() else gap_ended_at end
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
        if (await session.execute(_TAKE, {**key, "lease": LEASE})).one_or_none() is None:
            return Reconciled(0, False)
        account = (await session.execute(_ACCOUNT, key)).one()
        senders = (await session.execute(_SENDERS, key)).all()
    try:
        carrier = await carrier_for(organization_id, account_id)
        addresses = await _addresses(carrier, senders)
        filed, deaf = await _file_missed(database, organization_id, account_id, account, carrier, addresses)
        if account.restored_copy_of is not None:
            services = {one.address: one.id for one in senders if one.kind == "messaging_service"}
            copy = Restored(organization_id, account_id, account.restored_copy_of, addresses, services)
            await settle_restored(database, copy, carrier)
    except CarrierUnavailable:
        async with database.transaction(organization_id) as session:
            await session.execute(_LEAVE, {**key, "settled": False})
        raise
    finish = {"started": account.started, "gap_ended_at": account.gap_ended_at, "lag": LIST_LAG}
    async with database.transaction(organization_id) as session:
        lifted = (await session.execute(_FINISH, {**key, **finish, "deaf": deaf})).scalar_one()
        await session.execute(_LEAVE, {**key, "settled": True})
    return Reconciled(filed, lifted)


async def _file_missed(
    database: Database,
    organization_id: int,
    account_id: int,
    account: sa.Row[Any],
    carrier: Carrier,
    addresses: dict[str, int],
) -> tuple[int, bool]:
    """File what was missed, STOPs first: how many, and whether webhooks do not reach us even now."""
    read_from = min(
        account.reconciled_at or account.started - FIRST_LOOK_BACK, account.held_since or account.started
    )
    gap_ended_at = account.gap_ended_at or datetime.min.replace(tzinfo=UTC)
    missed: list[tuple[SenderAddress, CarrierRecord]] = []
    for address, sender_id in addresses.items():
        at = SenderAddress(organization_id, sender_id, account_id)
        for record in await _missed(database, carrier, at, address, read_from - OVERLAP):
            # A healthy webhook brings more than the list does, so it gets its time to arrive.
            if record.date_created <= max(gap_ended_at, account.started - WEBHOOK_TIME):
                missed.append((at, record))
    missed.sort(key=lambda pair: (classify(pair[1].body).kind != "stop", pair[1].date_created))
    deaf = False
    for some in _of_different_people(missed):
        texts = [Incoming(at, await _as_text(carrier, record)) for at, record in some]
        filed = await _file(database, organization_id, texts)
        deaf = deaf or any(
            one.fresh and record.date_created > gap_ended_at
            for one, (_, record) in zip(filed, some, strict=True)
        )
    return len(missed), deaf


def _of_different_people(
    missed: Sequence[tuple[SenderAddress, CarrierRecord]],
) -> Iterator[list[tuple[SenderAddress, CarrierRecord]]]:
    """The same texts in the same order, cut wherever somebody comes up again: who shares a transaction is
    filed once in it."""
    some: list[tuple[SenderAddress, CarrierRecord]] = []
    for at, record in missed:
        if len(some) == AT_ONCE or any(other.from_ == record.from_ for _, other in some):
            yield some
            some = []
        some.append((at, record))
    if some:
        yield some


async def _file(database: Database, organization_id: int, texts: Sequence[Incoming]) -> list[Received]:
    """File them in one transaction; where that fails, each in its own, so that none fails for another."""
    try:
        return await receive_together(database, organization_id, texts)
    except DBAPIError:
        return [await receive(database, one.at, one.text) for one in texts]


async def _addresses(carrier: Carrier, senders: Sequence[sa.Row[Any]]) -> dict[str, int]:
    """Every number that texts may have come to, with its sender; a pool's are the carrier's to tell."""
    found: dict[str, int] = {}
    for sender in senders:
        if sender.kind == "messaging_service":
            for number in await carrier.service_numbers(sender.address):
                found.setdefault(number, sender.id)
    found |= {sender.address: sender.id for sender in senders if sender.kind != "messaging_service"}
    return found


async def _missed(
    database: Database, carrier: Carrier, at: SenderAddress, address: str, since: datetime
) -> list[CarrierRecord]:
    records: list[CarrierRecord] = []
    async for record in carrier.list_to(address, page_size=200):
        if (record.date_sent or record.date_created) < since:
            break
        if record.direction == "inbound" and record.from_:
            records.append(record)
    sids = {"organization": at.organization_id, "sids": [record.sid for record in records]}
    async with database.transaction(at.organization_id) as session:
        known = set((await session.scalars(_KNOWN, sids)).all())
    # The list is newest first, and its times are whole seconds: turned round, two texts of one second keep
    # the order in which they were written.
    return [record for record in reversed(records) if record.sid not in known]


async def _as_text(carrier: Carrier, record: CarrierRecord) -> InboundText:
    return InboundText(
        sid=record.sid,
        from_=record.from_ or "",
        to=record.to,
        body=record.body,
        media=await carrier.media_of(record.sid) if record.media_count else (),
        carrier_time=record.date_sent or record.date_created,
    )
