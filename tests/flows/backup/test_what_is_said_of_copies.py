"""What `/readyz` and `textbank doctor` say of a restored copy that is held, and of the nightly copies."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town
from textbank import clock
from textbank.backup import note_copy
from textbank.backup.hold import put_hold
from textbank.cli.doctor_copies import examine_copies
from textbank.cli.doctor_organization import examine_organization
from textbank.database import Database
from textbank.inbound.reconcile import reconcile
from textbank.settings import Settings

MADE_AT = datetime.fromisoformat("2025-05-12T03:00:00+00:00")


async def readiness(town: Town) -> dict[str, Any]:
    async with town.http.get(f"{town.settings.textbank_public_url}/readyz") as answer:
        return dict(await answer.json())


async def test_a_restored_copy_is_said_to_be_held_until_the_list_is_read(
    town: Town, admin: AsyncEngine
) -> None:
    assert (await readiness(town))["held"] == []
    async with admin.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await put_hold(connection, MADE_AT)
    [held] = (await readiness(town))["held"]
    assert "restored copy of 2025-05-12 03:00 UTC" in held
    await town.execute("update carrier_account set heard_at = now()")
    findings = await examine_organization(town.database, town.settings, town.organization_id, "Us")
    [wrong] = [one for one in findings if not one.ok]
    assert "copy of 2025-05-12 03:00 UTC" in wrong.said
    assert "that the carrier answers" in wrong.to_do
    await town.execute("update carrier_account set gap_ended_at = now() - interval '11 seconds'")
    await reconcile(town.database, town.organization_id, town.account_id, town.carriers)
    assert (await readiness(town))["held"] == []


async def test_the_doctor_tells_how_the_nightly_copies_go(database: Database, settings: Settings) -> None:
    assert "tonight" in (await examine_copies(database, settings)).said
    await note_copy.take_turn(database, lease=timedelta(hours=3), apart=timedelta(minutes=50))
    await note_copy.note_made(database, clock.now(), 12_300_000, "/somewhere/copy.backup")
    fine = await examine_copies(database, settings)
    assert fine.ok
    assert "12.3 MB, in /somewhere/copy.backup" in fine.said
    await note_copy.note_failed(database, "There is not enough room. Make room.")
    failed = await examine_copies(database, settings)
    assert not failed.ok
    assert "not enough room" in failed.said
    await note_copy.note_made(database, clock.now() - timedelta(days=3), 1, "/somewhere/copy.backup")
    assert not (await examine_copies(database, settings)).ok
    off = settings.model_copy(update={"textbank_backups": "off"})
    assert (await examine_copies(database, off)).ok
