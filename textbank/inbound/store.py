"""Store a text once, with its recipient and its place in the conversation, in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.models import OPT_IN_OPEN
from textbank.flows.models import RUN_ASKS
from textbank.inbound.inbound_text import InboundText
from textbank.sms.classify import Classification

# The upsert locks the recipient's row before anything else is written about it, in the same order as
# permits and opt-outs do. A text that is known already touches nothing. A number that texts us is not dead,
# whatever a carrier said of it.
_STORE = sa.text(
    f"""
    with known as (
      select c.message_id, m.recipient_id, m.purpose from carrier_message c
      join message m on m.organization_id = c.organization_id and m.id = c.message_id
      where c.organization_id = :organization and c.sid = :sid),
    person as (
      insert into recipient (organization_id, e164, place, sticky_sender_id)
      select :organization, :e164, :place, cast(:sender as bigint) where not exists (select from known)
      on conflict (organization_id, e164) do update
        set dead_since = null, sticky_sender_id = excluded.sticky_sender_id
      returning id, suppressed_at),
    text as (
      insert into message (organization_id, recipient_id, sender_id, direction, purpose, rule, body, media,
        carrier_time)
      select :organization, person.id, :sender, 'in', :purpose, :rule, :body, cast(:media as jsonb),
        :carrier_time
      from person returning id),
    filed as (
      insert into carrier_message (organization_id, sid, message_id)
      select :organization, :sid, text.id from text)
    select text.id as message_id, person.id as recipient_id, person.suppressed_at,
      cast(:purpose as text) as purpose, true as fresh,
      exists (select from opt_in_request where organization_id = :organization
          and recipient_id = person.id and {OPT_IN_OPEN})
        or exists (select from meant_keyword where organization_id = :organization
          and recipient_id = person.id)
        or exists (select from flow_run where organization_id = :organization
          and recipient_id = person.id and {RUN_ASKS}) as asked,
      exists (select from flow where organization_id = :organization and for_strangers)
        or exists (select from office_hours where organization_id = :organization) as unattended
    from text, person
    union all select message_id, recipient_id, null, purpose, false, false, false from known
    """  # noqa: S608 - the interpolated fragment is our own constant
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored text. `fresh` is false where the same text had been stored before."""

    message_id: int
    recipient_id: int
    suppressed_at: datetime | None
    kind: str
    fresh: bool
    asked: bool
    """Whether we wait for an answer of theirs."""
    unattended: bool = False
    """Whether a text for a person may have an answer of ours: a greeting for strangers, office hours."""


async def store(
    session: AsyncSession,
    organization_id: int,
    sender_id: int,
    text: InboundText,
    meaning: Classification,
    place: str,
) -> Stored:
    """Store it, unique on the carrier's id.

    Two webhooks for one text at the same moment: the second fails on the unique id, its transaction
    rolls back, and the caller's repetition finds the first one's row.
    """
    row = (
        await session.execute(
            _STORE,
            {
                "organization": organization_id,
                "sid": text.sid,
                "e164": text.from_,
                "place": place,
                "sender": sender_id,
                "purpose": meaning.kind,
                "rule": meaning.rule,
                "body": text.body,
                "media": json.dumps(list(text.media)),
                "carrier_time": text.carrier_time,
            },
        )
    ).one()
    return Stored(
        row.message_id, row.recipient_id, row.suppressed_at, row.purpose, row.fresh, row.asked, row.unattended
    )
