"""Presses of many texters, committed together: whose browser it was, whether the words are ours, the text.

A press is the busiest thing that people do here: three hundred thumbs at once. So it takes no transaction of
its own; the sign-ins and the presses of ten milliseconds are looked up and written in one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.sign_in import Known, who_are
from textbank.assignments.first_texts import seal_of
from textbank.assignments.press import Press, Pressed, press
from textbank.database import Database
from textbank.web.group_commit import GroupCommit


@dataclass(frozen=True, slots=True)
class Sealed:
    """A press as it comes from a browser: the digest of its session, and what it was shown."""

    digest: bytes
    campaign_id: int
    recipient_id: int
    script_id: int
    body: str
    seal: str
    undone: int = 0
    waited: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of it. `known` is None for a session that does not count, `pressed` where the words are
    not the ones that we showed this texter for this person."""

    known: Known | None
    pressed: Pressed | None


class Presses(GroupCommit[Sealed, Judged]):
    """The presses of one web process."""

    def __init__(self, database: Database, secret: str) -> None:
        self._database = database
        self._secret = secret
        super().__init__(self._judge, apart=lambda one: (one.campaign_id, one.recipient_id))

    async def _judge(self, organization_id: int, sealed: Sequence[Sealed]) -> list[Judged]:
        async def work(session: AsyncSession) -> list[Judged]:
            known = await who_are(session, organization_id, list({one.digest for one in sealed}))
            ours = [self._opened(one, known.get(one.digest)) for one in sealed]
            presses = [one for one in ours if one is not None]
            pressed = iter(await press(session, organization_id, presses) if presses else [])
            return [
                Judged(known.get(one.digest), next(pressed) if opened else None)
                for one, opened in zip(sealed, ours, strict=True)
            ]

        # Repeated after a broken connection, a press that was committed is answered with `already`.
        return await self._database.idempotent(organization_id, work)

    def _opened(self, one: Sealed, known: Known | None) -> Press | None:
        if known is None:
            return None
        me = known.member_id
        right = seal_of(
            self._secret, one.campaign_id, one.recipient_id, me, one.script_id, one.body, one.undone
        )
        if not compare_digest(one.seal.encode(), right.encode()):
            return None
        return Press(one.campaign_id, one.recipient_id, me, one.script_id, one.body, one.undone, one.waited)
