"""Statements that go straight to the driver are in the session's transaction, and fail as any other."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories.city import until
from tests.factories.town import Town
from textbank import clock
from textbank.database import Database, connection_broke, was_deadlocked
from textbank.driver import rows_of

WHERE = sa.text("select nullif(current_setting('app.organization_id', true), '') as organization")
MADE = sa.text("insert into contact_list (organization_id, name) values (:organization, :name)")
NAMED = sa.text("select id, name from contact_list where name = any(cast(:names as text[])) order by name")
ENDED = sa.text(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
    "and usename = 'textbank_app' and pid <> pg_backend_pid()"
)
SLEEP = sa.text("select pg_sleep(:seconds)")


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
    one = Database(
        town.settings.role_url("textbank_app"), town.settings.role_url("textbank_system"), pool_size=1
    )
    try:
        async with one.transaction(town.organization_id):
            pass
        async with one.app.connect() as connection:
            assert (await connection.execute(WHERE)).scalar_one() is None
        async with one.transaction(town.organization_id) as session:
            assert await organization_seen(session) == str(town.organization_id)
            await session.rollback()
            assert await organization_seen(session) is None
    finally:
        await one.close()


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
