"""Send a draft's text to one's own phone, bound by quiet hours and opt-outs like anything that we start."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.launch import NOT_REGISTERED
from textbank.campaigns.people import disclaimers_of, organization_name
from textbank.campaigns.words import Person, compose
from textbank.contacts.place import place_of
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_
from textbank.messaging.enqueue import enqueue
from textbank.sms.phone_number import NotANumber, parse

A_DAY = 20
"""Tests that one number may get in 24 hours: enough to try words, too few to bother anybody."""
A_DAY_BY_ONE = 10
"""Tests that one member may send in 24 hours, to whichever numbers: this is no way to text strangers."""
A_DAY_OF_ALL = 30
"""Tests that an organization may send in 24 hours."""

_RECIPIENT = sa.text(
    "insert into recipient (organization_id, e164, place) values (:organization, :e164, :place) "
    "on conflict (organization_id, e164) do update set e164 = excluded.e164 "
    "returning id, place, suppressed_at is not null as suppressed, sticky_sender_id"
)
_SENDER = sa.text(
    "select s.id, s.registration = 'registered' as registered from sender s join carrier_account a "
    "on a.organization_id = s.organization_id and a.id = s.carrier_account_id "
    "where s.organization_id = :organization and s.halted_at is null and a.halted_at is null "
    "order by s.id = coalesce(cast(:known as bigint), 0) desc, s.registration = 'registered' desc, "
    "s.segments_per_second desc, s.id limit 1"
)
_WORDS = sa.text(
    "select s.body from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign"
)
# Two tests at the same moment are counted one after the other.
_ONE_BY_ONE = sa.text("select 1 from organization where id = :organization for no key update")
_TODAY = sa.text(
    "select count(*) as all_of_us, count(*) filter (where sent_by = :sent_by) as mine, "
    "count(*) filter (where recipient_id = :recipient) as to_it from message "
    "where organization_id = :organization and purpose = 'test' and created_at > now() - interval '24 hours'"
)


async def text_oneself(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    phone: str,
    person: Person,
    texter: str,
    by: int,
) -> int:
    """Queue the text for this number; `person` fills the fields. Returns the message's id."""
    key = {"organization": organization_id, "campaign": campaign_id}
    number = parse(phone)
    if isinstance(number, NotANumber):
        raise InvalidInput(N_("This is no phone number that can be texted. Nothing was sent."))
    words = (await session.execute(_WORDS, key)).scalar_one()
    if not words.strip():
        raise InvalidInput(N_("There are no words to try yet. Nothing was sent."))
    place = place_of(None, number.e164).key
    recipient = (await session.execute(_RECIPIENT, {**key, "e164": number.e164, "place": place})).one()
    await _not_too_many(session, organization_id, recipient.id, by)
    if recipient.suppressed:
        raise Conflict(
            N_("This number has opted out, so it gets no test either. Text START from it to undo that.")
        )
    sender = (await session.execute(_SENDER, {**key, "known": recipient.sticky_sender_id})).one_or_none()
    if sender is None:
        raise Conflict(N_("No number of yours can send just now. Nothing was sent."))
    if not sender.registered:
        raise Conflict(NOT_REGISTERED)
    text = compose(
        words,
        person,
        organization=await organization_name(session, organization_id),
        disclaimers=await disclaimers_of(session, organization_id),
        texter=texter,
    )
    audit.record(session, organization_id, "campaign.tested", actor=f"member {by}", campaign_id=campaign_id)
    return await enqueue(
        session,
        organization_id,
        recipient_id=recipient.id,
        sender_id=sender.id,
        purpose="test",
        body=text.body,
        place=recipient.place,
        sent_by=f"member {by}",
    )


async def _not_too_many(session: AsyncSession, organization_id: int, recipient_id: int, by: int) -> None:
    await session.execute(_ONE_BY_ONE, {"organization": organization_id})
    key = {"organization": organization_id, "recipient": recipient_id, "sent_by": f"member {by}"}
    today = (await session.execute(_TODAY, key)).one()
    if today.to_it >= A_DAY:
        raise Conflict(N_("That was enough tests for one day: twenty. Nothing was sent."))
    if today.mine >= A_DAY_BY_ONE:
        raise Conflict(N_("You have sent ten tests in the last 24 hours. Nothing was sent; try again later."))
    if today.all_of_us >= A_DAY_OF_ALL:
        raise Conflict(
            N_("Your team has sent thirty tests in the last 24 hours. Nothing was sent; try again later.")
        )
