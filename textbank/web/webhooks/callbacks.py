"""Status callbacks of this web process, committed together: a blast brings two or three a text."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.database import Database
from textbank.messaging.apply_callbacks import StatusCallback, apply_callbacks
from textbank.messaging.follow_refusal import follow_refusal
from textbank.twilio.error_codes import classify_error
from textbank.web.group_commit import GroupCommit


class Callbacks(GroupCommit[StatusCallback, None]):
    """Applies them, and does what a refusal asks for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__(self._apply)

    async def _apply(self, organization_id: int, callbacks: Sequence[StatusCallback]) -> list[None]:
        async def work(session: AsyncSession) -> None:
            failures = await apply_callbacks(session, organization_id, callbacks)
            for failure in sorted(failures, key=lambda one: one.recipient_id):
                await follow_refusal(
                    session,
                    organization_id,
                    recipient_id=failure.recipient_id,
                    sender_id=failure.sender_id,
                    message_id=failure.message_id,
                    code=failure.code,
                    error_class=classify_error(failure.code),
                    at=failure.permit_at,
                )

        await self._database.idempotent(organization_id, work)
        return [None] * len(callbacks)
