"""Start a conversation with one person: with a basis, or with an organizer's word for it on record."""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.campaigns.words import Person, compose
from textbank.consent import ledger
from textbank.contacts.place import place_of
from textbank.conversations.reply import sender_for
from textbank.messaging.enqueue import enqueue

_RECIPIENT = sa.text(
    """
    insert into recipient (organization_id, e164, place) values (:organization, :e164, :place)
    on conflict (organization_id, e164) do update set e164 = excluded.e164
    returning id, e164, place, suppressed_at, dead_since, review_since
    """
)
_OF_CONTACT = sa.text(
    "select r.e164 from contact_number n join recipient r on r.organization_id = n.organization_id "
    "and r.id = n.recipient_id where n.organization_id = :organization and n.contact_id = :contact "
    "and n.until is null order by n.id desc limit 1"
)
_KNOWN = sa.text(
    """
    select o.name as organization, coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1)) as texter,
      p.first_name, p.last_name, p.zip_code, coalesce(p.language, 'en') as language,
      coalesce((select jsonb_object_agg(d.state, d.words) from disclaimer d
        where d.organization_id = :organization), '{}') as disclaimers,
      exists (select from subscription s where s.organization_id = :organization
        and s.recipient_id = :recipient and s.state = 'subscribed')
      or exists (select from conversation c where c.organization_id = :organization
        and c.recipient_id = :recipient and c.last_inbound_at is not null) as basis
    from organization o
    join member w on w.organization_id = o.id and w.id = :member
    left join lateral (
      select ct.* from contact_number n join contact ct on ct.organization_id = n.organization_id
        and ct.id = n.contact_id
      where n.organization_id = :organization and n.recipient_id = :recipient and n.until is null
      order by n.id limit 1) p on true
    where o.id = :organization
    """
)
_OPEN = sa.text(
    """
    insert into conversation as c (organization_id, recipient_id, assigned_member_id)
    values (:organization, :recipient, :member)
    on conflict (organization_id, recipient_id) do update set state = 'open', last_message_at = now(),
      assigned_member_id = coalesce(c.assigned_member_id, excluded.assigned_member_id)
    """
)
_KEYED = sa.text(
    "insert into reply_key (organization_id, recipient_id, key, message_id) "
    "values (:organization, :recipient, :key, :message)"
)
_SENT_BEFORE = sa.text(
    "select message_id from reply_key where organization_id = :organization "
    "and recipient_id = :recipient and key = :key"
)

Why = Literal["opted_out", "dead", "review", "no_basis", "no_sender"]


@dataclass(frozen=True, slots=True)
class Written:
    """A first text that waits to leave, in the window of that person's place."""

    recipient_id: int


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Why nothing was sent."""

    why: Why


async def number_of_contact(session: AsyncSession, organization_id: int, contact_id: int) -> str:
    """The number a contact has now; empty where they have none."""
    key = {"organization": organization_id, "contact": contact_id}
    return (await session.execute(_OF_CONTACT, key)).scalar_one_or_none() or ""


async def write_to_one(
    session: AsyncSession,
    organization_id: int,
    e164: str,
    body: str,
    *,
    member_id: int,
    key: str,
    statement: str = "",
) -> Written | NotWritten:
    """Queue a first text to one person. `statement`: why they may be texted, in an organizer's words."""
    place = place_of(None, e164).key
    base = {"organization": organization_id}
    person = (await session.execute(_RECIPIENT, {**base, "e164": e164, "place": place})).one()
    # The upsert holds the recipient's row, so a second press of the same form waits here for the first.
    mine = {**base, "recipient": person.id}
    if (await session.execute(_SENT_BEFORE, {**mine, "key": key})).one_or_none() is not None:
        return Written(person.id)
    known = (await session.execute(_KNOWN, {**mine, "member": member_id})).one()
    if (why := _refusal(person, known, statement)) is not None:
        return NotWritten(why)
    sender_id = await sender_for(session, organization_id, person.id)
    if sender_id is None:
        return NotWritten("no_sender")
    if not known.basis:
        evidence = {"statement": statement, "by": f"member {member_id}"}
        await ledger.append(session, organization_id, person.id, "statement", evidence)
    message_id = await enqueue(
        session,
        organization_id,
        recipient_id=person.id,
        sender_id=sender_id,
        purpose="first_text",
        body=_compose(body, person, known),
        place=person.place,
        sent_by=f"member {member_id}",
    )
    await session.execute(_KEYED, {**mine, "key": key, "message": message_id})
    await session.execute(_OPEN, {**mine, "member": member_id})
    changes.announce(session, organization_id, changes.of_conversation(person.id))
    return Written(person.id)


def _refusal(person: Any, known: Any, statement: str) -> Why | None:
    if person.suppressed_at is not None:
        return "opted_out"
    if person.review_since is not None:
        return "review"
    if person.dead_since is not None:
        return "dead"
    return None if known.basis or statement.strip() else "no_basis"


def _compose(body: str, person: Any, known: Any) -> str:
    """With the organization's name, what the law wants said, and a way out, like any first text."""
    whom = Person(
        known.first_name or "",
        known.last_name or "",
        known.zip_code or "",
        known.language,
        person.place,
        person.e164,
    )
    plain = body.replace("{", "{{").replace("}", "}}")
    return compose(
        plain,
        whom,
        organization=known.organization,
        disclaimers=dict(known.disclaimers),
        texter=known.texter,
    ).body
