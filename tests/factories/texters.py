"""Texters at their phones: signed in, with a batch in hand, pressing Send over kept connections."""

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.factories.city import City
from tests.factories.line import Line
from textbank import clock
from textbank.accounts.add_member import add_member
from textbank.accounts.sign_in import start_sign_in
from textbank.database import Database
from textbank.web.signed_in import COOKIE

FEW_LEFT = 5
"""With so few people in hand the page asks for more (`static/texting_supply.js`)."""

# These thumbs are faster than a person's on purpose, and nobody is to be paused for it.
_CAMPAIGN = """
with calm as (update organization set pauses_texters = false where id = $1),
s as (insert into script (organization_id, body) values ($1,
    'Hi {first_name|friend}, it is {texter} from {organization}. Are you coming on Saturday? '
    'Reply STOP to opt out.') returning id),
c as (insert into campaign (organization_id, kind, name, script_id, state, launched_at, frozen_at)
  select $1, 'p2p', 'Saturday', id, 'running', now(), now() from s returning id),
l as (insert into campaign_list (organization_id, campaign_id, list_id) select $1, id, $2 from c)
select id from c
"""
_AUDIENCE = """
insert into audience_member (organization_id, campaign_id, recipient_id, contact_id)
select $1, $2, s.recipient_id, s.contact_id from subscription s
where s.organization_id = $1 and s.list_id = $3
"""
_ON_IT = """
insert into campaign_texter (organization_id, campaign_id, member_id) select $1, $2, unnest($3::bigint[])
"""


@dataclass
class Texter:
    """One phone: its own connection, cookie and batch."""

    city: City
    cookie: str
    campaign: int
    took: list[float] = field(default_factory=list)
    """Milliseconds of each press that was accepted."""
    refused: list[str] = field(default_factory=list)
    last: str = ""
    """The recipient of the last press that was accepted."""
    _batch: list[dict[str, object]] = field(default_factory=list)
    _pressed: set[object] = field(default_factory=set)
    _more: asyncio.Task[bool] | None = None
    _nobody_else: bool = False
    _token: str = ""
    _line: Line | None = None
    _second: Line | None = None

    async def press(self) -> bool:
        """Send one first text; False where nobody is left. More people are asked for before the last one."""
        if len(self._batch) <= FEW_LEFT and self._more is None and not self._nobody_else:
            self._more = asyncio.create_task(self._ask_for_more())
        if not self._batch and self._more is not None:
            await self._more
        if not self._batch and not await self.take_batch():
            return False
        text = self._batch.pop()
        self._pressed.add(text["recipient_id"])
        form = {name: text[name] for name in ("recipient_id", "script_id", "body", "seal", "undone")}
        began = clock.monotonic()
        status, answer = await self._ask("POST", f"/texting/{self.campaign}/send", form)
        if status == 200 and json.loads(answer)["sent"]:
            self.took.append((clock.monotonic() - began) * 1000)
            self.last = str(text["recipient_id"])
        else:
            self.refused.append(f"{status} {answer[:200]!r}")
        return True

    async def press_until_told(self) -> str:
        """Send one first text as a phone does on a bad day: again and again, until somebody says what became
        of it. Returns the verdict, or nothing where nobody is left."""
        while not self._batch:
            with suppress(OSError, asyncio.IncompleteReadError, AssertionError):
                if not await self.take_batch():
                    return ""
            await asyncio.sleep(0.2)
        text = self._batch.pop()
        form = {name: text[name] for name in ("recipient_id", "script_id", "body", "seal", "undone")}
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                status, answer = await self._ask("POST", f"/texting/{self.campaign}/send", form)
                if status == 200:
                    return str(json.loads(answer)["verdict"])
            await asyncio.sleep(0.2)

    def close(self) -> None:
        """Hang up."""
        for line in (self._line, self._second):
            if line is not None:
                line.close()

    async def take_batch(self) -> bool:
        """Get the next people as the page's script does; False where nobody is left."""
        if not self._token:
            await self._look()
        self._second = self._second or self._new_line()
        told = await self._ask("POST", f"/texting/{self.campaign}/batch", {}, on=self._second)
        if told[0] != 200:
            raise AssertionError(f"no batch was given: {told[0]}")
        said = json.loads(told[1])
        self._batch = [one for one in said["texts"] if one["recipient_id"] not in self._pressed]
        self._token = said["token"]
        return bool(self._batch)

    async def _ask_for_more(self) -> bool:
        """As the page's script does it, beside the presses."""
        before = len(self._batch)
        found = await self.take_batch()
        self._nobody_else, self._more = len(self._batch) <= before, None
        return found

    async def _look(self) -> None:
        """Open the page, for its token."""
        status, answer = await self._ask("GET", f"/texting/{self.campaign}")
        token = re.search(r'<meta name="csrf-token" content="(\w+)"', answer.decode())
        if status != 200 or token is None:
            raise AssertionError(f"the page answered {status}")
        self._token = token[1]

    def _new_line(self) -> Line:
        parts = urlsplit(self.city.web_url)
        return Line(str(parts.hostname), parts.port or 80)

    async def _ask(
        self, method: str, path: str, form: dict[str, object] | None = None, *, on: Line | None = None
    ) -> tuple[int, bytes]:
        self._line = self._line or self._new_line()
        body = urlencode(form or {}).encode()
        accept = "text/html" if form is None else "application/json"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(self.city.web_url).netloc}\r\n"
            f"Cookie: {COOKIE}={self.cookie}\r\n"
            f"Accept: {accept}\r\nX-CSRF-Token: {self._token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return await (on or self._line).ask(head.encode() + body)


async def make_hand_campaign(city: City) -> int:
    """A peer-to-peer campaign under way, to everybody on the city's list."""
    [row] = await city.rows(_CAMPAIGN, city.organization_id, city.list_id)
    campaign = int(row["id"])
    await city.rows(_AUDIENCE, city.organization_id, campaign, city.list_id)
    await city.execute("analyze")
    return campaign


async def texters_of(city: City, campaign: int, count: int) -> list[Texter]:
    """So many texters on the campaign, each signed in."""
    if city.settings is None:
        raise RuntimeError("the city is not built")
    database = Database.from_settings(city.settings, pool_size=1)
    cookies: list[str] = []
    members: list[int] = []
    try:
        async with database.transaction(city.organization_id) as session:
            for number in range(count):
                member = await add_member(
                    session, city.organization_id, name=f"Texter {number}", role="texter"
                )
                members.append(member.id)
                cookies.append(
                    await start_sign_in(session, city.organization_id, member.id, browser="", address="")
                )
    finally:
        await database.close()
    await city.rows(_ON_IT, city.organization_id, campaign, members)
    return [Texter(city, cookie, campaign) for cookie in cookies]


async def phones_of(city: City, campaign: int) -> dict[int, str]:
    """The phones of a campaign's people, by recipient."""
    rows = await city.rows(
        "select r.id, r.e164 from audience_member m join recipient r on r.id = m.recipient_id "
        "where m.campaign_id = $1",
        campaign,
    )
    return {row["id"]: row["e164"] for row in rows}


def took(texters: Sequence[Texter]) -> list[float]:
    """Milliseconds of every accepted press. Raises AssertionError if any was refused."""
    refused = [why for each in texters for why in each.refused]
    if refused:
        raise AssertionError(f"{len(refused)} presses were refused: {refused[:3]}")
    return [one for each in texters for one in each.took]
