"""End a suppression because the person asked us to: START, or a keyword, by the carrier's own time.

Webhooks come late and out of order, and carry no time. A START that was *sent* before the STOP must not
undo it; so both times come from the carrier's records, and where one is unknown, or they are equal, the
suppression stays.
"""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger

_SUPPRESSION = sa.text(
    "select id from suppression "
    "where organization_id = :organization and recipient_id = :recipient and lifted_at is null"
)
# The lock on the recipient comes first, as in every permit and opt-out: START, STOP and sending queue up.
_LOCK = sa.text(
    "select suppressed_at from recipient where organization_id = :organization and id = :recipient for update"
)
_LIFT = sa.text(
    "update suppression set lifted_at = clock_timestamp(), lifted_by_event_id = :event "
    "where organization_id = :organization and id = :suppression"
)
_ALLOW = sa.text(
    "update recipient set suppressed_at = null where organization_id = :organization and id = :recipient"
)

Return = Literal["allowed", "not_later", "stopped_again"]


async def opt_back_in(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    *,
    started_at: datetime | None,
    stopped_at: datetime | None,
    suppressed_at: datetime | None,
    evidence: dict[str, Any],
) -> Return:
    """Lift the number's suppression if START came later than STOP, both by the carrier.

    `suppressed_at` is the recipient's value when the two times were looked up; if it has moved on,
    another STOP came meanwhile, and the caller must look again.
    """
    key = {"organization": organization_id, "recipient": recipient_id}
    current = (await session.execute(_LOCK, key)).scalar_one()
    if current is None:
        return "allowed"
    if current != suppressed_at:
        return "stopped_again"
    if started_at is None or stopped_at is None or started_at <= stopped_at:
        await ledger.append(session, organization_id, recipient_id, "start_not_later_than_stop", evidence)
        return "not_later"
    event = await ledger.append(session, organization_id, recipient_id, "opt_back_in", evidence)
    suppression = (await session.execute(_SUPPRESSION, key)).scalar_one_or_none()
    if suppression is not None:
        await session.execute(_LIFT, {**key, "event": event, "suppression": suppression})
    await session.execute(_ALLOW, key)
    return "allowed"
