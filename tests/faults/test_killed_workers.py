"""`kill -9` of the processes that hand texts over, each in the middle of its carrier calls."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import until
from tests.faults.conftest import IN_FULL


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", IN_FULL)
async def test_workers_killed_in_mid_call_lose_and_double_nothing(cluster: Path, kills: int) -> None:
    async with running_city(cluster, audience=300 * kills, pace=60) as city:
        await city.launch()
        for moment in range(kills):
            killed = await city.child_in_mid_call(at_least=1 + moment % 4)
            city.kill(killed)

            async def replaced(pid: int = killed) -> bool:
                children = city.sending_children()
                return pid not in children and len(children) == 2

            await until(replaced, seconds=20)
        # And the whole worker at once: whatever runs it starts it again.
        await city.calls_in_flight()
        await city.restart_after_kill("sending")
        await city.hurry()
        await city.until_settled(seconds=120)
        ended = await assert_nothing_lost_or_doubled(city)
        assert ended["delivered"] > 250 * kills, ended
