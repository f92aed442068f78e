"""Texts that reach this web process together are filed in one transaction, each of another person.

Most texts are replies, and need little more than to be stored; so do keywords that were seen to ask for
nothing but a list. STOPs come by the thousand after a blast, and have transactions of their own. Any other (a
keyword with a flow behind it, an answer to a question) takes many statements: it is filed by itself, beside
them, so that nobody waits for it.
"""

from collections.abc import Sequence
from typing import Final

from textbank.database import Database
from textbank.inbound.join_together import word_of
from textbank.inbound.receive import Incoming, Received, receive, receive_together
from textbank.inbound.understand import is_plainly_a_reply, is_plainly_a_stop
from textbank.web.group_commit import GroupCommit

MOST_WORDS: Final = 10_000
GROUPS_AT_ONCE: Final = 2
"""A third makes groups so small that a text costs more (decision 0023)."""


class Texts(GroupCommit[Incoming, Received]):
    """Two replies of one person are filed one after the other, in the order they came in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__(self._file, apart=lambda one: one.text.from_, at_once=GROUPS_AT_ONCE)
        self._joins: set[tuple[int, str]] = set()
        """Keywords whose last text was a plain JOIN. Only a guess: each text is understood anew."""
        self._stops: GroupCommit[Incoming, Received] = GroupCommit(
            self._file, apart=lambda one: one.text.from_
        )

    async def stop(self) -> None:
        """Stop; who still waits gets no answer, and is told again by the carrier."""
        await super().stop()
        await self._stops.stop()

    async def file(self, incoming: Incoming) -> Received:
        """Return when the text is committed."""
        organization_id, text = incoming.at.organization_id, incoming.text
        if is_plainly_a_reply(text):
            return await self.submit(organization_id, incoming)
        if is_plainly_a_stop(text):
            return await self._stops.submit(organization_id, incoming)
        word = (organization_id, word_of(text))
        if word in self._joins:
            received = await self.submit(organization_id, incoming)
        else:
            received = await receive(self._database, incoming.at, text)
        if received.joined and len(self._joins) < MOST_WORDS:
            self._joins.add(word)
        elif received.fresh and not received.joined:
            self._joins.discard(word)
        return received

    async def _file(self, organization_id: int, incoming: Sequence[Incoming]) -> list[Received]:
        if len(incoming) == 1:
            return [await receive(self._database, incoming[0].at, incoming[0].text)]
        return await receive_together(self._database, organization_id, incoming)
