"""What texters find out in a peer-to-peer campaign: questions with their possible answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.models import Question, QuestionOption
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

MOST = 20
MOST_OPTIONS = 12

_P2P = sa.text(
    "select 1 from campaign where organization_id = :organization and id = :campaign and kind = 'p2p' "
    "for no key update"
)
_QUESTIONS = sa.text(
    """
    select q.id, q.words, o.id as option_id, o.label, o.response_id, o.next_question_id from question q
    left join question_option o on o.organization_id = q.organization_id and o.question_id = q.id
    where q.organization_id = :organization and q.campaign_id = :campaign
    order by q.position, q.id, o.position, o.id limit 500
    """
)
_ANSWERED = sa.text(
    "select 1 from question_answer where organization_id = :organization and question_id = :question limit 1"
)
_NO_OPTIONS = sa.text(
    "delete from question_option where organization_id = :organization and question_id = :question"
)
_LEADS_NOWHERE = sa.text(
    "update question_option set next_question_id = null "
    "where organization_id = :organization and next_question_id = :question"
)
# A reply or question of another campaign is none that may follow; nor does a question follow itself.
_FOLLOW = sa.text(
    """
    update question_option o set response_id = t.response_id, next_question_id = t.next_id
    from unnest(cast(:options as bigint[]), cast(:responses as bigint[]), cast(:next as bigint[]))
      as t (option_id, response_id, next_id)
    where o.organization_id = :organization and o.question_id = :question and o.id = t.option_id
      and exists (select from question q where q.organization_id = :organization and q.id = :question
        and q.campaign_id = :campaign)
      and (t.response_id is null or exists (select from canned_response r
        where r.organization_id = :organization and r.id = t.response_id and r.campaign_id = :campaign))
      and (t.next_id is null or t.next_id <> :question and exists (select from question q
        where q.organization_id = :organization and q.id = t.next_id and q.campaign_id = :campaign))
    """
)
_REMOVE = sa.text(
    "delete from question where organization_id = :organization and id = :question "
    "and campaign_id = :campaign returning id"
)


@dataclass(slots=True)
class Asked:
    """A question and its possible answers."""

    id: int
    words: str
    options: list[tuple[int, str]] = field(default_factory=list)
    """(id, label), in order."""
    follows: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    """After which answer which reply is filled in, and which question comes next."""

    @property
    def branches(self) -> bool:
        """Whether anything follows any of its answers."""
        return any(each != (None, None) for each in self.follows.values())


async def questions_of(session: AsyncSession, organization_id: int, campaign_id: int) -> Sequence[Asked]:
    """A campaign's questions, in order."""
    key = {"organization": organization_id, "campaign": campaign_id}
    found: dict[int, Asked] = {}
    for row in await session.execute(_QUESTIONS, key):
        asked = found.setdefault(row.id, Asked(row.id, row.words))
        if row.option_id is not None:
            asked.options.append((row.option_id, row.label))
            asked.follows[row.option_id] = (row.response_id, row.next_question_id)
    return list(found.values())


async def add_question(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    words: str,
    options: Sequence[str],
    by: int,
) -> None:
    """Add a question with its possible answers. Raises InvalidInput, NotFound, Conflict."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_P2P, key)).one_or_none() is None:
        raise NotFound(N_("There is no such campaign."))
    words = " ".join(words.split())
    labels = list(dict.fromkeys(label for each in options if (label := " ".join(each.split()))))
    if not 1 <= len(words) <= 200:
        raise InvalidInput(
            N_("Write what texters should find out, in up to 200 characters. Nothing was saved.")
        )
    if not 2 <= len(labels) <= MOST_OPTIONS or any(len(label) > 60 for label in labels):
        raise InvalidInput(
            N_("A question needs 2 to 12 different answers of up to 60 characters. Nothing was saved.")
        )
    others = await questions_of(session, organization_id, campaign_id)
    if len(others) >= MOST:
        raise Conflict(N_("Twenty questions are the most. Nothing was added."))
    question = Question(
        organization_id=organization_id, campaign_id=campaign_id, words=words, position=len(others) + 1
    )
    session.add(question)
    await session.flush()
    session.add_all(
        QuestionOption(
            organization_id=organization_id, question_id=question.id, label=label, position=position
        )
        for position, label in enumerate(labels, start=1)
    )
    audit.record(
        session, organization_id, "campaign.question_added", actor=f"member {by}", campaign_id=campaign_id
    )


async def remove_question(
    session: AsyncSession, organization_id: int, campaign_id: int, question_id: int, *, by: int
) -> None:
    """Take a question away that nobody has answered yet. Raises NotFound, Conflict."""
    key = {"organization": organization_id, "campaign": campaign_id, "question": question_id}
    if (await session.execute(_ANSWERED, key)).one_or_none() is not None:
        raise Conflict(N_("Somebody has answered this question already, so it stays. Nothing was changed."))
    question = await session.get(Question, (organization_id, question_id))
    if question is None or question.campaign_id != campaign_id:
        raise NotFound(N_("This question is gone. Nothing was changed."))
    await session.execute(_LEADS_NOWHERE, key)
    await session.execute(_NO_OPTIONS, key)
    await session.execute(_REMOVE, key)
    audit.record(
        session, organization_id, "campaign.question_removed", actor=f"member {by}", campaign_id=campaign_id
    )


async def set_what_follows(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    question_id: int,
    follows: Mapping[int, tuple[int | None, int | None]],
    *,
    by: int,
) -> None:
    """After which answer which reply is filled in and which question comes next. Raises NotFound."""
    key = {
        "organization": organization_id,
        "campaign": campaign_id,
        "question": question_id,
        "options": list(follows),
        "responses": [response for response, _ in follows.values()],
        "next": [next_ for _, next_ in follows.values()],
    }
    if (await session.execute(_FOLLOW, key)).rowcount != len(follows):  # type: ignore[attr-defined]
        raise NotFound(N_("This question, or what should follow it, is gone. Nothing was changed."))
    audit.record(session, organization_id, "campaign.branched", actor=f"member {by}", campaign_id=campaign_id)
