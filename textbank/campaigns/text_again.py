"""Make a draft for those whom a blast did not reach, through no refusal of theirs or of the words.

It goes by the same lists, with the words as they stand, and through the same launch. Who is on it is frozen
then: only people whose text failed more than a day ago, because late reports still change what is younger,
and never for a reason that a second text would make worse.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.draft import make_draft
from textbank.campaigns.queries import get_campaign
from textbank.errors import Conflict
from textbank.language import N_

_LISTS = sa.text(
    "select list_id from campaign_list where organization_id = :organization and campaign_id = :campaign"
)
_AGAIN_OF = sa.text(
    "update campaign set again_of_id = :original where organization_id = :organization and id = :campaign"
)


async def text_again(
    session: AsyncSession, organization_id: int, campaign_id: int, *, name: str, by: int
) -> int:
    """The new draft's id. Raises Conflict unless the campaign is a blast that is over."""
    original = await get_campaign(session, organization_id, campaign_id)
    if original.kind != "blast" or original.state not in ("done", "stopped"):
        raise Conflict(
            N_("Only a blast that is over can be repeated for whom it did not reach. Nothing was made.")
        )
    key = {"organization": organization_id, "campaign": campaign_id}
    draft = await make_draft(
        session,
        organization_id,
        kind="blast",
        name=name,
        lists=list((await session.scalars(_LISTS, key)).all()),
        words=original.body,
        by=by,
    )
    await session.execute(
        _AGAIN_OF, {"organization": organization_id, "campaign": draft, "original": campaign_id}
    )
    return draft
