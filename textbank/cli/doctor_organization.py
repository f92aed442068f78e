"""What `textbank doctor` looks at in one organization: its carrier accounts, senders, and what waits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.carriers import Carriers
from textbank.database import Database
from textbank.errors import TextbankError
from textbank.messaging.protocol import HEARING_GAP
from textbank.settings import Settings
from textbank.sms.carrier import CarrierUnavailable

MOST_COUNTED: Final = 10_000
# An unknown is looked for twice, ten minutes apart; older than this, nobody is settling them.
_SETTLED_WITHIN: Final = timedelta(minutes=15)
_SEALED_WITHIN: Final = timedelta(minutes=1)

_ACCOUNTS = sa.text(
    """
    select id, account_sid, halted_at, halted_reason, held_since, gap_ended_at,
      now() - heard_at as silence, now() - held_since as held_for, restored_copy_of
    from carrier_account where organization_id = :organization order by id limit 100
    """
)
_SENDERS = sa.text(
    "select address, carrier_account_id, registration, halted_at, halted_reason from sender "
    "where organization_id = :organization order by id limit 1000"
)
_UNKNOWN = sa.text(
    """
    select count(*) as some, coalesce(max(now() - permit_at), interval '0') as oldest from (
      select permit_at from attempt where organization_id = :organization
        and (outcome is null or outcome = 'unknown') and permit_at < now() - interval '1 minute'
      limit :most) as unsettled
    """
)
_OUTBOX = sa.text(
    "select count(*) from (select from outbox where organization_id = :organization limit :most) as waiting"
)
_UNSEALED = sa.text(
    """
    select (select count(*) from (
        select from consent_unsealed where organization_id = :organization limit :most) as tail) as some,
      (select now() - e.recorded_at from consent_unsealed u
        join consent_event e on e.organization_id = u.organization_id and e.id = u.event_id
        where u.organization_id = :organization order by u.event_id limit 1) as oldest
    """
)


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check."""

    check: str
    ok: bool
    said: str
    to_do: str = ""
    """Where it is not ok."""


async def examine_organization(
    database: Database, settings: Settings, organization_id: int, name: str
) -> list[Finding]:
    """Everything about one organization."""
    key = {"organization": organization_id}
    async with database.transaction(organization_id) as session:
        accounts = (await session.execute(_ACCOUNTS, key)).all()
        senders = (await session.execute(_SENDERS, key)).all()
        waiting = await _waiting(session, organization_id, name)
    findings = []
    if not accounts:
        findings.append(
            Finding(
                f"{name}: carrier account",
                False,
                "none is connected, so nothing can be sent.",
                "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and run `textbank connect`.",
            )
        )
    carriers = Carriers(database, settings)
    try:
        for account in accounts:
            own = [sender for sender in senders if sender.carrier_account_id == account.id]
            findings += _states(name, account)
            probe = own[0].address if own else "+15005550006"
            findings.append(await _answers(carriers, organization_id, name, account, probe))
            findings += _senders(name, account, own)
    finally:
        await carriers.close()
    return findings + waiting


async def _answers(
    carriers: Carriers, organization_id: int, name: str, account: sa.Row[Any], probe: str
) -> Finding:
    check = f"{name}: carrier answers for {account.account_sid}"
    try:
        carrier = await carriers(organization_id, account.id)
        async for _ in carrier.list_to(probe, page_size=1):
            break
    except CarrierUnavailable as error:
        return Finding(
            check,
            False,
            f"no: {error}.",
            "see that this machine reaches the carrier, and that the account's token is still valid; enter "
            "a new one with `textbank connect`.",
        )
    except TextbankError as error:
        return Finding(check, False, error.message, "start with the right secret, or connect it again.")
    return Finding(check, True, "its token is readable and its list of messages came.")


def _states(name: str, account: sa.Row[Any]) -> list[Finding]:
    sid = account.account_sid
    findings = [
        Finding(
            f"{name}: hearing {sid}",
            account.silence <= HEARING_GAP,
            f"webhooks could reach us until {_span(account.silence)} ago.",
            "start the web part (`textbank web`); until it runs, nothing that we start is sent.",
        )
    ]
    if account.restored_copy_of is not None:
        findings.append(
            Finding(
                f"{name}: restored copy on {sid}",
                False,
                f"the database is a copy of {account.restored_copy_of:%Y-%m-%d %H:%M} UTC, and what was sent "
                "and heard since is not read from the carrier yet: nothing leaves, not even answers.",
                "nothing, if this is less than a few minutes; else see that web, worker and schedule run and "
                "that the carrier answers (below).",
            )
        )
    elif account.held_since is not None:
        why = "the carrier's list is being read" if account.gap_ended_at else "the gap has not ended"
        findings.append(
            Finding(
                f"{name}: hold on {sid}",
                False,
                f"texts that we start wait since {_span(account.held_for)}: webhooks could not reach us, "
                f"and a STOP may have been missed ({why}).",
                "nothing, if this is less than a few minutes; else see that worker and carrier are well.",
            )
        )
    if account.halted_at is not None:
        findings.append(
            Finding(
                f"{name}: account {sid}",
                False,
                f"halted: {account.halted_reason or 'no reason is recorded'}.",
                "settle it in the carrier's console, then run `textbank connect` again.",
            )
        )
    return findings


def _senders(name: str, account: sa.Row[Any], senders: list[sa.Row[Any]]) -> list[Finding]:
    if not senders:
        said = f"{account.account_sid} has none, so nothing can be sent."
        return [Finding(f"{name}: senders", False, said, "run `textbank connect` with its numbers.")]
    halted = [
        Finding(
            f"{name}: sender {sender.address}",
            False,
            f"halted: {sender.halted_reason or 'no reason is recorded'}.",
            "settle it in the carrier's console (registration, blocks), then connect it again.",
        )
        for sender in senders
        if sender.halted_at is not None
    ]
    if all(sender.registration != "registered" for sender in senders):
        halted.append(
            Finding(
                f"{name}: registration",
                False,
                "no sender is registered with the carriers, so campaigns wait; answers and replies leave.",
                "see docs/compliance.md, then run `textbank setup` again, which asks the carrier.",
            )
        )
    return halted or [Finding(f"{name}: senders", True, f"{len(senders):,} of {account.account_sid}.")]


async def _waiting(session: AsyncSession, organization_id: int, name: str) -> list[Finding]:
    key = {"organization": organization_id, "most": MOST_COUNTED}
    unknown = (await session.execute(_UNKNOWN, key)).one()
    outbox: int = (await session.execute(_OUTBOX, key)).scalar_one()
    unsealed = (await session.execute(_UNSEALED, key)).one()
    tail = f"{_counted(unsealed.some)} unsealed"
    if unsealed.oldest is not None:
        tail += f", the oldest for {_span(unsealed.oldest)}"
    return [
        Finding(
            f"{name}: unclear outcomes",
            unknown.oldest <= _SETTLED_WITHIN,
            f"{_counted(unknown.some)} older than a minute"
            + (f", the oldest {_span(unknown.oldest)}." if unknown.some else "."),
            "see that worker, schedule and carrier are well: they are settled by the carrier's list.",
        ),
        Finding(f"{name}: outbox", True, f"{_counted(outbox)} texts wait."),
        Finding(
            f"{name}: consent ledger",
            (unsealed.oldest or timedelta()) <= _SEALED_WITHIN,
            f"{tail}.",
            "see that worker and schedule run; what is recorded holds, it is only not chained yet.",
        ),
    ]


def _counted(count: int) -> str:
    return f"{count:,} or more" if count >= MOST_COUNTED else f"{count:,}"


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.0f} h"
