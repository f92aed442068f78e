"""Statements that go straight to the driver are in the session's transaction, and fail as any other."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories.city import until
from tests.factories.town import Town
from textbank import clock
from textbank.database import Database, attempt, connection_broke, was_deadlocked
from textbank.driver import rows_of

WHERE = sa.text("select nullif(current_setting('app.organization_id', true), '') as organization")
MADE = sa.text("insert into contact_list (organization_id, name) values (:organization, :name)")
NAMED = sa.text("select id, name from contact_list where name = any(cast(:names as text[])) order by name")
ENDED = sa.text(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
    "and usename = 'textbank_app' and pid <> pg_backend_pid()"
)
SLEEP = sa.text("select pg_sleep(:seconds)")
SERVER = sa.text("select pg_backend_pid()")


@asynccontextmanager
async def connected(town: Town, *, statement_seconds: float = 10.0) -> AsyncIterator[Database]:
    """By one connection, so that the next transaction is on the same."""
    roles = (town.settings.role_url("textbank_app"), town.settings.role_url("textbank_system"))
    one = Database(*roles, pool_size=1, statement_seconds=statement_seconds)
    try:
        yield one
    finally:
        await one.close()


Ask = Callable[[AsyncSession, sa.TextClause, dict[str, Any]], Awaitable[Sequence[Any]]]


async def through_sqlalchemy(
    session: AsyncSession, statement: sa.TextClause, given: dict[str, Any]
) -> Sequence[Any]:
    return (await session.execute(statement, given)).all()


async def begin_and_ask(database: Database, organization_id: int, ask: Ask) -> str | None:
    """Which organization a transaction of this one begins in."""
    async with database.transaction(organization_id) as session:
        [(seen,)] = await ask(session, WHERE, {})
    assert seen is None or isinstance(seen, str)
    return seen


async def organization_seen(session: AsyncSession) -> str | None:
    seen: str | None = (await session.execute(WHERE)).scalar_one()
    return seen


@pytest.mark.parametrize("asked_before", [False, True])
async def test_what_was_written_so_is_committed_with_the_rest_and_undone_with_it(
    town: Town, asked_before: bool
) -> None:
    given = {"organization": town.organization_id, "name": "North"}
    for keep in (False, True):
        try:
            async with town.database.transaction(town.organization_id) as session:
                if asked_before:
                    await organization_seen(session)
                assert await rows_of(session, MADE, given) == []
                await session.execute(MADE, given | {"name": "South"})
                rows = await rows_of(session, NAMED, {"names": ["North", "South"]})
                assert [row["name"] for row in rows] == ["North", "South"]
                if not keep:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        async with town.database.transaction(town.organization_id) as session:
            rows = await rows_of(session, NAMED, {"names": ["North", "South"]})
            assert len(rows) == (2 if keep else 0)


@pytest.mark.parametrize("asked_before", [False, True])
async def test_what_the_database_refuses_is_told_in_the_same_words(town: Town, asked_before: bool) -> None:
    given = {"organization": town.organization_id, "name": "North"}
    async with town.database.transaction(town.organization_id) as session:
        await session.execute(MADE, given)

    async def make_another() -> None:
        async with town.database.transaction(town.organization_id) as session:
            if asked_before:
                await organization_seen(session)
            await rows_of(session, MADE, given)

    with pytest.raises(IntegrityError) as refused:
        await make_another()
    assert not connection_broke(refused.value)
    assert not was_deadlocked(refused.value)
    assert getattr(refused.value.orig, "sqlstate", None) == "23505"


async def test_a_transaction_in_which_nothing_was_asked_leaves_its_organization_to_nobody(
    town: Town,
) -> None:
    async with connected(town) as one:
        async with one.transaction(town.organization_id):
            pass
        async with one.app.connect() as connection:
            assert (await connection.execute(WHERE)).scalar_one() is None
        async with one.transaction(town.organization_id) as session:
            assert await organization_seen(session) == str(town.organization_id)
            await session.rollback()
            assert await organization_seen(session) is None


async def test_connections_that_were_closed_in_the_pool_are_made_anew(town: Town) -> None:
    """After a restart of PostgreSQL; the first transaction on each would fail otherwise."""
    used: list[Any] = []

    async def hold() -> None:
        async with town.database.transaction(town.organization_id) as session:
            await session.execute(SLEEP, {"seconds": 0.1})
            used.append((await (await session.connection()).get_raw_connection()).driver_connection)

    await asyncio.gather(*(hold() for _ in range(4)))
    async with town.database.transaction(town.organization_id) as session:
        await session.execute(ENDED)

    async def noticed() -> bool:
        return sum(one.is_closed() for one in used) == 3  # all but the one that ended them

    await until(noticed, seconds=5)
    await asyncio.gather(*(hold() for _ in range(4)))
    assert not any(one.is_closed() for one in used[4:])


@pytest.mark.parametrize("asked_before", [False, True])
async def test_a_connection_that_is_cut_is_told_of_and_not_used_again(town: Town, asked_before: bool) -> None:
    async def ask_when_cut() -> None:
        async with town.database.transaction(town.organization_id) as session:
            if asked_before:
                await organization_seen(session)
            await town.query(ENDED.text)
            await rows_of(session, NAMED, {"names": []})

    with pytest.raises(DBAPIError) as cut:
        await ask_when_cut()
    assert connection_broke(cut.value)
    async with town.database.transaction(town.organization_id) as session:
        assert await rows_of(session, NAMED, {"names": []}) == []


async def test_a_transaction_that_begins_when_it_was_given_up_becomes_nobodys(town: Town) -> None:
    """PostgreSQL hangs under a BEGIN, and carries it out later."""
    async with connected(town, statement_seconds=0.5) as one:
        for ask in (rows_of, through_sqlalchemy):
            async with one.transaction(town.organization_id) as session:
                [(server,)] = await rows_of(session, SERVER, {})
            os.kill(server, signal.SIGSTOP)
            try:
                with pytest.raises(TimeoutError):
                    await begin_and_ask(one, town.organization_id, ask)
            finally:
                os.kill(server, signal.SIGCONT)
            for organization_id in (town.organization_id + 1, town.organization_id):
                assert await begin_and_ask(one, organization_id, rows_of) == str(organization_id)
            async with one.transaction(town.organization_id) as session:
                await rows_of(session, MADE, {"organization": town.organization_id, "name": ask.__name__})
            made = await town.query("select id from contact_list where name = :name", name=ask.__name__)
            assert len(made) == 1


async def test_what_is_undone_by_a_savepoint_is_so_as_the_first_statement_too(town: Town) -> None:
    given = {"organization": town.organization_id, "name": "North"}

    async def try_and_fail(session: AsyncSession) -> None:
        async with attempt(session):
            await rows_of(session, MADE, given)
            raise ZeroDivisionError

    async with town.database.transaction(town.organization_id) as session:
        with pytest.raises(ZeroDivisionError):
            await try_and_fail(session)
        await rows_of(session, MADE, given | {"name": "South"})
    assert await town.query("select name from contact_list where name in ('North', 'South')") == [("South",)]


async def test_nothing_is_asked_of_a_transaction_that_is_over(town: Town) -> None:
    async with town.database.transaction(town.organization_id) as session:
        await session.rollback()
        with pytest.raises(InvalidRequestError):
            await rows_of(session, SERVER, {})


@pytest.mark.parametrize("asked_before", [False, True])
async def test_who_gives_up_on_a_statement_does_not_wait_for_its_end(town: Town, asked_before: bool) -> None:
    async def ask_for_long() -> None:
        async with asyncio.timeout(0.2), town.database.transaction(town.organization_id) as session:
            if asked_before:
                await organization_seen(session)
            await rows_of(session, SLEEP, {"seconds": 30})

    began = clock.monotonic()
    with pytest.raises(TimeoutError):
        await ask_for_long()
    assert clock.monotonic() - began < 5
    async with town.database.transaction(town.organization_id) as session:
        assert await organization_seen(session) == str(town.organization_id)
