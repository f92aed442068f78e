"""Sign a member in with e-mail and password, and know their browser afterwards by its token."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import installation
from textbank.accounts.passwords import is_password
from textbank.database import Database
from textbank.driver import rows_of
from textbank.errors import TooManyTries
from textbank.language import N_

FREE_TRIES: Final = 5
"""Wrong passwords in a row before each further one costs a wait: a minute, doubling up to a quarter hour."""

LOCKED: Final = N_("Too many wrong passwords for this address. Wait a quarter of an hour, then try again.")

_MISSED = sa.text(
    """
    update member set failed_sign_ins = least(failed_sign_ins + 1, 100),
      locked_until = case when failed_sign_ins + 1 >= :free then now() + least(
        interval '1 minute' * power(2, least(failed_sign_ins + 1 - :free, 4)), interval '15 minutes') end
    where organization_id = :organization and id = :member
    """
)
_RIGHT = sa.text(
    "update member set failed_sign_ins = 0, locked_until = null "
    "where organization_id = :organization and id = :member and failed_sign_ins > 0"
)
_START = sa.text(
    "insert into sign_in (organization_id, member_id, digest, browser, address, shared) "
    "values (:organization, :member, :digest, :browser, :address, :shared)"
)
# A browser that was away for thirty days has to sign in again, a shared computer after half an hour.
# `seen_at` moves at most every five minutes (there: every minute), so that looking at pages writes next to
# nothing; of two requests at once one leaves it to the other.
_KNOWN = sa.text(
    """
    with known as (
      select s.id, s.digest, s.seen_at, s.member_id, s.shared from sign_in s
      where s.organization_id = :organization and s.digest = any(:digests) and s.ended_at is null
        and s.seen_at > now() - case when s.shared then interval '30 minutes' else interval '30 days' end),
    stale as (
      select s.id from sign_in s where s.organization_id = :organization and s.id in (
        select id from known where cast(:notes as bool) and seen_at < now()
          - case when shared then interval '1 minute' else interval '5 minutes' end)
      for no key update skip locked),
    seen as (
      update sign_in s set seen_at = now() from stale
      where s.organization_id = :organization and s.id = stale.id)
    select known.digest, known.id as sign_in_id, m.id as member_id, m.name, m.role, m.language, m.time_zone,
      o.name as organization_name, known.shared, m.suspended_at is not null as suspended,
      m.shortcuts, m.sound, m.role = 'texter' and m.approval = 'waiting' as waits
    from known join member m on m.organization_id = :organization and m.id = known.member_id
    join organization o on o.id = :organization
    where m.disabled_at is null
    """
)


@dataclass(frozen=True, slots=True)
class Membership:
    """A member whose password was right."""

    organization_id: int
    organization_name: str
    member_id: int


@dataclass(frozen=True, slots=True)
class Known:
    """Who uses a browser that is signed in."""

    sign_in_id: int
    member_id: int
    name: str
    role: str
    language: str
    time_zone: str
    organization_name: str
    shared: bool = False
    """Others use this computer, too: nothing is kept on it."""
    suspended: bool = False
    """A captain wants a word first: they send nothing."""
    shortcuts: bool = True
    """Single keys do something on their pages."""
    sound: bool = False
    """They want to hear of a reply."""
    waits: bool = False
    """No captain has let them in yet: they practise, and see nobody."""


def digest_of(token: str) -> bytes:
    """What is kept of a random token of ours."""
    return hashlib.sha256(token.encode()).digest()


async def check_password(database: Database, email: str, password: str) -> list[Membership]:
    """The memberships that e-mail and password open; empty if none. Raises TooManyTries.

    Slow on purpose, and outside any transaction: no connection is held while a password is hashed.
    """
    log_ins = await installation.log_ins_of(database, email.strip().lower())
    if not log_ins:
        await is_password(None, password)
        return []
    found, locked = [], 0
    for log_in in log_ins:
        if log_in.locked:
            locked += 1
            continue
        right = await is_password(log_in.password_hash, password)
        async with database.transaction(log_in.organization_id) as session:
            await note_try(session, log_in.organization_id, log_in.member_id, right=right)
        if right:
            found.append(Membership(log_in.organization_id, log_in.organization_name, log_in.member_id))
    if locked == len(log_ins):
        raise TooManyTries(LOCKED)
    return found


async def note_try(session: AsyncSession, organization_id: int, member_id: int, *, right: bool) -> None:
    """Count a wrong password, or forget the wrong ones before a right one."""
    key = {"organization": organization_id, "member": member_id}
    await session.execute(*((_RIGHT, key) if right else (_MISSED, {**key, "free": FREE_TRIES})))


async def start_sign_in(
    session: AsyncSession,
    organization_id: int,
    member_id: int,
    *,
    browser: str,
    address: str,
    shared: bool = False,
) -> str:
    """Remember a browser; returns what its cookie holds: the organization and a random token."""
    token = secrets.token_urlsafe(32)
    await session.execute(
        _START,
        {
            "organization": organization_id,
            "member": member_id,
            "digest": digest_of(token),
            "browser": browser[:200],
            "address": address[:60],
            "shared": shared,
        },
    )
    return f"{organization_id}.{token}"


async def who_is(
    session: AsyncSession, organization_id: int, token: str, *, notes: bool = True
) -> Known | None:
    """Who is signed in with this token, if it counts still. `notes`: that is a sign of life, unlike a stream
    that is left open in a tab which nobody looks at."""
    digest = digest_of(token)
    return (await who_are(session, organization_id, [digest], notes=notes)).get(digest)


async def who_are(
    session: AsyncSession, organization_id: int, digests: Sequence[bytes], *, notes: bool = True
) -> dict[bytes, Known]:
    """Who is signed in with the tokens of these digests; those that do not count are left out."""
    key = {"organization": organization_id, "digests": list(digests), "notes": notes}
    rows = await rows_of(session, _KNOWN, key)
    return {row[0]: Known(*row[1:]) for row in rows}


async def end_sign_ins(
    session: AsyncSession, organization_id: int, member_id: int, *, sign_in_id: int | None = None
) -> None:
    """Sign a member out of one browser, or of all; a browser that is signed out is told nothing more."""
    one = "" if sign_in_id is None else " and id = :sign_in"
    key = {"organization": organization_id, "member": member_id}
    await session.execute(
        sa.text(
            "with ended as (update sign_in set ended_at = now() where organization_id = :organization "  # noqa: S608
            f"and member_id = :member and ended_at is null{one} returning id) "
            "delete from push_subscription where organization_id = :organization "
            "and sign_in_id in (select id from ended)"
        ),
        key if sign_in_id is None else {**key, "sign_in": sign_in_id},
    )
