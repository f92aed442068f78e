"""`kill -9` of workers, of Valkey and of PostgreSQL in one blast; `make faults` kills each ten times."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import until


@pytest.mark.timeout(240)
async def test_kills_of_every_part_that_sends_lose_and_double_nothing(cluster: Path) -> None:
    async with running_city(cluster, audience=900, pace=60) as city:
        await city.behave(callbacks_doubled=0.3, callbacks_reversed=0.3)
        await city.launch()
        killed = await city.child_in_mid_call()
        city.kill(killed)

        async def replaced() -> bool:
            children = city.sending_children()
            return killed not in children and len(children) == 2

        await until(replaced, seconds=20)
        await city.calls_in_flight()
        await city.restart_after_kill("sending")
        await city.calls_in_flight()
        await city.restart_valkey_after_kill()
        await city.calls_in_flight()
        await city.restart_postgres_after_kill()
        await city.hurry()
        await city.until_settled(seconds=120)
        # Callbacks that found no database were not taken, and this carrier tells each but once or twice.
        ended = await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        # A permit whose commit was lost in the crash is used by nobody; its text is given up, not risked.
        assert ended["given_up"] < 60, ended
