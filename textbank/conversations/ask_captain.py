"""A texter asks a captain about a conversation, and a captain answers."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

LONGEST: Final = 500

# Only by the one who answers it, and one question at a time: what comes to mind later is added to it.
_ASK = sa.text(
    """
    insert into captain_question as q (organization_id, recipient_id, asked_by_id, question)
    select organization_id, recipient_id, :member, :question from conversation
    where organization_id = :organization and recipient_id = :recipient and assigned_member_id = :member
    on conflict (organization_id, recipient_id, asked_by_id) where answered_at is null
      do update set question = left(q.question || E'\\n' || excluded.question, :most)
    returning id
    """
)
# The first answer counts: two captains who press at once do not write over one another.
_ANSWER = sa.text(
    """
    update captain_question set answer = :answer, answered_by_id = :member, answered_at = now()
    where organization_id = :organization and id = :id and answered_at is null
    returning asked_by_id, recipient_id
    """
)
_IS_THERE = sa.text("select 1 from captain_question where organization_id = :organization and id = :id")
_SEEN = sa.text(
    """
    update captain_question set seen_at = now() where organization_id = :organization
      and recipient_id = :recipient and asked_by_id = :member and answered_at is not null and seen_at is null
    """
)


async def ask_captain(
    session: AsyncSession, organization_id: int, recipient_id: int, question: str, *, member_id: int
) -> None:
    """Captains see it at once. Raises InvalidInput, NotFound."""
    words = question.strip()
    if not words or len(words) > LONGEST:
        raise InvalidInput(
            N_("A question has 1 to {most} characters. Nothing was sent; your words are kept."), most=LONGEST
        )
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id}
    asked = await session.execute(_ASK, {**key, "question": words, "most": 4 * LONGEST})
    if asked.one_or_none() is None:
        raise NotFound(N_("There is no such conversation, or it is somebody else's by now."))
    changes.announce(session, organization_id, changes.QUESTIONS)


async def answer_texter(
    session: AsyncSession, organization_id: int, question_id: int, answer: str, *, member_id: int
) -> None:
    """It shows where the texter asked. Raises InvalidInput, NotFound, Conflict where another was quicker."""
    words = answer.strip()
    if not words or len(words) > LONGEST:
        raise InvalidInput(
            N_("An answer to a texter has 1 to {most} characters. Nothing was sent; your words are below."),
            most=LONGEST,
        )
    key = {"organization": organization_id, "id": question_id}
    found = (await session.execute(_ANSWER, {**key, "answer": words, "member": member_id})).one_or_none()
    if found is None:
        if (await session.execute(_IS_THERE, key)).one_or_none() is None:
            raise NotFound(N_("There is no such question."))
        raise Conflict(N_("Another captain has answered already. Nothing was sent."))
    audit.record(
        session,
        organization_id,
        "texter.answered",
        actor=f"member {member_id}",
        member_id=found.asked_by_id,
        recipient_id=found.recipient_id,
    )
    changes.announce(session, organization_id, changes.QUESTIONS)
    changes.announce(session, organization_id, changes.of_member(found.asked_by_id))


async def mark_answers_seen(
    session: AsyncSession, organization_id: int, recipient_id: int, *, member_id: int
) -> None:
    """The one who asked has the answer on the screen."""
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id}
    await session.execute(_SEEN, key)
