"""An installation with an embedded database in a directory of its own, and commands run on it."""

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import forge
from textbank.accounts.cipher import Cipher
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.accounts.create_organization import create_organization
from textbank.database import Database
from textbank.embedded import postgres
from textbank.migrations.migrate import migrate
from textbank.settings import Settings

NAME = "Riverside Tenants Union"
PLAIN = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}


class Installation:
    """A data directory with an embedded database, and commands run on it."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """The exit code, and everything said."""
        given = {"PATH": PLAIN["PATH"], "TEXTBANK_DATA": str(self.data), **environment}
        code, said = forge.run(*arguments, environment=given, cwd=self.data.parent)
        assert "Traceback" not in said, said
        return code, said

    def run_unforged(self, *arguments: str) -> tuple[int, str]:
        """The same for a process that reads its own code, so that once each command is seen to do it."""
        done = subprocess.run(
            [sys.executable, "-m", "textbank.cli", *arguments],
            env={**PLAIN, "TEXTBANK_DATA": str(self.data)},
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def backup(self) -> Path:
        code, said = self.run("backup", str(self.data.parent / "copy.backup"))
        assert code == 0, said
        return self.data.parent / "copy.backup"

    @property
    def settings(self) -> Settings:
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            textbank_data=self.data,
            textbank_mode="simulated",
            database_url=postgres.url_of(self.data / "postgres"),
        )

    def sql(self, statement: str, database: str = "textbank") -> list[tuple[object, ...]]:
        """Run a statement in the stopped installation's database."""
        server = postgres.start(self.data / "postgres", fast=True)
        try:
            return asyncio.run(query(server.url(database=database), statement))
        finally:
            server.stop()


async def query(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            result = await connection.execute(sa.text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


async def found(settings: Settings) -> None:
    await migrate(settings)
    database = Database.from_settings(settings, pool_size=1)
    try:
        made = await create_organization(database, NAME, "help@riverside.example")
        await connect_carrier_account(
            database,
            made.organization_id,
            account_sid="AC" + "0" * 32,
            stored_token=Cipher(settings).encrypt("the token"),
            senders=[NewSender("+14155550100")],
        )
    finally:
        await database.close()


def another(place: Path) -> Installation:
    (place / "other").mkdir(mode=0o700)
    return Installation(place / "other" / "data")


def change_manifest(file: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Write the copy anew with another manifest."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(entries["manifest.json"])
    change(manifest)
    entries["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
