"""What staff choose for an uploaded file, step by step, and the history of uploads."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.consent.basis import Answer
from textbank.contacts.import_models import ContactImport
from textbank.contacts.map_columns import GUESS, NAMES
from textbank.errors import Conflict, NotFound
from textbank.language import N_

PAGE = 30
NEWEST = 2**62

_CHOOSE = sa.text(
    "update contact_import set state = 'draft', columns = coalesce(cast(:columns as jsonb), columns), "
    "basis = coalesce(cast(:basis as jsonb), basis), list_id = coalesce(:list, list_id) "
    "where organization_id = :organization and id = :import "
    "and state in ('draft', 'checking', 'checked') returning id"
)
_MOVE = sa.text(
    "update contact_import set state = cast(:state as text), worked_on_until = null, "
    "finished_at = case when cast(:state as text) = 'stopped' then now() end "
    "where organization_id = :organization and id = :import and state = any(:from) returning id"
)
_PAGE = sa.text(
    """
    select i.id, i.file_name, i.state, i.created_at, i.counts, i.rows, i.list_id, l.name as list_name,
      m.name as member_name
    from contact_import i
    join member m on m.organization_id = i.organization_id and m.id = i.member_id
    left join contact_list l on l.organization_id = i.organization_id and l.id = i.list_id
    where i.organization_id = :organization and i.id < :before and i.failure <> 'forgotten'
    order by i.id desc limit :limit
    """
)
_NOT_TAKEN = sa.text(
    """
    select line, cause, reason, fields, raw from import_not_taken
    where organization_id = :organization and import_id = :import and line > :after
    order by line limit :limit
    """
)


async def read_import(session: AsyncSession, organization_id: int, import_id: int) -> ContactImport:
    """An uploaded file. Raises NotFound."""
    one = await session.get(ContactImport, (organization_id, import_id))
    if one is None:
        raise NotFound(N_("There is no such import. Nothing was changed."))
    return one


def faults_of_columns(header: Sequence[str], chosen: Mapping[str, int | str]) -> dict[str, str]:
    """What is wrong with a choice of columns, by meaning."""
    found: dict[str, str] = {}
    if "phone" not in chosen:
        found["phone"] = N_("Choose the column with the phone numbers.")
    seen: set[int] = set()
    for what in NAMES:
        index = chosen.get(what)
        if not isinstance(index, int):
            continue
        if not 0 <= index < len(header):
            found[what] = N_("The file has no such column.")
        elif index in seen:
            found[what] = N_("This column is chosen above already.")
        seen.add(index)
    return found


def chosen_from(given: Mapping[str, str]) -> dict[str, int | str]:
    """A form's choices as `map_columns.columns_from` takes them."""
    chosen: dict[str, int | str] = {}
    for what in NAMES:
        value = given.get(what, "")
        if value.isascii() and value.isdigit() and len(value) < 6:
            chosen[what] = int(value)
        elif what == "phone" and value == GUESS:
            chosen[what] = GUESS
    return chosen


async def choose(
    session: AsyncSession,
    one: ContactImport,
    *,
    chosen: Mapping[str, int | str] | None = None,
    answer: Answer | None = None,
    list_id: int | None = None,
) -> None:
    """Keep a choice. Raises Conflict where the import has begun."""
    columns = None if chosen is None else {"header": one.columns["header"], "chosen": dict(chosen)}
    given = {
        "organization": one.organization_id,
        "import": one.id,
        "columns": None if columns is None else json.dumps(columns, ensure_ascii=False),
        "basis": None if answer is None else json.dumps(answer.to_json(), ensure_ascii=False),
        "list": list_id,
    }
    if (await session.execute(_CHOOSE, given)).one_or_none() is None:
        raise Conflict(N_("This import has begun, so nothing about it can be changed. Nothing was changed."))


async def check(session: AsyncSession, one: ContactImport) -> None:
    """Have the whole file looked through."""
    await _move(session, one, "checking", ("draft",))


async def start(session: AsyncSession, one: ContactImport) -> None:
    """Begin to take the rows, or go on where it was stopped."""
    await _move(session, one, "importing", ("checked", "stopped"))


async def stop(session: AsyncSession, one: ContactImport) -> None:
    """Take no more rows; those taken stay."""
    await _move(session, one, "stopped", ("importing",))


async def list_imports(
    session: AsyncSession, organization_id: int, *, before: int = NEWEST
) -> tuple[Sequence[sa.Row[Any]], int | None]:
    """A page of uploads, newest first, and where to go on."""
    given = {"organization": organization_id, "before": before, "limit": PAGE + 1}
    rows = (await session.execute(_PAGE, given)).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def read_not_taken(
    session: AsyncSession, organization_id: int, import_id: int, *, after: int = -1, limit: int = 1_000
) -> Sequence[sa.Row[Any]]:
    """Rows of a file that were not taken, in its order, behind a line."""
    given = {"organization": organization_id, "import": import_id, "after": after, "limit": limit}
    return (await session.execute(_NOT_TAKEN, given)).all()


async def _move(session: AsyncSession, one: ContactImport, state: str, from_: tuple[str, ...]) -> None:
    given = {"organization": one.organization_id, "import": one.id, "state": state, "from": list(from_)}
    if (await session.execute(_MOVE, given)).one_or_none() is None:
        raise Conflict(N_("This import is in another state by now. Reload the page to see it."))
    jobs.ring(session, jobs.Job(jobs.IMPORT, one.organization_id))
