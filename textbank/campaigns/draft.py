"""Make a draft and change it. What it would do is counted again after each change (`preview.py`)."""

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.campaigns.models import Campaign, CampaignList, Script
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

LONGEST_NAME = 80
MOST_LISTS = 50
Kind = Literal["blast", "p2p"]

_DRAFT = sa.text(
    "select id, kind, script_id from campaign where organization_id = :organization and id = :campaign "
    "and state = 'draft' for no key update"
)
_ANY = sa.text("select 1 from campaign where organization_id = :organization and id = :campaign")
_LISTS = sa.text(
    "select id from contact_list where organization_id = :organization and id = any(cast(:lists as bigint[]))"
)
_CHANGED = sa.text(
    "update campaign set changed_at = clock_timestamp() where organization_id = :organization "
    "and id = :campaign"
)
_NO_LISTS = sa.text(
    "delete from campaign_list where organization_id = :organization and campaign_id = :campaign"
)
_NAME = sa.text("update campaign set name = :name where organization_id = :organization and id = :campaign")
_WORDS = sa.text("update script set body = :body where organization_id = :organization and id = :script")
_STATEMENT = sa.text(
    "update campaign set statement = :statement, statement_by_id = :member, changed_at = clock_timestamp() "
    "where organization_id = :organization and id = :campaign"
)
_PICKED = sa.text(
    "select list_id from campaign_list where organization_id = :organization and campaign_id = :campaign"
)
_TAKE_BACK = sa.text(
    "update campaign set statement = '', statement_by_id = null where organization_id = :organization "
    "and id = :campaign and statement <> '' returning id"
)
# Foreign keys are looked at when the statement ends, so the order of its parts does not matter.
_DISCARD = sa.text(
    """
    with lists as (delete from campaign_list where organization_id = :organization
        and campaign_id = :campaign),
      seen as (delete from campaign_preview where organization_id = :organization
        and campaign_id = :campaign),
      ready as (delete from canned_response where organization_id = :organization
        and campaign_id = :campaign),
      options as (delete from question_option o using question q where q.organization_id = :organization
        and q.campaign_id = :campaign and o.organization_id = :organization and o.question_id = q.id),
      asked as (delete from question where organization_id = :organization and campaign_id = :campaign),
      worded as (delete from campaign_wording where organization_id = :organization
        and campaign_id = :campaign),
      links as (update invite set campaign_id = null, revoked_at = coalesce(revoked_at, now())
        where organization_id = :organization and campaign_id = :campaign),
      texters as (delete from campaign_texter where organization_id = :organization
        and campaign_id = :campaign),
      reached as (delete from audience_member where organization_id = :organization
        and campaign_id = :campaign),
      texts as (update message set campaign_id = null where organization_id = :organization
        and campaign_id = :campaign and purpose in ('blast', 'first_text')),
      words as (delete from script where organization_id = :organization and id = :script)
    delete from campaign where organization_id = :organization and id = :campaign and state = 'draft'
    """
)


async def make_draft(
    session: AsyncSession,
    organization_id: int,
    *,
    kind: Kind,
    name: str,
    lists: Sequence[int],
    words: str = "",
    by: int | None = None,
) -> int:
    """Make a draft; returns its id. Raises InvalidInput."""
    name = _checked_name(name)
    script = Script(organization_id=organization_id, body=words)
    session.add(script)
    await session.flush()
    campaign = Campaign(
        organization_id=organization_id, kind=kind, name=name, script_id=script.id, made_by_id=by
    )
    session.add(campaign)
    await session.flush()
    await _set_lists(session, organization_id, campaign.id, lists)
    audit.record(
        session, organization_id, "campaign.made", actor=_actor(by), campaign_id=campaign.id, kind=kind
    )
    return campaign.id


