"""Give a list another name or another frequency."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_

_EDIT = sa.text(
    "update contact_list set name = :name, frequency = :frequency, "
    "double_opt_in = coalesce(:double_opt_in, double_opt_in) "
    "where organization_id = :organization and id = :list"
)


async def edit_list(
    session: AsyncSession,
    organization_id: int,
    list_id: int,
    *,
    name: str,
    frequency: str,
    double_opt_in: bool | None = None,
    actor: str,
) -> None:
    """Write it. Confirmations sent from now on use the new words; the ledger keeps the old ones."""
    name, frequency = " ".join(name.split()), " ".join(frequency.split())
    if not name:
        raise InvalidInput(
            N_("A list needs a name; people read it in the confirmation. Nothing was changed.")
        )
    given = {
        "organization": organization_id,
        "list": list_id,
        "name": name,
        "frequency": frequency,
        "double_opt_in": double_opt_in,
    }
    try:
        await session.execute(_EDIT, given)
    except IntegrityError as error:
        raise Conflict(
            N_("There is a list named {name!r} already. Nothing was changed."), name=name
        ) from error
    audit.record(
        session,
        organization_id,
        "list.edited",
        actor=actor,
        list_id=list_id,
        name=name,
        double_opt_in=double_opt_in,
    )
