"""After an hour in which no webhook reached us, nothing that we start leaves before it is made up for."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled, blasts_to
from tests.factories.build_city import running_city
from tests.factories.city import City, until

REPLY = "Who is this?"


@pytest.mark.timeout(240)
async def test_an_hour_long_silence_is_reconciled_before_anything_we_start_leaves(cluster: Path) -> None:
    async with running_city(cluster, audience=1000, pace=500) as city:
        for name in ("web", "sending", "chores", "schedule"):
            city.kill(city.parts[name].pid)
        stopped, replied = city.audience[:200], city.audience[200:300]
        texted = await _texts_that_nobody_hears(city, stopped, replied)
        await city.execute(
            "update carrier_account set heard_at = now() - interval '1 hour', "
            "reconciled_at = now() - interval '1 hour'"
        )
        await city.launch()
        # Everything comes back but the one that reads the carrier's list.
        for name in ("web", "sending", "schedule"):
            city.start_part(name)
        await until(_is_held(city), seconds=30)
        await _schedule_has_looked(city, times=6)
        assert await city.wire.log() == []
        city.start_part("chores")
        await city.calls_in_flight(at_least=1, seconds=60)
        await city.until_settled(seconds=60)
        [filed] = await city.rows(
            "select max(m.created_at) as at, count(*) as texts from carrier_message c "
            "join message m on m.id = c.message_id where c.sid = any($1)",
            texted,
        )
        assert filed["texts"] == len(texted)
        blasts = blasts_to(await city.wire.log())
        assert min(at for times in blasts.values() for at in times) > filed["at"].timestamp()
        assert set(blasts) == set(city.audience) - set(stopped)
        await assert_nothing_lost_or_doubled(city)


async def _texts_that_nobody_hears(city: City, stopped: list[str], replied: list[str]) -> list[str]:
    """The carrier's ids of texts whose webhook was never called."""
    await city.behave(inbound_blackout=True)
    texts = [(phone, "STOP") for phone in stopped] + [(phone, REPLY) for phone in replied]
    told = [await city.text(phone, words) for phone, words in texts]
    await city.behave(inbound_blackout=False)
    return [one["sid"] for one in told]


def _is_held(city: City) -> Callable[[], Awaitable[bool]]:
    async def held() -> bool:
        [account] = await city.rows("select held_since from carrier_account")
        return account["held_since"] is not None

    return held


async def _schedule_has_looked(city: City, times: int) -> None:
    """Wait until the schedule has looked for work that often."""
    beats = set()

    async def looked() -> bool:
        beats.update(await city.rows("select beat_at from part_heartbeat where part = 'schedule'"))
        return len(beats) > times

    await until(looked, seconds=30, every=0.1)
