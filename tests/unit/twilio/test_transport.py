"""No byte after the deadline, no second try of a POST, and an honest record of what was written."""

import asyncio
import threading
from typing import Any

import pytest
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import Connection

from tests.unit.twilio.conftest import Answer, OnLoop, Tls, answering, hanging_up, message, resetting, running
from textbank import clock
from textbank.sms.carrier import Accepted, NotSent, OutgoingText, Unknown
from textbank.twilio import transport
from textbank.twilio.client import TwilioCarrier
from textbank.twilio.transport import PunctualRequest


def text(deadline: float = float("inf")) -> OutgoingText:
    return OutgoingText(
        to="+14155551212",
        body="Hello",
        status_callback="https://bank.example.org/webhooks/twilio/status?message=1&attempt=2",
        validity_seconds=3600,
        from_="+15005550006",
        deadline=deadline,
    )


def in_a_second() -> float:
    return clock.boot_seconds() + 1.0


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_head_and_body_are_in_the_kernel_before_the_loop_goes_on(
    on_loop: OnLoop, tls: Tls, monkeypatch: pytest.MonkeyPatch, secure: bool
) -> None:
    """Or a process frozen at that moment would write the text whenever it is thawed."""
    seen: list[bool] = []

    with running(answering(201, message()), tls=tls[0] if secure else None) as server:

        class Watched(PunctualRequest):
            async def write_bytes(
                self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
            ) -> None:
                await super().write_bytes(writer, conn, content_length)
                # The event loop stands still here; only what the kernel has can arrive.
                seen.append(server.arrived.wait(5))

        monkeypatch.setattr(transport, "PunctualRequest", Watched)

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url, tls=tls[1])
            for _ in range(3):
                server.arrived.clear()
                assert isinstance(await carrier.send(text(in_a_second())), Accepted)
            await carrier.close()

        on_loop(main)
    assert seen == [True] * 3
    if not secure:
        assert server.pieces == server.requests, "each request came in one piece"


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_nothing_is_written_when_the_deadline_passes_with_the_connection_in_hand(
    on_loop: OnLoop, tls: Tls, monkeypatch: pytest.MonkeyPatch, secure: bool
) -> None:
    class Frozen(PunctualRequest):
        async def write_bytes(
            self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
        ) -> None:
            assert self._call is not None
            self._call.deadline = clock.boot_seconds()  # as if this process had been stopped until now
            await super().write_bytes(writer, conn, content_length)

    with running(answering(201, message()), tls=tls[0] if secure else None) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url, tls=tls[1])
            assert isinstance(await carrier.send(text(in_a_second())), Accepted)
            await carrier.close()
            monkeypatch.setattr(transport, "PunctualRequest", Frozen)
            outcome = await carrier.send(text(in_a_second()))
            assert isinstance(outcome, NotSent)
            assert "permit" in outcome.reason
            await carrier.close()

        on_loop(main)
    # A connection that was aborted at once may be gone before the server's thread has counted it.
    assert server.connections in (1, 2)
    assert len(server.pieces) == 1, "the second connection carried nothing"


def test_nothing_is_written_when_the_deadline_passes_while_waiting_for_a_connection(on_loop: OnLoop) -> None:
    go_on = threading.Event()

    def slowly(connection: Any, request: bytes) -> bool:
        go_on.wait(5)
        return bool(answering(201, message())(connection, request))

    with running(slowly) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url, connections=1)
            first = asyncio.create_task(carrier.send(text()))
            await asyncio.to_thread(server.arrived.wait, 5)
            late = [asyncio.create_task(carrier.send(text(clock.boot_seconds() + 0.05))) for _ in range(5)]
            outcomes = await asyncio.gather(*late)
            assert all(isinstance(outcome, NotSent) for outcome in outcomes), outcomes
            go_on.set()
            assert isinstance(await first, Accepted)
            assert isinstance(await carrier.send(text(in_a_second())), Accepted)
            await carrier.close()

        on_loop(main)
    assert len(server.requests) == len(server.pieces) == 2
    assert server.connections == 1, "the kept connection was spared"


def test_a_deadline_already_past_writes_nothing(on_loop: OnLoop) -> None:
    with running(answering(201, message())) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url)
            assert isinstance(await carrier.send(text()), Accepted)
            assert isinstance(await carrier.send(text(clock.boot_seconds() - 1)), NotSent)
            await carrier.close()

        on_loop(main)
    assert len(server.pieces) == 1


@pytest.mark.parametrize("ending", [hanging_up, resetting])
def test_a_text_is_never_sent_twice_over_a_dropped_connection(on_loop: OnLoop, ending: Answer) -> None:
    with running(answering(201, message())) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url)
            assert isinstance(await carrier.send(text()), Accepted)
            server.answer = ending
            assert isinstance(await carrier.send(text()), Unknown)
            await carrier.close()

        on_loop(main)
    assert len(server.requests) == 2
    assert server.connections == 1, "the second text went over the kept connection and nowhere else"


def test_a_connection_closed_while_idle_does_no_harm(on_loop: OnLoop) -> None:
    def once(connection: Any, request: bytes) -> bool:
        answering(201, message())(connection, request)
        return False

    with running(once) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url)
            assert isinstance(await carrier.send(text()), Accepted)
            await _until_idle_ones_are_closed(carrier)
            assert isinstance(await carrier.send(text()), Accepted)
            await carrier.close()

        on_loop(main)
    assert server.connections == 2


async def _until_idle_ones_are_closed(carrier: TwilioCarrier) -> None:
    session = carrier._transport._session
    assert session is not None
    assert session.connector is not None
    for _ in range(500):
        kept = [kept for pool in session.connector._conns.values() for kept, _ in pool]
        if not any(connection.is_connected() for connection in kept):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the server's end of the connection was never noticed")


def test_a_certificate_nobody_vouches_for_means_not_sent(on_loop: OnLoop, tls: Tls) -> None:
    with running(answering(201, message()), tls=tls[0]) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url)
            assert isinstance(await carrier.send(text()), NotSent)
            await carrier.close()

        on_loop(main)
    assert server.requests == []


def test_no_answer_in_time_is_unknown(on_loop: OnLoop) -> None:
    def silent(_connection: Any, _request: bytes) -> bool:
        server.silent.wait(5)
        return False

    with running(silent) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url, timeout_seconds=0.3)
            started = clock.monotonic()
            assert await carrier.send(text()) == Unknown("time-out")
            assert clock.monotonic() - started < 2
            await carrier.close()
            server.silent.set()

        on_loop(main)
    assert len(server.requests) == 1


def test_nobody_listening_means_not_sent(on_loop: OnLoop) -> None:
    async def main() -> None:
        with running(hanging_up) as server:
            pass
        carrier = TwilioCarrier("AC1", "token", api_url=server.url)
        outcome = await carrier.send(text())
        assert isinstance(outcome, NotSent)
        assert outcome.reason.startswith("no connection: ")
        await carrier.close()

    on_loop(main)


def test_a_cancelled_call_is_cancelled(on_loop: OnLoop) -> None:
    def silent(_connection: Any, _request: bytes) -> bool:
        server.silent.wait(5)
        return False

    with running(silent) as server:

        async def main() -> None:
            carrier = TwilioCarrier("AC1", "token", api_url=server.url)
            sending = asyncio.create_task(carrier.send(text()))
            await asyncio.to_thread(server.arrived.wait, 5)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await carrier.close()
            server.silent.set()

        on_loop(main)
