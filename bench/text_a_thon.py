"""The end of a day that broke another tool: 300 texters, 300 texts a second, on a database full of texts.

900,000 finished texts are there already. Then 100,000 more are pressed for by hand, one of each a second by
each texter; one person in ten replies, one in two hundred with STOP; the carrier reports twice on each text.
`TEXTS=10000 FINISHED=90000` makes it a tenth of that. Nothing may be lost or doubled.
"""

import asyncio
import os
import random

from bench.carrier import signed_post
from bench.figures import counts_of, p95, stage, tell
from tests.factories.city import City, until
from tests.factories.line import Line
from tests.factories.texters import Texter, make_hand_campaign, phones_of, texters_of
from tests.factories.town import phones
from textbank import clock
from textbank.assignments.press import UNDO
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE

TEXTS = int(os.environ.get("TEXTS", "100000"))
FINISHED = int(os.environ.get("FINISHED", "900000"))
TEXTERS = 300
COMPARED = TEXTS // 10
REPLIES = 0.1
STOPS = 0.005
READING_SECONDS = 5.0
AT_ONCE = 50_000

_FINISHED_CAMPAIGN = """
with s as (insert into script (organization_id, body) values ($1, 'Done') returning id)
insert into campaign (organization_id, kind, name, script_id, state, launched_at, frozen_at, finished_at)
select $1, 'p2p', 'Yesterday', id, 'done', now() - interval '9 days', now(), now() - interval '8 days'
from s returning id
"""
_FINISHED = """
with people as (
  insert into recipient (organization_id, e164, place)
  select $1, '+1628' || lpad((2000000 + n)::text, 7, '0'), 'test/open'
  from generate_series($3::int, $4::int) n
  returning id),
contacts as (
  insert into contact (organization_id, first_name) select $1, 'Ana' from people returning id),
pairs as (
  select p.id as recipient_id, c.id as contact_id
  from (select id, row_number() over (order by id) as n from people) p
  join (select id, row_number() over (order by id) as n from contacts) c using (n)),
numbers as (
  insert into contact_number (organization_id, contact_id, recipient_id)
  select $1, contact_id, recipient_id from pairs),
texts as (
  insert into message
    (organization_id, recipient_id, sender_id, campaign_id, direction, purpose, body, sent_by)
  select $1, recipient_id, (select min(id) from sender), $2, 'out', 'first_text', 'Hi Ana, are you coming?',
    'member 1' from pairs
  returning id, recipient_id, sender_id),
attempts as (
  insert into attempt (organization_id, message_id, recipient_id, sender_id, permit_at, outcome, settled_at)
  select $1, id, recipient_id, sender_id, now() - interval '9 days', 'accepted', now() from texts
  returning id, message_id),
filed as (
  insert into carrier_message (organization_id, sid, message_id, attempt_id)
  select $1, 'SMf' || id, message_id, id from attempts),
stands as (
  insert into delivery (organization_id, message_id, rank, status)
  select $1, message_id, 4, 'delivered' from attempts)
insert into audience_member (organization_id, campaign_id, recipient_id, contact_id, message_id)
select $1, $2, recipient_id, contact_id, t.id from pairs join texts t using (recipient_id)
"""


async def fill(city: City) -> None:
    """The texts of the day so far."""
    [row] = await city.rows(_FINISHED_CAMPAIGN, city.organization_id)
    for start in range(1, FINISHED + 1, AT_ONCE):
        end = min(FINISHED, start + AT_ONCE - 1)
        await city.rows(_FINISHED, city.organization_id, row["id"], start, end)
    for start in range(0, TEXTS, AT_ONCE):
        await city.subscribe(phones(min(AT_ONCE, TEXTS - start), start=start))


