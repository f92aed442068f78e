"""Each route tried by each role, signed out, and by the owner of another organization.

The table of who may what is `route_table.py`; this file compares it with the application and tries it all.
"""

import re
from collections import Counter

import pytest
from starlette.routing import Route as AnyRoute

from tests.factories.office import Answer, Office, Staff
from tests.flows.web.route_table import ROUTES, Route, things_of
from textbank.accounts.roles import LADDER, at_least
from textbank.app import ROUTERS
from textbank.web.webhooks.application import WEBHOOKS


def routes_of_the_application() -> set[str]:
    pages = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, AnyRoute)
        for method in route.methods
    }
    return pages | {f"POST {path}" for path in WEBHOOKS}


def test_every_route_stands_in_the_table_and_nothing_else_does() -> None:
    assert routes_of_the_application() == set(ROUTES)


def filled(path: str, things: dict[str, str]) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: things[found[1]], path)


async def ask(staff: Staff, name: str, route: Route, things: dict[str, str]) -> Answer:
    method, _, path = name.partition(" ")
    path = filled(path, things)
    if method == "GET":
        # A stream of events never ends; that it begins is the answer.
        return await staff.head_of(path)
    return await staff.post(path, **route.form)


def to_sign_in(answer: Answer) -> bool:
    return answer.status == 303 and answer.location.startswith("/sign-in")


@pytest.mark.timeout(300)
async def test_who_may_not_is_refused_and_who_may_is_not(office: Office) -> None:
    """403 below the least role, something else from there on; never a 5xx."""
    things = await things_of(office)
    tried: Counter[int] = Counter()
    staff = {role: await office.signed_in(role) for role in LADDER}
    # Signing out comes last: it is the end of a session.
    for name, route in sorted(ROUTES.items(), key=lambda each: each[0] == "POST /sign-out"):
        if route.least in ("anybody", "carrier"):
            continue
        for role in LADDER:
            answer = await ask(staff[role], name, route, things)
            allowed = at_least(role, route.least)  # type: ignore[arg-type]
            assert (answer.status == 403) is not allowed, f"{role}: {name} answered {answer.status}"
            assert answer.status < 500, f"{role}: {name} answered {answer.status}"
            assert not to_sign_in(answer) or name == "POST /sign-out", f"{role}: {name}"
            tried[answer.status] += 1
    assert tried[403] > 5
    assert tried[200] > 5


async def test_whoever_is_signed_out_is_led_to_the_sign_in_page(office: Office) -> None:
    things = await things_of(office)
    for name, route in ROUTES.items():
        method, _, path = name.partition(" ")
        answer = await office.signed_out().request(method, filled(path, things), data=route.form or None)
        if route.least == "carrier":
            assert answer.status in (403, 422), name
        elif route.least == "anybody":
            assert not to_sign_in(answer), name
            assert answer.status < 500 or path == "/readyz", name
        else:
            assert to_sign_in(answer), f"{name} answered {answer.status}"


async def test_the_owner_of_another_organization_finds_nothing_of_ours(office: Office) -> None:
    """404 for every path that names something of ours, as if it did not exist; and nothing changes."""
    things = await things_of(office)
    before = await counts(office)
    for name, route in ROUTES.items():
        if "{" not in name or route.shared or route.least in ("anybody", "carrier"):
            continue
        answer = await ask(await office.stranger(), name, route, things)
        harmless = name in HARMLESS and answer.status == 303
        assert answer.status == 404 or harmless, f"{name} answered {answer.status}"
    assert await counts(office) == before


HARMLESS = {"POST /me/sign-ins/{sign_in_id}/end"}
"""Ends nothing but one's own sign-ins, and says the same whether there was one."""


async def counts(office: Office) -> dict[str, int]:
    """Rows of our organization in every table, as one word for what an outsider must not change."""
    tables = await office.town.query(
        "select tablename from pg_tables where schemaname = 'public' and tablename not in "
        "('installation', 'part_heartbeat', 'alembic_version', 'sign_in', 'backup_copy', 'number_key') "
        "order by 1"
    )
    found = {}
    for (table,) in tables:
        [(rows, digest)] = await office.town.query(
            f"select count(*), coalesce(sum(hashtext(t::text)::bigint), 0) from {table} t "  # noqa: S608
            "where row_to_json(t)->>'organization_id' = :o",
            o=str(office.town.organization_id),
        )
        found[table] = (rows, digest)
    return found  # type: ignore[return-value]
