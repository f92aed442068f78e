"""From an empty folder to the first answered text, at a terminal, as a newcomer does it.

What stood on the terminal is docs/setup-transcript.md. Where it changes, `TRANSCRIPT=write` writes it anew.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from tests.flows.setup.conftest import Carrier, Folder, free_port
from tests.flows.setup.terminal import Terminal

TRANSCRIPT = Path(__file__).resolve().parents[3] / "docs" / "setup-transcript.md"
PHONE = "+14155550190"
HEAD = """# A first hour, as it stands on the terminal

`textbank setup` in an empty folder, with the simulated carrier in Twilio's place, so the address is this
machine's own. What was typed follows a question mark. A test (tests/flows/setup) does this on every run and
compares; ports, links and identities are made the same.

First the address was mistyped. Nothing was lost: the second run goes on from there.

```
"""


def same(text: str, *, wrong: int, port: int, sid: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"/join/[\w.-]+", "/join/1.abc…", text)
    text = text.replace(f":{wrong}", ":9999").replace(str(port), "8000")
    text = text.replace(sid, "AC0123…")
    return re.sub(r"[ \t]+\n", "\n", text).strip() + "\n"


@pytest.mark.timeout(400)
async def test_a_newcomer_gets_from_an_empty_folder_to_the_first_answered_text(
    carrier: Carrier, tmp_path: Path
) -> None:
    account = carrier.new_account(numbers=2)
    number = account.numbers[1].e164
    port, wrong = free_port(), free_port()
    folder = Folder(tmp_path, carrier)
    environment = folder.environment | {"COLUMNS": "500", "TERM": "dumb"}
    words = [sys.executable, "-m", "textbank.cli", "setup", "--port", str(port), "--no-stay"]

    first = Terminal(words, cwd=tmp_path, environment=environment)
    try:
        await first.answer("The address that the internet knows", f"http://127.0.0.1:{wrong}")
        assert await first.ended() == 1
    finally:
        first.close()
    assert f"Nothing answers at http://127.0.0.1:{wrong} (no connection" in first.text

    again = Terminal([*words, "--url", f"http://127.0.0.1:{port}"], cwd=tmp_path, environment=environment)
    try:
        await again.answer("Its name, as texts are signed with it", "Riverside Tenants")
        await again.answer("Whom people reach who text HELP", "help@riverside.example")
        await again.answer("The account SID", account.sid)
        await again.answer("The auth token", account.auth_token)
        await again.answer("Which of these?", "2")
        await again.answer("Your own phone", PHONE)
        await again.wait_for("Now reply to it with any word")
        await carrier.text(PHONE, number, "Hello there")
        assert await again.ended() == 0, again.text
    finally:
        again.close()
    assert account.auth_token not in again.text, "the token is not shown"
    assert account.auth_token not in (tmp_path / ".env").read_text(), "nor kept in a file"
    texts = [m.body for m in carrier.simulator.exchange.conversation(PHONE) if m.direction != "inbound"]
    assert texts == [
        "Riverside Tenants: This is a test from Textbank. Please reply with any word. Reply STOP to opt out."
    ]

    before = same(first.text, wrong=wrong, port=port, sid=account.sid)
    after = same(again.text, wrong=wrong, port=port, sid=account.sid)
    shown = f"$ textbank setup\n{before}\n$ textbank setup --url http://127.0.0.1:8000\n{after}"
    written = f"{HEAD}{shown}```\n"
    if os.environ.get("TRANSCRIPT") == "write":
        await asyncio.to_thread(TRANSCRIPT.write_text, written)
    assert written == await asyncio.to_thread(TRANSCRIPT.read_text)


async def test_a_taken_port_is_said_before_anything_starts(carrier: Carrier, tmp_path: Path) -> None:
    folder = Folder(tmp_path, carrier)
    taken = int(carrier.url.rpartition(":")[2])
    refused = await folder.setup("--port", str(taken))
    assert refused.code == 1
    assert f"Port {taken} for the pages cannot be used (Address already in use)" in refused.said
    assert not (tmp_path / ".textbank" / "postgres").exists()
    port = free_port()
    further = await folder.setup("--port", str(port), "--url", f"http://127.0.0.1:{port}")
    assert further.code == 1
    assert (
        "This is not answered yet: Its name, as texts are signed with it Give it with --name." in further.said
    )
