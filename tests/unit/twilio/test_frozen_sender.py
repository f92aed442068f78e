"""A process stopped and thawed again, as a closed laptop or a busy host does it, writes nothing late."""

import os
import random
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.unit.twilio.conftest import answering, message, running
from textbank import clock

# Deadlines 100 ms ahead, texts as fast as they go; each text says in its body until when it may leave.
SENDER = """
import asyncio, sys
import uvloop
from textbank import clock
from textbank.sms.carrier import NotSent, OutgoingText
from textbank.twilio.client import TwilioCarrier

async def main(url, seconds):
    carrier = TwilioCarrier("AC1", "secret", api_url=url, connections=10)
    end = clock.boot_seconds() + seconds
    late = 0

    async def sender():
        nonlocal late
        while clock.boot_seconds() < end:
            deadline = clock.boot_seconds() + 0.1
            text = OutgoingText(
                to="+14155551212", body=repr(deadline), status_callback="https://bank.example.org/s",
                validity_seconds=60, from_="+15005550006", deadline=deadline,
            )
            late += isinstance(await carrier.send(text), NotSent)

    await asyncio.gather(*(sender() for _ in range(20)))
    await carrier.close()
    print(late)

runner = uvloop.run if sys.argv[3] == "uvloop" else asyncio.run
runner(main(sys.argv[1], float(sys.argv[2])))
"""


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_thawed_process_writes_nothing_whose_time_is_over(loop: str) -> None:
    lateness: list[float] = []

    def note(connection: socket.socket, request: bytes) -> bool:
        deadline = float(request.partition(b"Body=")[2].partition(b"&")[0])
        lateness.append(clock.boot_seconds() - deadline)
        return answering(201, message())(connection, request)

    chosen = random.Random(3)
    with running(note) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", SENDER, server.url, "3.5", loop], stdout=subprocess.PIPE, text=True
        )
        try:
            while not lateness and process.poll() is None:
                time.sleep(0.01)
            for _ in range(5):
                time.sleep(chosen.uniform(0.02, 0.1))
                os.kill(process.pid, signal.SIGSTOP)
                time.sleep(0.5)
                os.kill(process.pid, signal.SIGCONT)
            stopped, _ = process.communicate(timeout=20)
        finally:
            process.kill()
            process.wait()
    assert len(lateness) > 100
    # The server's threads may see a text a little after the kernel had it; a frozen one would be 400 ms late.
    assert max(lateness) < 0.2
    assert int(stopped) > 0, "texts were caught by the freeze, and held back"
