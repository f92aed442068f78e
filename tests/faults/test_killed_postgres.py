"""`kill -9` of PostgreSQL in the middle of a blast."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.faults.conftest import IN_FULL


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", IN_FULL)
async def test_kills_of_postgresql_lose_and_double_nothing(cluster: Path, kills: int) -> None:
    async with running_city(cluster, audience=300 * kills, pace=60) as city:
        await city.launch()
        for _ in range(kills):
            await city.calls_in_flight()
            await city.restart_postgres_after_kill()
        await city.hurry()
        await city.until_settled(seconds=120)
        # Callbacks that found no database were not taken, and this carrier tells each but once or twice.
        ended = await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        # A permit whose commit was lost in the crash is used by nobody; its text is given up, not risked.
        assert ended["given_up"] < 60 * kills, ended
