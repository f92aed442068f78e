"""A person leaves one list and stays on the others: by text, or on their own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger
from textbank.consent.models import OPT_IN_OPEN

_LISTS = sa.text(
    """
    select l.id, l.name, array(select k.word from keyword k where k.organization_id = l.organization_id
      and k.list_id = l.id order by k.retired_at is not null, k.id limit 20) as words
    from contact_list l
    where l.organization_id = :organization and l.id in (select s.list_id from subscription s
      where s.organization_id = :organization and s.recipient_id = :recipient and s.state = 'subscribed')
    order by l.id limit 200
    """
)
_LEAVE = sa.text(
    "update subscription set state = 'unsubscribed', since = now() where organization_id = :organization "
    "and recipient_id = :recipient and list_id = :list and state <> 'unsubscribed' returning id"
)
_DECLINE = sa.text(
    f"update opt_in_request set declined_at = now() where organization_id = :organization "  # noqa: S608
    f"and recipient_id = :recipient and list_id = :list and {OPT_IN_OPEN}"
)


@dataclass(frozen=True, slots=True)
class OnList:
    """A list that a number is on, and the keywords that lead to it."""

    id: int
    name: str
    words: Sequence[str]


async def lists_of(session: AsyncSession, organization_id: int, recipient_id: int) -> list[OnList]:
    """What the number is subscribed to."""
    rows = await session.execute(_LISTS, {"organization": organization_id, "recipient": recipient_id})
    return [OnList(row.id, row.name, row.words) for row in rows]


async def leave_one_list(
    session: AsyncSession, organization_id: int, recipient_id: int, list_id: int, evidence: dict[str, Any]
) -> bool:
    """Take the number off the list because the person says so; false where it was not on it.

    The caller holds the recipient's row. `evidence`: the words received, or the page.
    """
    key = {"organization": organization_id, "recipient": recipient_id, "list": list_id}
    left = (await session.execute(_LEAVE, key)).all()
    await session.execute(_DECLINE, key)
    if left:
        payload = {"list_id": list_id, "by": "person", **evidence}
        await ledger.append(session, organization_id, recipient_id, "unsubscribed", payload)
    return bool(left)
