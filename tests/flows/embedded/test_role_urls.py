"""The roles' addresses are made from the administrator's, by socket and by network alike."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from textbank.embedded import postgres
from textbank.settings import Settings


@pytest.mark.parametrize(
    "given",
    [
        "postgresql+asyncpg://textbank_admin@/textbank?host=/run/textbank/socket",
        "postgresql+asyncpg://admin:s3cret@db.example:5433/texts",
        "postgresql+asyncpg://admin:s3cret@[::1]:5433/texts?ssl=require",
    ],
)
def test_only_user_and_password_differ(given: str) -> None:
    settings = Settings(database_url=given, textbank_secret_key=SecretStr("k"), _env_file=None)
    role, admin = make_url(settings.role_url("textbank_app")), make_url(given)
    assert role.username == "textbank_app"
    assert role.password == settings.derived_secret("database role textbank_app")
    assert (role.host, role.port, role.database, role.query) == (
        admin.host,
        admin.port,
        admin.database,
        admin.query,
    )


async def test_a_role_logs_in_to_the_embedded_server(tmp_path: Path) -> None:
    server = postgres.start(tmp_path / "pg", fast=True)
    try:
        admin = create_async_engine(server.url())
        async with admin.begin() as connection:
            await connection.exec_driver_sql("create role textbank_app login")
        await admin.dispose()
        settings = Settings(database_url=server.url(), textbank_secret_key=SecretStr("k"), _env_file=None)
        engine = create_async_engine(settings.role_url("textbank_app"))
        async with engine.connect() as connection:
            who = await connection.exec_driver_sql("select current_user")
            assert who.scalar_one() == "textbank_app"
        await engine.dispose()
    finally:
        server.stop()
