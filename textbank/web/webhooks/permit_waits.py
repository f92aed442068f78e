"""STOPs that wait at the same time ask the database together whether a permit may still be used.

Each question is put after the STOP's commit, as when it is asked alone: what joins a statement that is under
way would be too early, and goes into the next one.
"""

from collections.abc import Sequence

from textbank.database import Database
from textbank.messaging.wait_out_permits import still_usable
from textbank.web.group_commit import GroupCommit


class PermitWaits(GroupCommit[int, float]):
    """Asks for recipients of one organization in one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__(self._ask)

    async def _ask(self, organization_id: int, recipient_ids: Sequence[int]) -> Sequence[float]:
        return await still_usable(self._database, organization_id, recipient_ids)
