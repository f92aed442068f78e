"""Answer somebody: one text for one press, and never two members' answers over one another."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes, clock
from textbank.errors import NotFound
from textbank.language import N_
from textbank.messaging.enqueue import enqueue
from textbank.messaging.protocol import REPLY_EXEMPT

LONGEST: Final = 1_000

# Only first texts and ready answers are filled in; in an answer such words would be read as they stand.
_FIELD = re.compile(r"\{(?:[^\w{}]|[\d_])*[^\W\d_][^{}]*\}")

Why = Literal["empty", "too_long", "field", "opted_out", "review", "answered", "no_sender"]

# The conversation's row is locked, so that of two members who press at the same moment the second one
# sees what the first has sent.
_LOOK = sa.text(
    """
    with held as (
      select * from conversation where organization_id = :organization and recipient_id = :recipient
      for update)
    select r.suppressed_at, r.review_since, r.place, held.last_inbound_at
    from held join recipient r on r.organization_id = held.organization_id and r.id = held.recipient_id
    """
)
# In a statement of its own: it must see what was committed while the lock was waited for.
_MEANWHILE = sa.text(
    """
    select k.message_id as sent_before, m.created_at, m.by from (select 1) one
    left join reply_key k on k.organization_id = :organization and k.recipient_id = :recipient
      and k.key = :key
    left join lateral (
      select m.created_at, coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1)) as by from message m
      left join member w on w.organization_id = m.organization_id and m.sent_by = 'member ' || w.id
      where m.organization_id = :organization and m.recipient_id = :recipient and m.id > :seen
        and m.direction = 'out' and m.purpose = 'reply' and m.sent_by <> :actor
      order by m.id desc limit 1) m on true
    """
)
_SENT_BEFORE = sa.text(
    "select 1 from reply_key where organization_id = :organization and recipient_id = :recipient "
    "and key = :key"
)
# From the number that they last wrote to or were texted from, even while it rests: a live thread waits ten
# minutes for its number, and then another one takes the text (`messaging/claim.py`).
_SENDER = sa.text(
    """
    select s.id from sender s join carrier_account a on a.organization_id = s.organization_id
      and a.id = s.carrier_account_id
    left join recipient r on r.organization_id = s.organization_id and r.id = :recipient
    where s.organization_id = :organization
      and (s.halted_at is null and a.halted_at is null or s.id = r.sticky_sender_id and exists (
        select from sender o join carrier_account b on b.organization_id = o.organization_id
          and b.id = o.carrier_account_id
        where o.organization_id = s.organization_id and o.halted_at is null and b.halted_at is null
          and o.pooled and o.registration = 'registered'))
    order by (s.id = r.sticky_sender_id) desc nulls last,
      (s.id = (select sender_id from message m where m.organization_id = :organization
        and m.recipient_id = :recipient and m.sender_id is not null order by m.id desc limit 1))
        desc nulls last,
      s.segments_per_second desc, s.id limit 1
    """
)
_ANSWERED = sa.text(
    """
    with keyed as (
      insert into reply_key (organization_id, recipient_id, key, message_id)
      values (:organization, :recipient, :key, :message))
    update conversation set needs_reply_since = null, alert_since = null, last_message_at = now(),
      snoozed_until = null, wants = '', wants_language = '',
      assigned_member_id = coalesce(assigned_member_id, :member)
    where organization_id = :organization and recipient_id = :recipient
    """
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A reply that is in the outbox. `again`: it was there before, for the same press."""

    message_id: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """A reply that was refused; nothing was changed. For `answered`: by whom, and when."""

    why: Why
    by: str = ""
    at: datetime | None = None


async def reply(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    *,
    body: str,
    member_id: int,
    key: str,
    seen: int,
    alone: bool = False,
) -> Sent | NotSent:
    """Queue a reply. `key` is the press's own; `seen` the latest message that the page showed.

    With `alone` not even an answer of their own may stand behind that: two phones of theirs, one press each.
    """
    words = body.strip()
    if not words or len(words) > LONGEST:
        return NotSent("too_long" if words else "empty")
    if field_in(words):
        return NotSent("field")
    base = {"organization": organization_id, "recipient": recipient_id}
    found = (await session.execute(_LOOK, base)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such conversation."))
    actor = f"member {member_id}"
    but_for = "" if alone else actor
    since = (await session.execute(_MEANWHILE, {**base, "key": key, "seen": seen, "actor": but_for})).one()
    if since.sent_before is not None:
        return Sent(since.sent_before, again=True)
    if (refused := _refusal(found, since)) is not None:
        return refused
    sender_id = await sender_for(session, organization_id, recipient_id)
    if sender_id is None:
        return NotSent("no_sender")
    exempt_until = found.last_inbound_at + REPLY_EXEMPT if found.last_inbound_at else None
    exempt = exempt_until is not None and exempt_until > clock.now()
    message_id = await enqueue(
        session,
        organization_id,
        recipient_id=recipient_id,
        sender_id=sender_id,
        purpose="reply",
        body=words,
        place="" if exempt else found.place,
        exempt_until=exempt_until if exempt else None,
        sent_by=actor,
    )
    await session.execute(_ANSWERED, {**base, "key": key, "message": message_id, "member": member_id})
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    return Sent(message_id)


async def was_sent(session: AsyncSession, organization_id: int, recipient_id: int, key: str) -> bool:
    """Whether this press has sent its reply already."""
    found = await session.execute(
        _SENT_BEFORE, {"organization": organization_id, "recipient": recipient_id, "key": key}
    )
    return found.one_or_none() is not None


def field_in(words: str) -> str:
    """The first thing like `{first_name}` in an answer; empty where there is none."""
    found = _FIELD.search(words)
    return found[0] if found else ""


def _refusal(found: Any, since: Any) -> NotSent | None:
    if found.suppressed_at is not None:
        return NotSent("opted_out", at=found.suppressed_at)
    if found.review_since is not None:
        return NotSent("review")
    if since.created_at is not None:
        return NotSent("answered", by=since.by or "", at=since.created_at)
    return None


async def sender_for(session: AsyncSession, organization_id: int, recipient_id: int) -> int | None:
    """The sender that a text to this person leaves from; None where no sender may send."""
    key = {"organization": organization_id, "recipient": recipient_id}
    found: int | None = (await session.execute(_SENDER, key)).scalar_one_or_none()
    return found
