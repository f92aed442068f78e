"""Promise 9: no page reads a table from end to end, however large the organization has grown.

Every page of the application is asked for in an organization of tens of thousands. Each statement that it
made is then run once more under `explain analyze`, and no step of any plan may touch more rows than a page
and its capped counts need. Pages that are added are tried the day they stand in the table of routes.
"""

import gzip
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.crowd import PEOPLE, fill
from tests.factories.office import Office
from tests.flows.web.route_table import ROUTES, things_of
from tests.flows.web.test_every_route_by_every_role import filled
from textbank.web.parts import Parts

MOST_ROWS = 11_000
"""Rows that one step of a plan may touch: exact counts go up to 10,000."""

Made = list[tuple[str, Any]]


@pytest.fixture
def parts(office: Office) -> Parts:
    """What the running web process holds."""
    found: Parts = office.town.web.state.parts
    return found


@contextmanager
def listening(engine: AsyncEngine) -> Iterator[Made]:
    """Every statement that reads, with its values."""
    made: Made = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.lstrip().lower().startswith(("select", "with")):
            made.append((statement, values))

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        sa.event.remove(engine.sync_engine, "before_cursor_execute", note)


def touched(plan: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Rows that each step of a plan looked at, over all its loops."""
    removed = sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck", "Join Filter"))
    rows = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    yield rows, f"{plan['Node Type']} {plan.get('Relation Name', '')} {plan.get('Index Name', '')}"
    for inner in plan.get("Plans", ()):
        yield from touched(inner)


async def costliest(engine: AsyncEngine, organization_id: int, made: Made) -> tuple[float, str, str]:
    """The step that touched most rows among all statements: rows, step, statement."""
    worst = (0.0, "", "")
    for statement, values in made:
        if "set_config" in statement:
            continue
        async with engine.connect() as connection:
            await connection.execute(
                sa.text("select set_config('app.organization_id', :o, true)"), {"o": str(organization_id)}
            )
            found = await connection.exec_driver_sql(
                f"explain (analyze, costs off, timing off, format json) {statement}", values
            )
            told = found.scalar_one()
            await connection.rollback()
        [plan] = json.loads(told) if isinstance(told, str) else told
        worst = max(worst, *((rows, step, statement) for rows, step in touched(plan["Plan"])))
    return worst


@pytest_asyncio.fixture
async def grown(office: Office, admin: AsyncEngine) -> AsyncIterator[dict[str, str]]:
    """The office of a large organization, and an id for each name in a path."""
    things = await things_of(office)
    owner = office.members["owner"]
    contact, recipient, p2p = await fill(office.town, int(things["campaign_id"]), owner)
    async with admin.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("analyze"))
    [(draft,)] = await office.town.query("select id from campaign where state = 'draft'")
    grown_things = {"contact_id": contact, "recipient_id": recipient, "p2p": p2p, "draft": draft}
    yield {**things, **{name: str(id_) for name, id_ in grown_things.items()}}


@pytest.mark.timeout(300)
async def test_no_page_touches_more_rows_than_it_shows(
    office: Office, parts: Parts, grown: dict[str, str]
) -> None:
    [(people,)] = await office.town.query("select count(*) from contact")
    assert people >= PEOPLE
    staff = await office.signed_in("owner")
    costly = []
    statements = 0
    for name, route in ROUTES.items():
        method, _, path = name.partition(" ")
        if method != "GET" or route.least in ("anybody", "carrier"):
            continue
        of_draft = r"^/campaigns/{campaign_id}/(audience|words|review|hours|start|wordings)"
        path = re.sub(of_draft, r"/campaigns/{draft}/\1", path)
        path = path.replace("/texting/{campaign_id}", "/texting/{p2p}")
        for asked in (filled(path, grown), *(filled(more, grown) for more in route.also)):
            with listening(parts.database.app) as made:
                answer = await staff.head_of(asked)
            # Nobody here has sent a picture; that it is looked for is counted all the same.
            assert answer.status < 400 or "/pictures/" in asked, f"{asked} answered {answer.status}"
            # With style, scripts and icons (see the design system's tests) no page weighs 150 kB.
            assert len(gzip.compress(answer.text.encode())) < 60_000, asked
            statements += len(made)
            rows, step, statement = await costliest(parts.database.app, office.town.organization_id, made)
            if rows > MOST_ROWS:
                costly.append(f"{asked}: {rows:,.0f} rows in {step}\n{statement}")
    assert not costly, "\n\n".join(costly)
    assert statements > 50
