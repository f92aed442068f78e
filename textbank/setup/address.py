"""Does the public address lead to this installation, for reading and for webhooks?"""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from textbank.accounts.setup_state import Checked
from textbank.language import N_
from textbank.settings import Settings
from textbank.twilio.configure_webhooks import INBOUND_PATH
from textbank.twilio.transport import reason_of

HEADER: Final = "X-Textbank"
"""On `/healthz`: which installation answers, without telling anything about it."""

_PATIENCE = aiohttp.ClientTimeout(total=10, connect=5)
_UNSIGNED = 403


def fingerprint(settings: Settings) -> str:
    """What this installation answers with."""
    return settings.derived_secret("who answers")[:16]


def look_at(url: str, *, live: bool) -> Checked | None:
    """What is wrong with an address before anybody calls it; None if nothing is."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        return Checked(
            False,
            N_("“{url}” is no address that webhooks can be brought to. Nothing was changed."),
            N_("Give scheme and name only, as in https://text.example.org."),
            {"url": url},
        )
    if live and parts.scheme != "https":
        return Checked(
            False,
            N_("{url} has no https, so anybody on the way could read replies. Nothing was changed."),
            N_(
                "Put a proxy with a certificate in front (compose.yaml brings one; docs/operating.md tells "
                "how to use your own), and give the address with https://."
            ),
            {"url": url},
        )
    if live and _is_private(parts.hostname):
        return Checked(
            False,
            N_("{url} exists on this machine or network only, so the carrier cannot reach it."),
            N_("Give the address that the internet knows, as in https://text.example.org."),
            {"url": url},
        )
    return None


async def check_address(settings: Settings, *, live: bool) -> Checked:
    """Call our own `/healthz`, and post an unsigned webhook, through the public address."""
    url = settings.textbank_public_url.rstrip("/")
    wrong = look_at(url, live=live)
    if wrong is not None:
        return wrong
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
            async with http.get(f"{url}/healthz", allow_redirects=False) as answer:
                status, who = answer.status, answer.headers.get(HEADER, "")
                goes_to = answer.headers.get("Location", "")
            found = _who_answered(url, status, goes_to, ours=who == fingerprint(settings))
            if found is not None:
                return found
            async with http.post(f"{url}{INBOUND_PATH}", data={}, allow_redirects=False) as answer:
                status = answer.status
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return Checked(
            False,
            N_("Nothing answers at {url} ({reason}). What was set up so far is kept."),
            N_(
                "See that Textbank runs, that the name leads to this machine, that the proxy passes it on, "
                "and that no firewall is in between. Then check again."
            ),
            {"url": url, "reason": _reason(error)},
        )
    if status != _UNSIGNED:
        return Checked(
            False,
            N_("Pages arrive at {url}, but a webhook sent there was answered with HTTP {status}."),
            N_("Let the proxy pass POST to /webhooks/ unchanged, without a sign-in of its own."),
            {"url": url, "status": status},
        )
    return Checked(True, N_("{url} leads here, for pages and for webhooks."), values={"url": url})


def _who_answered(url: str, status: int, goes_to: str, *, ours: bool) -> Checked | None:
    if goes_to:
        return Checked(
            False,
            N_("{url} leads on to {place}. A webhook that is led on loses the text it brings."),
            N_("Set TEXTBANK_PUBLIC_URL to the address where it ends, and check again."),
            {"url": url, "place": goes_to[:200]},
        )
    if status != 200 or not ours:
        return Checked(
            False,
            N_("Something answers at {url} (HTTP {status}), but it is not this Textbank."),
            N_(
                "See that the name and the proxy lead to this machine and port, and that every part was "
                "started with the same data directory or TEXTBANK_SECRET_KEY. Then check again."
            ),
            {"url": url, "status": status},
        )
    return None


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".internal", ".localhost")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted: {error.certificate_error}"[:200]
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the name is not known"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "no connection"
    return reason_of(error)
