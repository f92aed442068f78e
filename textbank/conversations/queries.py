"""One conversation as a page shows it: who it is, what was said, page by page upward."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import NotFound
from textbank.language import N_
from textbank.sms.abusive import is_abusive

PAGE: Final = 50

_HEAD = sa.text(
    """
    select r.id as recipient_id, r.e164, r.suppressed_at, r.review_since, r.dead_since, r.place,
      c.recipient_id is not null as exists, c.assigned_member_id, w.name as assignee, c.campaign_id,
      k.name as campaign, coalesce(c.state, 'open') as state, c.needs_reply_since, c.last_inbound_at,
      case when c.alert_since is not null then c.alert_word else '' end as alert
    from recipient r
    left join conversation c on c.organization_id = r.organization_id and c.recipient_id = r.id
    left join member w on w.organization_id = c.organization_id and w.id = c.assigned_member_id
    left join campaign k on k.organization_id = c.organization_id and k.id = c.campaign_id
    where r.organization_id = :organization and r.id = :recipient
    """
)
_PEOPLE = sa.text(
    """
    select p.id, p.first_name, p.last_name, p.language from contact_number n
    join contact p on p.organization_id = n.organization_id and p.id = n.contact_id
    where n.organization_id = :organization and n.recipient_id = :recipient and n.until is null
    order by n.id limit 5
    """
)
_MESSAGES = sa.text(
    """
    select m.*, d.status, d.error_code, o.message_id is not null as waiting,
      coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1)) as signed, s.address as number,
      o.message_id is not null and s.halted_at is not null as rests
    from (
      select id, direction, purpose, body, media, created_at, sent_by, sender_id, organization_id from message
      where organization_id = :organization and recipient_id = :recipient and id < :before and id >= :since
        and purpose <> 'taken_back' order by id desc limit :most) m
    left join delivery d on d.organization_id = m.organization_id and d.message_id = m.id
    left join outbox o on o.organization_id = m.organization_id and o.message_id = m.id
    left join attempt a on a.organization_id = m.organization_id and a.message_id = m.id
      and (a.outcome is null or a.outcome in ('unknown', 'accepted'))
    left join sender s on s.organization_id = m.organization_id and s.id = coalesce(a.sender_id, m.sender_id)
    left join member w on w.organization_id = m.organization_id
      and w.id = case when m.sent_by ~ '^member [0-9]{1,18}$' then substr(m.sent_by, 8)::bigint end
    order by m.id
    """
)


# Where a texter's view of a thread begins: with their campaign's first text to this person. A conversation
# that no campaign of ours led to begins a day before their last text.
_BEGINS = sa.text(
    """
    select coalesce(
      (select a.message_id from conversation c join audience_member a
          on a.organization_id = c.organization_id and a.campaign_id = c.campaign_id
          and a.recipient_id = c.recipient_id
        where c.organization_id = :organization and c.recipient_id = :recipient),
      (select min(m.id) from (
        select id, created_at from message
        where organization_id = :organization and recipient_id = :recipient order by id desc limit :most) m
        where m.created_at >= (select coalesce(last_inbound_at, now()) - interval '1 day' from conversation
          where organization_id = :organization and recipient_id = :recipient)),
      9223372036854775807) as begins
    from organization o where o.id = :organization and not o.texters_see_history
    """
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has the number now."""

    contact_id: int
    first_name: str
    last_name: str
    language: str

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation's head."""

    recipient_id: int
    e164: str
    suppressed_at: datetime | None
    review_since: datetime | None
    dead_since: datetime | None
    place: str
    exists: bool
    assigned_member_id: int | None
    assignee: str | None
    campaign_id: int | None
    campaign: str | None
    state: str
    needs_reply_since: datetime | None
    last_inbound_at: datetime | None
    alert: str
    """The alert word that they wrote and nobody has answered yet."""
    people: tuple[Person, ...]

    @property
    def name(self) -> str:
        """The names of who has the number, empty for a stranger."""
        return " / ".join(person.name for person in self.people if person.name)

    @property
    def first_name(self) -> str:
        """What a texter is told: the first name alone, or nothing."""
        return next((person.first_name for person in self.people if person.first_name), "")


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a thread."""

    id: int
    direction: str
    purpose: str
    body: str
    pictures: int
    created_at: datetime
    signed: str
    status: str
    error_code: int | None
    number: str = ""
    """Ours, that it left from or came to; empty where that is not decided."""
    rests: bool = False
    """It waits, and the number that it waits for rests."""
    moved: bool = False
    """From here on it is another number than before."""

    @property
    def abusive(self) -> bool:
        """Whether its words are hidden until somebody asks to see them."""
        return self.direction == "in" and is_abusive(self.body)

    @property
    def tone(self) -> str:
        """How a bubble looks: waiting, failed, or as usual."""
        if self.direction == "in" or self.status in ("delivered", "sent", "accepted", "queued", "sending"):
            return ""
        return "waiting" if self.status in ("waiting", "scheduled") else "failed"


async def thread(
    session: AsyncSession, organization_id: int, recipient_id: int, *, only_for: int | None = None
) -> Thread:
    """A conversation's head. With `only_for`, one that is not that member's does not exist."""
    key = {"organization": organization_id, "recipient": recipient_id}
    row = (await session.execute(_HEAD, key)).one_or_none()
    if row is None or (only_for is not None and row.assigned_member_id != only_for):
        raise NotFound(N_("There is no such conversation, or it is somebody else's by now."))
    people = tuple(Person(*each) for each in await session.execute(_PEOPLE, key))
    return Thread(**row._mapping, people=people)


async def messages(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    *,
    before: int | None = None,
    since: int = 0,
    most: int = PAGE,
) -> tuple[list[Said], int | None]:
    """The latest page of texts, oldest first, and where the page before it ends (None: there is none)."""
    key = {
        "organization": organization_id,
        "recipient": recipient_id,
        "before": before or 2**62,
        "since": since,
        "most": most + 1,
    }
    found = _mark_moves([_said(row) for row in await session.execute(_MESSAGES, key)])
    if len(found) > most:
        return found[1:], found[1].id
    return found, None


async def begins_for_texters(session: AsyncSession, organization_id: int, recipient_id: int) -> int:
    """The first text that a texter may see; 0 where staff allow them all of it (docs/decisions)."""
    key = {"organization": organization_id, "recipient": recipient_id, "most": PAGE}
    return (await session.execute(_BEGINS, key)).scalar_one_or_none() or 0


def _said(row: Any) -> Said:
    status = row.status or ("waiting" if row.waiting or row.direction == "out" else "")
    return Said(
        row.id,
        row.direction,
        row.purpose,
        row.body,
        len(row.media),
        row.created_at,
        row.signed or "",
        status,
        row.error_code,
        row.number or "",
        row.rests,
    )


def _mark_moves(found: list[Said]) -> list[Said]:
    """Mark the texts with which a thread went over to another number of ours: people see it as a new one."""
    marked, number = [], ""
    for said in found:
        decided = said.number if said.status != "waiting" else ""
        marked.append(replace(said, moved=True) if decided and number not in ("", decided) else said)
        number = decided or number
    return marked
