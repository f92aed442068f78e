"""Whether a blast ends when it was foreseen to: `forecast_end_error`, percent of the time it took.

On the simulator, with the real windows: everybody is put where it is afternoon.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import tell
from tests.factories.build_city import make_template, running_city
from tests.factories.city import City
from textbank import clock
from textbank.campaigns.forecast import forecast
from textbank.database import Database

PEOPLE = 6_000
PACE = 50.0
AFTERNOON = 14


async def where_it_is_afternoon(city: City) -> None:
    """Two in the afternoon now; the default window is open from nine, on Sundays from noon, to eight."""
    east = (AFTERNOON - datetime.now(UTC).hour + 11) % 24 - 11
    await city.rows("update recipient set place = $1", f"/Etc/GMT{-east:+d}" if east else "/Etc/GMT")


async def foreseen_end(city: City) -> datetime:
    """When the last text would leave."""
    if city.settings is None:
        raise RuntimeError("the city is not built")
    database = Database.from_settings(city.settings, pool_size=1)
    try:
        async with database.transaction(city.organization_id) as session:
            seen = await forecast(session, city.organization_id, city.list_id)
    finally:
        await database.close()
    if seen.last_at is None or seen.now != PEOPLE:
        raise AssertionError(f"not everybody may be texted now: {seen}")
    return seen.last_at


async def main() -> None:
    """Run it once."""
    with tempfile.TemporaryDirectory(prefix="tb-bench-") as place:
        await asyncio.to_thread(make_template, Path(place))
        async with running_city(Path(place), audience=PEOPLE, pace=PACE) as city:
            await where_it_is_afternoon(city)
            began, end = clock.now(), await foreseen_end(city)
            await city.launch()
            await city.until_settled(seconds=600)
            [row] = await city.rows("select max(permit_at) as last, count(*) as texts from attempt")
    if row["texts"] != PEOPLE:
        raise AssertionError(f"{row['texts']} texts left")
    took = (row["last"] - began).total_seconds()
    error = abs((row["last"] - end).total_seconds()) / took * 100
    foreseen = (end - began).total_seconds()
    tell("forecast_end_error", error, "percent", took_s=round(took, 1), foreseen_s=round(foreseen, 1))


if __name__ == "__main__":
    asyncio.run(main())
