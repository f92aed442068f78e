"""Launch a campaign: one row flips here; a job freezes the audience and, for a blast, queues it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.campaigns.draft import draft_of, make_draft
from textbank.campaigns.fields import fields_of_audience
from textbank.campaigns.freeze_audience import REACHABLE
from textbank.campaigns.people import disclaimers_of, organization_name
from textbank.campaigns.wordings import under_comparison
from textbank.campaigns.words import Composed, Person, compose, problems
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

NOT_REGISTERED = N_(
    "Your number is not registered with the carriers yet, and they would block this. "
    "Nothing was sent. The settings say how to register it; your draft is kept."
)

_LIST = sa.text("select id from contact_list where organization_id = :organization and name = :name")
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
_WORDS = sa.text(
    "select s.body from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign"
)
# Everything that decides who gets what, but for who is on the lists: that changes all the time.
_VERSION = sa.text(
    """
    select encode(sha256(convert_to(cast(jsonb_build_array(c.kind, s.body, c.statement,
      c.window_rule, c.first_part, c.first_part_kind,
      (select jsonb_agg(w.body order by w.position) from campaign_wording w
        where w.organization_id = c.organization_id and w.campaign_id = c.id),
      (select jsonb_agg(l.list_id order by l.list_id) from campaign_list l
        where l.organization_id = c.organization_id and l.campaign_id = c.id)) as text), 'UTF8')), 'hex')
    from campaign c join script s on s.organization_id = c.organization_id and s.id = c.script_id
    where c.organization_id = :organization and c.id = :campaign
    """
)
_SENDERS = sa.text(
    "select bool_or(s.registration = 'registered') from sender s join carrier_account a "
    "on a.organization_id = s.organization_id and a.id = s.carrier_account_id "
    "where s.organization_id = :organization and s.halted_at is null and a.halted_at is null"
)
_ANYBODY = sa.text(
    f"""
    select 1 from campaign c
    join campaign_list l on l.organization_id = c.organization_id and l.campaign_id = c.id
    join subscription s on s.organization_id = l.organization_id and s.list_id = l.list_id
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    where c.organization_id = :organization and c.id = :campaign
      and (s.state = 'subscribed' or s.state = 'no_basis' and c.kind = 'p2p' and c.statement <> '')
      and r.suppressed_at is null and r.review_since is null and r.dead_since is null
      and {REACHABLE}
    limit 1
    """  # noqa: S608 - the interpolated condition is our own constant
)
# By the clock of each place it is over where the day ends last, in American Samoa and beyond.
_TOO_LATE = sa.text(
    "select ends_at <= now() or ends_at_place at time zone 'Etc/GMT+12' <= now() from campaign "
    "where organization_id = :organization and id = :campaign"
)
_START = sa.text(
    "update campaign set state = 'running', launched_at = now(), frozen_to = 0, not_begun = '' "
    "where organization_id = :organization and id = :campaign and state = 'draft'"
)
_COUNTERS = sa.text(
    "insert into campaign_progress (organization_id, campaign_id, computed_at) "
    "values (:organization, :campaign, now() - interval '1 hour') on conflict do nothing"
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
    """Count a list for a blast from the command line; a page reads `CampaignPreview`. Raises NotFound."""
    key = {"organization": organization_id, "name": list_name}
    list_id = (await session.execute(_LIST, key)).scalar_one_or_none()
    if list_id is None:
        raise NotFound(f"There is no list named {list_name!r}. Nothing was sent.")
    counts = (await session.execute(_LEFT_OUT, {"organization": organization_id, "list": list_id})).one()
    return Preview(list_id, counts.reached, counts.suppressed, counts.dead, counts.no_basis)


async def sample(session: AsyncSession, organization_id: int, words: str) -> Composed:
    """The text as somebody gets it of whom nothing is known but that every disclaimer may be due."""
    if not words.strip():
        raise InvalidInput(N_("The text is empty. Nothing was sent."))
    name = await organization_name(session, organization_id)
    disclaimers = await disclaimers_of(session, organization_id)
    return compose(words.strip(), Person(), organization=name, disclaimers=disclaimers)


async def blast_to_list(
    session: AsyncSession, organization_id: int, list_id: int, words: str, *, name: str = ""
) -> int:
    """Make a blast to one list and launch it; returns the campaign's id."""
    title = (name or " ".join(words.split()))[:60] or "blast"
    campaign_id = await make_draft(
        session, organization_id, kind="blast", name=title, lists=[list_id], words=words.strip()
    )
    await launch(session, organization_id, campaign_id)
    return campaign_id


async def version_of(session: AsyncSession, organization_id: int, campaign_id: int) -> str:
    """What a review is of: another value once words, lists, statement or hours are other ones."""
    key = {"organization": organization_id, "campaign": campaign_id}
    version: str = (await session.execute(_VERSION, key)).scalar_one()
    return version


async def check_launch(
    session: AsyncSession, organization_id: int, campaign_id: int, *, reviewed: str | None = None
) -> None:
    """Raise Conflict or InvalidInput where a draft cannot be launched.

    `reviewed` is the version that somebody looked at: only that one is launched.
    """
    draft = await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id}
    words = (await session.execute(_WORDS, key)).scalar_one()
    fields = await fields_of_audience(session, organization_id, campaign_id)
    others = await under_comparison(session, organization_id, campaign_id)
    for body in (words, *others.values()):
        wrong = problems(body, kind=draft.kind, fields=fields)
        if wrong:
            raise InvalidInput(wrong[0].template, **wrong[0].values)
    if (await session.execute(_TOO_LATE, key)).scalar_one():
        raise Conflict(
            N_("Its last moment is past. Nothing was sent. Set another one, or none, then launch.")
        )
    registered = (await session.execute(_SENDERS, key)).scalar_one()
    if registered is False:
        raise Conflict(NOT_REGISTERED)
    if registered is None:
        raise Conflict(
            N_("No number of yours can send just now. Nothing was sent. See the settings, then try again.")
        )
    if (await session.execute(_ANYBODY, key)).one_or_none() is None:
        raise Conflict(
            N_(
                "Nobody on these lists may get this: no number on them has a recorded basis and no opt-out. "
                "Nothing was sent. Import contacts with a basis, or let people join by a keyword."
            )
        )
    if reviewed is not None and reviewed != await version_of(session, organization_id, campaign_id):
        raise Conflict(
            N_(
                "The words, the lists or the hours are not the ones that you looked at: somebody changed "
                "them meanwhile. Nothing was sent. This is how it is now; look again, then launch."
            )
        )


async def launch(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    by: int | None = None,
    reviewed: str | None = None,
) -> None:
    """Start a draft now. Raises what `check_launch` raises; then nothing has left."""
    await check_launch(session, organization_id, campaign_id, reviewed=reviewed)
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_START, key)
    await session.execute(_COUNTERS, key)
    actor = f"member {by}" if by else audit.COMMAND_LINE
    audit.record(session, organization_id, "campaign.launched", actor=actor, campaign_id=campaign_id)
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
