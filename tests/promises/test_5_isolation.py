"""Promise 5: one organization never sees another's data, and PostgreSQL itself is what keeps it so.

Everything here walks the catalogue of the migrated database, so a table that is added later is tested
the day it is added. Who may log in at all is in `test_5_only_the_right_roles.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.promises.desk import Desk
from tests.promises.rows_everywhere import rows_everywhere
from textbank.database import Database
from textbank.settings import Settings

SHARED = {"installation", "part_heartbeat", "backup_copy", "number_key", "alembic_version"}
"""Tables that belong to the installation: its stamp, its heartbeats, how its last copy went, its version."""

WRITTEN_ONCE = {"consent_event", "consent_link", "audit_event", "flow_version"}

_TABLES = """
    select c.relname, c.relrowsecurity, c.relforcerowsecurity,
      (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id'
        and a.attnotnull and not a.attisdropped) = 1
    from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    order by c.relname
"""
_POLICIES = """
    select tablename, policyname, permissive, roles::text[], cmd, qual, with_check from pg_policies
    where schemaname = 'public' order by tablename
"""
_FOREIGN_KEYS = """
    select f.conname, f.conrelid::regclass::text as child, f.confrelid::regclass::text as parent,
      array(select a.attname::text from unnest(f.conkey) with ordinality k(n, i)
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.n order by k.i) as columns,
      array(select a.attname::text from unnest(f.confkey) with ordinality k(n, i)
        join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.n order by k.i) as targets
    from pg_constraint f where f.contype = 'f' and f.connamespace = 'public'::regnamespace order by f.conname
"""
_COLUMNS = """
    select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, a.attidentity <> '' as made
    from pg_attribute a where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = ''
    order by a.attnum
"""


@dataclass(frozen=True, slots=True)
class Two:
    """Two organizations that both have a row in every table."""

    database: Database
    mine: int
    theirs: int


@pytest_asyncio.fixture
async def two(database: Database) -> Two:
    """Two organizations with the same people, as far apart as one database can hold them."""
    mine = await Desk.found(database, "Riverside Tenants Union", address="+14155550100")
    theirs = await Desk.found(database, "Hillside Mutual Aid", address="+12125550142")
    for desk in (mine, theirs):
        await rows_everywhere(desk)
    return Two(database, mine.organization_id, theirs.organization_id)


async def catalogue(admin: AsyncEngine, statement: str, **values: object) -> Sequence[Any]:
    async with admin.connect() as connection:
        return (await connection.execute(sa.text(statement), values)).all()


async def isolated(admin: AsyncEngine) -> list[str]:
    """Every table of organizations' data."""
    return [row[0] for row in await catalogue(admin, _TABLES) if row[0] not in SHARED]


def key_of(table: str) -> str:
    return "id" if table == "organization" else "organization_id"


# The catalogue


async def test_every_table_is_an_organizations_or_on_the_list_of_shared_ones(admin: AsyncEngine) -> None:
    for table, enabled, forced, has_organization in await catalogue(admin, _TABLES):
        if table in SHARED:
            assert not has_organization, table
            continue
        assert has_organization or table == "organization", table
        assert enabled, f"row-level security is off for {table}"
        assert forced, f"its owner sees past the policy of {table}"


async def test_every_table_of_organizations_has_the_one_policy_for_everything(admin: AsyncEngine) -> None:
    policies = {row.tablename: row for row in await catalogue(admin, _POLICIES)}
    assert len(policies) == len(await catalogue(admin, _POLICIES)), "two policies widen each other"
    assert set(policies) == set(await isolated(admin))
    for table, policy in policies.items():
        current = "(NULLIF(current_setting('app.organization_id'::text, true), ''::text))::bigint"
        rule = f"({key_of(table)} = {current})"
        assert (policy.qual, policy.with_check) == (rule, rule), table
        assert (policy.permissive, policy.cmd, policy.roles) == ("PERMISSIVE", "ALL", ["public"]), table


async def test_every_foreign_key_between_tables_of_organizations_stays_inside_one(admin: AsyncEngine) -> None:
    tables = set(await isolated(admin))
    found = 0
    for key in await catalogue(admin, _FOREIGN_KEYS):
        if key.parent not in tables or key.parent == "organization":
            continue
        pairs = list(zip(key.columns, key.targets, strict=True))
        assert ("organization_id", "organization_id") in pairs, key.conname
        found += 1
    assert found > 30


async def test_every_key_of_a_table_of_organizations_is_per_organization_or_unguessable(
    admin: AsyncEngine,
) -> None:
    """A unique index past the organization would tell one about another's rows by a conflict."""
    across = await catalogue(
        admin,
        """
        select i.indexrelid::regclass::text from pg_index i
        join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
        where i.indisunique and not exists (select from pg_attribute a where a.attrelid = i.indrelid
          and a.attnum = any(i.indkey::int2[]) and a.attname = 'organization_id') order by 1
        """,
    )
    assert {row[0] for row in across} == {
        "pk_installation",
        "pk_part_heartbeat",
        "pk_backup_copy",
        "pk_number_key",
        "alembic_version_pkc",
        "pk_organization",
        "uq_organization_name",  # shown to the operator only, who makes organizations
        "uq_api_token_digest",  # 256 random bits
        "uq_sender_account_sid_address",  # a carrier's number is one organization's, by design
    }


# What the app role can do to another organization's rows, tried in every table


