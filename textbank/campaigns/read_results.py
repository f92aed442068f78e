"""What people answered to a campaign's questions, as texters noted it: how many chose each answer."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

COUNTED_TO: Final = 10_000
"""Answers of one kind are counted up to here, so that the page costs the same whatever the campaign."""

_RESULTS = sa.text(
    """
    select q.id, q.words, o.label, counted.many from question q
    join question_option o on o.organization_id = q.organization_id and o.question_id = q.id
    cross join lateral (select count(*) as many from (
      select from question_answer a
      where a.organization_id = o.organization_id and a.option_id = o.id limit :most) few) counted
    where q.organization_id = :organization and q.campaign_id = :campaign
    order by q.position, q.id, o.position, o.id limit 500
    """
)


@dataclass(frozen=True, slots=True)
class Result:
    """A question, and (label, how many) of each of its answers; one more than `COUNTED_TO` means "more"."""

    words: str
    answers: list[tuple[str, int]]


async def read_results(session: AsyncSession, organization_id: int, campaign_id: int) -> list[Result]:
    """The campaign's questions in order, each with its counts. One bounded statement."""
    key = {"organization": organization_id, "campaign": campaign_id, "most": COUNTED_TO + 1}
    found: dict[int, Result] = {}
    for row in await session.execute(_RESULTS, key):
        found.setdefault(row.id, Result(row.words, [])).answers.append((row.label, row.many))
    return list(found.values())
