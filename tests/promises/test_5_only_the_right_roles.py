"""Promise 5, second half: nobody works with a log-in, a database or a schema that would open the walls."""

import ast
import hmac
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import textbank
from tests.promises.desk import Desk
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.accounts.create_organization import create_organization
from textbank.database import Database
from textbank.errors import Conflict, WrongSetup
from textbank.models import metadata
from textbank.settings import APP_ROLE, OWNER_ROLE, SYSTEM_ROLE, Settings
from textbank.start import check_database

ROOT = Path(textbank.__file__).parents[1]


async def starts(settings: Settings, app_url: str, system_url: str) -> None:
    opened = Database(app_url, system_url, pool_size=1)
    try:
        await check_database(opened, settings)
    finally:
        await opened.close()


async def test_the_proper_roles_start(settings: Settings) -> None:
    await starts(settings, settings.role_url(APP_ROLE), settings.role_url(SYSTEM_ROLE))


@pytest.mark.parametrize(
    ("app", "system"),
    [
        ("admin", SYSTEM_ROLE),
        (APP_ROLE, "admin"),
        ("admin", "admin"),
        (SYSTEM_ROLE, APP_ROLE),
        (APP_ROLE, APP_ROLE),
    ],
)
async def test_start_up_refuses_a_superuser_and_swapped_roles(
    settings: Settings, app: str, system: str
) -> None:
    urls = [settings.database_url if role == "admin" else settings.role_url(role) for role in (app, system)]
    with pytest.raises(WrongSetup, match="across organizations"):
        await starts(settings, *urls)


async def test_the_owner_of_the_tables_cannot_log_in(settings: Settings) -> None:
    with pytest.raises(Exception, match="not permitted to log in"):
        await starts(settings, settings.role_url(OWNER_ROLE), settings.role_url(SYSTEM_ROLE))


@pytest.mark.parametrize(
    "change",
    [
        f"set local role {APP_ROLE}",  # an administrator who only put the role on
        f"alter role {APP_ROLE} bypassrls; set local session authorization {APP_ROLE}",
        f"alter role {APP_ROLE} superuser; set local session authorization {APP_ROLE}",
    ],
)
async def test_start_up_refuses_a_role_of_the_right_name_with_more_rights(
    settings: Settings, change: str
) -> None:
    """Roles are shared by the run's databases, so the change is made in a transaction that never commits."""
    opened = Database(settings.role_url(APP_ROLE), settings.role_url(SYSTEM_ROLE), pool_size=1)
    opened.app = create_async_engine(settings.database_url)

    @sa.event.listens_for(opened.app.sync_engine, "begin")
    def give_more(connection: Connection) -> None:
        for statement in change.split("; "):
            connection.exec_driver_sql(statement)

    try:
        with pytest.raises(WrongSetup, match="not a proper 'textbank_app'"):
            await opened.check_roles()
    finally:
        await opened.close()


async def test_start_up_refuses_a_database_made_for_other_texts(settings: Settings) -> None:
    live = settings.model_copy(update={"textbank_mode": "live"})
    with pytest.raises(WrongSetup, match="made for simulated texts"):
        await starts(live, settings.role_url(APP_ROLE), settings.role_url(SYSTEM_ROLE))


