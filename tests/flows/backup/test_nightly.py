"""A copy each night without being asked, by one worker, noted where the home page finds it."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from textbank.accounts.last_backup import LastBackup, last_backup
from textbank.backup import nightly
from textbank.backup.archive import check
from textbank.backup.make_copy import KEPT
from textbank.database import Database
from textbank.settings import Settings

ZONE = ZoneInfo("America/New_York")


def night(hour: int, minute: int = 0, *, days_ago: int = 0) -> datetime:
    return datetime(2027, 5, 12, hour, minute, tzinfo=ZONE) - timedelta(days=days_ago)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (night(2, 59), night(3, 5, days_ago=1), False),
        (night(3, 0), night(3, 5, days_ago=1), True),
        (night(3, 10), night(3, 5), False),
        (night(4, 0), night(10, 0, days_ago=1), False),  # the next night, or when it is too old
        (night(12, 1), night(10, 0, days_ago=1), True),
    ],
)
def test_it_is_time_at_three_at_night_or_when_the_last_is_too_old(
    now: datetime, last: datetime, due: bool
) -> None:
    assert nightly.is_time(now, last) is due


async def noted(database: Database, organization: int) -> LastBackup | None:
    async with database.transaction(organization) as session:
        return await last_backup(session)


@pytest.fixture
def installed(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"textbank_data": tmp_path})


async def test_the_copy_is_noted_with_moment_size_and_place(
    installed: Settings, database: Database, organization: int
) -> None:
    assert await noted(database, organization) is None
    await nightly.make_nightly_copy(database, installed)
    last = await noted(database, organization)
    assert last is not None
    assert last.failure is None
    assert last.place is not None
    file = Path(last.place)
    assert file.name.endswith("-nightly.backup")
    assert last.bytes == Path(last.place).stat().st_size  # noqa: ASYNC240
    assert check(file)[0].made_at == last.made_at
    assert not await nightly.is_due(database)


async def test_it_is_due_in_an_installation_older_than_a_day_without_a_copy(
    installed: Settings, database: Database, admin: AsyncEngine
) -> None:
    async with admin.begin() as connection:
        await connection.execute(sa.text("update installation set made_at = now() - interval '27 hours'"))
    assert await nightly.is_due(database)
    await nightly.make_nightly_copy(database, installed)
    assert not await nightly.is_due(database)


async def test_a_second_worker_makes_no_second_copy(installed: Settings, database: Database) -> None:
    await nightly.make_nightly_copy(database, installed)
    await nightly.make_nightly_copy(database, installed)
    assert len(list((installed.data_directory / "backups").iterdir())) == 1


async def test_a_failure_is_noted_with_what_to_do_and_keeps_what_is_known_of_the_last_copy(
    installed: Settings, database: Database, organization: int, tmp_path: Path
) -> None:
    (tmp_path / "backups").write_text("a file where the directory should be")
    await nightly.make_nightly_copy(database, installed)
    last = await noted(database, organization)
    assert last is not None
    assert last.made_at is None
    assert last.failed_at is not None
    assert last.failure is not None
    assert "Name another place" in last.failure
    assert not await nightly.is_due(database)  # again within the hour, not at once


async def test_the_newest_fourteen_nightly_copies_are_kept_and_all_made_by_hand(
    installed: Settings, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "backups").mkdir()
    for day in range(1, 21):
        (tmp_path / "backups" / f"textbank-202601{day:02d}-030000-nightly.backup").touch()
    (tmp_path / "backups" / "textbank-20250101-120000.backup").touch()
    await nightly.make_nightly_copy(database, installed)
    kept = sorted(file.name for file in (tmp_path / "backups").iterdir())
    assert len(kept) == KEPT + 1
    assert kept[0] == "textbank-20250101-120000.backup"
    assert kept[1] == "textbank-20260108-030000-nightly.backup"
