"""A blast from the command line: made and begun in one step, by the same rules as on the pages."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.draft import make_draft
from textbank.campaigns.first_part import set_first_part
from textbank.campaigns.launch import launch
from textbank.campaigns.schedule import schedule, start_at
from textbank.errors import InvalidInput
from textbank.language import N_


def portion_of(written: str) -> tuple[int, str]:
    """So many "people" as in 200, or so many of a hundred ("percent") as in 5%. Raises InvalidInput."""
    found = re.fullmatch(r"([\d,]{1,9})\s*(%?)", written.strip())
    if found is None:
        raise InvalidInput(
            N_("Say how many get it first: from 1 to 100,000 people, or from 1 to 99 of a hundred.")
        )
    return int(found[1].replace(",", "") or 0), "percent" if found[2] else "people"


async def blast_by_command(
    session: AsyncSession,
    organization_id: int,
    list_id: int,
    words: str,
    *,
    portion: str = "",
    at: datetime | None = None,
) -> int:
    """Launch a blast to one list, or schedule it; returns the campaign's id.

    `portion`: with so many people first. `at`: when it begins; without a zone by the clock of each place.
    Raises what the pages' steps raise; then no draft is left behind, if the caller's transaction ends.
    """
    campaign_id = await make_draft(
        session,
        organization_id,
        kind="blast",
        name=" ".join(words.split())[:60] or "blast",
        lists=[list_id],
        words=words.strip(),
    )
    if portion:
        part, kind = portion_of(portion)
        await set_first_part(session, organization_id, campaign_id, part, kind=kind)
    if at is None:
        await launch(session, organization_id, campaign_id)
    else:
        await start_at(session, organization_id, campaign_id, at)
        await schedule(session, organization_id, campaign_id)
    return campaign_id
