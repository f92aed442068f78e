"""Subscribe numbers that texted a keyword, together: contacts, ledger and subscriptions in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger
from textbank.driver import rows_of

# A shared number has several contacts; what its holder texts is put down to the one known longest, as in
# `contacts/contact_of_recipient.py`. Ids are drawn first, because what is inserted does not tell for whom.
_SUBSCRIBE = sa.text(
    f"""
    with given as (
      select * from unnest(cast(:recipients as bigint[]), cast(:lists as bigint[]),
        cast(:languages as text[]), cast(:digests as bytea[]), cast(:salts as bytea[]),
        cast(:payloads as text[])) as t (recipient_id, list_id, language, digest, salt, payload)),
    known as materialized (
      select given.*, c.contact_id from given left join lateral (
        select contact_id from contact_number where organization_id = :organization
          and recipient_id = given.recipient_id and until is null order by id limit 1) c on true),
    person as materialized (
      select known.*, contact_id is null as is_new,
        coalesce(contact_id, nextval(pg_get_serial_sequence('contact', 'id'))) as id,
        nextval(pg_get_serial_sequence('consent_event', 'id')) as event_id from known),
    made as (
      insert into contact (organization_id, id, language) overriding system value
      select :organization, id, language from person where is_new),
    numbered as (
      insert into contact_number (organization_id, contact_id, recipient_id)
      select :organization, id, recipient_id from person where is_new),
    {ledger.appended("person", "'subscribed'")}
    insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id)
    select :organization, list_id, id, recipient_id, 'subscribed', event_id from person
    on conflict (organization_id, list_id, recipient_id, contact_id) do update
      set state = 'subscribed', basis_event_id = excluded.basis_event_id, since = now()
    """  # noqa: S608 - a part of our own
)


@dataclass(frozen=True, slots=True)
class Joining:
    """A number that joins a list. `evidence` is what the ledger keeps of it."""

    recipient_id: int
    list_id: int
    language: str
    evidence: dict[str, Any]


async def subscribe_texted(session: AsyncSession, organization_id: int, joining: Sequence[Joining]) -> None:
    """Write each one's basis and the subscription that rests on it; who was nobody yet gets a contact.

    They are different people, and the caller holds their rows, so that nobody gets two contacts.
    """
    payloads = [{"list_id": one.list_id, **one.evidence} for one in joining]
    await rows_of(
        session,
        _SUBSCRIBE,
        {
            "organization": organization_id,
            "recipients": [one.recipient_id for one in joining],
            "lists": [one.list_id for one in joining],
            "languages": [one.language for one in joining],
            **ledger.columns_of(payloads),
        },
    )
