"""`kill -9` of Valkey in the middle of a blast, while callbacks come twice and in reverse order."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import City, until
from tests.factories.town import phones
from tests.faults.conftest import IN_FULL


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", IN_FULL)
async def test_kills_of_valkey_cost_nothing_at_all(cluster: Path, kills: int) -> None:
    async with running_city(cluster, audience=250 * kills, pace=60) as city:
        await city.behave(callbacks_doubled=0.3, callbacks_reversed=0.3)
        await city.launch()
        for _ in range(kills):
            await city.calls_in_flight()
            await city.restart_valkey_after_kill()
        await city.hurry()
        await city.until_settled(seconds=120)
        ended = await assert_nothing_lost_or_doubled(city)
        # It is only a doorbell: nothing is even unclear.
        assert ended == {"delivered": 250 * kills}


@pytest.mark.timeout(240)
async def test_while_valkey_is_away_answers_leave_and_afterwards_nothing_bursts(cluster: Path) -> None:
    """Workers cannot even be rung: the schedule itself lets answers trickle."""
    pace = 40
    async with running_city(cluster, audience=1500, pace=pace) as city:
        await city.launch()
        await city.calls_in_flight()
        await city.kill_valkey()
        blasts_before = await _quiet(city)
        city.kill(city.parts["sending"].pid)  # so that nobody can be taken for the schedule
        asking = phones(3, start=900_000)
        for phone in asking:
            await city.text(phone, "JOIN", wait=True)
        await until(lambda: _answered(city, 3), seconds=30)
        at_carrier = [one["to"] for one in await city.dump() if one["direction"] == "outbound-api"]
        assert set(asking) <= set(at_carrier)
        assert await _blasts(city) == blasts_before
        await city.start_valkey()
        city.start_part("sending")

        async def goes_on() -> bool:
            return await _blasts(city) >= blasts_before + 4 * pace

        await until(goes_on, seconds=60)
        [(most,)] = await city.rows(
            "select max(c) from (select count(*) over (order by permit_at range between current row "
            "and interval '1 second' following) c from attempt) w"
        )
        # A worker that was held up may find a second's worth in the bucket, beside what comes meanwhile.
        assert most <= 2.5 * pace
        await city.hurry()
        await city.until_settled(seconds=120)
        ended = await assert_nothing_lost_or_doubled(city)
        assert ended == {"delivered": 1503}


async def _blasts(city: City) -> int:
    [(count,)] = await city.rows(
        "select count(*) from attempt a join message m on m.id = a.message_id where m.purpose = 'blast'"
    )
    return int(count)


async def _answered(city: City, texts: int) -> bool:
    [(count,)] = await city.rows(
        "select count(*) from attempt a join message m on m.id = a.message_id "
        "where m.purpose = 'keyword_answer' and a.outcome = 'accepted'"
    )
    return bool(count == texts)


async def _quiet(city: City) -> int:
    """Wait until what was granted before has left; how many blasts have left then."""
    seen = -1

    async def stands() -> bool:
        nonlocal seen
        before, seen = seen, await _blasts(city)
        return before == seen

    await until(stands, seconds=30, every=2.5)
    return seen
