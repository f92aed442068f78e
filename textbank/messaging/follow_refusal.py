"""What follows from a carrier's error code, for the number, the sender or the account it is about."""

import logging

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent.opt_out import opt_out
from textbank.sms.carrier_errors import ErrorClass

log = logging.getLogger(__name__)

KEEPS_TEXT = (ErrorClass.HALT_ACCOUNT, ErrorClass.HALT_SENDER)
"""Refusals that are not about the text or its recipient: the text waits until the halt is lifted."""

_DEAD = sa.text(
    "update recipient set dead_since = coalesce(dead_since, clock_timestamp()) "
    "where organization_id = :organization and id = :recipient"
)
_HALT_SENDER = sa.text(
    "update sender set halted_at = coalesce(halted_at, clock_timestamp()), halted_reason = :reason "
    "where organization_id = :organization and id = :sender"
)
_HALT_ACCOUNT = sa.text(
    "update carrier_account set halted_at = coalesce(halted_at, clock_timestamp()), halted_reason = :reason "
    "where organization_id = :organization and id = "
    "(select carrier_account_id from sender where organization_id = :organization and id = :sender)"
)


async def follow_refusal(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    code: int,
    error_class: ErrorClass,
) -> None:
    """Suppress the number, mark it dead, halt the sender or the account, as the code's class says."""
    if error_class is ErrorClass.SUPPRESS:
        # The carrier's block is evidence as of now; a START that the person sends later ends it.
        await opt_out(
            session,
            organization_id,
            recipient_id,
            "carrier_block",
            carrier_time=clock.now(),
            evidence={"carrier_error": code},
        )
    elif error_class is ErrorClass.DEAD_NUMBER:
        await session.execute(_DEAD, {"organization": organization_id, "recipient": recipient_id})
    elif error_class is ErrorClass.HALT_SENDER:
        log.error("sender %s is halted: the carrier answered %s", sender_id, code)
        await session.execute(
            _HALT_SENDER,
            {"organization": organization_id, "sender": sender_id, "reason": f"carrier error {code}"},
        )
    elif error_class is ErrorClass.HALT_ACCOUNT:
        log.error("the carrier account of sender %s is halted: the carrier answered %s", sender_id, code)
        await session.execute(
            _HALT_ACCOUNT,
            {"organization": organization_id, "sender": sender_id, "reason": f"carrier error {code}"},
        )
