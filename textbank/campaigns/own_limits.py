"""What a campaign says of the caps and of its pace: how urgent it is, and whether it waits for answers."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import moment, reference

CHECKS = (
    sa.CheckConstraint("not time_critical or length(critical_because) >= 20", name="critical_has_a_reason"),
)


class OwnLimits(SQLModel):
    """The part of a campaign's row about caps. Its budget is in `messaging/spend_models.py`."""

    time_critical: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """It need not wait for six hours after another text; three in a day bind it all the same."""
    critical_because: str = Field(default="", sa_column_kwargs={"server_default": ""})
    critical_by_id: int | None = reference(nullable=True)
    paced_to_replies: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """A blast is queued only as fast as the people on hand can answer (`pace_to_replies.py`)."""
    eased_at: datetime | None = moment()
    """When texts of it were last queued at that pace, and what was left of its room then."""
    eased_room: float = Field(default=0.0, sa_column_kwargs={"server_default": sa.text("0")})
