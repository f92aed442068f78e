"""Give a paused campaign new words for everything that has not left.

Who is not queued yet simply gets them. Texts that wait in the outbox are composed anew by a job, and the
campaign cannot go on before that is done. What the carrier may have keeps its words; what it is known not
to have got (refused for now, or never sent) waits again, and gets the new ones. So a text that is just being
handed over is waited for.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.campaigns.fields import fields_of_audience
from textbank.campaigns.models import Script
from textbank.campaigns.people import PERSON_COLUMNS, disclaimers_of, organization_name, person_of
from textbank.campaigns.wordings import end_comparison
from textbank.campaigns.words import compose, problems
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_
from textbank.messaging.protocol import UNKNOWN_AFTER

BATCH = 2_000

_PAUSED = sa.text(
    "select kind, script_id from campaign where organization_id = :organization and id = :campaign "
    "and state = 'paused' for no key update"
)
_SWITCH = sa.text(
    "update campaign set script_id = :script, rewritten_to = case when kind = 'blast' then 0 end "
    "where organization_id = :organization and id = :campaign"
)
_REWRITING = sa.text(
    "select c.rewritten_to, s.body from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign "
    "and c.state = 'paused' and c.rewritten_to is not null for update of c"
)
_WAITING = sa.text(
    f"""
    select m.recipient_id, m.message_id,
      o.message_id is not null and o.attempt_id is null and a.id is null as untouched,
      coalesce(o.attempt_id = a.id and a.outcome is null
        and a.permit_at > clock_timestamp() - cast(:unknown_after as interval), false) as under_way,
      {PERSON_COLUMNS}
    from audience_member m
    join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
    join contact p on p.organization_id = m.organization_id and p.id = m.contact_id
    left join outbox o on o.organization_id = m.organization_id and o.message_id = m.message_id
    left join attempt a on a.organization_id = o.organization_id and a.message_id = o.message_id
      and (a.outcome is null or a.outcome in ('unknown', 'accepted'))
    where m.organization_id = :organization and m.campaign_id = :campaign and m.recipient_id > :after
    order by m.recipient_id limit :batch
    """  # noqa: S608 - the interpolated columns are our own constant
)
# A permit that came before the pause may be committed only now: then the row's lock tells, and who calls this
# looks at that text again.
_REWRITE = sa.text(
    """
    with fresh as (
      select * from unnest(cast(:messages as bigint[]), cast(:bodies as text[]),
        cast(:segments as smallint[])) as t (message_id, body, segments)),
    mine as (
      update outbox o set segments = fresh.segments, claim_token = null, claimed_at = null from fresh
      where o.organization_id = :organization and o.message_id = fresh.message_id and o.attempt_id is null
      returning o.message_id),
    same as (
      update audience_member a set wording = null from mine join message m
        on m.organization_id = :organization and m.id = mine.message_id
      where a.organization_id = :organization and a.campaign_id = m.campaign_id
        and a.recipient_id = m.recipient_id and a.wording is not null)
    update message m set body = fresh.body from fresh join mine using (message_id)
    where m.organization_id = :organization and m.id = fresh.message_id
    returning m.id
    """
)
_GO_ON = sa.text(
    "update campaign set rewritten_to = cast(:upto as bigint) where organization_id = :organization "
    "and id = :campaign"
)


async def edit_words(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    words: str,
    *,
    by: int,
    instead_of: int | None = None,
) -> None:
    """Replace the words of what has not left. Raises Conflict unless paused, InvalidInput for bad words.

    `instead_of` is the script that somebody had before them: where another one counts by now, Conflict.
    """
    key = {"organization": organization_id, "campaign": campaign_id}
    paused = (await session.execute(_PAUSED, key)).one_or_none()
    if paused is None:
        raise Conflict(N_("Pause the campaign first: words change only while nothing leaves."))
    if instead_of not in (None, paused.script_id):
        raise Conflict(
            N_(
                "Somebody changed the words meanwhile. Nothing was changed; yours are kept below, under the "
                "ones that count now."
            )
        )
    body = words.replace("\r\n", "\n").strip()
    fields = await fields_of_audience(session, organization_id, campaign_id)
    wrong = problems(body, kind=paused.kind, fields=fields)
    if wrong:
        raise InvalidInput(wrong[0].template, **wrong[0].values)
    script = Script(organization_id=organization_id, body=body)
    session.add(script)
    await session.flush()
    await end_comparison(session, organization_id, campaign_id)
    await session.execute(_SWITCH, {**key, "script": script.id})
    audit.record(
        session,
        organization_id,
        "campaign.words_changed",
        actor=f"member {by}",
        campaign_id=campaign_id,
        script_id=script.id,
    )
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


async def rewrite_waiting(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """Compose the next batch of waiting texts anew; 0 when all are done, or one must be waited for."""
    key = {"organization": organization_id, "campaign": campaign_id}
    now = (await session.execute(_REWRITING, key)).one_or_none()
    if now is None:
        return 0
    batch = {**key, "after": now.rewritten_to, "batch": BATCH, "unknown_after": UNKNOWN_AFTER}
    rows = (await session.execute(_WAITING, batch)).all()
    ready = list(takewhile(lambda row: not row.under_way, rows))
    rewritten = await _rewrite(session, organization_id, now.body, [row for row in ready if row.untouched])
    done = list(takewhile(lambda row: not row.untouched or row.message_id in rewritten, ready))
    if len(done) == len(rows):
        upto = rows[-1].recipient_id if len(rows) == BATCH else None
    else:
        upto = done[-1].recipient_id if done else now.rewritten_to
    await session.execute(_GO_ON, {**key, "upto": upto})
    return len(done)


async def _rewrite(
    session: AsyncSession, organization_id: int, body: str, rows: Sequence[sa.Row[Any]]
) -> set[int]:
    """Give these people's texts the new words; returns the texts that still waited and have them now."""
    name = await organization_name(session, organization_id)
    disclaimers = await disclaimers_of(session, organization_id)
    texts = [compose(body, person_of(row), organization=name, disclaimers=disclaimers) for row in rows]
    found = await session.scalars(
        _REWRITE,
        {
            "organization": organization_id,
            "messages": [row.message_id for row in rows],
            "bodies": [text.body for text in texts],
            "segments": [text.segments for text in texts],
        },
    )
    return set(found.all())