async def change_audience(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    name: str,
    lists: Sequence[int],
    by: int | None = None,
) -> bool:
    """Give a draft another name and other lists. Raises InvalidInput, NotFound, Conflict.

    True where that took an admin's statement back: it was made about the people on the lists that it had.
    """
    name = _checked_name(name)
    await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id}
    before = set((await session.scalars(_PICKED, key)).all())
    await session.execute(_NAME, {**key, "name": name})
    await session.execute(_NO_LISTS, key)
    await _set_lists(session, organization_id, campaign_id, lists)
    await _has_changed(session, organization_id, campaign_id)
    if before == set(lists) or (await session.execute(_TAKE_BACK, key)).one_or_none() is None:
        return False
    audit.record(
        session,
        organization_id,
        "campaign.statement_taken_back",
        actor=_actor(by),
        campaign_id=campaign_id,
        because="other lists",
    )
    return True


async def change_words(session: AsyncSession, organization_id: int, campaign_id: int, words: str) -> None:
    """Keep a draft's words, finished or not: a launch looks at what is wrong with them."""
    draft = await draft_of(session, organization_id, campaign_id)
    body = words.replace("\r\n", "\n").strip()
    await session.execute(_WORDS, {"organization": organization_id, "script": draft.script_id, "body": body})
    await _has_changed(session, organization_id, campaign_id)


async def state_basis(
    session: AsyncSession, organization_id: int, campaign_id: int, statement: str, *, by: int
) -> None:
    """Record an admin's reason for texting people without a basis by hand; empty takes it back."""
    draft = await draft_of(session, organization_id, campaign_id)
    statement = " ".join(statement.split())
    if draft.kind != "p2p":
        raise Conflict(N_("A blast only ever reaches people with a recorded basis. Nothing was changed."))
    if statement and not 20 <= len(statement) <= 500:
        raise InvalidInput(
            N_("Say in 20 to 500 characters why these people may be texted. Nothing was recorded.")
        )
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_STATEMENT, {**key, "statement": statement, "member": by if statement else None})
    audit.record(
        session,
        organization_id,
        "campaign.statement" if statement else "campaign.statement_taken_back",
        actor=_actor(by),
        campaign_id=campaign_id,
        statement=statement,
    )
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


async def discard_draft(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Throw a draft away with all that was prepared for it. Raises NotFound, or Conflict once launched."""
    draft = await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id, "script": draft.script_id}
    await session.execute(_DISCARD, key)
    audit.record(session, organization_id, "campaign.discarded", actor=_actor(by), campaign_id=campaign_id)


async def draft_of(
    session: AsyncSession, organization_id: int, campaign_id: int
) -> sa.Row[tuple[int, str, int]]:
    """A draft's id, kind and script, locked. Raises NotFound, or Conflict where it was launched."""
    key = {"organization": organization_id, "campaign": campaign_id}
    draft = (await session.execute(_DRAFT, key)).one_or_none()
    if draft is None:
        if (await session.execute(_ANY, key)).one_or_none() is None:
            raise NotFound(N_("There is no such campaign."))
        raise Conflict(N_("This campaign was launched already. Nothing was changed."))
    return draft


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(N_("Give the campaign a name of up to 80 characters. Only your team sees it."))
    return name


async def _set_lists(
    session: AsyncSession, organization_id: int, campaign_id: int, lists: Sequence[int]
) -> None:
    wanted = list(dict.fromkeys(lists))
    if not wanted or len(wanted) > MOST_LISTS:
        raise InvalidInput(N_("Pick the lists that this campaign is for: at least one, at most fifty."))
    found = (await session.execute(_LISTS, {"organization": organization_id, "lists": wanted})).scalars()
    if set(found) != set(wanted):
        raise InvalidInput(N_("One of these lists is gone. Pick again; nothing was changed."))
    session.add_all(
        CampaignList(organization_id=organization_id, campaign_id=campaign_id, list_id=each)
        for each in wanted
    )
    await session.flush()


async def _has_changed(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    await session.execute(_CHANGED, {"organization": organization_id, "campaign": campaign_id})
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


def _actor(by: int | None) -> str:
    return f"member {by}" if by else audit.COMMAND_LINE
