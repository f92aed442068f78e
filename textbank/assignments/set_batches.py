"""Say how many people a texter of a campaign gets at once, and how long somebody silent keeps them."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.campaigns.own_batches import LEAST_MINUTES, MOST_IN_A_BATCH, MOST_MINUTES, MOST_REPLIES
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_


@dataclass(frozen=True, slots=True)
class Batches:
    """First texts and replies that a texter holds, and for how many minutes of silence."""

    size: int
    minutes: int
    replies: int
    reply_minutes: int


_SET = sa.text(
    "update campaign set batch_size = :size, holding_minutes = :minutes, reply_batch_size = :replies, "
    "reply_holding_minutes = :reply_minutes "
    "where organization_id = :organization and id = :campaign and kind = 'p2p' returning id"
)


def size_of(typed: str) -> int:
    """How many people a batch has, as somebody typed it. Raises InvalidInput."""
    return _number(typed, 1, MOST_IN_A_BATCH, N_("A batch has 1 to 200 people. Nothing was changed."))


def minutes_of(typed: str) -> int:
    """How long somebody silent keeps a batch, as somebody typed it. Raises InvalidInput."""
    return _number(typed, LEAST_MINUTES, MOST_MINUTES, N_("Write 5 to 240 minutes. Nothing was changed."))


def replies_of(typed: str) -> int:
    """How many replies a texter holds at once, as somebody typed it. Raises InvalidInput."""
    return _number(typed, 1, MOST_REPLIES, N_("A texter holds 1 to 50 replies. Nothing was changed."))


async def set_batches(
    session: AsyncSession, organization_id: int, campaign_id: int, wanted: Batches, *, actor: str
) -> None:
    """Batches that texters have in hand stay as they are. Raises NotFound for a blast."""
    values = asdict(wanted)
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_SET, {**key, **values})).one_or_none() is None:
        raise NotFound(N_("There is no such campaign."))
    audit.record(session, organization_id, "campaign.batches", actor=actor, campaign_id=campaign_id, **values)


def _number(typed: str, least: int, most: int, otherwise: str) -> int:
    typed = typed.strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 4 or not least <= int(typed) <= most:
        raise InvalidInput(otherwise)
    return int(typed)
