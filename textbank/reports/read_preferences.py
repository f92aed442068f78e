"""What a person's own page shows: what they get, and what is held about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.leave_one_list import OnList, lists_of
from textbank.consent.read_standing import Happened, read_history

_ABOUT = sa.text(
    """
    select r.e164, r.suppressed_at, r.rests_until, r.less_since is not null as less, o.name as organization,
      o.help_contact, (select address from sender s where s.organization_id = o.id
        and s.kind <> 'messaging_service' order by s.halted_at is not null, s.id limit 1) as number
    from recipient r join organization o on o.id = r.organization_id
    where r.organization_id = :organization and r.id = :recipient and r.e164 like '+%'
    """
)
_LOCK = sa.text(
    "select id from recipient where organization_id = :organization and id = :recipient "
    "and e164 like '+%' for no key update"
)
# A number that several share tells none of them what is known of the others.
_PARTICULARS = sa.text(
    """
    select c.first_name, c.last_name, c.zip_code, c.email from contact_number n
    join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
    where n.organization_id = :organization and n.recipient_id = :recipient and n.until is null limit 2
    """
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """All of it."""

    organization: str
    help_contact: str
    our_number: str | None
    e164: str
    stopped_since: datetime | None
    rests_until: datetime | None
    less: bool
    lists: Sequence[OnList]
    particulars: sa.Row[Any] | None
    shared: bool
    history: Sequence[Happened]


async def read_preferences(
    session: AsyncSession, organization_id: int, recipient_id: int
) -> Preferences | None:
    """What the page says; None where the number is not there any more."""
    key = {"organization": organization_id, "recipient": recipient_id}
    about = (await session.execute(_ABOUT, key)).one_or_none()
    if about is None:
        return None
    people = (await session.execute(_PARTICULARS, key)).all()
    history, _ = await read_history(session, organization_id, [recipient_id], limit=50)
    return Preferences(
        about.organization,
        about.help_contact,
        about.number,
        about.e164,
        about.suppressed_at,
        about.rests_until,
        about.less,
        await lists_of(session, organization_id, recipient_id),
        people[0] if len(people) == 1 else None,
        len(people) > 1,
        history,
    )


async def hold_number(session: AsyncSession, organization_id: int, recipient_id: int) -> bool:
    """Hold the number's row, as everything that changes what it gets does; false where it is gone."""
    key = {"organization": organization_id, "recipient": recipient_id}
    return (await session.execute(_LOCK, key)).one_or_none() is not None
