"""Come back on another phone by a text to us: the new browser shows a word, the texter's own phone sends it.

We send nothing: it costs nothing, is not filtered, and works for who once texted STOP. A sender's number can
be forged, so this lets in texters alone, never captains or staff (see docs/decisions), and only the browser
that was shown the word, which it proves with a token of its own.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.sign_in import digest_of
from textbank.errors import TooManyTries
from textbank.language import N_

WAITS: Final = timedelta(minutes=10)
MOST_WAITING: Final = 500
"""Of 9,000 words: whoever guesses one texts from his own phone, and lets nobody in by it."""
AN_HOUR: Final = 5
"""How often one texter comes back by a text within an hour."""
SAYS: Final = {"en": "BACK", "es": "VOLVER"}

_WORD = re.compile(r"\W*(?:back|volver)\W*([0-9]{4})\W*", re.IGNORECASE)
# Who came back within the hour is still counted (`AN_HOUR`).
_FORGET = sa.text(
    "delete from waiting_browser where organization_id = :organization and expires_at < now() "
    "and (known_at is null or known_at < now() - interval '1 hour')"
)
_COUNT = sa.text(
    "select count(*) from (select from waiting_browser where organization_id = :organization "
    "and expires_at > now() limit :most) n"
)
_WAIT = sa.text(
    "insert into waiting_browser (organization_id, digest, word, expires_at) "
    "values (:organization, :digest, :word, now() + cast(:waits as interval)) "
    "on conflict do nothing returning id"
)
_SHOWN = sa.text(
    "select word, member_id is not null as known from waiting_browser where organization_id = :organization "
    "and digest = :digest and expires_at > now() and let_in_at is null"
)
# The first of two texters with one phone: whoever gave the number later cannot take the other's place.
_HEAR = sa.text(
    """
    with who as (
      select m.id from member m where m.organization_id = :organization and m.phone = :phone
        and m.role = 'texter' and m.email is null and m.disabled_at is null
      order by m.id limit 1),
    often as (
      select count(*) as times from waiting_browser b where b.organization_id = :organization
        and b.member_id = (select id from who) and b.known_at > now() - interval '1 hour')
    update waiting_browser b set member_id = who.id, known_at = now() from who, often
    where b.organization_id = :organization and b.word = :word and b.expires_at > now()
      and b.member_id is null and often.times < :an_hour
    returning who.id
    """
)
# Whoever was made a captain, or was given a password, since their text came signs in by that.
_COLLECT = sa.text(
    """
    update waiting_browser b set let_in_at = now() from member m where b.organization_id = :organization
      and b.digest = :digest and b.let_in_at is null and b.expires_at > now()
      and m.organization_id = b.organization_id and m.id = b.member_id
      and m.role = 'texter' and m.email is null and m.disabled_at is null
    returning b.member_id
    """
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A browser that waits. `known` once the word has come from a texter's phone."""

    word: str
    known: bool


def word_in(body: str) -> str | None:
    """The four digits of a text that is such a word and nothing else."""
    found = _WORD.fullmatch(body)
    return found[1] if found else None


async def wait_to_be_let_in(session: AsyncSession, organization_id: int) -> str:
    """Begin to wait; returns the token that this browser alone has. Raises TooManyTries."""
    key = {"organization": organization_id}
    await session.execute(_FORGET, key)
    if (await session.execute(_COUNT, {**key, "most": MOST_WAITING})).scalar_one() < MOST_WAITING:
        token = secrets.token_urlsafe(24)
        for _ in range(8):
            word = f"{secrets.randbelow(9_000) + 1_000}"
            values = {**key, "digest": digest_of(token), "word": word, "waits": WAITS}
            if (await session.execute(_WAIT, values)).one_or_none() is not None:
                return token
    raise TooManyTries(N_("Too many people are coming back just now. Wait a few minutes, then try again."))


async def waiting(session: AsyncSession, organization_id: int, token: str) -> Waiting | None:
    """What a browser with this token waits for; None where it waits no more."""
    row = (
        await session.execute(_SHOWN, {"organization": organization_id, "digest": digest_of(token)})
    ).one_or_none()
    return None if row is None else Waiting(row.word, row.known)


async def hear_word(session: AsyncSession, organization_id: int, *, phone: str, word: str) -> bool:
    """A word came by text. False where nobody waits with it, or the phone is no texter's: then it is an
    ordinary text."""
    key = {"organization": organization_id, "phone": phone, "word": word, "an_hour": AN_HOUR}
    member_id = (await session.execute(_HEAR, key)).scalar_one_or_none()
    if member_id is None:
        return False
    actor = f"member {member_id}"
    audit.record(session, organization_id, "texter.came_back", actor=actor, member_id=member_id)
    return True


async def collect(session: AsyncSession, organization_id: int, token: str) -> int | None:
    """The member whom the browser with this token may be signed in as, once."""
    found: int | None = (
        await session.execute(_COLLECT, {"organization": organization_id, "digest": digest_of(token)})
    ).scalar_one_or_none()
    return found
