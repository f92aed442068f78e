"""The consent file of one number: all that is on record about why it was or was not texted.

It is made for a stranger to read, perhaps years later and in a dispute: every event with who, when, where,
which words and which rule, its place in the sealed chain, and whether that part of the chain still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent.check_links import faults_of_links
from textbank.consent.tell_event import Told, tell_event
from textbank.contacts.place import Place
from textbank.errors import NotFound
from textbank.language import N_

EVENTS: Final = 500
TEXTS: Final = 500
"""At most so many in one file; what is older is said to be left out, and can be asked for by `before`."""

_NUMBER = sa.text(
    """
    select r.id, r.e164, r.place, r.suppressed_at, r.dead_since, r.review_since, r.created_at,
      o.name as organization,
      array(select trim(c.first_name || ' ' || c.last_name) from contact_number n
        join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
        where n.organization_id = r.organization_id and n.recipient_id = r.id
        and n.until is null limit 20) as names,
      (select l.position from consent_link l where l.organization_id = r.organization_id
        order by l.position desc limit 1) as position,
      (select l.head from consent_link l where l.organization_id = r.organization_id
        order by l.position desc limit 1) as head
    from recipient r join organization o on o.id = r.organization_id
    where r.organization_id = :organization and r.id = :recipient
    """
)
_RECIPIENT = sa.text("select id from recipient where organization_id = :organization and e164 = :e164")
_EVENTS = sa.text(
    """
    select e.id, e.recipient_id, e.kind, e.recorded_at, e.digest, l.position, l.head, l.sealed_at,
      b.head as before, p.salt, p.payload
    from (select * from consent_event where organization_id = :organization and recipient_id = :recipient
      and id < :before order by id desc limit :limit) e
    left join consent_link l on l.organization_id = e.organization_id and l.event_id = e.id
    left join consent_link b on b.organization_id = l.organization_id and b.position = l.position - 1
    left join consent_payload p on p.organization_id = e.organization_id and p.event_id = e.id
    order by e.id
    """
)
_SUPPRESSIONS = sa.text(
    "select cause, recorded_at, carrier_time, event_id, lifted_at, lifted_by_event_id from suppression "
    "where organization_id = :organization and recipient_id = :recipient order by id limit 200"
)
_SUBSCRIPTIONS = sa.text(
    """
    select l.name as list_name, s.state, s.since, s.basis_event_id from subscription s
    join contact_list l on l.organization_id = s.organization_id and l.id = s.list_id
    where s.organization_id = :organization and s.recipient_id = :recipient order by s.id limit 200
    """
)
_TEXTS = sa.text(
    """
    select m.created_at, m.direction, m.purpose, m.body, m.sent_by, d.status
    from (select * from message where organization_id = :organization and recipient_id = :recipient
      and purpose <> 'taken_back' order by id desc limit :limit) m
    left join delivery d on d.organization_id = m.organization_id and d.message_id = m.id
    order by m.id
    """
)
_LISTS = sa.text(
    "select id, name from contact_list "
    "where organization_id = :organization and id = any(cast(:ids as bigint[]))"
)
NEWEST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the ledger, told."""

    number: int
    """Counted from 1 in this file."""
    id: int
    kind: str
    cause: str
    at: datetime
    local: datetime
    list_name: str
    told: Told
    erased: bool
    digest: str
    position: int | None
    head: str
    fault: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """The texts of one day at the person's place."""

    day: date
    texts: Sequence[sa.Row[Any]]

    @property
    def sent(self) -> int:
        return sum(text.direction == "out" for text in self.texts)

    @property
    def received(self) -> int:
        return len(self.texts) - self.sent


