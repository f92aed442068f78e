"""What a blast's preview says about quiet hours, and how a rehearsal may open them."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories.town import Town, phones
from textbank import clock
from textbank.campaigns.forecast import forecast
from textbank.database import Database
from textbank.errors import NotAllowed
from textbank.messaging.rehearse_hours import rehearse_hours

NEW_YORK, HONOLULU = "NY/America/New_York", "HI/Pacific/Honolulu"
NINE_IN_NEW_YORK = datetime(2027, 7, 1, 13, 30, tzinfo=UTC)


async def move_to(town: Town, place: str, *people: str) -> None:
    await town.execute(
        "update recipient set place = :place where e164 = any(:people)", place=place, people=list(people)
    )


async def test_a_forecast_says_who_leaves_now_and_who_waits_until_when(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NINE_IN_NEW_YORK)
    people = phones(5)
    await town.subscribe(*people)
    await move_to(town, NEW_YORK, *people[:3])
    await move_to(town, HONOLULU, *people[3:])
    async with town.database.transaction(town.organization_id) as session:
        seen = await forecast(session, town.organization_id, town.list_id)
    assert seen.now == 3
    assert seen.later == [(datetime(2027, 7, 1, 19, 0, tzinfo=UTC), 2)]


async def test_a_rehearsal_opens_the_windows_of_a_simulated_installation(town: Town) -> None:
    [phone] = phones(1)
    await town.subscribe(phone)
    await move_to(town, HONOLULU, phone)
    async with town.database.transaction(town.organization_id) as session:
        await rehearse_hours(session, town.organization_id, [HONOLULU])
    await town.launch()
    await town.pump()
    assert len(await town.received(phone)) == 1


async def test_a_live_installation_refuses_a_rehearsal(
    database: Database, organization: int, admin: sa.ext.asyncio.AsyncEngine
) -> None:
    async with admin.begin() as connection:
        await connection.execute(sa.text("update installation set mode = 'live'"))
    with pytest.raises(NotAllowed):
        async with database.transaction(organization) as session:
            await rehearse_hours(session, organization, [HONOLULU])


async def test_a_rehearsal_opens_the_windows_of_campaigns_with_hours_of_their_own(town: Town) -> None:
    """But never past a last moment, not even in a rehearsal."""
    [phone] = phones(1)
    await town.subscribe(phone)
    await move_to(town, HONOLULU, phone)
    rules = {"sells@": True, f"ends={(clock.now() + timedelta(days=9)).isoformat()}@": True}
    rules[f"ends={(clock.now() + timedelta(hours=1)).isoformat()}@"] = False
    for rule in rules:
        await town.launch()
        await town.execute("update campaign set window_rule = :rule where window_rule = ''", rule=rule)
    async with town.database.transaction(town.organization_id) as session:
        await rehearse_hours(session, town.organization_id, [HONOLULU, "sells@" + NEW_YORK])
    rows = await town.query("select place from sending_window where place like '%@%'")
    expected = {rule + place for rule, opened in rules.items() if opened for place in (HONOLULU, NEW_YORK)}
    assert {row.place for row in rows} == expected
