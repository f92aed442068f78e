"""Store texts once, each with its recipient, in one statement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.models import OPT_IN_OPEN
from textbank.driver import rows_of
from textbank.flows.models import RUN_ASKS
from textbank.inbound.inbound_text import InboundText
from textbank.keywords.match import KNOWN_WORDS, words_among
from textbank.sms.classify import Classification

# The recipients' rows are locked before anything else is written about them, by id, as permits and opt-outs
# do. A text that is known already writes nothing. A number that texts us is not dead, whatever a carrier said
# of it.
_STORE = sa.text(
    f"""
    with given as materialized (
      select * from unnest(cast(:sids as text[]), cast(:numbers as text[]), cast(:places as text[]),
        cast(:senders as bigint[]), cast(:purposes as text[]), cast(:rules as text[]),
        cast(:bodies as text[]), cast(:media as text[]), cast(:times as timestamptz[])) with ordinality
        as t (sid, e164, place, sender_id, purpose, rule, body, media, carrier_time, n)),
    known as materialized (
      select c.sid, m.id, m.recipient_id, m.purpose from carrier_message c
      join message m on m.organization_id = c.organization_id and m.id = c.message_id
      where c.organization_id = :organization and c.sid = any(cast(:sids as text[]))),
    fresh as materialized (select * from given where sid not in (select sid from known)),
    there as materialized (
      select id, e164, suppressed_at, dead_since, sticky_sender_id from recipient
      where organization_id = :organization and e164 = any(array(select e164 from fresh))
      order by id for no key update),
    back as (
      update recipient r set dead_since = null, sticky_sender_id = fresh.sender_id
      from fresh join there using (e164) where r.organization_id = :organization and r.id = there.id
        and r.id = any(array(select id from there))
        and (there.dead_since is not null or there.sticky_sender_id is distinct from fresh.sender_id)),
    new as (
      insert into recipient (organization_id, e164, place, sticky_sender_id)
      select :organization, e164, place, sender_id from fresh
      where e164 not in (select e164 from there) order by e164
      on conflict (organization_id, e164) do update
        set dead_since = null, sticky_sender_id = excluded.sticky_sender_id
      returning id, e164, suppressed_at),
    person as materialized (
      select id, e164, suppressed_at from there union all select id, e164, suppressed_at from new),
    text as (
      insert into message (organization_id, recipient_id, sender_id, direction, purpose, rule, body, media,
        carrier_time)
      select :organization, person.id, sender_id, 'in', purpose, rule, body, cast(media as jsonb),
        carrier_time
      from fresh join person using (e164) order by n returning id, recipient_id),
    filed as (
      insert into carrier_message (organization_id, sid, message_id)
      select :organization, sid, text.id from fresh join person using (e164)
      join text on text.recipient_id = person.id)
    select n, text.id as message_id, person.id as recipient_id, person.suppressed_at, purpose, true as fresh,
      exists (select from opt_in_request where organization_id = :organization
          and recipient_id = person.id and {OPT_IN_OPEN})
        or exists (select from meant_keyword where organization_id = :organization
          and recipient_id = person.id)
        or exists (select from flow_run where organization_id = :organization
          and recipient_id = person.id and {RUN_ASKS}) as asked,
      exists (select from flow where organization_id = :organization and for_strangers)
        or exists (select from office_hours where organization_id = :organization) as unattended,
      array{KNOWN_WORDS} as keywords
    from fresh join person using (e164) join text on text.recipient_id = person.id
    union all
    select n, known.id, recipient_id, null, known.purpose, false, false, false, null
    from given join known using (sid)
    order by n
    """  # noqa: S608 - the interpolated fragments are our own constants
)


@dataclass(frozen=True, slots=True)
class ToStore:
    """A text to one of our senders, what it means, and where its number may be."""

    sender_id: int
    text: InboundText
    meaning: Classification
    place: str


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
    keywords: frozenset[str] = frozenset()
    """Which words of the texts it was stored with are keywords."""


async def store(session: AsyncSession, organization_id: int, texts: Sequence[ToStore]) -> list[Stored]:
    """Store texts of different people, each unique on the carrier's id; in their order.

    Two webhooks for one text at the same moment: the second fails on the unique id, its transaction
    rolls back, and the caller's repetition finds the first one's row.
    """
    rows = await rows_of(
        session,
        _STORE,
        {
            "organization": organization_id,
            "sids": [one.text.sid for one in texts],
            "numbers": [one.text.from_ for one in texts],
            "places": [one.place for one in texts],
            "senders": [one.sender_id for one in texts],
            "purposes": [one.meaning.kind for one in texts],
            "rules": [one.meaning.rule for one in texts],
            "bodies": [one.text.body for one in texts],
            "media": [json.dumps(list(one.text.media)) for one in texts],
            "times": [one.text.carrier_time for one in texts],
            "words": words_among(one.text.body for one in texts),
        },
    )
    return [
        Stored(
            row["message_id"],
            row["recipient_id"],
            row["suppressed_at"],
            row["purpose"],
            row["fresh"],
            row["asked"],
            row["unattended"],
            frozenset(row["keywords"] or ()),
        )
        for row in rows
    ]
