"""How a campaign's texts do by the number that they leave from, and a rest for one that does badly alone.

A campaign that does badly everywhere has the wrong words or list, and pauses (`watch.py`). One number that
does badly while the others do well is the number's trouble: it rests, the others take its texts, and what
became of them until then says nothing against the campaign any more. Texts that carriers filter are left
out of it: those pause the campaign on all numbers (`messaging/pause_of_itself.py`).

Everything is read from kept counters: one row of this campaign, at most twenty of others.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes, jobs
from textbank.accounts import audit

AT_LEAST: Final = 100
FAILED: Final = 0.10
TIMES_OTHERS: Final = 2.0
SHOWN: Final = 50
REASON: Final = "fails more than the others"
"""`sender.halted_reason` of a number that rests because of this; the pages have words for it."""
_COUNTS = ("delivered", "failed", "filtered", "opted_out")

_LOOK = sa.text(
    "select c.forgiven, p.senders from campaign c join campaign_progress p "
    "on p.organization_id = c.organization_id and p.campaign_id = c.id "
    "where c.organization_id = :organization and c.id = :campaign and c.state = 'running' "
    "and p.senders <> '{}'"
)
_NAMED = sa.text(
    "select id, address, halted_at, halted_reason from sender where organization_id = :organization "
    "and id = any(:senders) order by id limit :most"
)
# Never the last one: a number that others cannot stand in for goes on, and the campaign is judged with it.
_REST = sa.text(
    """
    update sender s set halted_at = clock_timestamp(), halted_reason = :reason, retry_at = null
    where s.organization_id = :organization and s.id = :sender and s.halted_at is null
      and exists (select from sender o join carrier_account a on a.organization_id = o.organization_id
        and a.id = o.carrier_account_id and a.halted_at is null
        where o.organization_id = s.organization_id and o.id <> s.id and o.halted_at is null
          and o.pooled and o.registration = 'registered')
    returning s.address
    """
)
_FORGIVE = sa.text(
    "update campaign set forgiven = cast(:forgiven as jsonb) where organization_id = :organization "
    "and id = :campaign and forgiven = cast(:before as jsonb)"
)
_EARLIER = sa.text(
    """
    select s.key = cast(:sender as text) as own,
      sum(coalesce((s.value ->> 'delivered')::bigint, 0)) as delivered,
      sum(coalesce((s.value ->> 'failed')::bigint, 0)) as failed,
      sum(coalesce((s.value ->> 'filtered')::bigint, 0)) as filtered,
      sum(coalesce((s.value ->> 'opted_out')::bigint, 0)) as opted_out
    from (select id from campaign where organization_id = :organization order by id desc limit 20) c
    join campaign_progress p on p.organization_id = :organization and p.campaign_id = c.id
    cross join lateral jsonb_each(p.senders) s
    group by 1
    """
)


@dataclass(frozen=True, slots=True)
class Shares:
    """Of texts whose outcome is known."""

    known: int
    delivered: float
    filtered: float
    failed: float
    opted_out: float


@dataclass(frozen=True, slots=True)
class OfNumber:
    """How far a campaign's texts of one number are."""

    sender_id: int
    """0: texts that leave from whichever number has room."""
    address: str
    rests: bool
    with_us: int
    at_carrier: int
    done: int
    shares: Shares

    @property
    def under_way(self) -> int:
        """Texts of it that are not done."""
        return self.with_us + self.at_carrier


def shares_of(counts: Mapping[str, Any]) -> Shares:
    """What counters of one number come to."""
    delivered, failed, filtered, opted_out = (int(counts.get(name) or 0) for name in _COUNTS)
    known = delivered + failed
    most = known or 1
    return Shares(known, delivered / most, filtered / most, failed / most, opted_out / most)


async def numbers_of(
    session: AsyncSession, organization_id: int, senders: Mapping[str, Mapping[str, int]]
) -> list[OfNumber]:
    """The numbers in a campaign's counters, with their addresses; empty where there is only one."""
    if len(senders) < 2:
        return []
    named = {row.id: row for row in await _named(session, organization_id, senders)}
    found = []
    for sender_id, counts in sorted((int(key), counts) for key, counts in senders.items()):
        if sender_id and sender_id not in named:
            continue
        number = named.get(sender_id)
        found.append(
            OfNumber(
                sender_id,
                number.address if number else "",
                number is not None and number.halted_at is not None,
                counts.get("with_us", 0),
                counts.get("at_carrier", 0),
                counts.get("delivered", 0) + counts.get("failed", 0),
                shares_of(counts),
            )
        )
    return found


