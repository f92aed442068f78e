"""What an organization texts about, as its public pages say it: with the very words that its texts use.

Whoever approves a registration compares pages with texts, so nothing here is written a second time: the
confirmation, the answer to HELP and the one to STOP come from the modules that send them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.wording import help_answer, opted_out
from textbank.errors import NotFound
from textbank.keywords.confirmation import confirmation
from textbank.keywords.form_words import agreement
from textbank.language import N_
from textbank.sms.answer_language import Language

_ORGANIZATION = sa.text(
    "select name, help_contact, (select address from sender s where s.organization_id = o.id "
    "and s.kind <> 'messaging_service' order by s.halted_at is not null, s.id limit 1) as number "
    "from organization o where id = :organization"
)
_LISTS = sa.text(
    """
    select l.id, l.name, l.frequency, coalesce(f.purpose, '') as purpose, coalesce(f.open, false) as open
    from contact_list l
    left join web_form f on f.organization_id = l.organization_id and f.list_id = l.id
    where l.organization_id = :organization and (f.open or exists (select from keyword k
      where k.organization_id = l.organization_id and k.list_id = l.id and k.retired_at is null))
    order by l.id limit 50
    """
)
_KEYWORDS = sa.text(
    "select word, list_id, language, confirmation from keyword where organization_id = :organization "
    "and list_id = any(cast(:lists as bigint[])) and retired_at is null order by id limit 200"
)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that leads to a programme, and what answers it."""

    word: str
    language: str
    answer: str


@dataclass(frozen=True, slots=True)
class Programme:
    """One list that people can join by themselves."""

    list_id: int
    name: str
    frequency: str
    purpose: str
    form_open: bool
    agreement: str
    confirmation: str
    keywords: Sequence[Keyword] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Programmes:
    """All of them, and what holds for all."""

    organization_id: int
    organization: str
    help_contact: str
    number: str | None
    help_answer: str
    stop_answer: str
    programmes: Sequence[Programme]


async def read_programmes(session: AsyncSession, organization_id: int, language: str) -> Programmes:
    """What the public pages say, in one of our two languages. Raises NotFound."""
    key = {"organization": organization_id}
    about = (await session.execute(_ORGANIZATION, key)).one_or_none()
    if about is None:
        raise NotFound(N_("There is no such organization."))
    spoken: Language = "es" if language == "es" else "en"
    lists = (await session.execute(_LISTS, key)).all()
    words = (await session.execute(_KEYWORDS, key | {"lists": [one.id for one in lists]})).all()
    return Programmes(
        organization_id,
        about.name,
        about.help_contact,
        about.number,
        help_answer(about.name, about.help_contact, spoken),
        opted_out(about.name, spoken),
        [
            Programme(
                one.id,
                one.name,
                one.frequency,
                one.purpose,
                one.open,
                agreement(about.name, one.name, one.purpose, one.frequency, spoken),
                confirmation(about.name, one.name, one.frequency, spoken),
                [
                    Keyword(
                        word.word,
                        word.language,
                        word.confirmation or confirmation(about.name, one.name, one.frequency, word.language),
                    )
                    for word in words
                    if word.list_id == one.id
                ],
            )
            for one in lists
        ],
    )
