"""What follows from a carrier's error code, for the number, the sender, the campaign or the account."""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent.opt_out import opt_out
from textbank.messaging.day_cap import day_is_used
from textbank.messaging.pause_of_itself import pause_of_itself
from textbank.sms.carrier_errors import ErrorClass

log = logging.getLogger(__name__)

KEEPS_TEXT = (
    ErrorClass.HALT_ACCOUNT,
    ErrorClass.HALT_SENDER,
    ErrorClass.REST_SENDER,
    ErrorClass.REGISTRATION,
    ErrorClass.SLOW_DOWN,
    ErrorClass.DAY_FULL,
)
"""Refusals that are not about the text or its recipient: the text waits, or another number takes it."""

SENDERS_FAULT = (ErrorClass.HALT_SENDER, ErrorClass.REST_SENDER)
"""Another number of the pool may take such a text at once."""

RESTS_FOR = timedelta(minutes=10)
SLOWED_FOR = timedelta(minutes=1)
DAY_USED = {ErrorClass.DAY_FULL: 1.0, ErrorClass.DAY_MOSTLY_USED: 0.7, ErrorClass.DAY_HALF_USED: 0.5}

BLOCKED_TIMES = 2
UNKNOWN_HANDSET_TIMES = 3
"""Twilio's advice for 30004 and 30005 is to act on repetition: a phone may be off, a filter may err."""

_DEAD = sa.text(
    "update recipient set dead_since = coalesce(dead_since, clock_timestamp()) "
    "where organization_id = :organization and id = :recipient"
)
# The text in hand is among them already.
_OFTEN = sa.text(
    "select count(*) >= :times from delivery d join message m "
    "on m.organization_id = d.organization_id and m.id = d.message_id "
    "where m.organization_id = :organization and m.recipient_id = :recipient and d.error_code = :code"
)
_TOLL_FREE = sa.text(
    "select kind = 'toll_free' from sender where organization_id = :organization and id = :sender"
)
# A rest that somebody must end is not cut short by one that ends by itself.
_REST = sa.text(
    """
    update sender set
      retry_at = case when halted_at is null or retry_at is not null
        then clock_timestamp() + cast(:rest as interval) end,
      halted_at = coalesce(halted_at, clock_timestamp()), halted_reason = :reason
    where organization_id = :organization and id = :sender
    """
)
_SLOW_DOWN = sa.text(
    """
    update sender s set slowed_until = clock_timestamp() + cast(:rest as interval)
    from sender one where one.organization_id = :organization and one.id = :sender
      and s.organization_id = :organization
      and (s.id = one.id or s.registered_campaign_id = one.registered_campaign_id)
    """
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
    message_id: int,
    code: int,
    error_class: ErrorClass,
    at: datetime | None = None,
) -> None:
    """Suppress the number, mark it dead, rest the sender, pause the campaign, as the code's class says.

    `at` is since when the carrier's answer holds; now, if not given. A START sent later ends a block.
    """
    key = {"organization": organization_id, "recipient": recipient_id, "sender": sender_id, "code": code}
    match error_class:
        case ErrorClass.SUPPRESS:
            await _suppress(session, organization_id, recipient_id, code, at)
        case ErrorClass.SUPPRESS_ON_REPEAT:
            # On toll-free the carriers themselves obey STOP, and this is how they say so.
            toll_free = (await session.execute(_TOLL_FREE, key)).scalar_one()
            if toll_free or (await session.execute(_OFTEN, {**key, "times": BLOCKED_TIMES})).scalar_one():
                await _suppress(session, organization_id, recipient_id, code, at)
        case ErrorClass.DEAD_NUMBER:
            await session.execute(_DEAD, key)
        case ErrorClass.DEAD_ON_REPEAT:
            if (await session.execute(_OFTEN, {**key, "times": UNKNOWN_HANDSET_TIMES})).scalar_one():
                await session.execute(_DEAD, key)
        case _:
            await _follow_fault_of_ours(session, organization_id, key, message_id, error_class)


async def _follow_fault_of_ours(
    session: AsyncSession, organization_id: int, key: dict[str, int], message_id: int, error_class: ErrorClass
) -> None:
    sender_id, code = key["sender"], key["code"]
    match error_class:
        case ErrorClass.HALT_SENDER | ErrorClass.REST_SENDER:
            log.error("sender %s rests: the carrier answered %s", sender_id, code)
            rest = RESTS_FOR if error_class is ErrorClass.REST_SENDER else None
            await session.execute(_REST, {**key, "reason": f"carrier error {code}", "rest": rest})
        case ErrorClass.SLOW_DOWN:
            await session.execute(_SLOW_DOWN, {**key, "rest": SLOWED_FOR})
        case ErrorClass.DAY_FULL | ErrorClass.DAY_MOSTLY_USED | ErrorClass.DAY_HALF_USED:
            await day_is_used(session, organization_id, sender_id, DAY_USED[error_class])
        case ErrorClass.FILTERED | ErrorClass.REGISTRATION:
            await pause_of_itself(session, organization_id, message_id, error_class, code)
        case ErrorClass.HALT_ACCOUNT:
            log.error("the account of sender %s is halted: the carrier answered %s", sender_id, code)
            await session.execute(_HALT_ACCOUNT, {**key, "reason": f"carrier error {code}"})
        case _:
            return


async def _suppress(
    session: AsyncSession, organization_id: int, recipient_id: int, code: int, at: datetime | None
) -> None:
    await opt_out(
        session,
        organization_id,
        recipient_id,
        "carrier_block",
        carrier_time=at or clock.now(),
        evidence={"carrier_error": code},
    )
