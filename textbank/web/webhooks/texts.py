"""Texts that reach this web process together are filed in one transaction, each of another person."""

from collections.abc import Sequence

from textbank.database import Database
from textbank.inbound.receive import Incoming, Received, receive, receive_together
from textbank.web.group_commit import GroupCommit


class Texts(GroupCommit[Incoming, Received]):
    """Two texts of one person are filed one after the other, in the order they came in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__(self._file, apart=lambda one: one.text.from_)

    async def _file(self, organization_id: int, incoming: Sequence[Incoming]) -> list[Received]:
        if len(incoming) == 1:
            return [await receive(self._database, incoming[0].at, incoming[0].text)]
        return await receive_together(self._database, organization_id, incoming)
