"""Erase a person because they asked: who they were and every word go; that the number must not be texted,
and that things happened, stay.

The number itself becomes a hash under a key of its own, compared with every new recipient by the database
(`meet_erased_number`), so no import, form or keyword brings the number back unnoticed. The chain of the
ledger covers digests and not words, so it still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.accounts import audit
from textbank.consent import ledger
from textbank.consent.add_person import Who
from textbank.consent.opt_out import opt_out
from textbank.contacts.place import UNKNOWN
from textbank.errors import NotFound
from textbank.language import N_

# What is done with every table that knows of a number or a contact; a test holds that none is forgotten.
GONE: Final = (
    "captain_question", "consent_payload", "contact_number", "conversation_note", "conversation_tag",
    "flow_call", "meant_keyword", "number_lookup", "opt_in_request", "pending_start", "question_answer",
    "subscription",
)  # fmt: skip
BLANKED: Final = ("recipient", "contact", "message", "conversation", "flow_run")
KEPT: Final = (
    # No word and no number is in these; the chain, counts and the settling of texts rest on them.
    "consent_event", "consent_link", "consent_unsealed", "suppression", "audience_member", "attempt",
    "delivery", "carrier_message", "outbox", "reply_key", "referrer_code", "referral",
)  # fmt: skip

# An import that makes the number anew at this very moment comes before or after, never between.
_TURN = sa.text("select pg_advisory_xact_lock(hashtextextended('import of contacts', :organization))")
_NUMBERS = sa.text(
    """
    select r.id, r.e164, r.suppressed_at,
      (select s.carrier_time from suppression s where s.organization_id = r.organization_id
        and s.recipient_id = r.id and s.lifted_at is null) as carrier_time,
      exists (select from contact_number o where o.organization_id = r.organization_id
        and o.recipient_id = r.id and o.contact_id <> :contact and o.until is null) as shared
    from recipient r
    where r.organization_id = :organization and r.id in (select n.recipient_id from contact_number n
      where n.organization_id = :organization and n.contact_id = :contact)
    order by r.id for update
    """
)
_CONTACT = sa.text(
    "select id from contact where organization_id = :organization and id = :contact for update"
)
_REMEMBER = sa.text(
    """
    insert into erased_number (organization_id, digest, carrier_time)
    values (:organization, number_digest(:organization, :e164), :carrier_time)
    on conflict (organization_id, digest) do update
      set carrier_time = greatest(erased_number.carrier_time, excluded.carrier_time), erased_at = now()
    """
)
_OF_NUMBER: Final = tuple(
    sa.text(statement)
    for statement in (
        "delete from consent_payload p using consent_event e where e.organization_id = :organization "
        "and e.recipient_id = :recipient and e.id <> :event and p.organization_id = e.organization_id "
        "and p.event_id = e.id",
        "delete from subscription where organization_id = :organization and recipient_id = :recipient",
        "delete from opt_in_request where organization_id = :organization and recipient_id = :recipient",
        "delete from pending_start where organization_id = :organization and recipient_id = :recipient",
        "delete from question_answer where organization_id = :organization and recipient_id = :recipient",
        "delete from captain_question where organization_id = :organization and recipient_id = :recipient",
        "delete from conversation_note where organization_id = :organization and recipient_id = :recipient",
        "delete from conversation_tag where organization_id = :organization and recipient_id = :recipient",
        "delete from contact_number where organization_id = :organization and recipient_id = :recipient",
        "delete from meant_keyword where organization_id = :organization and recipient_id = :recipient",
        "delete from number_lookup where organization_id = :organization and recipient_id = :recipient",
        "delete from flow_call c using flow_run r where r.organization_id = :organization "
        "and r.recipient_id = :recipient and c.organization_id = r.organization_id and c.run_id = r.id",
        "update flow_run set answers = '{}', ended_at = coalesce(ended_at, now()), resumes_at = null "
        "where organization_id = :organization and recipient_id = :recipient",
        "update conversation set needs_reply_since = null, assigned_member_id = null "
        "where organization_id = :organization and recipient_id = :recipient",
        "update message set body = '', media = '[]' "
        "where organization_id = :organization and recipient_id = :recipient",
        "update recipient set e164 = 'erased ' || id, place = :place, review_since = null, "
        "sticky_sender_id = null where organization_id = :organization and id = :recipient",
    )
)
_OF_CONTACT: Final = tuple(
    sa.text(statement)
    for statement in (
        "delete from subscription where organization_id = :organization and contact_id = :contact",
        "delete from contact_number where organization_id = :organization and contact_id = :contact",
        "update opt_in_request set contact_id = null "
        "where organization_id = :organization and contact_id = :contact",
        # The row itself stays for the audiences that it was in: they count it.
        "update contact set external_id = null, first_name = '', last_name = '', zip_code = null, "
        "email = null, fields = '{}' where organization_id = :organization and id = :contact",
    )
)


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of the person's numbers."""

    recipients: Sequence[int]
    """Gone, and never to be texted."""
    shared: int
    """Numbers that are somebody else's too: they stay, without this person."""


async def what_would_go(
    session: AsyncSession, organization_id: int, contact_id: int
) -> tuple[list[str], list[str]]:
    """The numbers that would be erased, and those that stay because somebody else has them too."""
    key = {"organization": organization_id, "contact": contact_id}
    rows = (await session.execute(_NUMBERS, key)).all()
    return [row.e164 for row in rows if not row.shared], [row.e164 for row in rows if row.shared]


async def erase_person(session: AsyncSession, organization_id: int, contact_id: int, *, by: Who) -> Erased:
    """Erase a contact with every number that is theirs alone. Raises NotFound. It cannot be undone."""
    key = {"organization": organization_id, "contact": contact_id}
    await session.execute(_TURN, key)
    # Numbers before the contact, as in an import.
    rows = (await session.execute(_NUMBERS, key)).all()
    if (await session.execute(_CONTACT, key)).one_or_none() is None:
        raise NotFound(N_("There is no such person. Nothing was changed."))
    theirs = [row for row in rows if not row.shared]
    for row in theirs:
        await _erase_number(session, organization_id, row, by)
    for statement in _OF_CONTACT:
        await session.execute(statement, key)
    audit.record(session, organization_id, "person.erased", actor=by.actor, numbers=len(theirs))
    return Erased([row.id for row in theirs], len(rows) - len(theirs))


async def _erase_number(session: AsyncSession, organization_id: int, row: sa.Row[Any], by: Who) -> None:
    now = clock.now()
    key = {"organization": organization_id, "recipient": row.id}
    await opt_out(session, organization_id, row.id, "erased", evidence=dict(by.evidence))
    event = await ledger.append(
        session, organization_id, row.id, "erased", {"at": now.isoformat(), **by.evidence}
    )
    since: datetime = max(now, row.carrier_time or now)
    await session.execute(_REMEMBER, key | {"e164": row.e164, "carrier_time": since})
    for statement in _OF_NUMBER:
        names = statement.compile().params
        given = key | {"event": event, "place": UNKNOWN.key}
        await session.execute(statement, {name: given[name] for name in names})
