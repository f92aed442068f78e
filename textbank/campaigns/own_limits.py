"""What a campaign says of the caps: whether it is so urgent that a person need not rest between two texts."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import reference

CHECKS = (
    sa.CheckConstraint("not time_critical or length(critical_because) >= 20", name="critical_has_a_reason"),
)


class OwnLimits(SQLModel):
    """The part of a campaign's row about caps. Its budget is in `messaging/spend_models.py`."""

    time_critical: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """It need not wait for six hours after another text; three in a day bind it all the same."""
    critical_because: str = Field(default="", sa_column_kwargs={"server_default": ""})
    critical_by_id: int | None = reference(nullable=True)
