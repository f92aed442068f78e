"""Whether an address is out in the world: webhooks must not reach into our own network. Pure.

What a name stands for is looked at again when it is called (`textbank/public_web.py`), by the very address
that is connected to: a name may change between the two.
"""

import ipaddress
from urllib.parse import urlsplit

_OURS = (".local", ".internal", ".localhost", ".lan", ".home", ".arpa")


def is_public_url(url: str) -> bool:
    """Whether it is an https address with a public name and nothing odd in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or parts.username or parts.password or len(url) > 2_000 or not url.isascii():
        return False
    if port not in (None, 443, 8443):
        return False
    try:
        return is_public_address(str(ipaddress.ip_address(host)))
    except ValueError:
        # A host of digits alone is an address in disguise, as is one without a dot.
        last = host.rpartition(".")[2]
        return "." in host and not host.endswith(_OURS) and not last.isdigit() and not last.startswith("0x")


def is_public_address(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public_address(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved
