"""`kill -9` of Valkey in the middle of a blast, while callbacks come twice and in reverse order."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.faults.conftest import EACH_KIND


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", EACH_KIND)
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
