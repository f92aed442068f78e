"""Several wordings of one blast, to learn which is taken better: each person gets one, drawn by a hash.

The first is the campaign's own text; up to three others stand beside it. Who gets which is drawn when the
audience is frozen, and kept. Where somebody changes the words afterwards the comparison ends: what had left
counts, and everybody else gets the new words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.campaigns.draft import draft_of
from textbank.campaigns.fields import fields_of_audience
from textbank.campaigns.words import problems
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_

MOST: Final = 3
DRAWN: Final = """
    (hashint8extended(s.recipient_id, -cast(:campaign as bigint)) & 9223372036854775807)
      % (1 + (select count(*) from campaign_wording w
        where w.organization_id = :organization and w.campaign_id = :campaign and w.ended_at is null))
"""
"""Which wording a recipient `s.recipient_id` gets; 0 is the campaign's own."""

_OF = sa.text(
    "select position, body, ended_at from campaign_wording where organization_id = :organization "
    "and campaign_id = :campaign order by position"
)
_ADD = sa.text(
    "insert into campaign_wording (organization_id, campaign_id, position, body) "
    "values (:organization, :campaign, :position, :body)"
)
_REMOVE = sa.text(
    "delete from campaign_wording where organization_id = :organization and campaign_id = :campaign "
    "and position = :position"
)
_END = sa.text(
    """
    with ended as (
      update campaign_wording set ended_at = clock_timestamp() where organization_id = :organization
        and campaign_id = :campaign and ended_at is null returning position)
    insert into campaign_wording (organization_id, campaign_id, position, body, ended_at)
    select c.organization_id, c.id, 0, s.body, clock_timestamp() from campaign c
    join script s on s.organization_id = c.organization_id and s.id = c.script_id
    where c.organization_id = :organization and c.id = :campaign and exists (select from ended)
    """
)
_CHANGED = sa.text(
    "update campaign set changed_at = clock_timestamp() where organization_id = :organization "
    "and id = :campaign"
)


_COUNTED = ("left", "delivered", "failed", "filtered", "replied", "opted_out")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one wording's texts."""

    letter: str
    body: str
    left: int
    delivered: int
    failed: int
    filtered: int
    replied: int
    opted_out: int


async def wordings_of(session: AsyncSession, organization_id: int, campaign_id: int) -> Any:
    """The other wordings, in order."""
    return (await session.execute(_OF, {"organization": organization_id, "campaign": campaign_id})).all()


async def under_comparison(
    session: AsyncSession, organization_id: int, campaign_id: int
) -> Mapping[int, str]:
    """position → words, as long as wordings are compared; else empty."""
    rows = await wordings_of(session, organization_id, campaign_id)
    return {row.position: row.body for row in rows if row.ended_at is None}


async def add_wording(
    session: AsyncSession, organization_id: int, campaign_id: int, body: str, *, by: int
) -> None:
    """Add one to a draft. Raises InvalidInput for bad words, Conflict where it is no blast or has enough."""
    draft = await draft_of(session, organization_id, campaign_id)
    if draft.kind != "blast":
        raise Conflict(N_("Only a blast compares wordings. Nothing was added."))
    body = body.replace("\r\n", "\n").strip()
    fields = await fields_of_audience(session, organization_id, campaign_id)
    wrong = problems(body, kind="blast", fields=fields)
    if wrong:
        raise InvalidInput(wrong[0].template, **wrong[0].values)
    taken = {row.position for row in await wordings_of(session, organization_id, campaign_id)}
    free = next((position for position in range(1, MOST + 1) if position not in taken), None)
    if free is None:
        raise Conflict(
            N_("Four wordings are the most: with more, none gets enough people. Nothing was added.")
        )
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_ADD, {**key, "position": free, "body": body})
    await _has_changed(session, organization_id, campaign_id, by)


async def remove_wording(
    session: AsyncSession, organization_id: int, campaign_id: int, position: int, *, by: int
) -> None:
    """Take one away from a draft."""
    await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id, "position": position}
    await session.execute(_REMOVE, key)
    await _has_changed(session, organization_id, campaign_id, by)


async def end_comparison(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Keep the campaign's own words beside the others: everybody else gets those that come now."""
    await session.execute(_END, {"organization": organization_id, "campaign": campaign_id})


async def results_of(
    session: AsyncSession, organization_id: int, campaign_id: int, own: str, counted: Mapping[str, Any]
) -> list[Result]:
    """What became of each wording, by the kept counters; empty where none are compared."""
    rows = await wordings_of(session, organization_id, campaign_id)
    if not rows:
        return []
    bodies = {0: own} | {row.position: row.body for row in rows}
    found = []
    for letter, (position, body) in zip("ABCD", sorted(bodies.items()), strict=False):
        of = counted.get(str(position), {})
        counts = (of.get(name, 0) for name in _COUNTED)
        found.append(Result(letter, body, *counts))
    return found


async def _has_changed(session: AsyncSession, organization_id: int, campaign_id: int, by: int) -> None:
    await session.execute(_CHANGED, {"organization": organization_id, "campaign": campaign_id})
    audit.record(session, organization_id, "campaign.wordings", actor=f"member {by}", campaign_id=campaign_id)
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))
