"""`kill -9` of the web process in mid-blast, while people answer and opt out."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import City, until
from tests.faults.conftest import EACH_KIND

WORDS = ("Thanks! Who is this?", "STOP", "I will be there", "Is there parking?", "please stop!")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", EACH_KIND)
async def test_kills_of_web_lose_no_reply_and_no_stop(cluster: Path, kills: int) -> None:
    async with running_city(cluster, audience=250 * kills, pace=60) as city:
        await city.launch()
        over = asyncio.Event()
        texting = asyncio.create_task(_people_text(city, over))
        for _ in range(kills):
            await city.calls_in_flight()
            await city.restart_after_kill("web")
            await until(_answers(city), seconds=20)
        over.set()
        await city.hurry()
        texted = await texting
        # Whatever no webhook brought is read from the carrier's list.
        await city.until_reconciled()
        await city.until_settled(seconds=120)
        await _assert_each_is_stored_once(city, texted)
        await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        assert sum(one["direction"] == "inbound" for one in await city.dump()) == len(texted)


def _answers(city: City) -> Callable[[], Awaitable[bool]]:
    async def answers() -> bool:
        async with city.http.get(f"{city.web_url}/healthz") as answer:
            return answer.status == 200

    return answers


async def _people_text(city: City, over: asyncio.Event) -> dict[str, tuple[str, str]]:
    """Somebody of the audience texts us every 30 ms; returns phone and words by the carrier's id."""
    texted = {}
    for phone, words in zip(city.audience, cycle(WORDS), strict=False):
        if over.is_set():
            break
        told = await city.text(phone, words)
        texted[told["sid"]] = (phone, words)
        await asyncio.sleep(0.03)
    return texted


async def _assert_each_is_stored_once(city: City, texted: dict[str, tuple[str, str]]) -> None:
    missing = set(texted)

    async def all_stored() -> bool:
        rows = await city.rows("select sid from carrier_message where sid = any($1)", list(texted))
        missing.difference_update(row["sid"] for row in rows)
        return not missing

    try:
        await until(all_stored, seconds=30)
    except TimeoutError:
        raise AssertionError(
            f"{len(missing)} texts were never stored: {[texted[sid] for sid in missing]}"
        ) from None
    rows = await city.rows(
        "select c.sid, r.e164, m.body, r.suppressed_at is not null as suppressed from message m "
        "join recipient r on r.id = m.recipient_id left join carrier_message c on c.message_id = m.id "
        "where m.direction = 'in'"
    )
    assert {row["sid"]: (row["e164"], row["body"]) for row in rows} == texted
    assert len(rows) == len(texted)
    for row in rows:
        assert row["suppressed"] == ("stop" in row["body"].lower()), dict(row)
