"""Office hours: whoever writes when nobody is there gets one answer that says so, at most once a day."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.accounts import audit
from textbank.errors import InvalidInput
from textbank.flows.asks_for_reserved import asks_for_reserved
from textbank.flows.models import OfficeHours
from textbank.language import N_
from textbank.messaging.enqueue import enqueue

LONGEST_WORDS: Final = 320

# Once in a day of theirs, and not to who is in a live thread: somebody answered within the last hour.
_HOURS = sa.text(
    """
    select h.zone, h.days, h.opens, h.closes, h.words, coalesce((select c.language from contact_number n
        join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
        where n.organization_id = h.organization_id and n.recipient_id = :recipient and n.until is null
        order by n.id limit 1), 'en') as language
    from office_hours h where h.organization_id = :organization and not exists (
      select from message m where m.organization_id = :organization and m.recipient_id = :recipient
        and m.direction = 'out' and (m.purpose = 'away_answer' and m.created_at > now() - interval '20 hours'
          or m.purpose = 'reply' and m.created_at > now() - interval '1 hour'))
    """
)
_DROP = sa.text("delete from office_hours where organization_id = :organization")
_SET = sa.text(
    """
    insert into office_hours (organization_id, zone, days, opens, closes, words)
    values (:organization, :zone, :days, :opens, :closes, :words)
    on conflict (organization_id) do update set zone = excluded.zone, days = excluded.days,
      opens = excluded.opens, closes = excluded.closes, words = excluded.words, changed_at = now()
    """
).bindparams(sa.bindparam("words", type_=sa.JSON))


@dataclass(frozen=True, slots=True)
class Office:
    """When somebody is there, and what is said when nobody is."""

    zone: str
    days: str
    opens: time
    closes: time
    words: dict[str, str]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at that moment."""
        there = at.astimezone(ZoneInfo(self.zone))
        return str(there.isoweekday()) in self.days and self.opens <= there.time() < self.closes


async def read_office_hours(session: AsyncSession, organization_id: int) -> Office | None:
    """What is set; None: nobody is told anything."""
    row = await session.get(OfficeHours, organization_id, populate_existing=True)
    return None if row is None else Office(row.zone, row.days, row.opens, row.closes, dict(row.words))


async def set_office_hours(
    session: AsyncSession, organization_id: int, office: Office | None, *, actor: str
) -> None:
    """Set them, or None: end the away answers. Raises InvalidInput."""
    if office is None:
        await session.execute(_DROP, {"organization": organization_id})
        audit.record(session, organization_id, "office_hours.ended", actor=actor)
        return
    if office.zone not in available_timezones():
        raise InvalidInput(N_("Choose a time zone. Nothing was changed."))
    if office.opens >= office.closes or not office.days or set(office.days) - set("1234567"):
        raise InvalidInput(N_("Choose the days, and a beginning before the end. Nothing was changed."))
    words = {language: " ".join(said.split()) for language, said in office.words.items() if said.strip()}
    if not words or set(words) - {"en", "es"} or max(map(len, words.values())) > LONGEST_WORDS:
        raise InvalidInput(N_("Write what is answered, in 320 characters at most. Nothing was changed."))
    for said in words.values():
        if (asked := asks_for_reserved(said)) is not None:
            raise InvalidInput(
                N_("It asks for {word}, which already means something else to carriers and to us."),
                word=asked,
            )
    given: dict[str, Any] = {"opens": office.opens, "closes": office.closes, "words": words}
    given |= {"organization": organization_id, "zone": office.zone, "days": "".join(sorted(set(office.days)))}
    await session.execute(_SET, given)
    audit.record(session, organization_id, "office_hours.set", actor=actor, days=given["days"])


async def answer_away(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
) -> bool:
    """Say that nobody is there, if nobody is and they were not told today."""
    if answer_by is None:
        return False
    key = {"organization": organization_id, "recipient": recipient_id}
    row = (await session.execute(_HOURS, key)).one_or_none()
    if row is None or Office(row.zone, row.days, row.opens, row.closes, row.words).is_open(clock.now()):
        return False
    words = row.words.get(row.language) or next(iter(row.words.values()))
    await enqueue(
        session,
        organization_id,
        recipient_id=recipient_id,
        sender_id=sender_id,
        purpose="away_answer",
        body=words,
        expires_at=answer_by,
    )
    return True
