"""How Alembic connects: on the connection `migrate` hands over, else to `DATABASE_URL`."""

import asyncio

from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from textbank.models import metadata
from textbank.settings import OWNER_ROLE, get_settings


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        connection.exec_driver_sql(f"set local role {OWNER_ROLE}")
        context.run_migrations()


async def _connect_and_run() -> None:
    engine = create_async_engine(get_settings().database_url)
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    asyncio.run(_connect_and_run())
