"""Make a list that people can join."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.contacts.models import ContactList
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_


async def create_list(
    session: AsyncSession,
    organization_id: int,
    name: str,
    frequency: str = "",
    *,
    actor: str = audit.COMMAND_LINE,
) -> ContactList:
    """Make it. `frequency` is what the confirmation of an opt-in says ("Up to 6 msgs/month")."""
    if not name.strip():
        raise InvalidInput(N_("A list needs a name; people read it in the confirmation. Nothing was made."))
    made = ContactList(organization_id=organization_id, name=name.strip(), frequency=frequency.strip())
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(
            N_("There is a list named {name!r} already. Nothing was made."), name=name.strip()
        ) from error
    audit.record(session, organization_id, "list.created", actor=actor, list_id=made.id, name=made.name)
    return made
