"""How a peer-to-peer campaign shares its people out: how many a texter gets at once, and for how long."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

BATCH: Final = 20
MOST_IN_A_BATCH: Final = 200
HOLDING: Final = timedelta(minutes=15)
LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 240
REPLY_BATCH: Final = 10
MOST_REPLIES: Final = 50

CHECKS = (
    sa.CheckConstraint(f"batch_size between 1 and {MOST_IN_A_BATCH}", name="batch_size"),
    sa.CheckConstraint(f"holding_minutes between {LEAST_MINUTES} and {MOST_MINUTES}", name="holding_minutes"),
    sa.CheckConstraint(f"reply_batch_size between 1 and {MOST_REPLIES}", name="reply_batch_size"),
    sa.CheckConstraint(
        f"reply_holding_minutes between {LEAST_MINUTES} and {MOST_MINUTES}", name="reply_holding_minutes"
    ),
)


class OwnBatches(SQLModel):
    """The part of a campaign's row about batches."""

    batch_size: int = Field(
        default=BATCH, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("20")}
    )
    holding_minutes: int = Field(
        default=15, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("15")}
    )
    """A texter who is silent for so long gives back whom they have not texted."""
    reply_batch_size: int = Field(
        default=REPLY_BATCH, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("10")}
    )
    """How many people who wait for an answer a texter holds at most when they ask for some."""
    reply_holding_minutes: int = Field(
        default=20, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("20")}
    )
    """Who writes to a texter who was silent for so long is answered by the team."""
