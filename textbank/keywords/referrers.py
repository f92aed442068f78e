"""Who brought whom: a subscriber's own word after a keyword ("JOIN MARIA")."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import Conflict
from textbank.keywords.match import normal_word
from textbank.language import N_

_TRIES: Final = 50

_KNOWN = sa.text(
    "select code from referrer_code where organization_id = :organization and recipient_id = :recipient"
)
_GIVE = sa.text(
    "insert into referrer_code (organization_id, code, recipient_id) "
    "select :organization, cast(:code as varchar), :recipient where not exists (select from keyword "
    "where organization_id = :organization and word = cast(:code as varchar) and retired_at is null) "
    "on conflict do nothing returning code"
)
# Whoever was here before is nobody's to bring; the first who brought somebody stays.
_BROUGHT = sa.text(
    """
    insert into referral (organization_id, recipient_id, referrer_id, keyword_id)
    select :organization, :recipient, c.recipient_id, :keyword from referrer_code c
    where c.organization_id = :organization and c.code = :code and c.recipient_id <> :recipient
      and not exists (select from subscription s where s.organization_id = :organization
        and s.recipient_id = :recipient)
    on conflict do nothing returning referrer_id
    """
)
_COUNT = sa.text(
    "select count(*) from (select from referral where organization_id = :organization "
    "and referrer_id = :recipient limit 10001) r"
)


async def code_of(session: AsyncSession, organization_id: int, recipient_id: int, name: str) -> str:
    """The person's code; made from their first name, with a number where that is taken."""
    key = {"organization": organization_id, "recipient": recipient_id}
    known: str | None = await session.scalar(_KNOWN, key)
    if known is not None:
        return known
    stem = normal_word(name)[:12] or "FRIEND"
    for number in range(1, _TRIES):
        code = stem if number == 1 and len(stem) > 2 else f"{stem}{number * 7 + recipient_id % 89}"
        given: str | None = await session.scalar(_GIVE, key | {"code": code})
        if given is not None:
            return given
    raise Conflict(N_("No code could be made for this name. Nothing was changed."))


async def note_who_brought(
    session: AsyncSession, organization_id: int, *, recipient_id: int, code: str, keyword_id: int
) -> int | None:
    """Write down who brought this number, if the code is somebody's and the number is new here."""
    referrer: int | None = await session.scalar(
        _BROUGHT,
        {
            "organization": organization_id,
            "recipient": recipient_id,
            "code": code,
            "keyword": keyword_id,
        },
    )
    return referrer


async def how_many_brought(session: AsyncSession, organization_id: int, recipient_id: int) -> int:
    """How many this number brought; 10,001 stands for more."""
    key = {"organization": organization_id, "recipient": recipient_id}
    count: int = (await session.execute(_COUNT, key)).scalar_one()
    return count
