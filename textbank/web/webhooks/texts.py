"""Texts that reach this web process together are filed in one transaction, each of another person.

Most texts are replies, and need little more than to be stored. STOPs come by the thousand after a blast, and
have transactions of their own. What is neither (a keyword, an answer to a question) takes many statements: it
is filed by itself, beside them, so that nobody waits for it.
"""

from collections.abc import Sequence

from textbank.database import Database
from textbank.inbound.receive import Incoming, Received, receive, receive_together
from textbank.inbound.understand import is_plainly_a_reply, is_plainly_a_stop
from textbank.web.group_commit import GroupCommit


class Texts(GroupCommit[Incoming, Received]):
    """Two replies of one person are filed one after the other, in the order they came in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__(self._file, apart=lambda one: one.text.from_)
        self._stops: GroupCommit[Incoming, Received] = GroupCommit(
            self._file, apart=lambda one: one.text.from_
        )

    async def stop(self) -> None:
        """Stop; who still waits gets no answer, and is told again by the carrier."""
        await super().stop()
        await self._stops.stop()

    async def file(self, incoming: Incoming) -> Received:
        """Return when the text is committed."""
        if is_plainly_a_reply(incoming.text):
            return await self.submit(incoming.at.organization_id, incoming)
        if is_plainly_a_stop(incoming.text):
            return await self._stops.submit(incoming.at.organization_id, incoming)
        return await receive(self._database, incoming.at, incoming.text)

    async def _file(self, organization_id: int, incoming: Sequence[Incoming]) -> list[Received]:
        if len(incoming) == 1:
            return [await receive(self._database, incoming[0].at, incoming[0].text)]
        return await receive_together(self._database, organization_id, incoming)
