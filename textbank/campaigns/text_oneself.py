"""Send a draft's text to one's own phone, bound by quiet hours and opt-outs like anything that we start."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.people import disclaimers_of, organization_name
from textbank.campaigns.words import Person, compose
from textbank.contacts.place import place_of
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_
from textbank.messaging.enqueue import enqueue
from textbank.sms.phone_number import NotANumber, parse

A_DAY = 20
"""Tests that one number may get in 24 hours: enough to try words, too few to bother anybody."""

_RECIPIENT = sa.text(
    "insert into recipient (organization_id, e164, place) values (:organization, :e164, :place) "
    "on conflict (organization_id, e164) do update set e164 = excluded.e164 "
    "returning id, place, suppressed_at is not null as suppressed, sticky_sender_id"
)
_SENDER = sa.text(
    "select s.id from sender s join carrier_account a on a.organization_id = s.organization_id "
    "and a.id = s.carrier_account_id where s.organization_id = :organization "
    "and s.halted_at is null and a.halted_at is null order by s.segments_per_second desc, s.id limit 1"
)
_WORDS = sa.text(
    "select s.body from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign"
)
_TODAY = sa.text(
    "select count(*) from message where organization_id = :organization and recipient_id = :recipient "
    "and purpose = 'test' and created_at > now() - interval '24 hours'"
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
    if (await session.execute(_TODAY, {**key, "recipient": recipient.id})).scalar_one() >= A_DAY:
        raise Conflict(N_("That was enough tests for one day: twenty. Nothing was sent."))
    if recipient.suppressed:
        raise Conflict(
            N_("This number has opted out, so it gets no test either. Text START from it to undo that.")
        )
    sender = recipient.sticky_sender_id or (await session.execute(_SENDER, key)).scalar_one_or_none()
    if sender is None:
        raise Conflict(N_("No number of yours can send just now. Nothing was sent."))
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
        sender_id=sender,
        purpose="test",
        body=text.body,
        place=recipient.place,
        sent_by=f"member {by}",
    )