async def test_every_table_holds_rows_of_both_organizations(two: Two, admin: AsyncEngine) -> None:
    """Or the tests below would prove nothing."""
    for table in await isolated(admin):
        [(mine, theirs)] = await catalogue(
            admin,
            f"select count(*) filter (where {key_of(table)} = :mine), "  # noqa: S608 - from the catalogue
            f"count(*) filter (where {key_of(table)} = :theirs) from {table}",
            mine=two.mine,
            theirs=two.theirs,
        )
        assert mine, table
        assert theirs, table


async def test_the_app_role_reads_no_row_of_another_organization(two: Two, admin: AsyncEngine) -> None:
    for table in await isolated(admin):
        async with two.database.transaction(two.mine) as session:
            seen = (await session.scalars(sa.text(f"select distinct {key_of(table)} from {table}"))).all()  # noqa: S608
        assert set(seen) == {two.mine}, table


async def test_without_an_organization_the_app_role_reads_nothing(two: Two, admin: AsyncEngine) -> None:
    for setting in (None, ""):
        for table in await isolated(admin):
            async with two.database.app.connect() as connection:
                if setting is not None:
                    await connection.execute(sa.text("select set_config('app.organization_id', '', true)"))
                assert (await connection.scalar(sa.text(f"select count(*) from {table}"))) == 0, table  # noqa: S608


async def test_an_organization_of_one_transaction_is_gone_in_the_next(two: Two, settings: Settings) -> None:
    """The connection goes back to the pool; whoever gets it next starts without an organization."""
    opened = Database.from_settings(settings, pool_size=1)
    async with opened.transaction(two.mine) as session:
        assert await session.scalar(sa.text("select count(*) from recipient"))
        backend = await session.scalar(sa.text("select pg_backend_pid()"))
    async with opened.app.connect() as connection:
        assert await connection.scalar(sa.text("select pg_backend_pid()")) == backend
        assert await connection.scalar(sa.text("select count(*) from recipient")) == 0
    await opened.close()


REFUSED = r"row-level security|permission denied|written once|can only be updated to DEFAULT"


async def attempt(two: Two, statement: str) -> int:
    """How many rows a statement of our organization changed; nothing where it was refused."""
    try:
        async with two.database.transaction(two.mine) as session:
            done = await session.execute(sa.text(statement), {"theirs": two.theirs})
            return int(done.rowcount)  # type: ignore[attr-defined]
    except DBAPIError as error:
        if re.search(REFUSED, str(error)):
            return 0
        raise


async def test_the_app_role_changes_and_removes_no_row_of_another_organization(
    two: Two, admin: AsyncEngine
) -> None:
    for table in await isolated(admin):
        [column, *_] = [row.name for row in await catalogue(admin, _COLUMNS, table=table) if not row.made]
        theirs = f"where {key_of(table)} = :theirs"
        assert await attempt(two, f"update {table} set {column} = {column} {theirs}") == 0, table  # noqa: S608
        assert await attempt(two, f"delete from {table} {theirs}") == 0, table  # noqa: S608


async def test_the_app_role_moves_none_of_its_rows_to_another_organization(
    two: Two, admin: AsyncEngine
) -> None:
    for table in await isolated(admin):
        statement = f"update {table} set {key_of(table)} = :theirs"  # noqa: S608 - from the catalogue
        assert await attempt(two, statement) == 0, table


async def copy_of(admin: AsyncEngine, table: str, organization: int) -> str:
    """A statement that inserts a row like one that the organization has."""
    columns = [row for row in await catalogue(admin, _COLUMNS, table=table) if not row.made]
    names = ", ".join(column.name for column in columns)
    literals = ", ".join(f"quote_nullable({column.name}::text)" for column in columns)
    [row] = await catalogue(
        admin,
        f"select {literals} from {table} where organization_id = :o limit 1",  # noqa: S608
        o=organization,
    )
    values = ", ".join(f"{value}::{column.type}" for value, column in zip(row, columns, strict=True))
    return f"insert into {table} ({names}) values ({values})".replace(":", r"\:")  # noqa: S608


async def test_the_app_role_inserts_no_row_for_another_organization(two: Two, admin: AsyncEngine) -> None:
    for table in await isolated(admin):
        if table == "organization":
            continue
        statement = await copy_of(admin, table, two.theirs)
        with pytest.raises(DBAPIError, match="row-level security"):
            async with two.database.transaction(two.mine) as session:
                await session.execute(sa.text(statement))


async def test_no_row_can_point_at_another_organizations_by_any_foreign_key(
    two: Two, admin: AsyncEngine
) -> None:
    """Not even the administrator's: foreign keys are checked past row-level security, so the key refuses."""
    tables = set(await isolated(admin))
    for key in await catalogue(admin, _FOREIGN_KEYS):
        if key.parent not in tables or key.parent == "organization":
            continue
        [column] = [name for name in key.columns if name != "organization_id"]
        [target] = [name for name in key.targets if name != "organization_id"]
        statement = (
            f"update {key.child} set {column} = "  # noqa: S608 - from the catalogue
            f"(select max({target}) from {key.parent} where organization_id = :theirs) "
            f"where ctid = (select ctid from {key.child} where organization_id = :mine limit 1)"
        )
        async with admin.connect() as connection:
            if key.child in WRITTEN_ONCE:
                await connection.execute(sa.text(f"alter table {key.child} disable trigger written_once"))
            with pytest.raises(DBAPIError, match=key.conname):
                await connection.execute(sa.text(statement), {"mine": two.mine, "theirs": two.theirs})
