"""Office hours: one answer a day when nobody is there; and where a webhook may not reach."""

from datetime import UTC, datetime, time

import pytest

from tests.factories.town import Town
from textbank.errors import InvalidInput
from textbank.flows.away import Office, read_office_hours, set_office_hours
from textbank.public_web import PublicOnly, post_json

ANN = "+15105550123"
NEVER = Office("UTC", "1234567", time(0, 0), time(0, 0, 0, 1), {"en": "Back tomorrow.", "es": "Hasta luego."})


async def hours(town: Town, office: Office | None) -> None:
    async with town.database.transaction(town.organization_id) as session:
        await set_office_hours(session, town.organization_id, office, actor="test")


async def answer_to(town: Town, body: str) -> list[str]:
    return await town.answer_to(ANN, body)


async def test_who_writes_when_nobody_is_there_is_told_once_a_day(town: Town) -> None:
    await hours(town, NEVER)
    assert await answer_to(town, "my heating is broken") == ["Back tomorrow."]
    assert await answer_to(town, "still broken today") == []
    await town.execute("update message set created_at = created_at - interval '21 hours'")
    assert await answer_to(town, "and still broken today") == ["Back tomorrow."]
    [(waits,)] = await town.query("select needs_reply_since is not null from conversation")
    assert waits
    assert "Thanks for joining" in (await answer_to(town, "JOIN"))[0]
    await hours(town, None)
    await town.execute("update message set created_at = created_at - interval '21 hours'")
    assert await answer_to(town, "anybody here now") == []


async def test_somebody_opted_out_is_told_nothing(town: Town) -> None:
    await hours(town, NEVER)
    await answer_to(town, "STOP")
    assert await answer_to(town, "my heating is broken again") == []


def test_hours_are_those_of_their_zone() -> None:
    office = Office("America/Los_Angeles", "12345", time(9), time(17), {"en": "Away."})
    assert office.is_open(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    assert not office.is_open(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert not office.is_open(datetime(2026, 11, 22, 18, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "office",
    [
        Office("Mars/Base", "1", time(9), time(17), {"en": "Away."}),
        Office("UTC", "", time(9), time(17), {"en": "Away."}),
        Office("UTC", "8", time(9), time(17), {"en": "Away."}),
        Office("UTC", "1", time(17), time(9), {"en": "Away."}),
        Office("UTC", "1", time(9), time(17), {"en": " "}),
        Office("UTC", "1", time(9), time(17), {"en": "Reply STOP to get a call back"}),
    ],
)
async def test_hours_without_sense_are_refused(town: Town, office: Office) -> None:
    with pytest.raises(InvalidInput):
        await hours(town, office)
    async with town.database.transaction(town.organization_id) as session:
        assert await read_office_hours(session, town.organization_id) is None


async def test_a_name_that_stands_for_our_own_network_is_not_called() -> None:
    resolver = PublicOnly()
    with pytest.raises(OSError, match="public"):
        await resolver.resolve("localhost", 443)
    await resolver.close()
    assert await post_json("https://127.0.0.1/", {}) == "not a public address"
