"""Ask a running simulated carrier how it behaves, and make it behave otherwise; for the practice page."""

from typing import Any

import aiohttp

from textbank.errors import Unavailable
from textbank.language import N_

_SETTINGS = "/_simulator/settings"
_PATIENCE = aiohttp.ClientTimeout(total=5)


async def behaviour(address: str) -> dict[str, Any]:
    """How the carrier at this address behaves now. Raises Unavailable."""
    return await _call("GET", address, None)


async def change_behaviour(address: str, **changes: object) -> dict[str, Any]:
    """Change how it behaves from now on. Raises Unavailable."""
    return await _call("PATCH", address, changes)


async def _call(method: str, address: str, changes: dict[str, object] | None) -> dict[str, Any]:
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.request(method, address.rstrip("/") + _SETTINGS, json=changes) as answer,
        ):
            answer.raise_for_status()
            return dict(await answer.json())
    except (TimeoutError, aiohttp.ClientError, ValueError) as error:
        raise Unavailable(
            N_("The simulated phones do not answer. Nothing was changed; start Textbank's simulator again.")
        ) from error
