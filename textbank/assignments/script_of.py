"""What a campaign gives a texter for a conversation: ready-made answers, and questions to find out.

A script branches: an answer to a question may name the text that follows it and the question that comes next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.campaigns.words import Person, merge
from textbank.errors import NotFound
from textbank.language import N_

_READY = sa.text(
    """
    select r.id, r.title, r.body, r.one_tap, o.name as organization,
      coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1)) as texter,
      w.role = 'texter' and w.approval = 'trial' as on_trial
    from canned_response r
    join organization o on o.id = r.organization_id
    join member w on w.organization_id = r.organization_id and w.id = :member
    where r.organization_id = :organization and r.campaign_id = :campaign
    order by r.position, r.id limit 100
    """
)
_PERSON = sa.text(
    """
    select p.first_name, p.last_name, p.zip_code, p.language, p.fields from contact_number n
    join contact p on p.organization_id = n.organization_id and p.id = n.contact_id
    where n.organization_id = :organization and n.recipient_id = :recipient and n.until is null
    order by n.id limit 1
    """
)
_QUESTIONS = sa.text(
    """
    select q.id as question_id, q.words, o.id as option_id, o.label, a.option_id = o.id as chosen,
      o.response_id, o.next_question_id, a.at
    from question q
    join question_option o on o.organization_id = q.organization_id and o.question_id = q.id
    left join question_answer a on a.organization_id = q.organization_id and a.question_id = q.id
      and a.recipient_id = :recipient
    where q.organization_id = :organization and q.campaign_id = :campaign
    order by q.position, q.id, o.position, o.id limit 500
    """
)
_ANSWER = sa.text(
    """
    insert into question_answer
      (organization_id, campaign_id, recipient_id, question_id, option_id, member_id)
    select distinct on (q.id) q.organization_id, q.campaign_id, cast(:recipient as bigint), q.id, o.id,
      cast(:member as bigint)
    from question_option o join question q on q.organization_id = o.organization_id and q.id = o.question_id
    join conversation c on c.organization_id = q.organization_id and c.recipient_id = :recipient
      and c.campaign_id = q.campaign_id
    where o.organization_id = :organization and o.id = any(cast(:options as bigint[]))
    on conflict (organization_id, question_id, recipient_id) do update
      set option_id = excluded.option_id, member_id = excluded.member_id, at = now()
    """
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready-made answer, filled in for this person."""

    id: int
    title: str
    body: str
    one_tap: bool = False
    """Staff marked it as the one that a single press may send."""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that a question may get."""

    id: int
    label: str
    chosen: bool
    response_id: int | None = None
    """The ready-made answer that is filled in when this one is chosen."""
    next_question_id: int | None = None
    at: datetime | None = None
    """When it was chosen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its options."""

    id: int
    words: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.chosen), None)


async def ready_answers(
    session: AsyncSession, organization_id: int, campaign_id: int, recipient_id: int, member_id: int
) -> list[Ready]:
    """The campaign's ready-made answers with this person's and this texter's names in them."""
    key = {"organization": organization_id, "campaign": campaign_id, "member": member_id}
    rows = (await session.execute(_READY, key)).all()
    if not rows:
        return []
    known = {"organization": organization_id, "recipient": recipient_id}
    person = _person((await session.execute(_PERSON, known)).one_or_none())
    if rows[0].on_trial:  # as in their first texts
        person = Person(person.first_name, language=person.language)
    return [
        Ready(
            row.id,
            row.title,
            merge(row.body, person, organization=row.organization, texter=row.texter),
            row.one_tap,
        )
        for row in rows
    ]


async def questions(
    session: AsyncSession, organization_id: int, campaign_id: int, recipient_id: int
) -> list[Asked]:
    """The campaign's questions, and what this person answered as far as it was noted."""
    key = {"organization": organization_id, "campaign": campaign_id, "recipient": recipient_id}
    found: dict[int, tuple[str, list[Option]]] = {}
    for row in await session.execute(_QUESTIONS, key):
        options = found.setdefault(row.question_id, (row.words, []))[1]
        at = row.at if row.chosen else None
        options.append(
            Option(row.option_id, row.label, bool(row.chosen), row.response_id, row.next_question_id, at)
        )
    return [Asked(id_, words, tuple(options)) for id_, (words, options) in found.items()]


def question_now(asked: Sequence[Asked]) -> Asked | None:
    """What to find out next: where the latest answer leads, else the first question without an answer."""
    answered = [(option.at, option) for each in asked if (option := each.chosen) and option.at]
    if answered:
        leads_to = max(answered, key=lambda one: one[0])[1].next_question_id
        led = next((each for each in asked if each.id == leads_to and each.chosen is None), None)
        if led is not None:
            return led
    return next((each for each in asked if each.chosen is None), None)


def text_after(asked: Sequence[Asked], ready: Sequence[Ready], option_id: int) -> Ready | None:
    """The ready-made answer that follows an answer to a question, where the script names one."""
    response_id = next(
        (option.response_id for each in asked for option in each.options if option.id == option_id), None
    )
    return next((each for each in ready if each.id == response_id), None)


async def note_answers(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    option_ids: Sequence[int],
    *,
    member_id: int,
) -> None:
    """Write down what somebody answered, to one or several questions; the last word counts.

    Raises NotFound.
    """
    key = {
        "organization": organization_id,
        "recipient": recipient_id,
        "options": list(option_ids),
        "member": member_id,
    }
    if (await session.execute(_ANSWER, key)).rowcount != len(set(option_ids)):  # type: ignore[attr-defined]
        raise NotFound(N_("That question is not part of this conversation's campaign. Nothing was noted."))
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))


def _person(row: Any) -> Person:
    if row is None:
        return Person()
    return Person(row.first_name, row.last_name, row.zip_code or "", row.language, fields=row.fields)