@dataclass(frozen=True, slots=True)
class ConsentFile:
    """All of it."""

    organization: str
    recipient_id: int
    e164: str
    names: Sequence[str]
    made_at: datetime
    zone: str
    suppressed_since: datetime | None
    dead_since: datetime | None
    review_since: datetime | None
    events: Sequence[Event]
    older_events: int | None
    """Where to go on for what is older; None: these are all."""
    suppressions: Sequence[sa.Row[Any]]
    subscriptions: Sequence[sa.Row[Any]]
    days: Sequence[Day]
    older_texts: bool
    chain_position: int
    chain_head: str

    @property
    def faults(self) -> list[str]:
        """What is not as it was recorded."""
        return [f"event {event.id}: {event.fault}" for event in self.events if event.fault]

    @property
    def unsealed(self) -> int:
        """How many of these events wait for the sealer."""
        return sum(event.position is None for event in self.events)


async def find_number(session: AsyncSession, organization_id: int, e164: str) -> int | None:
    """The recipient of a number, if it is known here."""
    key = {"organization": organization_id, "e164": e164}
    found: int | None = (await session.execute(_RECIPIENT, key)).scalar_one_or_none()
    return found


async def gather_consent_file(
    session: AsyncSession, organization_id: int, recipient_id: int, *, before: int = NEWEST
) -> ConsentFile:
    """Everything on record about one number. Raises NotFound."""
    key = {"organization": organization_id, "recipient": recipient_id}
    about = (await session.execute(_NUMBER, key)).one_or_none()
    if about is None:
        raise NotFound(N_("There is no such number. Nothing was changed."))
    zone = _zone(about.place)
    rows = (await session.execute(_EVENTS, key | {"before": before, "limit": EVENTS + 1})).all()
    older = rows[1].id if len(rows) > EVENTS else None
    texts = (await session.execute(_TEXTS, key | {"limit": TEXTS + 1})).all()
    return ConsentFile(
        organization=about.organization,
        recipient_id=recipient_id,
        e164=about.e164,
        names=[name for name in about.names if name],
        made_at=clock.now(),
        zone=zone,
        suppressed_since=about.suppressed_at,
        dead_since=about.dead_since,
        review_since=about.review_since,
        events=await _events(session, organization_id, rows[-EVENTS:], zone),
        older_events=older,
        suppressions=(await session.execute(_SUPPRESSIONS, key)).all(),
        subscriptions=(await session.execute(_SUBSCRIPTIONS, key)).all(),
        days=_by_day(texts[-TEXTS:], zone),
        older_texts=len(texts) > TEXTS,
        chain_position=about.position or 0,
        chain_head=about.head.hex() if about.head else "",
    )


async def _events(
    session: AsyncSession, organization_id: int, rows: Sequence[sa.Row[Any]], zone: str
) -> list[Event]:
    wanted = sorted({int(row.payload["list_id"]) for row in rows if (row.payload or {}).get("list_id")})
    names: dict[int, str] = {}
    if wanted:
        found = await session.execute(_LISTS, {"organization": organization_id, "ids": wanted})
        names = {row.id: row.name for row in found}
    faults = dict(faults_of_links(rows))
    return [
        Event(
            number=number,
            id=row.id,
            kind=row.kind,
            cause=str((row.payload or {}).get("cause") or ""),
            at=row.recorded_at,
            local=row.recorded_at.astimezone(ZoneInfo(zone)),
            list_name=names.get(int((row.payload or {}).get("list_id") or 0), ""),
            told=tell_event(row.payload),
            erased=row.payload is None,
            digest=row.digest.hex(),
            position=row.position,
            head=row.head.hex() if row.head else "",
            fault=faults.get(row.id, ""),
            payload=row.payload or {},
        )
        for number, row in enumerate(rows, start=1)
    ]


def _by_day(texts: Sequence[sa.Row[Any]], zone: str) -> list[Day]:
    days: dict[date, list[sa.Row[Any]]] = {}
    for text in texts:
        days.setdefault(text.created_at.astimezone(ZoneInfo(zone)).date(), []).append(text)
    return [Day(day, of) for day, of in sorted(days.items())]


def _zone(place: str) -> str:
    """The clock of the person's place, where one is known; else UTC, which nobody misreads."""
    zones = Place.from_key(place).zones
    return zones[0] if len(zones) == 1 else "UTC"
