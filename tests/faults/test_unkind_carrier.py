"""A carrier and a network that fail in every way there is, while a blast runs and callbacks get lost."""

import asyncio
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.faults.storm import AT_THE_CARRIER, ON_THE_WIRE, fail_next


@pytest.mark.timeout(240)
@pytest.mark.parametrize("rounds", [1, pytest.param(2, marks=pytest.mark.long)])
async def test_unclear_outcomes_are_settled_by_evidence_and_never_by_a_second_text(
    cluster: Path, rounds: int
) -> None:
    async with running_city(cluster, audience=1500 * rounds, pace=150) as city:
        await city.behave(callbacks_lost=0.25, callbacks_doubled=0.25, callbacks_reversed=0.25)
        await city.launch()
        for _ in range(rounds):
            for fault in AT_THE_CARRIER:
                await city.calls_in_flight()
                await fail_next(city, fault, count=6)
            for kind in ON_THE_WIRE:
                await city.calls_in_flight()
                await city.wire.fault(kind, count=6, seconds=3)
            await city.calls_in_flight()
            await city.wire.ask("refuse")
            await asyncio.sleep(0.5)
            await city.wire.ask("accept")
        await city.until_settled(seconds=120)
        ended = await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        # Given up is what the carrier never got without anybody saying so: of each such fault six a round,
        # and perhaps a few that were written into a connection just being reset.
        swallowed = ("timeout_before", "error_500_before", "reset_before", "cut_before", "black_hole")
        sure = 6 * rounds * len(swallowed)
        assert sure <= ended["given_up"] <= sure + 10 * rounds, ended
        assert sum(ended.values()) == 1500 * rounds
