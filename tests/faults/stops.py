"""Many STOPs at once, and what the wire says about each."""

import asyncio
from collections.abc import Sequence

from tests.factories.audit import blasts_to
from tests.factories.build_city import ORGANIZATION
from tests.factories.city import BLAST, City
from textbank.consent.wording import opted_out

INBOUND = "/webhooks/twilio/inbound"


async def all_text_stop(city: City, numbers: Sequence[str], *, at_once: int, wait: bool = True) -> None:
    """Each number texts STOP, so many at once; with `wait`, until its webhook call has ended."""
    turns = asyncio.Semaphore(at_once)

    async def stop(phone: str) -> None:
        async with turns:
            await city.text(phone, "STOP", wait=wait)

    await asyncio.gather(*(stop(phone) for phone in numbers))


async def assert_stop_held(city: City, stopped: Sequence[str], *, answered: int) -> None:
    """No byte of a blast text to a number after the 200 to its STOP; at least `answered` STOPs got one."""
    hooks = [seen for seen in await city.wires["webhooks"].log() if seen["path"] == INBOUND]
    answered_at: dict[str, float] = {}
    for seen in hooks:
        if seen["status"] == 200 and seen["body"] == "STOP":
            answered_at.setdefault(seen["from_"], seen["answered_at"])
    assert len(answered_at) >= answered, f"only {len(answered_at)} STOPs were answered"
    calls = await city.wire.log()
    late = [
        (call["to"], call["first_byte_at"] - answered_at[call["to"]])
        for call in calls
        if call["body"] == BLAST and call["first_byte_at"] > answered_at.get(call["to"], float("inf"))
    ]
    assert not late, late
    others = {call["body"] for call in calls if call["to"] in answered_at and call["body"] != BLAST}
    assert others == {opted_out(ORGANIZATION)}
    blasted = blasts_to(calls)
    reached = [phone for phone in stopped if phone in blasted]
    assert len(reached) < len(stopped), "no STOP came before its blast text"
