"""Passwords: Argon2id, at the parameters of the OWASP cheat sheet (19 MiB, two passes, one lane).

Hashing takes tens of milliseconds of a core on purpose. It runs in a thread, two at a time, so that a
crowd at the sign-in page cannot take the process away from webhooks.
"""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from textbank.errors import InvalidInput
from textbank.language import N_

SHORTEST: Final = 10
LONGEST: Final = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_at_once: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

# Checked when nobody has the e-mail address, so that the time taken does not tell.
_NOBODYS: Final = _hasher.hash("nobody's password")


def _turn() -> asyncio.Semaphore:
    return _at_once.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(2))


def check_strength(password: str) -> None:
    """Raise InvalidInput for one that is too short or too long. Length is what counts (NIST 800-63B)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(
            N_("A password needs at least {shortest} characters. Three or four words in a row make one."),
            shortest=SHORTEST,
        )


async def hash_password(password: str) -> str:
    """The password as it is stored."""
    async with _turn():
        return await asyncio.to_thread(_hasher.hash, password)


async def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the password; takes as long where there is none."""
    async with _turn():
        right = await asyncio.to_thread(_verify, stored or _NOBODYS, password)
    return right and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
