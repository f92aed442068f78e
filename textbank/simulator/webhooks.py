"""How this carrier calls a webhook: a signed form post, time limits, and repeats as the URL asks.

Overrides in the URL's fragment follow https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides:
by default one repeat, and only if no connection could be made; a 500 is *not* repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urldefrag, urlencode

import aiohttp
from yarl import URL

from textbank.simulator.signing import signature

_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})
_LARGEST_ANSWER = 65_536


@dataclass(frozen=True, slots=True)
class Overrides:
    """Time limits, and what is repeated how often."""

    limits: aiohttp.ClientTimeout
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})


@dataclass(frozen=True, slots=True)
class Called:
    """How calling a webhook ended."""

    attempts: int
    status: int | None = None
    """None: no answer."""
    failure: str = ""
    """`ct`, `rt`, `4xx` or `5xx`; empty when it went well."""
    body: bytes = b""


@lru_cache(maxsize=1024)
def overrides_of(fragment: str) -> Overrides:
    """Read `rc=3&rp=ct,rt,5xx`. What cannot be read or lies outside its bounds keeps the default."""
    given = dict(parse_qsl(fragment))
    policy = frozenset(given.get("rp", "ct").split(",")) & _POLICIES or frozenset({"ct"})
    return Overrides(
        limits=aiohttp.ClientTimeout(
            sock_connect=_bounded(given.get("ct"), 100, 10_000, 5_000) / 1000,
            sock_read=_bounded(given.get("rt"), 100, 15_000, 15_000) / 1000,
            total=_bounded(given.get("tt"), 100, 15_000, 15_000) / 1000,
        ),
        retries=_bounded(given.get("rc"), 0, 5, 1),
        policy=policy,
    )


def _bounded(text: str | None, least: int, most: int, default: int) -> int:
    if text is None or not text.isdecimal() or not least <= int(text) <= most:
        return default
    return int(text)


class Webhooks:
    """The client side of one carrier, with connections kept alive."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Make the client; needs a running event loop."""
        # Servers drop idle connections after five seconds; we let go first, so that a repeat is never
        # caused by our own reuse of a connection that is about to close.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self, address: str, parameters: Mapping[str, str], token: str, idempotency_token: str
    ) -> Called:
        """Post until it goes well or the address's policy is used up. Never raises for the network."""
        url, fragment = urldefrag(address)
        overrides = overrides_of(fragment)
        body = urlencode(parameters).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature(token, url, parameters),
            "I-Twilio-Idempotency-Token": idempotency_token,
        }
        attempts = 0
        while True:
            attempts += 1
            called = await self._once(url, body, headers, overrides, attempts)
            repeated = "all" in overrides.policy or called.failure in overrides.policy
            if not called.failure or not repeated or attempts > overrides.retries:
                return called

    async def _once(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        overrides: Overrides,
        attempt: int,
    ) -> Called:
        if self._session is None:
            return Called(attempt, failure="ct")
        try:
            # Already encoded: what was signed must be what is asked for, letter by letter.
            target = URL(url, encoded=True)
            async with self._session.post(
                target, data=body, headers=headers, timeout=overrides.limits
            ) as answer:
                said = await answer.content.read(_LARGEST_ANSWER)
                return Called(attempt, answer.status, _class_of(answer.status), said)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, ValueError):
            return Called(attempt, failure="ct")
        except (TimeoutError, aiohttp.ClientError, OSError):
            return Called(attempt, failure="rt")


def _class_of(status: int) -> str:
    if status >= 500:
        return "5xx"
    return "4xx" if status >= 400 else ""
