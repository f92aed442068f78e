"""Decide pending STARTs and keywords of suppressed numbers, by the carrier's own times.

Webhooks carry no time, so the carrier's records of the START and of the STOPs it would undo are
fetched, with no transaction open; then the decision is taken under the recipient's lock.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent import wording
from textbank.consent.opt_back_in import opt_back_in
from textbank.contacts.contact_of_recipient import LANGUAGE_OF
from textbank.database import Database
from textbank.inbound.answer_opt_in import confirm_and_begin
from textbank.inbound.join_by_keyword import join_by_keyword
from textbank.keywords.match import argument_of
from textbank.keywords.models import Keyword
from textbank.messaging.enqueue import enqueue
from textbank.messaging.protocol import ANSWER_TIMELY
from textbank.sms.answer_language import answer_language
from textbank.sms.carrier import Carrier, CarrierUnavailable

BATCH = 100

_PENDING = sa.text(
    """
    select p.message_id, p.recipient_id, p.sid, p.keyword_id, p.created_at, r.suppressed_at,
      m.body, m.rule, m.sender_id, m.carrier_time, s.carrier_account_id
    from pending_start p
    join recipient r on r.organization_id = p.organization_id and r.id = p.recipient_id
    join message m on m.organization_id = p.organization_id and m.id = p.message_id
    join sender s on s.organization_id = p.organization_id and s.id = m.sender_id
    where p.organization_id = :organization order by p.message_id limit :batch
    """
)
# Every text of this suppression that asked us to stop: a START must be later than each of them, and later
# than what was recorded without a text (a person told us, the carrier refused), which has our own time.
_STOPS = sa.text(
    """
    select c.sid, m.carrier_time, s.carrier_time as recorded_time from suppression s
    left join message m on m.organization_id = s.organization_id and m.recipient_id = s.recipient_id
      and m.direction = 'in' and m.purpose in ('stop', 'wrong_number')
      and m.created_at >= s.recorded_at - interval '1 minute'
    left join carrier_message c on c.organization_id = m.organization_id and c.message_id = m.id
    where s.organization_id = :organization and s.recipient_id = :recipient and s.lifted_at is null
    """
)
_DONE = sa.text(
    "delete from pending_start where organization_id = :organization and message_id = :message returning 1"
)
_ABOUT = sa.text(
    f"""
    select o.name, {LANGUAGE_OF.format(recipient=":recipient")} as language
    from organization o where o.id = :organization
    """  # noqa: S608 - a part of our own
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A wish to come back that nobody has decided yet."""

    message_id: int
    recipient_id: int
    sid: str
    keyword_id: int | None
    created_at: datetime
    suppressed_at: datetime | None
    body: str
    rule: str
    sender_id: int
    carrier_time: datetime | None
    carrier_account_id: int


async def come_back(
    database: Database, organization_id: int, carrier_for: Callable[[int, int], Awaitable[Carrier]]
) -> None:
    """Decide what can be decided. Raises CarrierUnavailable; what is left stays pending."""
    async with database.transaction(organization_id) as session:
        rows = await session.execute(_PENDING, {"organization": organization_id, "batch": BATCH})
        pending = [Pending(*row) for row in rows]
    away: CarrierUnavailable | None = None
    for one in pending:
        try:
            carrier = await carrier_for(organization_id, one.carrier_account_id)
            started_at, stopped_at = await _times(database, carrier, organization_id, one)
        except CarrierUnavailable as error:
            away = error  # one account's silence must not keep the others' people waiting
            continue
        async with database.transaction(organization_id) as session:
            await _decide(session, organization_id, one, started_at, stopped_at)
    if away is not None:
        raise away


async def _times(
    database: Database, carrier: Carrier, organization_id: int, one: Pending
) -> tuple[datetime | None, datetime | None]:
    """When the START and the last STOP were sent, by the carrier; None where it does not know."""
    async with database.transaction(organization_id) as session:
        key = {"organization": organization_id, "recipient": one.recipient_id}
        stops = (await session.execute(_STOPS, key)).all()
    started_at = one.carrier_time or await _time_of(carrier, one.sid)
    times: list[datetime | None] = [
        stop.carrier_time or (await _time_of(carrier, stop.sid) if stop.sid else stop.recorded_time)
        for stop in stops
    ]
    times += [stop.recorded_time for stop in stops if stop.recorded_time is not None]
    known = [time for time in times if time is not None]
    return started_at, max(known) if known and len(known) == len(times) else None


async def _time_of(carrier: Carrier, sid: str) -> datetime | None:
    record = await carrier.fetch(sid)
    return (record.date_sent or record.date_created) if record else None


async def _decide(
    session: AsyncSession,
    organization_id: int,
    one: Pending,
    started_at: datetime | None,
    stopped_at: datetime | None,
) -> None:
    key = {"organization": organization_id, "message": one.message_id}
    evidence: dict[str, Any] = {
        "words": one.body,
        "sid": one.sid,
        "rule": one.rule,
        "message_id": one.message_id,
        "sent_at": started_at.isoformat() if started_at else None,
        "stop_sent_at": stopped_at.isoformat() if stopped_at else None,
    }
    decision = await opt_back_in(
        session,
        organization_id,
        one.recipient_id,
        started_at=started_at,
        stopped_at=stopped_at,
        suppressed_at=one.suppressed_at,
        evidence=evidence,
    )
    if decision == "stopped_again":
        return  # another STOP arrived meanwhile; the next round compares with that one too
    if (await session.execute(_DONE, key)).one_or_none() is None or decision == "not_later":
        return
    await _answer(session, organization_id, one, started_at, evidence)


async def _answer(
    session: AsyncSession,
    organization_id: int,
    one: Pending,
    started_at: datetime | None,
    evidence: dict[str, Any],
) -> None:
    by = (started_at or one.created_at) + ANSWER_TIMELY
    answered = one.rule.startswith("carrier:")
    answer_by = by if by > clock.now() and not answered else None
    if one.keyword_id is not None:
        keyword = (
            await session.execute(
                sa.select(Keyword).filter_by(organization_id=organization_id, id=one.keyword_id)
            )
        ).scalar_one()
        await join_by_keyword(
            session,
            keyword,
            argument_of(one.body, keyword.word),
            recipient_id=one.recipient_id,
            sender_id=one.sender_id,
            answer_by=answer_by,
            evidence=evidence,
        )
    elif (
        not await confirm_and_begin(
            session,
            organization_id,
            recipient_id=one.recipient_id,
            sender_id=one.sender_id,
            answer_by=answer_by,
            evidence=evidence,
            by_start=True,
        )
        and answer_by is not None
    ):
        whose = {"organization": organization_id, "recipient": one.recipient_id}
        about = (await session.execute(_ABOUT, whose)).one()
        await enqueue(
            session,
            organization_id,
            recipient_id=one.recipient_id,
            sender_id=one.sender_id,
            purpose="start_answer",
            body=wording.back_in(about.name, answer_language(one.body, about.language)),
            expires_at=answer_by,
        )
