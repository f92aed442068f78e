"""The few questions and changes that a set-up has for one Twilio account, over the same transport as texts.

Every answer that is not what was asked for is raised as a sentence for the person who sets up.
"""

import base64
import json
import re
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from textbank.errors import Conflict, InvalidInput, Unavailable
from textbank.language import N_
from textbank.twilio.transport import Transport, reason_of

_API: Final = "https://api.twilio.com"
_MESSAGING: Final = "https://messaging.twilio.com"
_SECONDS: Final = 15.0
_PAGE: Final = 1000
_SID: Final = re.compile(r"AC[0-9a-f]{32}")
_WRONG_LOG_IN: Final = 20003
_NOT_ACTIVE: Final = 20005


class SetUpApi:
    """One account, for as long as the block lasts: `async with SetUpApi(sid, token) as api`."""

    def __init__(self, account_sid: str, auth_token: str, *, api_url: str = "") -> None:
        if not _SID.fullmatch(account_sid):
            raise InvalidInput(
                N_(
                    "“{sid}” is no account SID: that begins with AC and has 34 characters. An API key (SK…) "
                    "or a messaging service (MG…) does not do here. Nothing was changed. Copy the SID from "
                    "the first page of Twilio's console."
                ),
                sid=account_sid,
            )
        credentials = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._transport = Transport(f"Basic {credentials}", timeout_seconds=_SECONDS, connections=4)
        self.account_sid = account_sid
        base = (api_url or _API).rstrip("/")
        self._base = base
        self.account = f"{base}/2010-04-01/Accounts/{account_sid}"
        self.messaging = f"{(api_url or _MESSAGING).rstrip('/')}/v1"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.close()

    async def get(self, address: str, **query: object) -> dict[str, Any]:
        """Ask. Raises Conflict or Unavailable with what to do."""
        return await self._call("GET", address, query or None, None)

    async def set(self, address: str, **fields: object) -> dict[str, Any]:
        """Change something. Raises Conflict or Unavailable with what to do."""
        return await self._call("POST", address, None, fields)

    async def all_of(self, address: str, key: str) -> list[dict[str, Any]]:
        """Every row of a list, page after page; lists of numbers and services are short."""
        rows: list[dict[str, Any]] = []
        query: dict[str, object] = {"PageSize": _PAGE}
        while address:
            page = await self.get(address, **query)
            rows += page.get(key, [])
            following = page.get("next_page_uri")
            address, query = (f"{self._base}{following}" if following else ""), {}
        return rows

    async def _call(
        self, method: str, address: str, query: dict[str, object] | None, fields: dict[str, object] | None
    ) -> dict[str, Any]:
        try:
            answer = await self._transport.request(method, address, params=query, data=fields)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unavailable(
                N_(
                    "Twilio could not be reached ({reason}). What was set up so far is kept. See that this "
                    "machine may reach https://api.twilio.com, then try again."
                ),
                reason=reason_of(error),
            ) from error
        try:
            told = json.loads(answer.text)
        except ValueError:
            told = {}
        if 200 <= answer.status_code < 300 and isinstance(told, dict):
            return told
        raise _refusal(answer.status_code, told if isinstance(told, dict) else {})


def not_active() -> Conflict:
    """The account is suspended or closed."""
    return Conflict(
        N_(
            "Twilio says that this account is not active: it is suspended or closed. What was set up so far "
            "is kept, and nothing can be sent. Sign in to Twilio's console: it says why (an unpaid bill, a "
            "review) and how to open it again. Then try again."
        )
    )


def _refusal(status: int, told: dict[str, Any]) -> Conflict | Unavailable:
    code = told.get("code")
    if code == _NOT_ACTIVE:
        return not_active()
    if status == 401 or code == _WRONG_LOG_IN:
        return Conflict(
            N_(
                "Twilio does not know this account SID with this auth token. Nothing was changed. Copy both "
                "anew from the first page of Twilio's console; a token that was replaced there works no "
                "more."
            )
        )
    if status >= 500 or status == 429:
        return Unavailable(
            N_(
                "Twilio is busy or has a fault of its own (HTTP {status}). What was set up so far is kept. "
                "Try again in a minute."
            ),
            status=status,
        )
    return Conflict(
        N_(
            "Twilio did not do what was asked (HTTP {status}, error {code}: {message}). What was set up so "
            "far is kept. https://www.twilio.com/docs/api/errors explains the number."
        ),
        status=status,
        code=code or "–",
        message=str(told.get("message") or "–")[:200],
    )
