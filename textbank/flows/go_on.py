"""Go on with welcome series whose days are over, and past questions that nobody answered. A chore.

What it says is queued as something that we start: it leaves in the hours at their place, within the caps,
and only to who is on the flow's list then. A break puts the series off until it is over.
"""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.carry_out import Going, carry_out
from textbank.flows.document import read_document
from textbank.flows.person import read_person_of_flow
from textbank.flows.walk import walk_from, walk_past_silence

BATCH: Final = 100

# The recipient's row first, as everywhere.
_DUE = sa.text(
    """
    select r.id, r.recipient_id from flow_run r
    join recipient p on p.organization_id = r.organization_id and p.id = r.recipient_id
    where r.organization_id = :organization and r.ended_at is null and r.resumes_at <= now()
    order by r.recipient_id, r.id limit :batch for no key update of p skip locked
    """
)
_RUN = sa.text(
    """
    select r.id, r.recipient_id, r.step, r.asked_at, r.answers, r.language, r.member, r.sender_id, v.flow_id,
      v.version,
      v.document, f.list_id, p.e164, p.place, p.sticky_sender_id, p.rests_until > now() as rests,
      p.rests_until, p.suppressed_at is null and exists (select from subscription b
        where b.organization_id = :organization and b.recipient_id = p.id and b.list_id = f.list_id
          and b.state = 'subscribed') as may
    from flow_run r
    join flow_version v on v.organization_id = r.organization_id and v.id = r.version_id
    join flow f on f.organization_id = v.organization_id and f.id = v.flow_id
    join recipient p on p.organization_id = r.organization_id and p.id = r.recipient_id
    where r.organization_id = :organization and r.id = :run and r.ended_at is null and r.resumes_at <= now()
    for update of r
    """
)
_PUT_OFF = sa.text(
    "update flow_run set resumes_at = :until where organization_id = :organization and id = :run"
)
_LEFT = sa.text(
    "update flow_run set ended_at = now(), ended_because = 'left' "
    "where organization_id = :organization and id = :run"
)


async def go_on(session: AsyncSession, organization_id: int) -> int:
    """Go on with one batch; returns how many were looked at."""
    key = {"organization": organization_id}
    due = (await session.execute(_DUE, key | {"batch": BATCH})).all()
    for one in due:
        run = (await session.execute(_RUN, key | {"run": one.id})).one_or_none()
        if run is None:
            continue
        if not run.may:
            await session.execute(_LEFT, key | {"run": run.id})
        elif run.rests:
            await session.execute(_PUT_OFF, key | {"run": run.id, "until": run.rests_until})
        else:
            await _one(session, organization_id, run)
    return len(due)


async def _one(session: AsyncSession, organization_id: int, run: sa.Row[tuple[object, ...]]) -> None:
    person = await read_person_of_flow(session, organization_id, run.recipient_id)
    document = read_document(run.document)
    facts = person.facts(run.language, run.member, run.answers)
    if run.asked_at is not None:
        walk = walk_past_silence(document, run.step, facts)
    else:
        walk = walk_from(document, document.at(run.step), facts)
    going = Going(
        organization_id,
        run.id,
        run.flow_id,
        run.version,
        run.recipient_id,
        run.sticky_sender_id or run.sender_id,
        run.e164,
        run.language,
        person.first_name,
        None,
        {},
        series_list_id=run.list_id,
        place=run.place,
    )
    await carry_out(session, going, walk)
