"""What tests, benchmarks and an operator ask the carrier itself; and what it remembers after a restart."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.flows.simulator.conftest import SUPPORTER, Caller, Receiver, running_carrier
from textbank.simulator import SimulatorSettings
from textbank.simulator.defaults import LONG_CODE, default_settings
from textbank.sms.phone_number import PhoneNumber, parse


async def test_counts_show_who_was_texted_more_than_once_and_with_the_same_words(carrier: Caller) -> None:
    await carrier.create(To="+14155550111", Body="one")
    await carrier.create(To="+14155550111", Body="two")
    _, counts = await carrier.get("/_simulator/counts")
    assert (counts["created"], counts["phones"], counts["most_to_one_phone"]) == (2, 1, 2)
    assert counts["phones_with_repeated_body"] == 0
    await carrier.create(To="+14155550111", Body="two")
    await carrier.text()
    _, later = await carrier.get("/_simulator/counts", since=str(counts["mark"]))
    assert (later["created"], later["created_since"], later["phones_with_repeated_body"]) == (3, 1, 1)


async def test_the_dump_has_every_message_with_its_history(carrier: Caller) -> None:
    _, message = await carrier.create(StatusCallback="http://127.0.0.1:9/s?id=4#rc=0")
    await carrier.until(message["sid"], "delivered")
    await carrier.text()
    async with carrier.session.get(f"{carrier.base}/_simulator/dump") as answer:
        rows = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [row["direction"] for row in rows] == ["outbound-api", "inbound"]
    assert rows[0]["sid"] == message["sid"]
    assert rows[0]["created_at"] == rows[0]["history"][0]["at"]
    assert rows[0]["callback"].endswith("id=4#rc=0")


async def test_a_phone_shows_both_halves_of_its_conversation(carrier: Caller) -> None:
    await carrier.create(Body="Hi")
    await carrier.text(body="hello")
    _, phone = await carrier.get(f"/_simulator/phones/{SUPPORTER}")
    assert [message["body"] for message in phone["messages"]] == ["Hi", "hello"]


async def test_a_wrong_setting_changes_nothing(carrier: Caller) -> None:
    _, before = await carrier.get("/_simulator/settings")
    for wrong in ({"callbacks_lost": 2}, {"no_such": 1}, {"latency_ms": 5, "callbacks_doubled": "x"}):
        async with carrier.session.patch(f"{carrier.base}/_simulator/settings", json=wrong) as answer:
            assert answer.status == 422
    assert (await carrier.get("/_simulator/settings"))[1] == before


async def test_a_reset_forgets_the_traffic_and_keeps_the_settings(carrier: Caller) -> None:
    await carrier.behave(latency_ms=1)
    await carrier.create()
    async with carrier.session.post(f"{carrier.base}/_simulator/reset") as answer:
        assert answer.status == 200
    assert await carrier.list() == []
    assert (await carrier.get("/_simulator/counts"))[1]["by_status"] == {}
    assert (await carrier.get("/_simulator/settings"))[1]["latency_ms"] == 1
    assert (await carrier.create())[0] == 201


async def test_a_webhook_address_set_by_the_api_is_the_one_that_is_called(
    carrier: Caller, receiver: Receiver
) -> None:
    base = f"{carrier.base}/2010-04-01/Accounts/{carrier.account.sid}/IncomingPhoneNumbers"
    _, listed = await carrier.get(f"{base}.json", PhoneNumber=LONG_CODE)
    (number,) = listed["incoming_phone_numbers"]
    status, changed = await carrier.post(
        f"{base}/{number['sid']}.json", {"SmsUrl": f"{receiver.base}/new#rc=3"}
    )
    assert (status, changed["sms_url"]) == (200, f"{receiver.base}/new#rc=3")
    await carrier.text()
    assert len(receiver.to("/new")) == 1


async def test_a_restart_brings_the_wall_back_and_sends_on_what_was_queued(
    settings: SimulatorSettings, tmp_path: Path
) -> None:
    journal = tmp_path / "wall.ndjson"
    settings.accounts[0].default_opt_out = "block"
    async with running_carrier(settings, journal=journal) as carrier:
        await carrier.text(body="STOP", phone="+14155550199")
        _, done = await carrier.create(Body="one")
        await carrier.until(done["sid"], "delivered")
        carrier.exchange.accounts[carrier.account.sid].lines[LONG_CODE].settings.pace = 0.01
        await carrier.create(Body="two")
        _, waiting = await carrier.create(Body="three")
    with journal.open("a") as torn:
        torn.write('{"event":"created","se')
    carrier.exchange.accounts[carrier.account.sid].lines[LONG_CODE].settings.pace = 1000
    async with running_carrier(settings, journal=journal) as again:
        assert (await again.fetch(done["sid"]))["status"] == "delivered"
        await again.until(waiting["sid"], "delivered")
        assert (await again.create(To="+14155550199"))[1]["code"] == 21610
        await again.create(Body="four")
    async with running_carrier(settings, journal=journal) as third:
        _, phone = await third.get(f"/_simulator/phones/{SUPPORTER}")
        assert [message["body"] for message in phone["messages"]] == ["one", "two", "three", "four"]


async def test_a_reset_empties_the_journal_but_for_what_was_set_up(
    settings: SimulatorSettings, tmp_path: Path
) -> None:
    journal = tmp_path / "wall.ndjson"
    number = settings.accounts[0].numbers[0]
    async with running_carrier(settings, journal=journal) as carrier:
        base = f"{carrier.base}/2010-04-01/Accounts/{carrier.account.sid}/IncomingPhoneNumbers"
        await carrier.post(f"{base}/{number.sid}.json", {"SmsUrl": "http://127.0.0.1:9/set-up"})
        await carrier.create(Body="before")
        async with carrier.session.post(f"{carrier.base}/_simulator/reset"):
            pass
        await carrier.create(Body="after")
    assert "before" not in journal.read_text()
    number.sms_url = ""
    async with running_carrier(settings, journal=journal) as again:
        assert [message["body"] for message in await again.list()] == ["after"]
        assert again.exchange.accounts[again.account.sid].lines[LONG_CODE].settings.sms_url.endswith("set-up")


def test_the_default_numbers_are_ones_that_exist() -> None:
    for number in default_settings("http://127.0.0.1:8000").accounts[0].numbers:
        assert isinstance(parse(number.e164), PhoneNumber)


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError


def test_the_command_stops_cleanly_when_it_is_told_to() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = (
        "from textbank.simulator import default_settings, run; "
        f"run({port}, default_settings('http://127.0.0.1:9'))"
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
        wait_for_port(port)
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, b"")


async def test_pace_and_opt_out_handling_change_while_it_runs(carrier: Caller) -> None:
    url = f"{carrier.base}/_simulator/accounts/{carrier.account.sid}"
    change = {"default_opt_out": "late", "pace": {LONG_CODE: 50}}
    async with carrier.session.patch(url, json=change) as answer:
        assert answer.status == 200, await answer.text()
    assert carrier.account.default_opt_out == "late"
    assert carrier.account.numbers[0].pace == 50
    for wrong in (
        {"default_opt_out": "maybe"},
        {"auth_token": "stolen"},
        {"pace": {LONG_CODE: 0}},
        {"pace": {"+14155550199": 5}},
        {"default_opt_out": "off", "pace": {LONG_CODE: "fast"}},
    ):
        async with carrier.session.patch(url, json=wrong) as answer:
            assert answer.status == 422
    assert carrier.account.default_opt_out == "late"
