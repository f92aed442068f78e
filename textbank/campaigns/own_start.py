"""How a campaign begins: at which moment, and with how many people. The part of its row about that."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import moment

CHECKS = (
    sa.CheckConstraint(
        "first_part > 0 and (first_part_kind = 'people' or first_part < 100)", name="first_part"
    ),
    sa.CheckConstraint("first_part_kind in ('people', 'percent')", name="first_part_kind"),
    sa.CheckConstraint("starts_at is null or starts_at_place is null", name="one_start"),
)


class OwnStart(SQLModel):
    """What a draft says of its beginning, and what became of it."""

    first_part: int | None = Field(default=None, nullable=True)
    """So many people first; the rest waits until somebody lets it go. Null: everybody at once."""
    first_part_kind: str = Field(default="people", sa_column_kwargs={"server_default": "people"})
    rest_at: datetime | None = moment()
    """When somebody let the rest go."""
    starts_at: datetime | None = moment()
    """Nothing leaves before this instant."""
    starts_at_place: datetime | None = Field(default=None, nullable=True, sa_type=sa.DateTime(timezone=False))
    """Nothing leaves before this wall clock at each recipient's place."""
    begins_at: datetime | None = moment()
    """While `scheduled`: when it is looked at again, and launched if it is time."""
    not_begun: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why it could not begin when it was due, in English: a message of `launch.py`. Then it is a draft."""
