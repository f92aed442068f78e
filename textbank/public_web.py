"""Call an address on the public internet for somebody of the organization, and nothing behind our own walls.

Whoever edits a flow names the address, so it must not become a way into our network: the name is looked up
here, and only public addresses of it are connected to, whatever it stood for a moment before. No redirect is
followed, and nothing of the answer is kept but its status.
"""

import socket
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from textbank.flows.public_address import is_public_address, is_public_url

TIMEOUT_SECONDS: Final = 5.0


class PublicOnly(AbstractResolver):
    """Looks names up, and leaves out whatever is not out in the world."""

    def __init__(self) -> None:
        self._all = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Its public addresses; OSError where there is none."""
        found = await self._all.resolve(host, port, family)
        public = [one for one in found if is_public_address(one["host"])]
        if not public:
            raise OSError(None, "this name stands for no public address")
        return public

    async def close(self) -> None:
        """Nothing is held."""
        await self._all.close()


async def post_json(url: str, body: dict[str, Any]) -> str:
    """Send it; "" where the other side took it (2xx), else a few words about what went wrong."""
    if not is_public_url(url):
        return "not a public address"
    connector = aiohttp.TCPConnector(resolver=PublicOnly(), use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as http,
            http.post(url, json=body, allow_redirects=False) as answer,
        ):
            return "" if 200 <= answer.status < 300 else f"answered {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return f"could not be called ({type(error).__name__})"


async def post_sealed(url: str, body: bytes, headers: dict[str, str], *, also_here: bool = False) -> int:
    """Post bytes to a push service: the status of its answer, 0 where there was none.

    `also_here` is for simulated installations, whose push service may be on this very machine.
    """
    if not also_here and not is_public_url(url):
        return 0
    resolver = None if also_here else PublicOnly()
    connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as http,
            http.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return 0
