"""A blast from the command line may begin with a part, or later, by the rules of the pages."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from tests.factories.town import Town, phones
from textbank import clock
from textbank.campaigns.blast_by_command import blast_by_command, portion_of
from textbank.cli.blast import moment_of
from textbank.errors import InvalidInput

WORDS = "Rent hearing on Tuesday at 6 pm in the library."


async def blast(town: Town, portion: str = "", at: datetime | None = None) -> None:
    async with town.database.transaction(town.organization_id) as session:
        await blast_by_command(session, town.organization_id, town.list_id, WORDS, portion=portion, at=at)


async def test_it_begins_with_a_part_or_at_a_moment_and_a_wrong_one_leaves_no_draft(town: Town) -> None:
    await town.subscribe(*phones(4))
    await blast(town, portion="5%")
    noon = (clock.now() + timedelta(days=2)).replace(hour=20, minute=0, second=0, microsecond=0)
    await blast(town, at=noon)
    await blast(town, portion="200", at=noon.replace(hour=12, tzinfo=None))
    for portion, at in (("0", None), ("100%", None), ("many", None), ("", clock.now() - timedelta(hours=1))):
        with pytest.raises(InvalidInput):
            await blast(town, portion, at)
    rows = await town.query(
        "select state, first_part, first_part_kind, starts_at, starts_at_place from campaign order by id"
    )
    assert [tuple(row) for row in rows] == [
        ("running", 5, "percent", None, None),
        ("scheduled", None, "people", noon, None),
        ("scheduled", 200, "people", None, noon.replace(hour=12, tzinfo=None)),
    ]
    actors = await town.query("select distinct actor from audit_event where action like 'campaign.%'")
    assert [row.actor for row in actors] == ["command line"]


def test_a_portion_and_a_moment_are_read_as_people_write_them() -> None:
    assert portion_of("1,500") == (1_500, "people")
    assert portion_of(" 5 %") == (5, "percent")
    assert moment_of("2027-11-02T17:30+00:00") == datetime(2027, 11, 2, 17, 30, tzinfo=UTC)
    assert moment_of("2027-11-02 17:30").tzinfo is not None
    assert moment_of("2027-11-02 17:30", each_place=True) == datetime(2027, 11, 2, 17, 30)  # noqa: DTZ001
    with pytest.raises(typer.BadParameter):
        moment_of("tomorrow")
