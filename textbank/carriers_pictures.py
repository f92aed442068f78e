"""Fetch a picture that somebody sent from where the carrier keeps it, for one who may see it.

The address came with a signed webhook. It is called at the account's own carrier, with the account's
password, or on the public internet; the carrier sends on to a store of its own, which is public.
Nothing is kept: whoever wants it again fetches it again.
"""

import logging
from base64 import b64encode
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from textbank.flows.public_address import is_public_url
from textbank.public_web import PublicOnly

log = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 8.0
LARGEST: Final = 5 * 1024 * 1024
KINDS: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""No kind in which a script can hide."""
_MOST_STEPS: Final = 3
_CARRIER: Final = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came."""

    kind: str
    content: bytes


async def fetch_picture(url: str, *, api_url: str, account_sid: str, auth_token: str) -> Picture | None:
    """The picture; None where it cannot be had or is none."""
    carrier = urlsplit(api_url or _CARRIER)
    headers = {"Authorization": f"Basic {b64encode(f'{account_sid}:{auth_token}'.encode()).decode()}"}
    try:
        for _ in range(_MOST_STEPS):
            at_carrier = urlsplit(url)[:2] == carrier[:2]
            if not at_carrier and not is_public_url(url):
                return None
            found = await _ask(url, headers if at_carrier else {}, public=not at_carrier)
            if not isinstance(found, str):
                return found
            url = urljoin(url, found)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        log.info("a picture could not be fetched (%s)", type(error).__name__)
    return None


async def _ask(url: str, headers: dict[str, str], *, public: bool) -> Picture | str | None:
    """The picture, where else it is, or None."""
    connector = aiohttp.TCPConnector(resolver=PublicOnly(), use_dns_cache=False) if public else None
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False, headers=headers) as http,
        http.get(url, allow_redirects=False) as answer,
    ):
        if answer.status in (301, 302, 303, 307, 308):
            return answer.headers.get("Location", "")
        if answer.status != 200 or answer.content_type not in KINDS:
            return None
        content = await answer.content.read(LARGEST + 1)
        while len(content) <= LARGEST and (more := await answer.content.read(LARGEST)):
            content += more
        return Picture(answer.content_type, content) if len(content) <= LARGEST else None
