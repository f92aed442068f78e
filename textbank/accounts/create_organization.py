"""Make an organization with its first API token."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from textbank import installation
from textbank.accounts import audit
from textbank.accounts.models import ApiToken
from textbank.database import Database
from textbank.errors import Conflict, InvalidInput


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What `textbank create-organization` prints. The token is shown this once."""

    organization_id: int
    name: str
    api_token: str


def token_digest(token: str) -> bytes:
    """API tokens are random, so a plain SHA-256 is enough to keep them by."""
    return hashlib.sha256(token.encode()).digest()


async def create_organization(database: Database, name: str, help_contact: str) -> NewOrganization:
    """Make it. Raises Conflict where the name is taken, InvalidInput where something is missing."""
    if not name.strip() or not help_contact.strip():
        raise InvalidInput(
            "An organization needs a name and a contact for people who text HELP (a phone number, an e-mail "
            "address or a page). Nothing was made."
        )
    try:
        organization_id = await installation.insert_organization(database, name.strip(), help_contact.strip())
    except IntegrityError as error:
        raise Conflict(
            f"There is an organization named {name!r} already. Nothing was made; choose another name."
        ) from error
    token = f"tb_{secrets.token_urlsafe(32)}"
    async with database.transaction(organization_id) as session:
        session.add(ApiToken(organization_id=organization_id, name="first", digest=token_digest(token)))
        audit.record(session, organization_id, "organization.created", name=name.strip())
    return NewOrganization(organization_id, name, token)
