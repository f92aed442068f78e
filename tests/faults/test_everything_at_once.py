"""A blast and a text-a-thon under every fault at once, while people opt out and a window closes.

`make faults` runs it in two sizes, the larger with 200,000 texts and eight of each fault, and prints what
struck and what came of it. `make test` has each fault alone.
"""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled, blasts_to
from tests.factories.build_city import running_city
from tests.factories.city import City, until
from tests.factories.texters import Texter, make_hand_campaign, texters_of
from tests.factories.town import phones
from tests.faults.stops import all_text_stop, assert_stop_held
from tests.faults.storm import Storm
from textbank.messaging.protocol import FEEDING_ENDS, PERMIT_WRITE_SECONDS

PRESSED = {"sent", "already", ""}


@pytest.mark.long
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize(
    ("blast", "by_hand", "pace", "times", "stops", "answered"),
    # With three faults a second most STOPs find no web process, or no database, until the reconciler reads
    # them; so many must be answered and race the permits.
    [(1_000, 150, 8.0, 1, 30, 20), (160_000, 40_000, 250.0, 8, 800, 200)],
)
async def test_nothing_is_lost_doubled_late_or_sent_after_a_stop(
    cluster: Path, blast: int, by_hand: int, pace: float, times: int, stops: int, answered: int
) -> None:
    async with running_city(
        cluster, audience=blast, pace=pace, processes=4, watch_webhooks=True, slow_database=True
    ) as city:
        reached, closing = list(city.audience), city.audience[-blast // 4 :]
        await somewhere_where_it_is_night(city, closing)
        texters = await shift_of(city, by_hand)
        await city.launch(queued_here=blast)
        storm = Storm(city, times=times)
        texting = [asyncio.create_task(press_all(one)) for one in texters]
        closed = asyncio.create_task(close_the_window(city, storm))
        stopped = random.Random(5).sample(reached[: -blast // 4], stops)
        stopping = asyncio.create_task(opt_out_now_and_then(city, stopped, storm))
        await storm.rage()
        await stopping
        feeding_ended = await closed
        await city.hurry()
        verdicts = sum([await one for one in texting], Counter[str]())
        await city.until_reconciled()
        await only_the_closed_wait(city, len(closing))
        await stop_the_rest(city)
        await assert_stop_held(city, stopped, answered=answered)
        assert not await not_opted_out(city, stopped)
        reached_at = blasts_to(await city.wire.log())
        late = [at for to in closing for at in reached_at.get(to, ())]
        assert all(at < feeding_ended + PERMIT_WRITE_SECONDS for at in late), max(late) - feeding_ended
        assert len(late) < len(closing), "the window closed on nobody"
        ended = await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        assert set(verdicts) <= PRESSED, verdicts
        report(storm, blast + by_hand, len(stopped), len(closing) - len(late), ended)


async def somewhere_where_it_is_night(city: City, numbers: list[str]) -> None:
    """Move these to a zone where it is two in the morning, with a window that is open all the same."""
    east = (2 - datetime.now(UTC).hour) % 24
    east -= 24 if east > 12 else 0
    place = f"/Etc/GMT{-east:+d}" if east else "/Etc/GMT"
    await city.rows("update recipient set place = $1 where e164 = any($2)", place, numbers)
    await city.rows(
        "insert into sending_window (organization_id, place, opens_at, closes_at) "
        "values ($1, $2, now() - interval '1 day', '2100-01-01')",
        city.organization_id,
        place,
    )


async def close_the_window(city: City, storm: Storm) -> float:
    """In the middle of the storm; returns when feeding ends, on the wall clock."""

    async def half_over() -> bool:
        return storm.struck.total() >= storm.strikes // 2

    await until(half_over, seconds=2_000)
    closes: list[float] = []

    async def closed() -> bool:  # again, where the database is just away
        [row] = await city.rows(
            "update sending_window set closes_at = clock_timestamp() + $1::interval + interval '1 second' "
            "where place like '/Etc/%' returning closes_at",
            FEEDING_ENDS,
        )
        closes.append((row["closes_at"] - FEEDING_ENDS).timestamp())
        return True

    await until(closed, seconds=60)
    return closes[-1]


async def shift_of(city: City, people: int) -> list[Texter]:
    """A campaign by hand to people of a list of its own, and its texters."""
    [row] = await city.rows(
        "insert into contact_list (organization_id, name, frequency) values ($1, 'By hand', '') returning id",
        city.organization_id,
    )
    blast_list, audience = city.list_id, list(city.audience)
    city.list_id = row["id"]
    await city.subscribe(phones(people, start=500_000))
    campaign = await make_hand_campaign(city)
    city.list_id, city.audience = blast_list, audience
    return await texters_of(city, campaign, max(5, min(25, people // 1_000)))


async def press_all(texter: Texter) -> Counter[str]:
    """Press for everybody there is, two or three a second; what became of each."""
    verdicts: Counter[str] = Counter()
    try:
        while verdict := await texter.press_until_told():
            verdicts[verdict] += 1
            await asyncio.sleep(0.05)
    finally:
        texter.close()
    return verdicts


async def opt_out_now_and_then(city: City, numbers: list[str], storm: Storm) -> None:
    """A few at once, all through the storm."""
    for start in range(0, len(numbers), 10):
        struck = storm.struck.total()
        await all_text_stop(city, numbers[start : start + 10], at_once=10)

        async def struck_again(before: int = struck) -> bool:
            return storm.over or storm.struck.total() > before

        await until(struck_again, seconds=300)


async def only_the_closed_wait(city: City, closing: int) -> None:
    """Until all that may leave has left, and every attempt has a known outcome."""

    async def nothing_else_waits() -> bool:
        [row] = await city.rows(
            "select (select count(*) from outbox o join recipient r on r.id = o.recipient_id "
            "where r.place not like '/Etc/%') as others, (select count(*) from outbox) as all, "
            "(select count(*) from attempt where outcome is null or outcome = 'unknown') as open"
        )
        return row["others"] == 0 and row["open"] == 0 and 0 < row["all"] <= closing

    await until(nothing_else_waits, seconds=600, every=0.5)


async def not_opted_out(city: City, stopped: list[str]) -> list[str]:
    """Whose STOP was not heard, neither by a webhook nor from the carrier's list."""
    rows = await city.rows(
        "select e164 from recipient where e164 = any($1) and suppressed_at is null", stopped
    )
    return [row["e164"] for row in rows]


async def stop_the_rest(city: City) -> None:
    """What the window holds ends here."""
    await city.execute("update campaign set state = 'stopped', finished_at = now() where kind = 'blast'")

    async def empty() -> bool:
        return (await city.waiting())["outbox"] == 0

    await until(empty, seconds=60, every=0.5)
    await city.execute("update campaign set state = 'done'")


def report(storm: Storm, texts: int, stops: int, held: int, ended: Counter[str]) -> None:
    """The table."""
    print(f"\n{texts} texts, {stops} STOPs, {held} held by a window that closed")
    for name, count in sorted(storm.struck.items()):
        print(f"  {count:>3} × {name}")
    print("  ended:", ", ".join(f"{count} {status}" for status, count in ended.most_common()))
