"""Watch a campaign under way against the organization's usual, and pause what goes clearly wrong.

It reads kept counters only (docs/decisions/0016): a row for this campaign, and one for each of a few
earlier ones. What had happened before somebody let it go on is forgiven.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit

AT_LEAST: Final = 100
"""Texts whose outcome is known; below, one angry family is a percentage."""
OPTED_OUT: Final = 0.03
FAILED: Final = 0.10
TIMES_USUAL: Final = 2.0
EARLIER: Final = 3
"""So many earlier campaigns make a usual; before, the limits alone count."""

Trouble = Literal["opted_out", "failed"]

_LOOK = sa.text(
    """
    select c.state, p.delivered, p.failed, p.opted_out, c.forgiven,
      coalesce((p.reasons ->> '30007')::bigint, 0) as filtered,
      coalesce(u.campaigns, 0) as campaigns, coalesce(u.known, 0) as known_usually,
      coalesce(u.failed, 0) as failed_usually, coalesce(u.opted_out, 0) as opted_out_usually,
      coalesce(u.filtered, 0) as filtered_usually
    from campaign c
    join campaign_progress p on p.organization_id = c.organization_id and p.campaign_id = c.id
    cross join lateral (
      select count(*) as campaigns, sum(q.delivered + q.failed) as known, sum(q.failed) as failed,
        sum(q.opted_out) as opted_out, sum((q.reasons ->> '30007')::bigint) as filtered
      from (select id from campaign e where e.organization_id = :organization and e.id < c.id
        and e.state in ('stopped', 'done') order by e.id desc limit 20) e
      join campaign_progress q on q.organization_id = :organization and q.campaign_id = e.id
        and q.delivered + q.failed >= :at_least) u
    where c.organization_id = :organization and c.id = :campaign
    """
)
_PAUSE = sa.text(
    "update campaign set state = 'paused', paused_because = :because, paused_at = clock_timestamp() "
    "where organization_id = :organization and id = :campaign and state = 'running' returning id"
)


@dataclass(frozen=True, slots=True)
class Share:
    """One share of a campaign's texts with a known outcome, and what it usually is (None: not known yet)."""

    what: Literal["delivered", "filtered", "failed", "opted_out"]
    share: float
    usual: float | None


@dataclass(frozen=True, slots=True)
class Watched:
    """How a campaign does against the usual."""

    known: int
    shares: tuple[Share, ...]
    trouble: Trouble | None
    """What is clearly wrong of the texts since it last went on."""


async def watched(session: AsyncSession, organization_id: int, campaign_id: int) -> Watched | None:
    """Judge one campaign by its kept counters; None before anything was counted."""
    row = (
        await session.execute(
            _LOOK, {"organization": organization_id, "campaign": campaign_id, "at_least": AT_LEAST}
        )
    ).one_or_none()
    if row is None:
        return None
    known = row.delivered + row.failed
    counts = {
        "delivered": (row.delivered, row.known_usually - row.failed_usually),
        "filtered": (row.filtered, row.filtered_usually),
        "failed": (row.failed, row.failed_usually),
        "opted_out": (row.opted_out, row.opted_out_usually),
    }
    usually = float(row.known_usually) if row.campaigns >= EARLIER else 0.0
    shares = tuple(
        Share(what, count / known if known else 0.0, float(usual) / usually if usually else None)  # type: ignore[arg-type]
        for what, (count, usual) in counts.items()
    )
    return Watched(known, shares, _trouble(row, {share.what: share.usual for share in shares}))


def _trouble(row: Any, usual: dict[Any, float | None]) -> Trouble | None:
    since = {what: getattr(row, what) - row.forgiven.get(what, 0) for what in ("delivered", *_LIMITS)}
    known = since["delivered"] + since["failed"]
    if known < AT_LEAST:
        return None
    for what, limit in _LIMITS.items():
        if since[what] / known >= max(limit, TIMES_USUAL * (usual[what] or 0.0)):
            return what
    return None


_LIMITS: Final[dict[Trouble, float]] = {"opted_out": OPTED_OUT, "failed": FAILED}


async def pause_what_goes_wrong(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Look at a campaign that was just counted, and pause it where it does clearly worse than usual."""
    found = await watched(session, organization_id, campaign_id)
    if found is None or found.trouble is None:
        return
    key = {"organization": organization_id, "campaign": campaign_id, "because": found.trouble}
    if (await session.execute(_PAUSE, key)).one_or_none() is None:
        return
    audit.record(
        session,
        organization_id,
        "campaign.paused",
        actor=audit.SCHEDULE,
        campaign_id=campaign_id,
        because=found.trouble,
        shares={share.what: round(share.share, 4) for share in found.shares},
    )
    changes.announce(session, organization_id, changes.DELIVERIES)
