"""Launch a blast: freeze whom it reaches, then put it into the outbox in batches.

The audience is frozen in one statement, so that it is what the preview counted. Queuing is a job of
many small transactions that can be interrupted and repeated anywhere: each takes audience members that
have no text yet, under a lock, and gives each its one.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.campaigns.models import Campaign, CampaignList, Script
from textbank.errors import Conflict, InvalidInput, NotFound

_LIST = sa.text("select id from contact_list where organization_id = :organization and name = :name")
_ORGANIZATION = sa.text("select name from organization where id = :organization")
# One person may have several numbers and one number several people: a blast text goes to a number once.
_FREEZE = sa.text(
    """
    insert into audience_member (organization_id, campaign_id, recipient_id, contact_id)
    select distinct on (s.recipient_id) :organization, :campaign, s.recipient_id, s.contact_id
    from subscription s
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    where s.organization_id = :organization and s.list_id = :list and s.state = 'subscribed'
      and r.suppressed_at is null and r.review_since is null and r.dead_since is null
    order by s.recipient_id, s.contact_id
    """
)
_LEFT_OUT = sa.text(
    """
    select count(*) filter (where r.suppressed_at is not null) as suppressed,
      count(*) filter (where r.suppressed_at is null and r.dead_since is not null) as dead,
      count(*) filter (where r.suppressed_at is null and s.state = 'no_basis') as no_basis,
      count(*) filter (where s.state = 'subscribed' and r.suppressed_at is null
        and r.dead_since is null and r.review_since is null) as reached
    from subscription s
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    where s.organization_id = :organization and s.list_id = :list
    """
)


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a blast to a list would reach, and who is left out for what."""

    list_id: int
    reached: int
    suppressed: int
    dead_numbers: int
    no_basis: int


async def preview(session: AsyncSession, organization_id: int, list_name: str) -> Preview:
    """Count a list for a blast. Raises NotFound."""
    key = {"organization": organization_id, "name": list_name}
    list_id = (await session.execute(_LIST, key)).scalar_one_or_none()
    if list_id is None:
        raise NotFound(f"There is no list named {list_name!r}. Nothing was sent.")
    counts = (await session.execute(_LEFT_OUT, {"organization": organization_id, "list": list_id})).one()
    return Preview(list_id, counts.reached, counts.suppressed, counts.dead, counts.no_basis)


async def compose(session: AsyncSession, organization_id: int, text: str) -> str:
    """The text as it will leave: with the organization's name in front and a way out at the end."""
    words = text.strip()
    if not words:
        raise InvalidInput("The text is empty. Nothing was sent.")
    name = (await session.execute(_ORGANIZATION, {"organization": organization_id})).scalar_one()
    if name.lower() not in words.lower():
        words = f"{name}: {words}"
    if "STOP" not in words:
        words = f"{words} Reply STOP to opt out."
    return words


async def launch(session: AsyncSession, organization_id: int, list_id: int, body: str) -> int:
    """Make a blast to a list, freeze its audience and start it; returns the campaign's id."""
    script = Script(organization_id=organization_id, body=body)
    session.add(script)
    await session.flush()
    campaign = Campaign(organization_id=organization_id, kind="blast", name=body[:60], script_id=script.id)
    session.add(campaign)
    await session.flush()
    session.add(CampaignList(organization_id=organization_id, campaign_id=campaign.id, list_id=list_id))
    frozen = await session.execute(
        _FREEZE, {"organization": organization_id, "campaign": campaign.id, "list": list_id}
    )
    if frozen.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(
            "Nobody on this list may get a blast: no number on it has a recorded basis and no opt-out. "
            "Nothing was sent. Import contacts with a basis, or let people join by a keyword."
        )
    campaign.state = "running"
    await session.execute(
        sa.text(
            "update campaign set launched_at = now(), frozen_at = now() where organization_id = :o and id = :c"
        ),
        {"o": organization_id, "c": campaign.id},
    )
    audit.record(session, organization_id, "campaign.launched", campaign_id=campaign.id, list_id=list_id)
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
    return campaign.id
