"""The signed link by which a person reaches their own page without a sign-in. Pure.

Whoever has it may see and lessen what a number gets, and nothing else: it cannot bring anybody back. So it is
good for a month, for one number of one organization, and nothing about it needs to be stored.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

VALID_FOR: Final = timedelta(days=30)
_SIGNED: Final = 32


@dataclass(frozen=True, slots=True)
class Whose:
    """The number that a link is about."""

    organization_id: int
    recipient_id: int


def make_token(secret: str, whose: Whose, now: datetime) -> str:
    """A token for the next month."""
    until = int((now + VALID_FOR).timestamp())
    body = f"{whose.organization_id}.{whose.recipient_id}.{until}"
    return f"{body}.{_signature(secret, body)}"


def read_token(secret: str, token: str, now: datetime) -> Whose | None:
    """Whose it is; None if it is not ours, or over."""
    body, dot, signature = token.rpartition(".")
    if not dot or not hmac.compare_digest(signature.encode(), _signature(secret, body).encode()):
        return None
    organization_id, recipient_id, until = (int(part) for part in body.split("."))
    return Whose(organization_id, recipient_id) if now.timestamp() < until else None


def _signature(secret: str, body: str) -> str:
    return hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()[:_SIGNED]
