"""Every way in which a create can end unclear, each with and without the text having been accepted."""

import asyncio

import aiohttp
import pytest

from tests.flows.simulator.conftest import SUPPORTER, Caller
from textbank.simulator.magic_numbers import MAGIC

BEFORE_OR_AFTER = [
    ("error_500_before", 0),
    ("error_500_after", 1),
    ("reset_before", 0),
    ("reset_after", 1),
    ("timeout_before", 0),
    ("timeout_after", 1),
]


async def outcome(carrier: Caller, to: str = SUPPORTER, patience: float = 10.0) -> str:
    """How the create looked from outside."""
    form = {"To": to, "From": carrier.account.numbers[0].e164, "Body": "Hello"}
    try:
        async with carrier.session.post(
            f"{carrier.messages_url}.json",
            data=form,
            headers=carrier.headers,
            timeout=aiohttp.ClientTimeout(total=patience),
        ) as answer:
            return str(answer.status)
    except TimeoutError:
        return "timeout"
    except aiohttp.ClientConnectionError:
        return "reset"


@pytest.mark.parametrize(("fault", "accepted"), BEFORE_OR_AFTER)
@pytest.mark.parametrize("by_number", [True, False])
async def test_an_unclear_create_has_or_has_not_accepted_the_text(
    carrier: Caller, fault: str, accepted: int, by_number: bool
) -> None:
    to = next(m.e164 for m in MAGIC.values() if m.fault == fault) if by_number else SUPPORTER
    await carrier.behave(create_fault_next={} if by_number else {fault: 1}, fault_timeout_seconds=1.0)
    expected = {"error": "500", "reset": "reset", "timeout": "timeout"}[fault.split("_", maxsplit=1)[0]]
    patience = 0.3 if expected == "timeout" else 10.0
    assert await outcome(carrier, to, patience) == expected
    assert len(await carrier.list(To=to)) == accepted
    if not by_number:
        assert await outcome(carrier, to) == "201"


async def test_too_many_requests_happen_once_and_accept_nothing(carrier: Caller) -> None:
    assert await outcome(carrier, "+12025550129") == "429"
    assert await carrier.list(To="+12025550129") == []
    assert await outcome(carrier, "+12025550129") == "201"


async def test_the_next_so_many_creates_fail_and_then_no_more(carrier: Caller) -> None:
    await carrier.behave(create_fault_next={"error_500_after": 2, "too_many_requests": 1})
    outcomes = [await outcome(carrier) for _ in range(4)]
    assert outcomes == ["500", "500", "429", "201"]
    assert len(await carrier.list(To=SUPPORTER)) == 3


async def test_a_share_of_the_creates_fails(carrier: Caller) -> None:
    await carrier.behave(create_fault_share={"too_many_requests": 0.5})
    outcomes = [await outcome(carrier) for _ in range(60)]
    assert 10 < outcomes.count("429") < 50
    assert len(await carrier.list(PageSize="100")) == outcomes.count("201")


async def test_a_create_takes_as_long_as_set_and_many_wait_at_once(carrier: Caller) -> None:
    await carrier.behave(latency_ms=150)
    started = asyncio.get_running_loop().time()
    assert set(await asyncio.gather(*[outcome(carrier) for _ in range(20)])) == {"201"}
    # One after the other they would take three seconds.
    assert 0.15 <= asyncio.get_running_loop().time() - started < 1.5


async def test_a_share_of_the_texts_is_not_delivered(carrier: Caller) -> None:
    await carrier.behave(undelivered_share=1.0, undelivered_code=30007)
    _, message = await carrier.create()
    assert (await carrier.until(message["sid"], "undelivered"))["error_code"] == 30007
