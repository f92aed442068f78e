"""Do what a walk through a flow says, in the transaction of the text that it answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock, jobs
from textbank.contacts import learn
from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.conversations.mark import mark
from textbank.conversations.touch import Touched, touch_inbound
from textbank.flows.try_out import fill_in
from textbank.flows.walk import Effect, Walk
from textbank.keywords.referrers import code_of
from textbank.keywords.subscribe_by_text import subscribe_by_text
from textbank.messaging.enqueue import enqueue

OPEN_FOR: Final = timedelta(hours=48)
"""After this a text is not taken for the answer any more, and the flow goes on without."""
SERIES_LAST: Final = timedelta(days=3)
"""A text of a series that caps and hours held for longer than this is dropped: the next one comes."""

_STAND = sa.text(
    """
    update flow_run set step = :step, tries = :tries, answers = :answers,
      asked_at = case when :state = 'asks' then now() end,
      resumes_at = case :state when 'waits' then now() + make_interval(days => :days)
        when 'asks' then now() + cast(:open_for as interval) end,
      ended_at = case when :state = 'ended' then now() end,
      ended_because = case when :state = 'ended' then 'done' else '' end
    where organization_id = :organization and id = :run
    """
).bindparams(sa.bindparam("answers", type_=sa.JSON))
_CALL = sa.text(
    "insert into flow_call (organization_id, run_id, url, body) values (:organization, :run, :url, :body)"
).bindparams(sa.bindparam("body", type_=sa.JSON))


@dataclass(frozen=True, slots=True)
class Going:
    """A run that goes on, and how what it says may leave."""

    organization_id: int
    run_id: int
    flow_id: int
    version: int
    recipient_id: int
    sender_id: int
    e164: str
    language: str
    first_name: str
    answer_by: datetime | None
    evidence: dict[str, Any]
    series_list_id: int | None = None
    """Days later: the list on which the text rests. None: it answers a text just received."""
    place: str = ""
    later_by: timedelta = timedelta()


async def carry_out(session: AsyncSession, going: Going, walk: Walk) -> None:
    """Everything in order; what is said in one go leaves as one text, because carriers keep no order."""
    said: list[str] = []
    for effect in walk.effects:
        if effect.words and effect.kind in ("say", "hand_over"):
            said.append(effect.words)
        await _do(session, going, walk, effect)
    if said:
        await _say(session, going, "\n".join(said))
    await session.execute(
        _STAND,
        {
            "organization": going.organization_id,
            "run": going.run_id,
            "state": walk.state,
            "step": walk.at,
            "tries": walk.tries,
            "days": walk.days,
            "open_for": OPEN_FOR,
            "answers": walk.answers,
        },
    )


async def _do(session: AsyncSession, going: Going, walk: Walk, effect: Effect) -> None:
    organization_id, recipient_id = going.organization_id, going.recipient_id
    match effect.kind:
        case "learn":
            await _learn(session, going, effect)
        case "tag":
            await mark(
                session, organization_id, recipient_id, effect.step.name, actor=f"flow:{going.flow_id}"
            )
        case "add":
            await _add(session, going, walk, effect.step.list_id)
        case "webhook":
            body = {
                "phone": going.e164,
                "flow": going.flow_id,
                "version": going.version,
                "step": effect.step.id,
                "answers": walk.answers,
            }
            given = {
                "organization": organization_id,
                "run": going.run_id,
                "url": effect.step.url,
                "body": body,
            }
            await session.execute(_CALL, given)
            jobs.ring(session, jobs.Job(jobs.CALL_OUT, organization_id))
        case "hand_over":
            touched = Touched(recipient_id, needs_reply=True, written_at=clock.now())
            await touch_inbound(session, organization_id, [touched])


async def _say(session: AsyncSession, going: Going, words: str) -> None:
    code = ""
    if "{friend_code}" in words:
        code = await code_of(session, going.organization_id, going.recipient_id, going.first_name)
    words = fill_in(words, going.first_name, code)
    given: dict[str, Any] = {"recipient_id": going.recipient_id, "sender_id": going.sender_id, "body": words}
    if going.series_list_id is not None:
        await enqueue(
            session,
            going.organization_id,
            **given,
            purpose="series",
            place=going.place,
            list_id=going.series_list_id,
            expires_at=clock.now() + SERIES_LAST,
        )
    elif going.answer_by is not None:
        await enqueue(
            session,
            going.organization_id,
            **given,
            purpose="flow_answer",
            expires_at=going.answer_by,
            later_by=going.later_by,
        )


async def _learn(session: AsyncSession, going: Going, effect: Effect) -> None:
    organization_id, step, value = going.organization_id, effect.step, effect.words
    contact_id = await contact_of_recipient(session, organization_id, going.recipient_id, going.language)
    match step.about:
        case "zip":
            await learn.learn_zip(
                session,
                organization_id,
                contact_id=contact_id,
                recipient_id=going.recipient_id,
                zip_code=value,
            )
        case "name":
            await learn.learn_name(session, organization_id, contact_id, value)
        case "email":
            await learn.learn_email(session, organization_id, contact_id, value)
        case "choice":
            await learn.learn_field(session, organization_id, contact_id, name=step.name, value=value)


async def _add(session: AsyncSession, going: Going, walk: Walk, list_id: int) -> None:
    contact_id = await contact_of_recipient(
        session, going.organization_id, going.recipient_id, going.language
    )
    await subscribe_by_text(
        session,
        going.organization_id,
        recipient_id=going.recipient_id,
        contact_id=contact_id,
        list_id=list_id,
        sender_id=going.sender_id,
        source="flow",
        language=going.language,
        own_words=None,
        answer_by=going.answer_by,
        evidence={
            "flow_id": going.flow_id,
            "flow_version": going.version,
            "answers": walk.answers,
            **going.evidence,
        },
    )
