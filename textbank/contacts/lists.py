"""Lists as pages show them: with their members by state, counted up to ten thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.list_people import COUNTED_TO
from textbank.errors import NotFound
from textbank.language import N_

PAGE = 50
STATES = ("subscribed", "no_basis", "unsubscribed", "pending", "paused")

_COUNT = (
    "(select count(*) from (select from subscription s where s.organization_id = l.organization_id "
    "and s.list_id = l.id and s.state = '{state}' limit {most}) n) as {state}"
)
_SHOWN = (
    "select l.id, l.name, l.frequency, l.double_opt_in, l.created_at, "  # noqa: S608 - our own constants
    + ", ".join(_COUNT.format(state=state, most=COUNTED_TO + 1) for state in STATES)
    + ", array(select k.word from keyword k where k.organization_id = l.organization_id and k.list_id = l.id "
    "and k.retired_at is null order by k.id limit 20) as words from contact_list l "
    "where l.organization_id = :organization"
)
_LISTS = sa.text(f"{_SHOWN} and l.id > :after order by l.id limit :limit")
_LIST = sa.text(f"{_SHOWN} and l.id = :list")
_NAMES = sa.text(
    "select id, name from contact_list where organization_id = :organization order by id limit 200"
)
# Of the first ten thousand who may get a blast by their basis, those whom their number keeps from it. They
# are looked up one by one (`offset 0` keeps it so): joined, a plan may read every recipient there is.
_KEPT_BACK = sa.text(
    """
    select count(*) filter (where r.dead_since is not null) as dead,
      count(*) filter (where r.dead_since is null and r.review_since is not null) as review,
      count(*) filter (where r.suppressed_at is not null) as opted_out
    from (select recipient_id from subscription where organization_id = :organization and list_id = :list
        and state = 'subscribed' order by id limit :most) s
    cross join lateral (select dead_since, review_since, suppressed_at from recipient
      where organization_id = :organization and id = s.recipient_id offset 0) r
    """
)
_MEMBERS = """
    select s.id, s.contact_id, s.since, s.state, c.first_name, c.last_name, r.e164, r.id as recipient_id,
      r.suppressed_at, r.dead_since, r.review_since, p.payload
    from subscription s
    join contact c on c.organization_id = s.organization_id and c.id = s.contact_id
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    left join consent_payload p on p.organization_id = s.organization_id and p.event_id = s.basis_event_id
    where s.organization_id = :organization and s.list_id = :list and s.state = :state
"""
_OLDER = sa.text(f"{_MEMBERS} and s.id < :from order by s.id desc limit :limit")
_NEWER = sa.text(f"{_MEMBERS} and s.id > :from order by s.id limit :limit")
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class ListShown:
    """A list and how many are on it, by state; `COUNTED_TO` + 1 stands for any more."""

    id: int
    name: str
    frequency: str
    created_at: datetime
    counts: dict[str, int]
    keywords: Sequence[str]
    double_opt_in: bool = False


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Subscribed numbers that a blast leaves out for now."""

    dead: int
    review: int
    opted_out: int

    @property
    def all(self) -> int:
        return self.dead + self.review + self.opted_out


async def read_lists(
    session: AsyncSession, organization_id: int, *, after: int = 0
) -> tuple[list[ListShown], int | None]:
    """A page of lists, oldest first, and where to go on."""
    rows = await session.execute(_LISTS, {"organization": organization_id, "after": after, "limit": PAGE + 1})
    lists = [_shown(row) for row in rows]
    return lists[:PAGE], lists[PAGE - 1].id if len(lists) > PAGE else None


async def read_list(session: AsyncSession, organization_id: int, list_id: int) -> ListShown:
    """One list. Raises NotFound."""
    row = (await session.execute(_LIST, {"organization": organization_id, "list": list_id})).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such list. It may belong to another organization."))
    return _shown(row)


async def list_names(session: AsyncSession, organization_id: int) -> list[tuple[int, str]]:
    """(id, name) to choose from, up to 200."""
    rows = await session.execute(_NAMES, {"organization": organization_id})
    return [(row.id, row.name) for row in rows]


async def kept_back(session: AsyncSession, organization_id: int, list_id: int) -> KeptBack:
    """Who of the first ten thousand subscribed a blast would leave out, and why."""
    key = {"organization": organization_id, "list": list_id, "most": COUNTED_TO}
    row = (await session.execute(_KEPT_BACK, key)).one()
    return KeptBack(row.dead, row.review, row.opted_out)


async def list_members(
    session: AsyncSession,
    organization_id: int,
    list_id: int,
    state: str,
    *,
    after: int = NEWEST,
    before: int | None = None,
) -> tuple[Sequence[sa.Row[Any]], bool]:
    """A page of those in one state, newest first, and whether there is more in the direction asked for."""
    given = {"organization": organization_id, "list": list_id, "state": state, "limit": PAGE + 1}
    if before is not None:
        rows = (await session.execute(_NEWER, given | {"from": before})).all()
        return rows[:PAGE][::-1], len(rows) > PAGE
    rows = (await session.execute(_OLDER, given | {"from": after})).all()
    return rows[:PAGE], len(rows) > PAGE


def _shown(row: sa.Row[Any]) -> ListShown:
    counts = {state: int(getattr(row, state)) for state in STATES}
    return ListShown(row.id, row.name, row.frequency, row.created_at, counts, row.words, row.double_opt_in)
