"""Ready-made replies of a peer-to-peer campaign: add, change, remove."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.fields import fields_of_audience
from textbank.campaigns.models import CannedResponse
from textbank.campaigns.words import problems
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

MOST = 50

_P2P = sa.text(
    "select 1 from campaign where organization_id = :organization and id = :campaign and kind = 'p2p' "
    "for no key update"
)


_NO_ONE_TAP = sa.text(
    "update canned_response set one_tap = false where organization_id = :organization "
    "and campaign_id = :campaign and one_tap and id <> :response"
)
_ONE_TAP = sa.text(
    "update canned_response set one_tap = true where organization_id = :organization "
    "and campaign_id = :campaign and id = :response"
)
_FOLLOWS_NOTHING = sa.text(
    "update question_option set response_id = null "
    "where organization_id = :organization and response_id = :response"
)


async def canned_responses_of(
    session: AsyncSession, organization_id: int, campaign_id: int
) -> Sequence[CannedResponse]:
    """A campaign's ready-made replies, in order."""
    rows = await session.execute(
        sa.select(CannedResponse)
        .where(sa.column("organization_id") == organization_id, sa.column("campaign_id") == campaign_id)
        .order_by(sa.text("position, id"))
        .limit(MOST)
    )
    return rows.scalars().all()


async def save_canned_response(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    title: str,
    body: str,
    by: int,
    response_id: int = 0,
) -> None:
    """Add a ready-made reply, or change one. Raises InvalidInput, NotFound, Conflict."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_P2P, key)).one_or_none() is None:
        raise NotFound(N_("There is no such campaign."))
    title, body = " ".join(title.split()), body.replace("\r\n", "\n").strip()
    if not 1 <= len(title) <= 60:
        raise InvalidInput(N_("Give the reply a title of up to 60 characters. Nothing was saved."))
    fields = await fields_of_audience(session, organization_id, campaign_id)
    wrong = problems(body, kind="p2p", fields=fields)
    if wrong:
        raise InvalidInput(wrong[0].template, **wrong[0].values)
    others = await canned_responses_of(session, organization_id, campaign_id)
    if response_id:
        response = next((each for each in others if each.id == response_id), None)
        if response is None:
            raise NotFound(N_("This reply is gone. Nothing was changed."))
        response.title, response.body = title, body
    else:
        if len(others) >= MOST:
            raise Conflict(
                N_("Fifty replies are the most that anybody finds their way in. Nothing was added.")
            )
        position = max((each.position for each in others), default=0) + 1
        session.add(
            CannedResponse(
                organization_id=organization_id,
                campaign_id=campaign_id,
                title=title,
                body=body,
                position=position,
            )
        )
    await session.flush()
    audit.record(
        session, organization_id, "campaign.reply_saved", actor=f"member {by}", campaign_id=campaign_id
    )


async def mark_one_tap(
    session: AsyncSession, organization_id: int, campaign_id: int, response_id: int, *, by: int
) -> None:
    """Make this the reply that one press sends, in place of any other; 0: none. Raises NotFound."""
    key = {"organization": organization_id, "campaign": campaign_id, "response": response_id}
    await session.execute(_NO_ONE_TAP, key)
    if response_id and not (await session.execute(_ONE_TAP, key)).rowcount:  # type: ignore[attr-defined]
        raise NotFound(N_("This reply is gone. Nothing was changed."))
    audit.record(
        session,
        organization_id,
        "campaign.one_tap",
        actor=f"member {by}",
        campaign_id=campaign_id,
        response_id=response_id,
    )


async def remove_canned_response(
    session: AsyncSession, organization_id: int, campaign_id: int, response_id: int, *, by: int
) -> None:
    """Take a ready-made reply away; what was sent with it stays. Raises NotFound."""
    key = {"organization": organization_id, "response": response_id}
    await session.execute(_FOLLOWS_NOTHING, key)
    response = await session.get(CannedResponse, (organization_id, response_id))
    if response is None or response.campaign_id != campaign_id:
        raise NotFound(N_("This reply is gone. Nothing was changed."))
    await session.delete(response)
    await session.flush()
    audit.record(
        session, organization_id, "campaign.reply_removed", actor=f"member {by}", campaign_id=campaign_id
    )
