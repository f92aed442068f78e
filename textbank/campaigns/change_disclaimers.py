"""The words that the law wants in first texts, by the recipient's state."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.models import Disclaimer
from textbank.contacts.area_codes import STATES
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

LONGEST = 200

_SAVE = sa.text(
    "insert into disclaimer (organization_id, state, words) values (:organization, :state, :words) "
    "on conflict (organization_id, state) do update set words = excluded.words"
)
_REMOVE = sa.text(
    "delete from disclaimer where organization_id = :organization and id = :disclaimer returning state"
)
# Every draft's preview counts them in.
_CHANGED = sa.text(
    "update campaign set changed_at = clock_timestamp() where organization_id = :organization "
    "and state = 'draft'"
)


async def list_disclaimers(session: AsyncSession, organization_id: int) -> Sequence[Disclaimer]:
    """All of an organization's; there is at most one for each state."""
    rows = await session.execute(
        sa.select(Disclaimer)
        .where(sa.column("organization_id") == organization_id)
        .order_by(sa.column("state"))
        .limit(len(STATES) + 1)
    )
    return rows.scalars().all()


async def save_disclaimer(
    session: AsyncSession, organization_id: int, *, state: str, words: str, by: int
) -> None:
    """Set the words for a state (empty: all states). Raises InvalidInput."""
    words = " ".join(words.split())
    if state and state not in STATES:
        raise InvalidInput(N_("There is no such state. Nothing was saved."))
    if not 1 <= len(words) <= LONGEST:
        raise InvalidInput(N_("Write the words, in up to 200 characters. Nothing was saved."))
    await session.execute(_SAVE, {"organization": organization_id, "state": state, "words": words})
    await session.execute(_CHANGED, {"organization": organization_id})
    audit.record(session, organization_id, "disclaimer.saved", actor=f"member {by}", state=state, words=words)


async def remove_disclaimer(
    session: AsyncSession, organization_id: int, disclaimer_id: int, *, by: int
) -> None:
    """Add these words to no more texts. Raises NotFound."""
    key = {"organization": organization_id, "disclaimer": disclaimer_id}
    state = (await session.execute(_REMOVE, key)).scalar_one_or_none()
    if state is None:
        raise NotFound(N_("This disclaimer is gone. Nothing was changed."))
    await session.execute(_CHANGED, key)
    audit.record(session, organization_id, "disclaimer.removed", actor=f"member {by}", state=state)
