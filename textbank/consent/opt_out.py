"""The one way out: every opt-out, whoever records it, ends here.

The suppression on the recipient's row is what forbids; every permit reads it under a lock on that
row, so nothing that is permitted after this transaction commits can miss it. What was permitted just
before is waited for by `messaging/wait_out_permits.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent import ledger
from textbank.consent.models import OPT_IN_OPEN

TEXTED = ("stop_text", "wrong_number")
"""Causes whose time is the carrier's; for the others our own clock says since when it holds."""

Cause = Literal["stop_text", "wrong_number", "carrier_block", "staff", "texter", "import", "page", "erased"]

# `suppressed_at` moves on with every STOP, so that an answer to a HELP sent before it stays forbidden.
_FORBID = sa.text(
    "update recipient set suppressed_at = clock_timestamp(), review_since = null "
    "where organization_id = :organization and id = :recipient"
)
_OPEN = sa.text(
    """
    insert into suppression (organization_id, recipient_id, cause, carrier_time, event_id)
    values (:organization, :recipient, :cause, :carrier_time, :event)
    on conflict (organization_id, recipient_id) where lifted_at is null do update
      set carrier_time = greatest(suppression.carrier_time, excluded.carrier_time)
    returning id, (xmax = 0) as opened
    """
)
_UNSUBSCRIBE = sa.text(
    "update subscription set state = 'unsubscribed', since = now() "
    "where organization_id = :organization and recipient_id = :recipient and state <> 'unsubscribed'"
)
# Who asked to join and then says stop has answered the question: no later YES may find it open.
_DECLINE = sa.text(
    f"update opt_in_request set declined_at = now() "  # noqa: S608 - our own constant
    f"where organization_id = :organization and recipient_id = :recipient and {OPT_IN_OPEN}"
)


@dataclass(frozen=True, slots=True)
class OptOut:
    """An opt-out as recorded. `opened` is false where the number was suppressed already."""

    suppression_id: int
    opened: bool


async def opt_out(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    cause: Cause,
    *,
    carrier_time: datetime | None = None,
    evidence: dict[str, Any],
) -> OptOut:
    """Suppress a number in the whole organization and write down why.

    `carrier_time` is when the carrier says the person's text was sent; a later START is measured
    against it. `evidence` goes to the ledger: the words received, the rule that decided, who did it.
    """
    if carrier_time is None and cause not in TEXTED:
        carrier_time = clock.now()
    key = {"organization": organization_id, "recipient": recipient_id}
    await session.execute(_FORBID, key)
    payload = {"cause": cause, **evidence}
    event_id = await ledger.append(session, organization_id, recipient_id, "opt_out", payload)
    row = (
        await session.execute(_OPEN, {**key, "cause": cause, "carrier_time": carrier_time, "event": event_id})
    ).one()
    await session.execute(_UNSUBSCRIBE, key)
    await session.execute(_DECLINE, key)
    return OptOut(row.id, row.opened)
