"""`textbank doctor` and `textbank import` as an operator runs them: commands of their own, real servers."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from textbank import across
from textbank.accounts.cipher import Cipher
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.consent import ledger
from textbank.contacts.models import ContactList
from textbank.database import Database
from textbank.settings import Settings

SID = "AC" + "0" * 32


class Operator:
    """Runs commands with the test's settings in the environment."""

    def __init__(self, settings: Settings, data: Path) -> None:
        data.chmod(0o700)
        self.data = data
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "TEXTBANK_SECRET_KEY": settings.textbank_secret_key.get_secret_value(),
            "TEXTBANK_MODE": "simulated",
            "TEXTBANK_DATA": str(data),
            # Nothing listens there, and nothing outside this machine is ever asked.
            "TWILIO_API_URL": "http://127.0.0.1:9",
        }

    async def runs(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "textbank.cli",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment | environment,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    async def examines(self, **environment: str) -> tuple[int, dict[str, Any]]:
        """The exit code, and the checks by name."""
        code, out, err = await self.runs("doctor", "--json", **environment)
        assert out, err
        return code, {check["check"]: check for check in json.loads(out)["checks"]}


@pytest.fixture
def operator(settings: Settings, tmp_path: Path) -> Operator:
    return Operator(settings, tmp_path)


async def test_a_running_installation_without_organizations_is_well(
    operator: Operator, database: Database
) -> None:
    await across.beat(database, "worker")
    await across.beat(database, "schedule")
    code, checks = await operator.examines()
    assert [check for check in checks.values() if not check["ok"]] == []
    assert code == 0
    assert {"Python", "secret", "queue", "database", "database roles", "schema", "stamp"} <= set(checks)


async def test_what_is_wrong_is_named_with_what_to_do(
    operator: Operator, database: Database, organization: int, settings: Settings, admin: AsyncEngine
) -> None:
    await connect_carrier_account(
        database,
        organization,
        account_sid=SID,
        stored_token=Cipher(settings).encrypt("a token"),
        senders=[NewSender("+14155550100"), NewSender("+14155550101")],
    )
    async with admin.begin() as connection:
        for statement in (
            "update carrier_account set held_since = now() - interval '3 hours', "
            "heard_at = now() - interval '1 hour', halted_at = now(), halted_reason = 'suspended'",
            "update sender set halted_at = now(), halted_reason = 'not registered' "
            "where address = '+14155550101'",
        ):
            await connection.execute(sa.text(statement))
    code, checks = await operator.examines()
    wrong = {name.removeprefix("Riverside Tenants Union: "): check for name, check in checks.items()}
    assert code == 1
    for name, said in (
        ("worker", "has never run"),
        (f"hearing {SID}", "60 min"),
        (f"hold on {SID}", "3 h"),
        (f"account {SID}", "halted: suspended"),
        ("sender +14155550101", "halted: not registered"),
        (f"carrier answers for {SID}", "no: "),
    ):
        assert not wrong[name]["ok"], name
        assert said in wrong[name]["said"], name
        assert wrong[name]["to_do"], name
    assert "sender +14155550100" not in wrong


async def test_an_old_unsealed_row_and_a_token_of_another_secret_are_found(
    operator: Operator, database: Database, organization: int, admin: AsyncEngine
) -> None:
    other = Settings(_env_file=None, textbank_secret_key="another")  # type: ignore[call-arg]
    await connect_carrier_account(
        database, organization, account_sid=SID, stored_token=Cipher(other).encrypt("t"), senders=[]
    )
    async with admin.begin() as connection:
        insert = (
            "insert into recipient (organization_id, e164, place) "
            "values (:o, '+14155550101', '/America/New_York') returning id"
        )
        recipient = (await connection.execute(sa.text(insert), {"o": organization})).scalar_one()
    async with database.transaction(organization) as session:
        event = await ledger.append(session, organization, recipient, "subscribed", {})
    async with admin.begin() as connection:
        await connection.execute(sa.text("alter table consent_event disable trigger written_once"))
        old = "update consent_event set recorded_at = now() - interval '5 minutes' where id = :id"
        await connection.execute(sa.text(old), {"id": event})
    code, checks = await operator.examines()
    assert code == 1
    assert checks["Riverside Tenants Union: consent ledger"]["said"] == "1 unsealed, the oldest for 5 min."
    answers = checks[f"Riverside Tenants Union: carrier answers for {SID}"]
    assert "another TEXTBANK_SECRET_KEY" in answers["said"]


async def test_without_a_database_it_says_so_and_how_to_go_on(operator: Operator) -> None:
    away = f"postgresql+asyncpg://a@/textbank?host={operator.data}"
    code, checks = await operator.examines(DATABASE_URL=away, REDIS_URL=f"unix://{operator.data}/none")
    assert code == 1
    assert "cannot be reached" in checks["database"]["said"]
    assert "does not answer" in checks["queue"]["said"]
    code, out, _ = await operator.runs("doctor", DATABASE_URL="", TEXTBANK_DATA=str(operator.data / "none"))
    assert code == 1
    assert "set TEXTBANK_DATA" in out
    assert not (operator.data / "none").exists()


async def test_an_import_says_what_became_of_the_rows(
    operator: Operator, database: Database, organization: int
) -> None:
    async with database.transaction(organization) as session:
        session.add(ContactList(organization_id=organization, name="News"))
    file = operator.data / "people.csv"
    file.write_text("first,cell\nAnn,4155550101\nBo,555\n", encoding="utf-8")
    code, out, err = await operator.runs("import", str(file), "--list", "News")
    assert (code, err) == (0, "")
    assert "Taken: 1 (new: 1, updated: 0, known already: 0)." in out
    assert "Without a basis: 1." in out
    assert f"Not taken: 1 (1 not a number). Each with its reason: {file}.not-taken.csv" in out
    code, _, err = await operator.runs("import", str(file), "--list", "News", "--basis", "form")
    assert code == 1
    assert err.startswith("A basis needs a statement")
