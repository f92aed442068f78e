"""Staff add and retire own phrases and alert words. Rows stay, for the ledger names them."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.conversations.listen_for import MOST, forget
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_
from textbank.sms.classify import classify
from textbank.sms.own_phrases import MEANINGS, key_of

LONGEST: Final = 80
_SHORTEST: Final = 3

_LIVE = sa.text(
    """
    select p.id, p.phrase, p.meaning, p.created_at, m.name as by from own_phrase p
    join member m on m.organization_id = p.organization_id and m.id = p.member_id
    where p.organization_id = :organization and p.retired_at is null order by p.id desc limit :most
    """
)
_KEYWORD = sa.text(
    "select 1 from keyword where organization_id = :organization and upper(:key) = word limit 1"
)
_COUNT = sa.text(
    "select count(*) from (select from own_phrase where organization_id = :organization "
    "and retired_at is null limit :most) n"
)
_ADD = sa.text(
    "insert into own_phrase (organization_id, phrase, key, meaning, member_id) "
    "values (:organization, :phrase, :key, :meaning, :member) "
    "on conflict (organization_id, key, meaning) where retired_at is null do nothing returning id"
)
_RETIRE = sa.text(
    "update own_phrase set retired_at = now(), retired_by_id = :member where organization_id = :organization "
    "and id = :phrase and retired_at is null returning phrase, meaning"
)


async def list_own_phrases(session: AsyncSession, organization_id: int) -> Sequence[sa.Row[Any]]:
    """Those in use, newest first."""
    return (await session.execute(_LIVE, {"organization": organization_id, "most": MOST})).all()


async def add_own_phrase(
    session: AsyncSession, organization_id: int, *, phrase: str, meaning: str, by: int
) -> None:
    """Use a phrase from now on. Raises InvalidInput or Conflict."""
    words = " ".join(phrase.split())
    key = key_of(words)
    if meaning not in MEANINGS:
        raise InvalidInput(N_("Choose what the phrase means. Nothing was saved."))
    if len(words) > LONGEST or len(key) < _SHORTEST:
        raise InvalidInput(N_("Write a phrase of 3 to 80 characters, with letters in it. Nothing was saved."))
    if meaning not in ("alert", "no_alert"):
        await _must_be_free(session, organization_id, words, key)
    given = {"organization": organization_id, "most": MOST}
    if (await session.execute(_COUNT, given)).scalar_one() >= MOST:
        raise Conflict(N_("There are as many phrases as fit: 300. Remove one first. Nothing was saved."))
    row = {"phrase": words, "key": key, "meaning": meaning, "member": by}
    if (await session.execute(_ADD, given | row)).one_or_none() is None:
        raise Conflict(N_("This phrase is in use already. Nothing was changed."))
    forget(session, organization_id)
    audit.record(
        session, organization_id, "phrase.added", actor=f"member {by}", phrase=words, meaning=meaning
    )


async def _must_be_free(session: AsyncSession, organization_id: int, words: str, key: str) -> None:
    """What we read ourselves, or a keyword that people join by, can have no other meaning."""
    if classify(words).kind not in ("none", "review"):
        raise Conflict(N_("We understand this already, and no phrase can change that. Nothing was saved."))
    given = {"organization": organization_id, "key": key.replace(" ", "")}
    if (await session.execute(_KEYWORD, given)).one_or_none() is not None:
        raise Conflict(N_("This is one of your keywords: people join by it. Nothing was saved."))


async def retire_own_phrase(session: AsyncSession, organization_id: int, phrase_id: int, *, by: int) -> None:
    """Use it no more. What it decided before stays as it is. Raises NotFound."""
    given = {"organization": organization_id, "phrase": phrase_id, "member": by}
    row = (await session.execute(_RETIRE, given)).one_or_none()
    if row is None:
        raise NotFound(N_("This phrase is gone. Nothing was changed."))
    forget(session, organization_id)
    audit.record(
        session,
        organization_id,
        "phrase.retired",
        actor=f"member {by}",
        phrase=row.phrase,
        meaning=row.meaning,
    )
