"""Every webhook and every form, public or staff's, fed with nonsense: something is refused, nothing breaks.

`make test` sends the same few hundred requests each time, `make faults` new ones for ten minutes.
"""

import asyncio
import gc
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from urllib.parse import urlencode

import hypothesis
import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import strategies as st

from tests.factories.forms import opened
from tests.factories.hostile import WORDS, Hostile, ask, requests
from tests.factories.office import Office
from tests.factories.town import running_town
from tests.flows.web.route_table import ROUTES, things_of
from textbank import clock
from textbank.accounts.invites import make_invite
from textbank.consent.preference_token import Whose, make_token
from textbank.database import Database
from textbank.settings import Settings
from textbank.simulator.signing import signature
from textbank.web.signed_in import COOKIE

# These end the session that asks, or never end.
LEFT_OUT = {"POST /sign-out", "GET /events", "POST /me/password", "POST /me/sign-ins/{sign_in_id}/end"}
FORGED = "forged webhook"
UNSIGNED = {FORGED, *(name for name, route in ROUTES.items() if route.least == "carrier")}
AT_ONCE = 200
"""Requests drawn from one seed."""


class Siege:
    """A town under attack: everything it has is real."""

    def __init__(self, runner: asyncio.Runner, settings: Settings) -> None:
        self._runner, self._settings = runner, settings
        self._open = AsyncExitStack()
        self.answered: Counter[int] = Counter()
        self.broken: dict[tuple[str, int], Hostile] = {}

    def begin(self) -> None:
        self._runner.run(self._begin())

    def end(self) -> None:
        self._runner.run(self._open.aclose())

    async def _begin(self) -> None:
        database = Database.from_settings(self._settings, pool_size=5)
        self._open.push_async_callback(database.close)
        self.town = await self._open.enter_async_context(running_town(self._settings, database))
        self.office = await Office.opened(self.town)
        self._open.push_async_callback(self.office.close)
        self.things = await things_of(self.office)
        await opened(self.town)
        self.things |= await self._links()
        cookie = f"{COOKIE}={await self.office.cookie('owner')}"
        page = await self.office.signed_out().request("GET", "/me", headers={"Cookie": cookie})
        found = re.search(r'<meta name="csrf-token" content="(\w+)"', page.text)
        assert found is not None
        self.signed_in = {"Cookie": cookie.encode(), "X-CSRF-Token": found[1].encode()}

    async def _links(self) -> dict[str, str]:
        """Links that open something."""
        secret = self.town.settings.derived_secret("preferences")
        organization = self.town.organization_id
        whose = Whose(organization, int(self.things["recipient_id"]))
        async with self.town.database.transaction(organization) as session:
            link = await make_invite(session, organization, by=None, role="texter", head_count=1_000)
        return {"token": make_token(secret, whose, clock.now()), "link": link}

    def strategy(self) -> st.SearchStrategy[tuple[str, Hostile]]:
        """Any route, and a request to it."""
        public = [name for name, route in ROUTES.items() if route.least == "anybody"]
        staff = [
            name
            for name, route in ROUTES.items()
            if route.least not in ("anybody", "carrier") and name not in LEFT_OUT
        ]

        def to(names: list[str], headers: dict[str, bytes]) -> st.SearchStrategy[tuple[str, Hostile]]:
            return st.sampled_from(names).flatmap(
                lambda name: requests(name, self.things, headers).map(lambda one: (name, one))
            )

        return st.one_of(
            self._webhooks(), self._webhooks(), to(public, {}), to(public, {}), to(staff, self.signed_in)
        )

    def _webhooks(self) -> st.SearchStrategy[tuple[str, Hostile]]:
        """Signed as by the carrier, with whatever it might say; or not, with whatever anybody might."""
        account = self.town.simulator.exchange.settings.accounts[0]
        sid = st.one_of(WORDS, st.sampled_from(["SM" + "0" * 32, "SM" + "1" * 32]))
        usual = st.fixed_dictionaries(
            {"AccountSid": st.just(account.sid), "To": st.sampled_from([self.town.number, "+1", "x"])},
            optional={
                "MessageSid": sid,
                "SmsSid": sid,
                "From": st.one_of(st.sampled_from(["+15105550123", "+15105550101", "95433", ""]), WORDS),
                "Body": WORDS,
                "NumMedia": WORDS,
                "NumSegments": WORDS,
                "MediaUrl0": WORDS,
                "MediaContentType0": WORDS,
                "OptOutType": st.sampled_from(["STOP", "START", "HELP", "stop", "?"]),
                "MessagingServiceSid": WORDS,
                "MessageStatus": st.one_of(
                    st.sampled_from(["sent", "delivered", "failed", "undelivered"]), WORDS
                ),
                "ErrorCode": st.one_of(st.sampled_from(["21610", "30007"]), WORDS),
            },
        )
        extra = st.dictionaries(st.text(min_size=1, max_size=9), WORDS, max_size=2)
        ids = st.one_of(st.just(str(self.town.organization_id)), WORDS)
        status = st.tuples(ids, WORDS, st.one_of(st.sampled_from(["1", "2", "3"]), WORDS)).map(
            lambda each: "/webhooks/twilio/status?" + urlencode(dict(zip("oma", each, strict=True)))
        )
        path = st.one_of(st.just("/webhooks/twilio/inbound"), st.just("/webhooks/twilio/inbound"), status)

        def signed(drawn: tuple[str, dict[str, str], dict[str, str], bool]) -> tuple[str, Hostile]:
            target, fields, more, honest = drawn
            fields = {**more, **fields}
            token = account.auth_token if honest else "somebody else's"
            url = self.town.settings.textbank_public_url + target
            headers = {
                "Content-Type": b"application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature(token, url, fields).encode(),
            }
            return ("webhook" if honest else FORGED), Hostile(
                "POST", target, headers, urlencode(fields).encode()
            )

        proper = st.tuples(path, usual, extra, st.sampled_from([True] * 5 + [False])).map(signed)
        hooks = [name for name, route in ROUTES.items() if route.least == "carrier"]
        wild = st.sampled_from(hooks).flatmap(
            lambda name: requests(name, self.things, {}).map(lambda one: (name, one))
        )
        return st.one_of(proper, proper, proper, wild)

    def strike(self, number: int) -> None:
        """Send so many requests of one seed, and note what should never be answered."""

        @seed(number)
        @hypothesis.settings(
            max_examples=AT_ONCE,
            derandomize=False,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(drawn=self.strategy())
        def one(drawn: tuple[str, Hostile]) -> None:
            name, request = drawn
            status = self._runner.run(ask(self.town.settings.textbank_public_url, request))
            self.answered[status] += 1
            # 503 is what a text for a number that is nobody's gets: the carrier comes again.
            if status >= 500 and not (status == 503 and name in ("webhook", "GET /readyz")):
                self.broken.setdefault((name, status), request)
            if name in UNSIGNED and 200 <= status < 400:
                self.broken.setdefault((name, status), request)

        one()


@pytest.fixture
def siege(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Siege]:
    # No network address is refused for the tries of the others, else only the refusal would be tested.
    addresses = iter(range(10**9))
    for name, module in list(sys.modules.items()):
        if name.startswith("textbank.web.") and hasattr(module, "address_of"):
            monkeypatch.setattr(module, "address_of", lambda _: f"fuzz {id(addresses)} {next(addresses)}")
    with asyncio.Runner() as runner:
        under = Siege(runner, settings)
        try:
            under.begin()
            yield under
        finally:
            under.end()


# A form that is torn in the middle leaves its parts to be collected.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("seconds", [0, pytest.param(600, marks=pytest.mark.long)])
def test_no_request_to_any_way_in_is_answered_500(siege: Siege, seconds: int) -> None:
    until, number = clock.monotonic() + seconds, 0
    while number < 2 or clock.monotonic() < until:
        siege.strike(number)
        number += 1
    gc.collect()
    print(f"\n{siege.answered.total()} requests:", dict(siege.answered.most_common()))
    assert not siege.broken, "\n".join(f"{name}: {what}" for name, what in siege.broken.items())
    assert siege.answered[200] > 20, "nothing went well: only the first check was tested"
