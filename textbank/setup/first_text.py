"""One real text to one's own phone, and its reply: the proof that the whole way works, both ways."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.contacts.place import Place, place_of
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_
from textbank.messaging.enqueue import enqueue
from textbank.messaging.refresh_windows import refresh_windows
from textbank.messaging.rehearse_hours import rehearse_hours
from textbank.messaging.window import evaluate
from textbank.setup.carrier_account import ConnectedSender
from textbank.sms.phone_number import NotANumber, parse

WORDS: Final = "{name}: This is a test from Textbank. Please reply with any word. Reply STOP to opt out."
_EXPIRES: Final = timedelta(minutes=10)

_RECIPIENT = sa.text(
    "insert into recipient (organization_id, e164, place) values (:organization, :e164, :place) "
    "on conflict (organization_id, e164) do update set e164 = excluded.e164 "
    "returning id, place, suppressed_at is not null as suppressed"
)
_NAME = sa.text("select name from organization where id = :organization")
_NEWEST = sa.text(
    "select coalesce(max(id), 0) from message where organization_id = :organization "
    "and recipient_id = :recipient"
)
_STATUS = sa.text(
    """
    select coalesce(d.status, case when exists (select from outbox o where o.organization_id = :organization
        and o.message_id = :message) then 'waiting' else 'sending' end) as status,
      d.error_code, s.halted_reason,
      exists (select from carrier_account a where a.organization_id = s.organization_id
        and a.id = s.carrier_account_id and a.held_since is not null) as held
    from message m join sender s on s.organization_id = m.organization_id and s.id = m.sender_id
    left join delivery d on d.organization_id = m.organization_id and d.message_id = m.id
    where m.organization_id = :organization and m.id = :message
    """
)
_REPLY = sa.text(
    "select body, carrier_time is null as brought from message where organization_id = :organization "
    "and recipient_id = :recipient and direction = 'in' and id > :after order by id limit 1"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """One's own phone, as a recipient."""

    recipient_id: int
    e164: str
    place: str
    newest: int
    """The newest text to or from it before the test began."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the test text stands."""

    status: str
    error_code: int | None
    halted: str
    held: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """A text that came in."""

    words: str
    brought: bool
    """By the webhook. Only what we fetched from the carrier's list comes with the carrier's own time."""


async def own_phone(session: AsyncSession, organization_id: int, written: str) -> Phone:
    """Find or make the recipient. Raises InvalidInput for no number, Conflict for one that opted out."""
    number = parse(written)
    if isinstance(number, NotANumber):
        raise InvalidInput(
            N_(
                "“{written}” is no phone number that can be texted. Nothing was sent. Write it as "
                "+14155550123."
            ),
            written=written,
        )
    place = place_of(None, number.e164).key
    key = {"organization": organization_id}
    row = (await session.execute(_RECIPIENT, key | {"e164": number.e164, "place": place})).one()
    if row.suppressed:
        raise Conflict(
            N_(
                "{number} has opted out of this organization's texts, so it gets no test either. Nothing was "
                "sent. Text START from it first, or give another number."
            ),
            number=number.e164,
        )
    newest: int = (await session.execute(_NEWEST, key | {"recipient": row.id})).scalar_one()
    return Phone(row.id, number.e164, row.place, newest)


def why_not_now(phone: Phone, sender: ConnectedSender, *, simulated: bool) -> str:
    """Why a text that we start may not leave for this phone now, as a template; empty if it may."""
    if sender.registration != "registered":
        return N_("{address} is not registered yet, so nothing that we start leaves from it.")
    if not simulated and not evaluate(Place.from_key(phone.place), clock.now()).may_leave:
        return N_("It is quiet hours where {phone} is, so nothing that we start leaves for it now.")
    return ""


async def send_first_text(
    session: AsyncSession, organization_id: int, phone: Phone, sender_id: int, *, simulated: bool
) -> int:
    """Queue the test; returns the message's id. A rehearsal's phones are awake."""
    if simulated:
        await rehearse_hours(session, organization_id, [phone.place])
    else:
        await refresh_windows(session, organization_id, [phone.place])
    name = (await session.execute(_NAME, {"organization": organization_id})).scalar_one()
    return await enqueue(
        session,
        organization_id,
        recipient_id=phone.recipient_id,
        sender_id=sender_id,
        purpose="test",
        body=WORDS.format(name=name),
        place=phone.place,
        expires_at=clock.now() + _EXPIRES,
        sent_by="set-up",
    )


async def standing_of(session: AsyncSession, organization_id: int, message_id: int) -> Standing:
    """Where the test text stands now."""
    key = {"organization": organization_id, "message": message_id}
    row = (await session.execute(_STATUS, key)).one()
    return Standing(row.status, row.error_code, row.halted_reason or "", row.held)


async def reply_of(session: AsyncSession, organization_id: int, phone: Phone) -> Reply | None:
    """What came from the phone first since the test began."""
    key = {"organization": organization_id, "recipient": phone.recipient_id, "after": phone.newest}
    found = (await session.execute(_REPLY, key)).one_or_none()
    return None if found is None else Reply(found.body, found.brought)
