"""The whole main job, by hand, on what `textbank demo` starts: real processes, a real browser, real clicks.

What it takes (screens, clicks, characters typed) is counted; the counts are printed with `pytest -s`.
"""

import asyncio
import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.hand import Hand
from tests.factories.town import listen
from textbank.cli.demo_data import PASSWORD
from textbank.simulator.defaults import LONG_CODE

PEOPLE = 5_000
TEXTED_BY_HAND = 20
MEMBERS = 31  # the first of their rows has no number
MOST_CLICKS_FOR_A_BLAST = 25


@dataclass
class Demo:
    """A running demo."""

    url: str
    phones_url: str
    process: subprocess.Popen[str]
    environment: dict[str, str]

    async def run(self, *arguments: str) -> None:
        """A command of `textbank`, as somebody at a terminal of that machine gives it."""
        command = [sys.executable, "-m", "textbank.cli", *arguments]
        process = await asyncio.create_subprocess_exec(*command, env=self.environment)
        assert await process.wait() == 0

    async def phone(self, number: str) -> list[dict[str, Any]]:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{self.phones_url}/_simulator/phones/{number}") as answer,
        ):
            return list((await answer.json())["messages"])

    async def text(self, number: str, body: str) -> None:
        given = {"to": LONG_CODE, "body": body, "wait": True}
        url = f"{self.phones_url}/_simulator/phones/{number}/texts"
        async with aiohttp.ClientSession() as http, http.post(url, json=given) as answer:
            assert (await answer.json())["webhook_calls"][-1]["status"] == 200

    async def receives(self, number: str, words: str) -> None:
        """Wait until a text with these words stands on a phone."""
        async with asyncio.timeout(30):
            while not any(words in text["body"].lower() for text in await self.phone(number)):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def texts_by_number(self) -> dict[str, list[str]]:
        """What the carrier took from us, by number."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.phones_url}/_simulator/dump") as answer:
            lines = [json.loads(line) async for line in answer.content]
        found: dict[str, list[str]] = {}
        for line in lines:
            if line["direction"] == "outbound-api":
                found.setdefault(line["to"], []).append(line["body"])
        return found


@pytest_asyncio.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    ports = []
    for _ in range(2):
        socket, address = listen()
        socket.close()
        ports.append(address.rpartition(":")[2])
    environment = os.environ | {"TEXTBANK_DATA": str(tmp_path / "data"), "DATABASE_URL": "", "REDIS_URL": ""}
    arguments = ["demo", "--port", ports[0], "--simulator-port", ports[1]]
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(  # noqa: ASYNC220 - starting takes no time
            [sys.executable, "-m", "textbank.cli", *arguments],
            env=environment,
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        async with asyncio.timeout(90):
            while "ready: http" not in said.read_text(errors="replace"):
                assert process.poll() is None, said.read_text(errors="replace")
                await asyncio.sleep(0.1)
        yield Demo(f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", process, environment)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def people_file(directory: Path, name: str, *, first: int = 0, count: int) -> Path:
    """Names and numbers as a spreadsheet has them; a few rows without a number."""
    file = directory / name
    with file.open("w", newline="") as rows:
        writer = csv.writer(rows)
        writer.writerow(["First Name", "Last Name", "Cell Phone", "Zip"])
        for n in range(first, first + count):
            number = f"(510) {300 + n // 1000}-{n % 1000 + 1000:04d}" if n % 500 else "none"
            writer.writerow([f"Person{n}", "Tenant", number, "94601"])
    return file


@pytest.mark.timeout(300)
async def test_staff_bring_people_in_and_send_a_blast_and_texters_answer(
    demo: Demo, chromium: Browser, tmp_path: Path
) -> None:
    staff = Hand(await chromium.new_page(base_url=demo.url, viewport={"width": 1280, "height": 800}))
    await sign_in(staff)
    await import_people(staff, people_file(tmp_path, "tenants.csv", count=PEOPLE))
    # Who gets a blast gets no first text within the next six hours: texters write to members.
    members = people_file(tmp_path, "members.csv", first=PEOPLE, count=MEMBERS)
    agreed = ("--basis", "members", "--statement", "Members of the union: text me about my building")
    await demo.run("import", str(members), "--list", "Rent Alerts", *agreed)
    await make_a_keyword(staff)
    blast = await send_a_blast(staff)
    assert blast["clicks"] <= MOST_CLICKS_FOR_A_BLAST, blast
    link = await open_a_campaign_for_texters(staff)
    phone = await chromium.new_context(
        base_url=demo.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    texter = Hand(await phone.new_page())
    asked = await send_first_texts(demo, texter, link)
    await answer_and_opt_out(demo, texter, asked)
    await stop_from_the_wall(demo, chromium, asked[5])
    await see_it_all(staff, asked[5])
    blasted = {number: texts for number, texts in (await demo.texts_by_number()).items() if len(texts) > 0}
    assert all(len(texts) == len(set(texts)) for texts in blasted.values())
    print("\n" + json.dumps({"staff": staff.did, "of it the blast": blast, "texter": texter.did}))
    await phone.close()
    await staff.page.close()


async def sign_in(staff: Hand) -> None:
    await staff.page.goto("/")
    await staff.write("E-mail", "omar@riversidetenants.example")
    await staff.write("Password", PASSWORD)
    await staff.press("Sign in", within="main")
    await staff.sees("First steps")


async def import_people(staff: Hand, file: Path) -> None:
    await staff.press("Bring your people in")
    await staff.give_file("CSV file", file)
    await staff.press("Upload and go on")
    await staff.sees("What is in which column?")
    await staff.press("Go on")
    await staff.choose("They told us, on paper or in person")
    await staff.write("Where did they agree?", "Sign-up sheet at the May 1 fair")
    await staff.write("When?", "May 1, 2026")
    await staff.write("What did it say?", "Text me about my building")
    await staff.choose("I state that these people agreed")
    await staff.press("Go on", within="main")
    await staff.pick("List", "a new list")
    await staff.write("Name of the new list", "Building News")
    await staff.write("How often will they hear from you?", "Up to 4 msgs/month")
    await staff.press("Check the file")
    await staff.press(re.compile("Import 4,?990 rows"))
    await staff.sees("Rows that were not taken")
    # It may be night where these people live.
    await staff.press("Let supporters answer")
    await staff.press("Make it day everywhere")
    await staff.sees("it is daytime everywhere")


async def make_a_keyword(staff: Hand) -> None:
    await staff.press("Keywords", within=".sidebar")
    await staff.press("Make a keyword", within=".page-head")
    await staff.write("Word", "BUILDING")
    await staff.pick("List", "Building News")
    await staff.press("Make the keyword")
    await staff.sees("BUILDING")


async def send_a_blast(staff: Hand) -> dict[str, int]:
    before = staff.did.copy()
    await staff.press("Campaigns", within=".sidebar")
    await staff.press("New campaign")
    await staff.write("Name", "Rally")
    await staff.choose("Building News")
    await staff.press("Go on to the words")
    await staff.write("Your words", "Hi {first_name|neighbor}, rally on Saturday at noon, City Hall.")
    await staff.press("Review", within="main")
    await staff.sees("4,990")
    await staff.press("Launch")
    await staff.press("Launch", within="dialog[open]")
    await staff.sees("How far it is")
    did = dict(staff.did - before)
    await expect(staff.page.locator("#live")).to_contain_text("done", timeout=120_000)
    return did


async def open_a_campaign_for_texters(staff: Hand) -> str:
    await staff.press("Campaigns", within=".sidebar")
    await staff.press("New campaign")
    await staff.choose("Peer-to-peer")
    await staff.write("Name", "Meeting")
    await staff.choose("Rent Alerts")
    await staff.press("Go on to the words")
    await staff.write("The first text", "Hi {first_name|neighbor}, it's {texter}. Can you come on Monday?")
    await staff.press("Review", within="main")
    await staff.sees(str(MEMBERS - 1))
    await staff.press("Launch")
    await staff.press("Launch", within="dialog[open]")
    await staff.press("Make the link")
    link = await staff.page.get_by_label("Link", exact=True).input_value()
    return re.sub(r"^https?://[^/]+", "", link)


async def send_first_texts(demo: Demo, texter: Hand, link: str) -> list[str]:
    """Come by the link, skip the practice and press Send twenty times; returns whom was texted."""
    await texter.page.goto(link)
    await texter.write("Your name", "Tess Nguyen")
    await texter.press("Start")
    await texter.press("Skip", within="header.texter-bar")
    await texter.press("Start texting")
    await _until_people_are_there(texter)
    for n in range(TEXTED_BY_HAND):
        heading = texter.page.locator("[data-name]")
        name = await heading.inner_text()
        # A new person takes no press for a moment, so that nobody is texted by a finger that was still down.
        await texter.page.wait_for_timeout(350)
        await texter.press("Send")
        if n + 1 < TEXTED_BY_HAND:
            await expect(heading).not_to_have_text(name)
    # More people have come by themselves; whoever stops leaves them to others.
    await texter.press("Stop for now", within="main")
    await texter.sees("Thank you!")
    async with asyncio.timeout(30):
        while True:
            texts = await demo.texts_by_number()
            asked = sorted(number for number, words in texts.items() if "it's Tess" in words[-1])
            if len(asked) == TEXTED_BY_HAND:
                return asked
            await asyncio.sleep(0.2)


async def _until_people_are_there(texter: Hand) -> None:
    """A job puts them together after the launch, and a busy machine is slower at that than a quick texter."""
    again = texter.page.get_by_role("button", name="Look again")
    shown = texter.page.locator("[data-name]").or_(again)
    async with asyncio.timeout(60):
        await expect(shown).to_be_visible()
        while await again.is_visible():
            await texter.press("Look again")
            await expect(shown).to_be_visible()


async def answer_and_opt_out(demo: Demo, texter: Hand, asked: list[str]) -> None:
    await texter.page.goto("/texting/conversations")
    for number, words in zip(asked, ("Yes! What time?", "Leave my family out of this"), strict=False):
        await demo.text(number, words)
    # They appear by themselves.
    await texter.sees("Yes! What time?")
    await texter.page.get_by_text("Yes! What time?").click()
    await _settled(texter)
    await texter.write("Your answer", "At seven, at the library.")
    await texter.press("Send")
    await texter.sees("At seven, at the library.")
    await demo.receives(asked[0], "at seven, at the library.")
    await texter.press("Done")
    await texter.page.goto("/texting/conversations")
    await texter.page.get_by_text("Leave my family").first.click()
    await _settled(texter)
    await texter.press("Opt out", within="[data-pane]")
    await texter.press("They asked to stop")
    await texter.sees("They get no more texts from anybody here.")


async def _settled(texter: Hand) -> None:
    """What was just shown takes presses only after a moment."""
    await expect(texter.page.locator("[data-pane][data-settled]")).to_be_visible()


async def stop_from_the_wall(demo: Demo, chromium: Browser, number: str) -> None:
    wall = await chromium.new_page(base_url=demo.phones_url)
    await wall.goto(f"/?number={number.replace('+', '%2B')}")
    await wall.get_by_role("button", name="STOP", exact=True).first.click()
    await demo.receives(number, "no more")
    await wall.close()


async def see_it_all(staff: Hand, stopped: str) -> None:
    """Staff find the conversation in the inbox, and on the person's page why nothing may be sent."""
    await staff.press("Inbox", within=".sidebar")
    await staff.press("Opted out", within="main")
    digits = stopped.removeprefix("+1")
    shown = f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    await staff.write("Name or number", digits)
    await staff.press("Search")
    await staff.page.locator(f"main a:has-text('{shown}'), main a:has-text('Tenant')").first.click()
    await staff.sees("STOP")
    await staff.page.locator("main a[href^='/people/']").first.click()
    await staff.sees("What may be sent")
    await staff.sees("STOP")