async def shares_of_number(
    session: AsyncSession, organization_id: int, sender_id: int
) -> tuple[Shares, Shares] | None:
    """A number's shares in the last twenty campaigns, and those of the other numbers; None below two."""
    key = {"organization": organization_id, "sender": str(sender_id)}
    rows = {row.own: shares_of(dict(row._mapping)) for row in await session.execute(_EARLIER, key)}
    if True not in rows or False not in rows or not rows[True].known:
        return None
    return rows[True], rows[False]


def going_wrong(numbers: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Which of these numbers fail clearly more than all the others together, filtered texts left aside."""
    found = []
    for sender, counts in numbers.items():
        own_known, own_failed = _known_and_failed([counts])
        known, failed = _known_and_failed([other for key, other in numbers.items() if key != sender])
        if own_known < AT_LEAST or known < AT_LEAST:
            continue
        if own_failed / own_known >= max(FAILED, TIMES_OTHERS * failed / known):
            found.append(sender)
    return found


async def rest_what_goes_wrong(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Look at the numbers of a campaign that was just counted, and let those rest that go wrong alone."""
    key = {"organization": organization_id, "campaign": campaign_id}
    row = (await session.execute(_LOOK, key)).one_or_none()
    if row is None or len(row.senders) < 2:
        return
    forgiven = row.forgiven.get("senders", {})
    since = {
        sender: {name: counts.get(name, 0) - forgiven.get(sender, {}).get(name, 0) for name in _COUNTS}
        for sender, counts in row.senders.items()
        if sender != "0"
    }
    apart = {
        str(one.id)
        for one in await _named(session, organization_id, since)
        if one.halted_at is not None and one.halted_reason == REASON
    }
    for sender in going_wrong({key: counts for key, counts in since.items() if key not in apart}):
        if await _rest(session, organization_id, campaign_id, int(sender), shares_of(since[sender])):
            apart.add(sender)
    if apart:
        await _forgive(session, key, row, {sender: since[sender] for sender in sorted(apart)})


def _known_and_failed(numbers: list[Mapping[str, int]]) -> tuple[int, int]:
    filtered = sum(counts.get("filtered", 0) for counts in numbers)
    failed = sum(counts.get("failed", 0) for counts in numbers)
    return sum(counts.get("delivered", 0) for counts in numbers) + failed, failed - filtered


async def _named(session: AsyncSession, organization_id: int, senders: Mapping[str, Any]) -> Any:
    ids = [int(sender) for sender in senders if sender != "0"]
    key = {"organization": organization_id, "senders": ids, "most": SHOWN}
    return (await session.execute(_NAMED, key)).all()


async def _rest(
    session: AsyncSession, organization_id: int, campaign_id: int, sender_id: int, shares: Shares
) -> bool:
    key = {"organization": organization_id, "sender": sender_id, "reason": REASON}
    address = (await session.execute(_REST, key)).scalar_one_or_none()
    if address is None:
        return False
    audit.record(
        session,
        organization_id,
        "sender.rested",
        actor=audit.SCHEDULE,
        address=address,
        campaign_id=campaign_id,
        failed=round(shares.failed, 4),
    )
    jobs.ring(session, jobs.Job(jobs.SEND))
    changes.announce(session, organization_id, changes.DELIVERIES)
    return True


async def _forgive(
    session: AsyncSession, key: dict[str, int], row: Any, numbers: Mapping[str, Mapping[str, int]]
) -> None:
    """Count what became of these numbers' texts, until now, neither against them nor the campaign."""
    after: dict[str, Any] = {**row.forgiven, "senders": dict(row.forgiven.get("senders", {}))}
    for sender, counts in numbers.items():
        after["senders"][sender] = {name: row.senders[sender].get(name, 0) for name in _COUNTS}
        for name in ("delivered", "failed", "opted_out"):
            after[name] = after.get(name, 0) + counts[name]
    if after != row.forgiven:
        before = json.dumps(row.forgiven)
        await session.execute(_FORGIVE, {**key, "forgiven": json.dumps(after), "before": before})
