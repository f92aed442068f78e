"""What share of an audience is with the networks that count our segments, from lookups that are paid for.

T-Mobile counts a brand's segments by the day, AT&T those of a registered campaign by the minute, and each
only those to its own phones. Where an organization pays for it, about a thousand numbers of a campaign's
audience are looked up before or as it begins; what is known is kept for ninety days and not asked again. The
shares are set a margin too high rather than too low, because a limit that is overrun costs texts.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.freeze_audience import WINDOW, WINDOW_END
from textbank.campaigns.sample_audience import sample_audience
from textbank.database import Database
from textbank.sms.carrier import Carrier, Lookup

CarrierFor = Callable[[int, int], Awaitable[Carrier]]
"""(organization, carrier account) → that account's carrier."""

LOOKED_UP: Final = 1_000
"""So many numbers tell a share within three in a hundred, whatever the audience; more would be paid for
nothing."""
AT_ONCE: Final = 20
AT_LEAST: Final = 50
_SURENESS: Final = 1.96
_LAST: Final = 9_223_372_036_854_775_807

_DUE = sa.text(
    "select c.id, p.reached from campaign c join campaign_preview p on p.organization_id = c.organization_id "
    "and p.campaign_id = c.id and p.reached > 0 where c.organization_id = :organization "
    "and c.state in ('scheduled', 'running') and c.looked_up_at is null order by c.id limit 1"
)
_WINDOW = sa.text(f"select coalesce(({WINDOW_END}), {_LAST})")
_ACCOUNT = sa.text(
    "select id from carrier_account where organization_id = :organization and halted_at is null "
    "order by id limit 1"
)
_KNOWN = sa.text(
    "select recipient_id, network from number_lookup where organization_id = :organization "
    "and recipient_id = any(:recipients) and looked_up_at > now() - interval '90 days'"
)
_STORE = sa.text(
    """
    insert into number_lookup (organization_id, recipient_id, network, line_type)
    select :organization, t.* from unnest(cast(:recipients as bigint[]), cast(:networks as text[]),
      cast(:types as text[])) t
    on conflict (organization_id, recipient_id) do update set network = excluded.network,
      line_type = excluded.line_type, looked_up_at = clock_timestamp()
    """
)
_SHARES = sa.text(
    """
    with brands as (update brand set day_share = :t_mobile where organization_id = :organization),
    campaigns as (update registered_campaign set minute_share = :att where organization_id = :organization)
    select 1
    """
)
_DONE = sa.text(
    "update campaign set looked_up_at = clock_timestamp() "
    "where organization_id = :organization and id = :campaign"
)
_SET = sa.text("update organization set looks_up_carriers = :on where id = :organization")


def network_of(carrier_name: str) -> str:
    """Which counting network a carrier's name means: `t_mobile`, `att`, or `other`; empty: unknown."""
    name = carrier_name.casefold()
    if not name:
        return ""
    if "t-mobile" in name or "metropcs" in name or "sprint" in name:
        return "t_mobile"
    return "att" if "at&t" in name or "cricket" in name else "other"


def share_of(network: str, known: Sequence[str]) -> float:
    """A network's share of the numbers whose network is known, a margin higher than was found."""
    found = sum(each == network for each in known) / len(known)
    margin = _SURENESS * math.sqrt(found * (1 - found) / len(known))
    return min(1.0, max(0.01, found + margin))


async def let_look_up(session: AsyncSession, organization_id: int, on: bool, *, actor: str) -> None:
    """Say whether numbers are looked up, which the carrier charges for."""
    await session.execute(_SET, {"organization": organization_id, "on": on})
    audit.record(session, organization_id, "lookups.on" if on else "lookups.off", actor=actor)


async def look_up_carriers(database: Database, organization_id: int, carriers: CarrierFor) -> None:
    """Look up numbers of the next campaign that begins, and set the shares by them.

    No transaction is open while the carrier is asked. Raises CarrierUnavailable: what was answered until then
    is kept, so that nothing is paid for twice.
    """
    async with database.transaction(organization_id) as session:
        key = {"organization": organization_id}
        campaign = (await session.execute(_DUE, key)).one_or_none()
        account = (await session.execute(_ACCOUNT, key)).scalar_one_or_none()
        if campaign is None or account is None:
            return
        drawn = await _drawn(session, {**key, "campaign": campaign.id}, campaign.reached)
        known = await _known(session, organization_id, list(drawn))
    carrier = await carriers(organization_id, account)
    missing = [recipient for recipient in drawn if recipient not in known]
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        known |= await _ask(database, organization_id, carrier, {one: drawn[one] for one in some})
    async with database.transaction(organization_id) as session:
        await _conclude(session, organization_id, campaign.id, [one for one in known.values() if one])


async def _drawn(session: AsyncSession, key: dict[str, Any], reached: int) -> dict[int, str]:
    windows, after = [], 0
    while after < _LAST:
        upto = (await session.execute(_WINDOW, {**key, "after": after, "window": WINDOW})).scalar_one()
        windows.append((after, upto))
        after = upto
    rows = await sample_audience(session, key, windows, reached, drawn=LOOKED_UP)
    return {row.recipient_id: row.e164 for row in rows[:LOOKED_UP]}


async def _known(session: AsyncSession, organization_id: int, recipients: list[int]) -> dict[int, str]:
    key = {"organization": organization_id, "recipients": recipients}
    return {row.recipient_id: row.network for row in await session.execute(_KNOWN, key)}


async def _ask(
    database: Database, organization_id: int, carrier: Carrier, numbers: dict[int, str]
) -> dict[int, str]:
    answers = await asyncio.gather(
        *(carrier.lookup(number) for number in numbers.values()), return_exceptions=True
    )
    found = {
        recipient: answer
        for recipient, answer in zip(numbers, answers, strict=True)
        if isinstance(answer, Lookup)
    }
    networks = {recipient: network_of(answer.network) for recipient, answer in found.items()}
    async with database.transaction(organization_id) as session:
        await session.execute(
            _STORE,
            {
                "organization": organization_id,
                "recipients": list(found),
                "networks": list(networks.values()),
                "types": [answer.line_type or "" for answer in found.values()],
            },
        )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return networks


async def _conclude(
    session: AsyncSession, organization_id: int, campaign_id: int, networks: list[str]
) -> None:
    key = {"organization": organization_id, "campaign": campaign_id}
    if len(networks) >= AT_LEAST:
        shares = {name: share_of(name, networks) for name in ("t_mobile", "att")}
        await session.execute(_SHARES, {"organization": organization_id, **shares})
        audit.record(
            session,
            organization_id,
            "lookups.shares",
            actor=audit.SCHEDULE,
            campaign_id=campaign_id,
            t_mobile=f"{shares['t_mobile']:.0%}",
            att=f"{shares['att']:.0%}",
        )
    await session.execute(_DONE, key)
