"""One micro-batch on its way: permit, call, outcome. No transaction is open during a call."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from textbank import clock
from textbank.across import DueSender
from textbank.database import Database
from textbank.messaging.disown import disown
from textbank.messaging.follow_refusal import KEEPS_TEXT, SENDERS_FAULT, follow_refusal
from textbank.messaging.move_to_their_numbers import move_to_their_numbers
from textbank.messaging.pause_for_budget import pause_for_budget
from textbank.messaging.permit import Permit, permit
from textbank.messaging.protocol import PERMIT_WRITE_SECONDS
from textbank.messaging.record_outcomes import Handed, record_outcomes
from textbank.messaging.refresh_windows import refresh_windows
from textbank.sms.carrier import Carrier, NotSent, OutgoingText, Refused, Unknown
from textbank.sms.segments import count

log = logging.getLogger(__name__)

CallbackUrl = Callable[[int, int, int], str]
"""(organization, message, attempt) → the absolute URL of its status callback."""

RECORD_FOR_SECONDS = 25.0
_RECORD_AT_LEAST_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a micro-batch, as far as pace goes."""

    segments: int
    """Segments that got a permit, counted in the words that left."""
    not_sent: int = 0
    """Texts that could not be sent for want of a connection."""


async def hand_over(
    database: Database,
    carrier: Carrier,
    sender: DueSender,
    token: UUID,
    message_ids: Sequence[int],
    callback_url: CallbackUrl,
) -> HandedOver:
    """Hand a claimed micro-batch over."""
    # The permit's end is counted from before it is asked for, so that no delay on the way to the
    # database or back can lengthen it.
    deadline = clock.boot_seconds() + PERMIT_WRITE_SECONDS
    organization_id = sender.organization_id
    try:
        async with database.transaction(organization_id) as session:
            answer = await permit(session, organization_id, sender.sender_id, token, message_ids)
            elsewhere = [one for one, verdict in answer.refused.items() if verdict == "elsewhere"]
            await move_to_their_numbers(session, organization_id, elsewhere)
            await refresh_windows(session, organization_id, answer.stale_places)
    except (SQLAlchemyError, OSError, TimeoutError):
        await _give_back(database, organization_id, token, message_ids)
        raise
    calls = {
        asyncio.create_task(
            _call(
                carrier,
                _text(sender, one, callback_url(organization_id, one.message_id, one.attempt_id), deadline),
                one,
            )
        )
        for one in answer.permits
    }
    await _pause_over_budget(database, organization_id, answer.over_budget)
    not_sent = 0
    while calls:
        # One slow call must not keep the others' outcomes from being written.
        done, calls = await asyncio.wait(calls, timeout=_RECORD_AT_LEAST_EVERY)
        ended = [_judge(carrier, task.result()) for task in done]
        not_sent += sum(isinstance(one.outcome, NotSent) for one in ended)
        if ended:
            await _record(database, carrier, sender, ended, answer.permits)
    return HandedOver(sum(count(one.body).segments for one in answer.permits), not_sent)


async def _pause_over_budget(
    database: Database, organization_id: int, over_budget: Mapping[int | None, str]
) -> None:
    """By itself, and not for long: the row of a campaign that queues may be locked, and calls are under way.
    What fails here is tried again by the next permit that is refused."""
    if not over_budget:
        return
    try:
        async with database.transaction(organization_id) as session:
            await pause_for_budget(session, organization_id, over_budget)
    except (SQLAlchemyError, OSError, TimeoutError):
        log.warning("a campaign over its budget could not be paused yet", exc_info=True)


def _text(sender: DueSender, one: Permit, callback: str, deadline: float) -> OutgoingText:
    return OutgoingText(
        to=one.to,
        body=one.body,
        status_callback=callback,
        validity_seconds=one.validity_seconds,
        from_=sender.from_number,
        service=sender.service,
        media_urls=one.media,
        deadline=deadline,
    )


async def _call(carrier: Carrier, text: OutgoingText, one: Permit) -> Handed:
    try:
        outcome = await carrier.send(text)
    except Exception as error:
        log.exception("the carrier client failed")
        outcome = Unknown(f"the client failed: {type(error).__name__}")
    return Handed(one.attempt_id, one.message_id, outcome)


def _judge(carrier: Carrier, ended: Handed) -> Handed:
    kind = carrier.error_class(ended.outcome.code) if isinstance(ended.outcome, Refused) else None
    if kind in KEEPS_TEXT:
        at_once = kind in SENDERS_FAULT
        return Handed(ended.attempt_id, ended.message_id, ended.outcome, requeue=True, at_once=at_once)
    return ended


async def _record(
    database: Database, carrier: Carrier, sender: DueSender, ended: list[Handed], permits: Sequence[Permit]
) -> None:
    refused = [(one, one.outcome.code) for one in ended if isinstance(one.outcome, Refused)]
    recipients = {one.attempt_id: one.recipient_id for one in permits} if refused else {}

    async def write() -> None:
        async with database.transaction(sender.organization_id) as session:
            await record_outcomes(session, sender.organization_id, ended)
            for one, code in sorted(refused, key=lambda pair: recipients[pair[0].attempt_id]):
                await follow_refusal(
                    session,
                    sender.organization_id,
                    recipient_id=recipients[one.attempt_id],
                    sender_id=sender.sender_id,
                    message_id=one.message_id,
                    code=code,
                    error_class=carrier.error_class(code),
                )

    await _until_written(write)


async def _give_back(
    database: Database, organization_id: int, token: UUID, message_ids: Sequence[int]
) -> None:
    """No permit was heard of, so nothing was written: the texts may wait again."""

    async def write() -> None:
        async with database.transaction(organization_id) as session:
            await disown(session, organization_id, token, message_ids)

    await _until_written(write)


async def _until_written(write: Callable[[], Awaitable[None]]) -> None:
    """Repeat while PostgreSQL is away. Given up, the attempts stay open and are settled as unknown."""
    ends = clock.monotonic() + RECORD_FOR_SECONDS
    pause = 0.1
    while True:
        try:
            return await write()
        except (SQLAlchemyError, OSError, TimeoutError):
            if clock.monotonic() > ends:
                log.exception("outcomes could not be written; they will be settled by evidence")
                return None
        await asyncio.sleep(pause)
        pause = min(pause * 2, 2.0)
