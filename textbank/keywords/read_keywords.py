"""Keywords as pages show them: each with its list, its words and the number it is texted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import NotFound
from textbank.keywords.confirmation import confirmation
from textbank.language import N_
from textbank.sms.phone_number import national

PAGE = 50

_SHOWN = """
    select k.id, k.word, k.language, k.confirmation, k.created_at, k.retired_at, k.list_id,
      l.name as list_name, l.frequency, o.name as organization, o.help_contact,
      k.flow_id, f.name as flow_name, f.published is not null as flow_runs,
      k.redirect_id, r.word as redirect_word, k.ended_words
    from keyword k
    join contact_list l on l.organization_id = k.organization_id and l.id = k.list_id
    join organization o on o.id = k.organization_id
    left join flow f on f.organization_id = k.organization_id and f.id = k.flow_id
    left join keyword r on r.organization_id = k.organization_id and r.id = k.redirect_id
    where k.organization_id = :organization
"""
_PAGE = sa.text(f"{_SHOWN} and k.id < :before order by k.id desc limit :limit")
_ONE = sa.text(f"{_SHOWN} and k.id = :keyword")
_NUMBER = sa.text(
    "select address from sender where organization_id = :organization and kind <> 'messaging_service' "
    "order by halted_at is not null, id limit 1"
)
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class KeywordShown:
    """A keyword with all that it leads to."""

    id: int
    word: str
    language: str
    own_words: str | None
    created_at: datetime
    retired_at: datetime | None
    list_id: int
    list_name: str
    frequency: str
    organization: str
    help_contact: str
    flow_id: int | None
    """What follows once they are on the list."""
    flow_name: str | None
    flow_runs: bool
    """Whether that flow is published."""
    redirect_id: int | None
    """Retired: the keyword that it stands for now."""
    redirect_word: str | None
    ended_words: str | None

    @property
    def words(self) -> str:
        """The confirmation as it is sent."""
        return self.own_words or self.standard_words

    @property
    def standard_words(self) -> str:
        return confirmation(self.organization, self.list_name, self.frequency, self.language)


async def read_keywords(
    session: AsyncSession, organization_id: int, *, before: int = NEWEST
) -> tuple[Sequence[KeywordShown], int | None]:
    """A page of them, newest first, and where to go on."""
    given = {"organization": organization_id, "before": before, "limit": PAGE + 1}
    found = [_shown(row) for row in await session.execute(_PAGE, given)]
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


async def read_keyword(session: AsyncSession, organization_id: int, keyword_id: int) -> KeywordShown:
    """One of them. Raises NotFound."""
    key = {"organization": organization_id, "keyword": keyword_id}
    row = (await session.execute(_ONE, key)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such keyword. Nothing was changed."))
    return _shown(row)


async def number_to_text(session: AsyncSession, organization_id: int) -> str | None:
    """The number that people text, as posters write it."""
    address = await session.scalar(_NUMBER, {"organization": organization_id})
    return None if address is None else national(address)


def _shown(row: sa.Row[Any]) -> KeywordShown:
    return KeywordShown(
        row.id,
        row.word,
        row.language,
        row.confirmation,
        row.created_at,
        row.retired_at,
        row.list_id,
        row.list_name,
        row.frequency,
        row.organization,
        row.help_contact,
        row.flow_id,
        row.flow_name,
        row.flow_runs,
        row.redirect_id,
        row.redirect_word,
        row.ended_words,
    )
