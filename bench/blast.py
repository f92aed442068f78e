"""How fast a blast is handed over by two worker processes to a carrier that answers after 50 ms.

`blast`: no status callbacks. `blast_full`: two each, all applied. `blast_limit`: the same client in two
processes with no database at all, each keeping as many calls under way as a worker has slots.
"""

import asyncio
import sys
from collections.abc import Iterator

from bench.figures import UNLIMITED, bare_carrier, counts_of, stage, tell
from tests.factories.city import until
from textbank import clock, memory
from textbank.messaging.protocol import SLOTS, SLOTS_KEPT
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE
from textbank.sms.carrier import Accepted, OutgoingText
from textbank.twilio.client import TwilioCarrier

PEOPLE = 30_000
PROCESSES = 2
BODY = "Riverside Tenants Union: Rally on Saturday at noon. Reply STOP to opt out."


async def blast(*, callbacks: int) -> float:
    """Texts a second between the tenth and the ninetieth percent of the blast."""
    async with stage(audience=PEOPLE, callbacks=callbacks, processes=PROCESSES) as city:
        # All of them wait before the first leaves, so that queueing is not measured.
        await city.execute("update sender set segments_per_second = 0.001")
        await city.launch()
        await city.rows("update sender set segments_per_second = $1", UNLIMITED)

        async def over() -> bool:
            counts = await counts_of(city)
            return counts["taken"] >= PEOPLE and not counts["callbacks_waiting"]

        await until(over, seconds=300, every=0.2)
        counts = await counts_of(city)
        if counts["most_to_one_phone"] != 1 or counts["phones"] != PEOPLE or counts["refused_callbacks"]:
            raise AssertionError(f"doubled, lost or refused: {counts}")
        return 0.8 * PEOPLE / (counts["ninetieth_at"] - counts["tenth_at"])


async def limit() -> float:
    """The same, with nothing but the client."""
    async with bare_carrier() as address:
        clients = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench.blast", address, str(PEOPLE // PROCESSES), str(number)
            )
            for number in range(PROCESSES)
        ]
        for client in clients:
            if await client.wait():
                raise AssertionError("a client failed")
        import aiohttp

        async with aiohttp.ClientSession() as session, session.get(f"{address}/counts") as answer:
            counts = await answer.json()
        return float(0.8 * PEOPLE / (counts["ninetieth_at"] - counts["tenth_at"]))


async def _client(address: str, texts: int, number: int) -> None:
    carrier = TwilioCarrier(DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, api_url=address, connections=2 * SLOTS)
    phones = iter(range(texts))

    async def keep_sending(which: Iterator[int]) -> None:
        for phone in which:
            text = OutgoingText(
                to=f"+1415{number}{phone:06}",
                body=BODY,
                status_callback=f"http://127.0.0.1:1/webhooks/twilio/status?o=1&a={phone}",
                validity_seconds=3600,
                from_=LONG_CODE,
                service=None,
                media_urls=(),
                deadline=clock.boot_seconds() + 600,
            )
            if not isinstance(await carrier.send(text), Accepted):
                raise AssertionError("a text was not taken")

    await asyncio.gather(*(keep_sending(phones) for _ in range(SLOTS - SLOTS_KEPT)))
    await carrier.close()


async def main() -> None:
    """Run all three, the limit between the two."""
    handed = await blast(callbacks=0)
    bare = await limit()
    tell("blast", handed, "messages/s", of_limit=round(handed / bare, 2))
    tell("blast_limit", bare, "messages/s")
    tell("blast_full", await blast(callbacks=2), "messages/s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        import uvloop

        memory.spare_what_was_read()  # as the workers do
        uvloop.run(_client(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    else:
        asyncio.run(main())
