"""Read from the records what decides about one number: its lists, its opt-out, its window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.explain import Membership, Stopped

_LISTS = sa.text(
    """
    select s.id, s.list_id, l.name, s.state, s.since, s.recipient_id, e.kind, e.recorded_at, p.payload,
      (select w.payload from consent_event u join consent_payload w
          on w.organization_id = u.organization_id and w.event_id = u.id
        where s.state = 'unsubscribed' and u.organization_id = s.organization_id
          and u.recipient_id = s.recipient_id and u.kind = 'unsubscribed'
          and u.recorded_at = s.since limit 1) as left_by
    from subscription s
    join contact_list l on l.organization_id = s.organization_id and l.id = s.list_id
    left join consent_event e on e.organization_id = s.organization_id and e.id = s.basis_event_id
    left join consent_payload p on p.organization_id = e.organization_id and p.event_id = e.id
    where s.organization_id = :organization and s.contact_id = :contact
    order by s.id limit 200
    """
)
# A number may have been opted out several times over; what the person said themselves tells most.
_SUPPRESSION = sa.text(
    """
    select e.recorded_at, p.payload from suppression s
    join consent_event e on e.organization_id = s.organization_id and e.recipient_id = s.recipient_id
      and e.kind = 'opt_out' and e.id >= s.event_id
    left join consent_payload p on p.organization_id = e.organization_id and p.event_id = e.id
    where s.organization_id = :organization and s.recipient_id = :recipient and s.lifted_at is null
    order by p.payload ->> 'cause' in ('stop_text', 'wrong_number') desc nulls last, e.id desc limit 1
    """
)
_HISTORY = sa.text(
    """
    select e.id, e.kind, e.recorded_at, e.recipient_id, p.payload, l.position from (
      select e.id, e.kind, e.recorded_at, e.recipient_id, e.organization_id
      from unnest(cast(:recipients as bigint[])) as r (id)
      cross join lateral (
        select * from consent_event e where e.organization_id = :organization
          and e.recipient_id = r.id and e.id < :before order by e.id desc limit :limit) e
      order by e.id desc limit :limit) e
    left join consent_payload p on p.organization_id = e.organization_id and p.event_id = e.id
    left join consent_link l on l.organization_id = e.organization_id and l.event_id = e.id
    order by e.id desc
    """
)
_LIST_NAMES = sa.text(
    "select id, name from contact_list "
    "where organization_id = :organization and id = any(cast(:ids as bigint[]))"
)
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class OnList:
    """A list that somebody is or was on, with one of their numbers."""

    subscription_id: int
    list_id: int
    recipient_id: int
    membership: Membership


@dataclass(frozen=True, slots=True)
class Happened:
    """A row of the ledger, as far as it can still be read."""

    id: int
    kind: str
    at: datetime
    recipient_id: int
    payload: Mapping[str, Any]
    """Empty where it was erased."""
    erased: bool
    sealed: bool
    list_name: str


async def read_lists(session: AsyncSession, organization_id: int, contact_id: int) -> list[OnList]:
    """The contact's lists, each with the record it rests on."""
    rows = await session.execute(_LISTS, {"organization": organization_id, "contact": contact_id})
    return [OnList(row.id, row.list_id, row.recipient_id, _membership(row)) for row in rows]


async def read_stopped(
    session: AsyncSession, organization_id: int, recipient_id: int, suppressed_at: datetime | None
) -> Stopped | None:
    """The opt-out that holds for a number, with the words received."""
    if suppressed_at is None:
        return None
    key = {"organization": organization_id, "recipient": recipient_id}
    row = (await session.execute(_SUPPRESSION, key)).one_or_none()
    if row is None:
        return Stopped("staff", suppressed_at)
    said = row.payload or {}
    return Stopped(
        str(said.get("cause") or "staff"),
        row.recorded_at,
        str(said.get("words") or ""),
        str(said.get("by_name") or ""),
        str(said.get("reason") or ""),
    )


async def read_history(
    session: AsyncSession,
    organization_id: int,
    recipients: Sequence[int],
    *,
    before: int = NEWEST,
    limit: int = 20,
) -> tuple[list[Happened], int | None]:
    """The newest ledger rows of these numbers older than `before`, and where to go on, if there is more."""
    key = {"organization": organization_id, "recipients": list(recipients), "before": before}
    rows = (await session.execute(_HISTORY, key | {"limit": limit + 1})).all()
    shown = rows[:limit]
    wanted = {(row.payload or {}).get("list_id") for row in shown} - {None}
    names: dict[int, str] = {}
    if wanted:
        found = await session.execute(_LIST_NAMES, {"organization": organization_id, "ids": list(wanted)})
        names = {row.id: row.name for row in found}
    events = [
        Happened(
            row.id,
            row.kind,
            row.recorded_at,
            row.recipient_id,
            row.payload or {},
            row.payload is None,
            row.position is not None,
            names.get(int((row.payload or {}).get("list_id") or 0), ""),
        )
        for row in shown
    ]
    return events, shown[-1].id if len(rows) > limit else None


def _membership(row: sa.Row[Any]) -> Membership:
    said: Mapping[str, Any] = row.payload or {}
    left: Mapping[str, Any] = row.left_by or {}
    by = left if row.state == "unsubscribed" else said
    return Membership(
        row.name,
        row.state,
        row.since,
        str(said.get("basis") or ""),
        str(said.get("keyword") or ""),
        str(said.get("source") or said.get("statement") or said.get("file") or ""),
        str(by.get("by_name") or ""),
    )
