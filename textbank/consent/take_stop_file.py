"""Take a file of opt-outs, deactivations or reassigned numbers, in batches of one transaction each.

It only ever takes consent away. What is stopped already stays as it is, so a file may be taken again, whole
or from where it broke off; and an old file does not stop somebody who came back by their own text since.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.consent import ledger
from textbank.consent.add_person import Who
from textbank.consent.opt_out import opt_out_many
from textbank.consent.read_stop_file import Kind, Line, NotRead, read_stop_file
from textbank.contacts.place import place_of
from textbank.database import Database

BATCH: Final = 1_000

_MAKE = sa.text(
    """
    insert into recipient (organization_id, e164, place)
    select :organization, e164, place
    from unnest(cast(:e164s as text[]), cast(:places as text[])) as given (e164, place) order by e164
    on conflict (organization_id, e164) do nothing
    """
)
_LOCK = sa.text(
    "select id, e164, suppressed_at is not null as suppressed, dead_since is not null as dead from recipient "
    "where organization_id = :organization and e164 = any(cast(:e164s as text[])) "
    "order by id for no key update"
)
# When each last agreed to anything, and when they last did so by a text of their own.
_AGREED = sa.text(
    """
    select e.recipient_id, (max(e.recorded_at) at time zone 'UTC')::date as agreed,
      (max(e.recorded_at) filter (where
      e.kind = 'opt_back_in' or p.payload ->> 'basis' in ('keyword', 'double_opt_in'))
        at time zone 'UTC')::date as by_text
    from consent_event e left join consent_payload p on p.organization_id = e.organization_id
      and p.event_id = e.id
    where e.organization_id = :organization and e.recipient_id = any(cast(:recipients as bigint[]))
      and e.kind in ('subscribed', 'opt_back_in')
    group by e.recipient_id
    """
)
_DEAD = sa.text(
    "update recipient set dead_since = coalesce(dead_since, clock_timestamp()) "
    "where organization_id = :organization and id = any(cast(:recipients as bigint[]))"
)
_UNSUBSCRIBE = sa.text(
    "update subscription set state = 'unsubscribed', since = now() where organization_id = :organization "
    "and recipient_id = any(cast(:recipients as bigint[])) and state <> 'unsubscribed'"
)
_AUDITED: Final[dict[Kind, str]] = {
    "opt_outs": "stops.imported",
    "deactivated": "stops.deactivated",
    "reassigned": "stops.reassigned",
}


@dataclass(slots=True)
class Taken:
    """What became of the lines. Which counts there are depends on the kind of file."""

    lines: int = 0
    became: Counter[str] = field(default_factory=Counter)
    """stopped, already, came_back, dead, unknown, checked, consent_is_newer."""
    not_taken: int = 0


async def take_stop_file(
    database: Database,
    organization_id: int,
    path: Path,
    kind: Kind,
    *,
    by: Who,
    called: str = "",
    report: Callable[[NotRead], None] = lambda _: None,
    most: int | None = None,
) -> Taken:
    """Take the whole file; `report` is told of each line that was not taken. `most`: read no more lines."""
    evidence = {"file": called or path.name, **by.evidence}
    done = Taken()
    lines = islice(read_stop_file(path, kind, called), most)
    while batch := await asyncio.to_thread(_next, lines):
        done.lines += len(batch)
        for one in batch:
            if isinstance(one, NotRead):
                done.not_taken += 1
                report(one)
        rows = {one.e164: one for one in batch if isinstance(one, Line)}

        async def work(session: AsyncSession, rows: dict[str, Line] = rows) -> list[tuple[Line, str]]:
            return await _TAKE[kind](session, organization_id, rows, evidence)

        for line, what in await database.idempotent(organization_id, work):
            done.became[what] += 1
            if what in _SAID:
                done.not_taken += 1
                report(NotRead(line.line, line.e164, _SAID[what]))
    async with database.transaction(organization_id) as session:
        audit.record(
            session,
            organization_id,
            _AUDITED[kind],
            actor=by.actor,
            file=called or path.name,
            lines=done.lines,
            **done.became,
        )
    return done


_SAID: Final = {
    "came_back": "they came back by a text of their own after that date",
    "consent_is_newer": "they agreed after the day that was asked about",
}


def _next(lines: Iterator[Line | NotRead]) -> list[Line | NotRead]:
    return list(islice(lines, BATCH))


async def _opt_outs(
    session: AsyncSession, organization_id: int, rows: dict[str, Line], evidence: dict[str, Any]
) -> list[tuple[Line, str]]:
    given = {
        "organization": organization_id,
        "e164s": list(rows),
        "places": [place_of(None, e164).key for e164 in rows],
    }
    await session.execute(_MAKE, given)
    found = await _known(session, organization_id, rows)
    agreed = await _agreed(session, organization_id, [row.id for row in found if not row.suppressed])
    became: list[tuple[Line, str]] = []
    stop: list[tuple[int, dict[str, Any]]] = []
    for row in found:
        line = rows[row.e164]
        by_text = agreed.get(row.id, (None, None))[1]
        if row.suppressed:
            became.append((line, "already"))
        elif line.on is not None and by_text is not None and by_text > line.on:
            became.append((line, "came_back"))
        else:
            stop.append((row.id, _said(line, evidence)))
            became.append((line, "stopped"))
    await opt_out_many(session, organization_id, "import", stop)
    return became


async def _deactivated(
    session: AsyncSession, organization_id: int, rows: dict[str, Line], evidence: dict[str, Any]
) -> list[tuple[Line, str]]:
    found = await _known(session, organization_id, rows)
    dead = [row for row in found if not row.dead]
    ids = [row.id for row in dead]
    if dead:
        events = [(row.id, _said(rows[row.e164], evidence)) for row in dead]
        await ledger.append_many(session, organization_id, "dead_number", events)
        key = {"organization": organization_id, "recipients": ids}
        await session.execute(_DEAD, key)
        # Whoever gets the number next agreed to nothing.
        await session.execute(_UNSUBSCRIBE, key)
    became = [(rows[row.e164], "already" if row.dead else "dead") for row in found]
    known = {row.e164 for row in found}
    return became + [(line, "unknown") for e164, line in rows.items() if e164 not in known]


async def _reassigned(
    session: AsyncSession, organization_id: int, rows: dict[str, Line], evidence: dict[str, Any]
) -> list[tuple[Line, str]]:
    found = await _known(session, organization_id, rows)
    agreed = await _agreed(session, organization_id, [row.id for row in found])
    became: list[tuple[Line, str]] = []
    stop: list[tuple[int, dict[str, Any]]] = []
    checked: list[tuple[int, dict[str, Any]]] = []
    for row in found:
        line = rows[row.e164]
        said = {"registry_answer": line.answer, **_said(line, evidence)}
        newest = agreed.get(row.id, (None, None))[0]
        if line.answer != "yes":
            what = "checked"
        elif row.suppressed:
            what = "already"
        elif line.on is not None and newest is not None and newest > line.on:
            what = "consent_is_newer"
        else:
            what = "stopped"
            stop.append((row.id, {"rule": "reassigned numbers database", **said}))
        if what != "stopped":
            # The answer is kept as well: relying on it is what the law's safe harbour rests on.
            checked.append((row.id, said))
        became.append((line, what))
    await opt_out_many(session, organization_id, "wrong_number", stop)
    await ledger.append_many(session, organization_id, "reassignment_checked", checked)
    known = {row.e164 for row in found}
    return became + [(line, "unknown") for e164, line in rows.items() if e164 not in known]


_TAKE: Final = {"opt_outs": _opt_outs, "deactivated": _deactivated, "reassigned": _reassigned}


async def _known(session: AsyncSession, organization_id: int, rows: dict[str, Line]) -> Sequence[sa.Row[Any]]:
    key = {"organization": organization_id, "e164s": list(rows)}
    return (await session.execute(_LOCK, key)).all()


async def _agreed(
    session: AsyncSession, organization_id: int, recipients: list[int]
) -> dict[int, tuple[date | None, date | None]]:
    key = {"organization": organization_id, "recipients": recipients}
    return {row.recipient_id: (row.agreed, row.by_text) for row in await session.execute(_AGREED, key)}


def _said(line: Line, evidence: dict[str, Any]) -> dict[str, Any]:
    more = {"file_date": line.on.isoformat()} if line.on else {}
    return {**evidence, **more, **({"reason": line.reason} if line.reason else {}), "line": line.line}