class Supporters:
    """Who was texted answers now and then, some seconds later."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._dice = random.Random(7)
        self._waiting: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._will = 0
        self._began = 0
        self.texted = 0
        """How many have, and were answered."""
        self.stopped = 0

    def was_texted(self, phone: str) -> None:
        """Decide what this person does about it, once they have read it."""
        drawn = self._dice.random()
        if drawn >= REPLIES:
            return
        words = "STOP" if drawn < STOPS else "Yes, what time is it?"
        self.stopped += words == "STOP"
        self._will += 1
        asyncio.get_running_loop().call_later(
            UNDO.total_seconds() + READING_SECONDS, self._waiting.put_nowait, (phone, words)
        )

    async def answer(self) -> None:
        """Text us, one after the other, over one connection."""
        address = f"{self._city.web_url}/webhooks/twilio/inbound"
        line = Line("127.0.0.1", self._city.web_port)
        while True:
            phone, words = await self._waiting.get()
            fields = {
                "AccountSid": DEFAULT_ACCOUNT_SID,
                "Body": words,
                "From": phone,
                "MessageSid": f"SMin{self._began:028d}{phone[-4:]}",
                "NumMedia": "0",
                "NumSegments": "1",
                "To": LONG_CODE,
            }
            self._began += 1
            request = signed_post(address, fields, DEFAULT_AUTH_TOKEN.encode())
            status, answer = await line.ask(request)
            if status != 200:
                raise AssertionError(f"a reply was answered {status}: {answer[:200]!r}")
            self.texted += 1

    async def all_have(self) -> bool:
        """Whether everybody who will reply has done so."""
        return self.texted == self._will


async def _shift(texter: Texter, each: int, start: float, told: asyncio.Queue[tuple[float, str]]) -> None:
    """Press once a second, or as fast as it goes when late."""
    for number in range(each):
        await asyncio.sleep(max(0.0, start + number - clock.monotonic()))
        before = len(texter.took)
        if not await texter.press():
            return
        if len(texter.took) > before:
            told.put_nowait((texter.took[-1], texter.last))


async def run(city: City) -> None:
    """The shift, and what came of it."""
    campaign = await make_hand_campaign(city)
    texters = await texters_of(city, campaign, TEXTERS)
    phone_of = await phones_of(city, campaign)
    for texter in texters:  # everybody has a batch in hand before the clock runs
        await texter.take_batch()
    supporters = Supporters(city)
    answering = [asyncio.create_task(supporters.answer()) for _ in range(4)]
    pressed: list[float] = []
    told: asyncio.Queue[tuple[float, str]] = asyncio.Queue()

    async def listen() -> None:
        while True:
            took, recipient = await told.get()
            pressed.append(took)
            supporters.was_texted(phone_of[int(recipient)])

    listening = asyncio.create_task(listen())
    began = clock.monotonic()
    each = TEXTS // TEXTERS + 20
    await asyncio.gather(
        *(_shift(one, each, began + place / TEXTERS, told) for place, one in enumerate(texters))
    )
    seconds = clock.monotonic() - began

    async def all_left() -> bool:
        return bool((await counts_of(city))["taken"] >= TEXTS + supporters.stopped)

    await until(all_left, seconds=120, every=0.2)
    backlog = max(0.0, clock.monotonic() - began - seconds - UNDO.total_seconds())
    await until_all_reported(city, campaign, TEXTS)
    await until(supporters.all_have, seconds=60)
    for task in (*answering, listening):
        task.cancel()
    refused = [why for one in texters for why in one.refused]
    if refused or len(pressed) != TEXTS:
        raise AssertionError(f"{len(pressed)} were pressed, {len(refused)} refused: {refused[:3]}")
    await assert_nothing_lost_or_doubled(city, campaign, supporters, TEXTS)
    first, last = pressed[:COMPARED], pressed[-COMPARED:]
    tell("text_a_thon_rate", TEXTS / seconds, "texts/s")
    tell("text_a_thon_click_p95_ms", p95(pressed), "ms", first=round(p95(first), 1), last=round(p95(last), 1))
    tell("text_a_thon_backlog_s", backlog, "s")


async def until_all_reported(city: City, campaign: int, texts: int) -> None:
    """Wait until the carrier has told of every text that it was delivered."""

    async def reported() -> bool:
        [row] = await city.rows(
            "select count(*) as n from message m join delivery d on d.message_id = m.id "
            "where m.campaign_id = $1 and m.purpose = 'first_text' and d.status = 'delivered'",
            campaign,
        )
        return bool(row["n"] == texts)

    await until(reported, seconds=120, every=0.5)


async def assert_nothing_lost_or_doubled(
    city: City, campaign: int, supporters: Supporters, texts: int
) -> None:
    """The carrier has one text for each person, we have each reply, and whoever said STOP is suppressed."""
    counts = await counts_of(city)
    [row] = await city.rows(
        "select count(*) as texts, count(distinct recipient_id) as people from message "
        "where campaign_id = $1 and purpose = 'first_text'",
        campaign,
    )
    [heard] = await city.rows("select count(*) as texts from message where direction = 'in'")
    [out] = await city.rows("select count(*) as people from recipient where suppressed_at is not null")
    seen = (counts["taken"], counts["phones"], row["texts"], row["people"], heard["texts"], out["people"])
    must = (texts + supporters.stopped, texts, texts, texts, supporters.texted, supporters.stopped)
    if seen != must:
        raise AssertionError(f"lost or doubled: {seen} instead of {must}")


async def main() -> None:
    """Run it once."""
    async with stage(callbacks=2) as city:
        await fill(city)
        await run(city)


if __name__ == "__main__":
    asyncio.run(main())
