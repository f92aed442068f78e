"""What each number may send in a second, and all of them together: seen and changed by staff.

The tables allow several brands and registered campaigns; these pages know one of each, because that is what
a group has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.carriers_day import ELSEWHERE, ROOM, TODAY, TOMORROW_AT, USED
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

PAGE = 50
FASTEST = 10_000

_SENDERS = sa.text(
    """
    select s.id, s.address, s.kind, s.segments_per_second, s.registration, s.pooled, s.retry_at,
      s.halted_at, s.halted_reason, a.halted_at as account_halted_at, a.halted_reason as account_reason,
      case when s.slowed_until > now() then s.slowed_until end as slowed_until
    from sender s join carrier_account a on a.organization_id = s.organization_id
      and a.id = s.carrier_account_id
    where s.organization_id = :organization and s.id >= :first order by s.id limit :page
    """
)
_CHANGE = sa.text(
    "update sender set segments_per_second = :pace, pooled = :pooled where organization_id = :organization "
    "and id = :sender returning address"
)
_AGAIN = sa.text(
    "update sender set halted_at = null, halted_reason = null, retry_at = null "
    "where organization_id = :organization and id = :sender returning address"
)
_LIMITS = sa.text(
    f"""
    select b.day_cap, b.day_share, {USED} as used, {ELSEWHERE} as elsewhere, {ROOM} * b.day_share as room,
      coalesce(b.full_on = {TODAY}, false) as full_today, {TOMORROW_AT} as anew_at,
      k.segments_per_minute, k.minute_share
    from brand b left join registered_campaign k on k.organization_id = b.organization_id
      and k.brand_id = b.id
    where b.organization_id = :organization order by b.id, k.id limit 1
    """  # noqa: S608 - the interpolated fragments are our own constants
)
_SET_BRAND = sa.text(
    f"""
    with known as (select min(id) as id from brand where organization_id = :organization),
    changed as (
      update brand b set day_cap = :day_cap, day_share = :day_share, elsewhere = :elsewhere,
        elsewhere_on = {TODAY} from known where b.organization_id = :organization and b.id = known.id
      returning b.id),
    made as (
      insert into brand (organization_id, name, day_cap, day_share, elsewhere, elsewhere_on)
      select o.id, o.name, cast(:day_cap as int), cast(:day_share as float8), cast(:elsewhere as int), {TODAY}
      from organization o, known
      where o.id = :organization and known.id is null returning id)
    select id from changed union all select id from made
    """  # noqa: S608 - the interpolated fragment is our own constant
)
_SET_CAMPAIGN = sa.text(
    """
    with known as (
      select min(id) as id from registered_campaign
      where organization_id = :organization and brand_id = :brand),
    changed as (
      update registered_campaign k set segments_per_minute = :per_minute, minute_share = :minute_share
      from known where k.organization_id = :organization and k.id = known.id returning k.id),
    made as (
      insert into registered_campaign (organization_id, brand_id, name, segments_per_minute, minute_share)
      select b.organization_id, b.id, b.name, cast(:per_minute as int), cast(:minute_share as float8)
      from brand b, known
      where b.organization_id = :organization and b.id = :brand and known.id is null returning id)
    update sender s set registered_campaign_id = k.id
    from (select id from changed union all select id from made) k
    where s.organization_id = :organization and s.registered_campaign_id is null
      and s.kind in ('long_code', 'messaging_service')
    """
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of all 10DLC numbers together, as staff typed them; empty: none is known."""

    day_cap: str = ""
    day_share: str = "100"
    elsewhere: str = "0"
    per_minute: str = ""
    minute_share: str = "100"


async def list_senders(
    session: AsyncSession, organization_id: int, *, first: int = 0
) -> tuple[Sequence[sa.Row[Any]], int | None]:
    """A page of what texts leave from, and where the next page begins."""
    key = {"organization": organization_id, "first": first, "page": PAGE + 1}
    rows = (await session.execute(_SENDERS, key)).all()
    return rows[:PAGE], rows[PAGE].id if len(rows) > PAGE else None


async def limits_now(session: AsyncSession, organization_id: int) -> sa.Row[Any] | None:
    """The limits and how much of today is used; None where none were ever set."""
    return (await session.execute(_LIMITS, {"organization": organization_id})).one_or_none()


async def change_sender(
    session: AsyncSession, organization_id: int, sender_id: int, *, pace: str, pooled: bool, actor: str
) -> None:
    """Set a number's pace, and whether campaigns may use it for people who know no number yet."""
    rate = _number(pace, least=Decimal("0.1"), most=FASTEST)
    key = {"organization": organization_id, "sender": sender_id, "pace": float(rate), "pooled": pooled}
    address = (await session.execute(_CHANGE, key)).scalar_one_or_none()
    if address is None:
        raise NotFound(N_("There is no such number."))
    audit.record(
        session,
        organization_id,
        "sender.changed",
        actor=actor,
        address=address,
        pace=float(rate),
        pooled=pooled,
    )


async def let_try_again(session: AsyncSession, organization_id: int, sender_id: int, *, actor: str) -> None:
    """End a number's rest: somebody has mended what the carrier complained of, or wants to see."""
    key = {"organization": organization_id, "sender": sender_id}
    address = (await session.execute(_AGAIN, key)).scalar_one_or_none()
    if address is None:
        raise NotFound(N_("There is no such number."))
    audit.record(session, organization_id, "sender.tried_again", actor=actor, address=address)
    jobs.ring(session, jobs.Job(jobs.SEND))


async def change_limits(session: AsyncSession, organization_id: int, typed: Limits, *, actor: str) -> None:
    """Set what all 10DLC numbers may send together. Raises InvalidInput; then nothing is changed."""
    values = {
        "day_cap": _whole(typed.day_cap),
        "day_share": _share(typed.day_share),
        "elsewhere": _whole(typed.elsewhere, least=0) or 0,
        "per_minute": _whole(typed.per_minute),
        "minute_share": _share(typed.minute_share),
    }
    key = {"organization": organization_id, **values}
    brand = (await session.execute(_SET_BRAND, key)).scalar_one()
    await session.execute(_SET_CAMPAIGN, {**key, "brand": brand})
    audit.record(session, organization_id, "limits.changed", actor=actor, **values)
    jobs.ring(session, jobs.Job(jobs.SEND))


def _whole(written: str, *, least: int = 1) -> int | None:
    """A whole number, as people write them; None where nothing is written."""
    if not written.strip():
        return None
    number = _number(written.replace(",", "").replace(" ", ""), least=Decimal(least), most=100_000_000)
    if number != number.to_integral_value():
        raise _wrong(written)
    return int(number)


def _share(written: str) -> float:
    return float(_number(written.strip().rstrip("%") or "100", least=Decimal(1), most=100)) / 100


def _number(written: str, *, least: Decimal, most: int) -> Decimal:
    try:
        number = Decimal(written.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not least <= number <= most:
        raise _wrong(written)
    return number


def _wrong(written: str) -> InvalidInput:
    return InvalidInput(
        N_("“{written}” is not a number that can be used here. Nothing was changed."), written=written
    )
