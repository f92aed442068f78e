"""The three roles: who owns the tables, who works under row-level security, who may see across.

Passwords are derived from the installation's secret (docs/decisions/0004), so one `DATABASE_URL` is
all that an operator sets. A managed database where the administrator may not grant BYPASSRLS cannot
be used; we say so instead of working without isolation.
"""

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from textbank.errors import WrongSetup
from textbank.settings import APP_ROLE, OWNER_ROLE, SYSTEM_ROLE, Settings

# Two migrations of one database at once must not race to make roles.
_LOCK = 0x7E87BA01


async def ensure_roles(connection: AsyncConnection, settings: Settings) -> None:
    """Make the roles where they are missing, and set the passwords that `Settings.role_url` expects."""
    await connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    existing = set((await connection.execute(sa.text("select rolname from pg_roles"))).scalars())
    try:
        if OWNER_ROLE not in existing:
            await connection.exec_driver_sql(f"create role {OWNER_ROLE} nologin")
            await connection.exec_driver_sql(f"grant {OWNER_ROLE} to current_user")
        if APP_ROLE not in existing:
            await connection.exec_driver_sql(f"create role {APP_ROLE} login nobypassrls")
        if SYSTEM_ROLE not in existing:
            await connection.exec_driver_sql(f"create role {SYSTEM_ROLE} login bypassrls")
        for role in (APP_ROLE, SYSTEM_ROLE):
            password = settings.derived_secret(f"database role {role}")  # hex: safe inside quotes
            await connection.exec_driver_sql(f"alter role {role} password '{password}'")
    except ProgrammingError as error:
        raise WrongSetup(
            "The database user in DATABASE_URL may not make roles with BYPASSRLS. Nothing was changed. "
            f"Let an administrator run the migration once ({error.orig})."
        ) from error
    await connection.exec_driver_sql(f"grant usage, create on schema public to {OWNER_ROLE}")
    await connection.exec_driver_sql(f"grant usage on schema public to {APP_ROLE}, {SYSTEM_ROLE}")