async def test_the_app_role_can_become_no_other(desk: Desk) -> None:
    for statement in (
        f"set role {SYSTEM_ROLE}",
        f"set role {OWNER_ROLE}",
        f"set session authorization {SYSTEM_ROLE}",
        "alter table recipient disable row level security",
        "alter table recipient no force row level security",
        "drop policy one_organization on recipient",
        "create table mine (a int)",
        "create policy all_of_it on recipient using (true)",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            await desk.execute(statement)


async def test_turning_row_security_off_in_a_session_shows_nothing(desk: Desk) -> None:
    async with desk.database.app.connect() as connection:
        await connection.execute(sa.text("set local row_security = off"))
        with pytest.raises(DBAPIError, match="row-level security"):
            await connection.execute(sa.text("select * from recipient"))


async def test_the_roles_have_no_more_than_they_need(admin: AsyncEngine) -> None:
    async with admin.connect() as connection:
        rows = (
            await connection.execute(
                sa.text(
                    "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
                    "rolcanlogin, (select count(*) from pg_auth_members m where m.member = r.oid) "
                    "from pg_roles r where rolname = any(:roles) order by rolname"
                ),
                {"roles": [OWNER_ROLE, APP_ROLE, SYSTEM_ROLE]},
            )
        ).all()
        definers = (
            await connection.execute(
                sa.text(
                    "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
                )
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (APP_ROLE, False, False, False, False, False, True, 0),
        (OWNER_ROLE, False, False, False, False, False, False, 0),
        (SYSTEM_ROLE, False, True, False, False, False, True, 0),
    ]
    assert [row.proname for row in definers] == ["number_digest"], "such a function needs a test of its own"


async def test_the_key_of_erased_numbers_can_be_used_and_neither_read_nor_changed(
    desk: Desk, admin: AsyncEngine
) -> None:
    async with desk.database.transaction(desk.organization_id) as session:
        digests = sa.text("select number_digest(1, '+15105550123'), number_digest(2, '+15105550123')")
        one, other = (await session.execute(digests)).one()
    async with admin.begin() as connection:
        [(inner, outer)] = (
            await connection.execute(sa.text("select inner_block, outer_block from number_key"))
        ).all()
        key = bytes(byte ^ 0x36 for byte in inner)
        assert key == bytes(byte ^ 0x5C for byte in outer)
        assert one == hmac.digest(key, b"1 +15105550123", "sha256")
        assert other != one
        with pytest.raises(DBAPIError, match="written once"):
            await connection.execute(sa.text("update number_key set inner_block = outer_block"))
    for engine in (desk.database.app, desk.database.across):
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError, match="permission denied"):
                await connection.execute(sa.text("select * from number_key"))
    async with desk.database.across.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(digests)


async def test_the_system_role_writes_nothing_but_hearing_and_new_organizations(admin: AsyncEngine) -> None:
    async with admin.connect() as connection:
        tables = await connection.execute(
            sa.text(
                "select table_name, string_agg(privilege_type, ' ' order by privilege_type) "
                "from information_schema.table_privileges "
                "where grantee = :role and privilege_type <> 'SELECT' group by 1 order by 1"
            ),
            {"role": SYSTEM_ROLE},
        )
        assert [tuple(row) for row in tables] == [
            ("backup_copy", "INSERT UPDATE"),
            ("organization", "INSERT"),
            ("part_heartbeat", "INSERT UPDATE"),
        ]
        columns = await connection.execute(
            sa.text(
                "select table_name, column_name from information_schema.column_privileges "
                "where grantee = :role and privilege_type = 'UPDATE' "
                "and table_name not in ('backup_copy', 'part_heartbeat') "
                "order by 1, 2"
            ),
            {"role": SYSTEM_ROLE},
        )
        assert [tuple(row) for row in columns] == [
            ("carrier_account", "gap_ended_at"),
            ("carrier_account", "heard_at"),
            ("carrier_account", "held_since"),
        ]


async def test_models_and_migrations_agree(admin: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with admin.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_number_that_is_one_organizations_sender_cannot_be_taken_by_another(desk: Desk) -> None:
    other = await create_organization(desk.database, "Hillside Mutual Aid", "help@hillside.example")
    with pytest.raises(Conflict, match="another organization"):
        await connect_carrier_account(
            desk.database,
            other.organization_id,
            account_sid="AC" + "0" * 32,
            stored_token=b"not used",
            senders=[NewSender("+14155550100")],
        )


SEES_ACROSS = {
    "textbank/across.py": "the one module that asks across organizations",
    "textbank/installation.py": "knows which organizations there are, and who may sign in to which",
    "textbank/backup/note_copy.py": "notes how the installation's last copy went, of nobody's data",
    "textbank/database.py": "makes the engine, checks its role, closes it",
    "workers/schedule.py": "holds an advisory lock on it, and reads nothing",
}


def test_only_across_py_uses_the_role_that_sees_everything() -> None:
    using = set()
    for file in [*ROOT.glob("textbank/**/*.py"), *ROOT.glob("workers/**/*.py"), *ROOT.glob("bench/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("system", "across") and not is_module(node):
                using.add(file.relative_to(ROOT).as_posix())
    assert using == set(SEES_ACROSS)


def is_module(node: ast.Attribute) -> bool:
    """`textbank.across` as a module, as in an import written out, is no engine."""
    return isinstance(node.value, ast.Name) and node.value.id in ("textbank", "platform", "os")


def test_nobody_else_names_the_role_that_sees_everything() -> None:
    naming = {
        file.relative_to(ROOT).as_posix()
        for file in [*ROOT.glob("textbank/**/*.py"), *ROOT.glob("workers/**/*.py")]
        if "SYSTEM_ROLE" in file.read_text() or "textbank_system" in file.read_text()
    }
    assert naming == {
        "textbank/settings.py",
        "textbank/database.py",
        "textbank/migrations/isolate.py",
        "textbank/migrations/roles.py",
        "textbank/migrations/versions/0002_isolation.py",
    }
