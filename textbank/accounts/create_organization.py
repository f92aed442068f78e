"""Make an organization with its first API token, and connect it to a carrier account."""

import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from textbank import across
from textbank.accounts.models import ApiToken, CarrierAccount, Sender
from textbank.database import Database
from textbank.errors import Conflict, InvalidInput
from textbank.sms.phone_number import PhoneNumber, parse


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What `textbank create-organization` prints. The token is shown this once."""

    organization_id: int
    name: str
    api_token: str


@dataclass(frozen=True, slots=True)
class NewSender:
    """A number or service to send from, at a pace in segments a second."""

    address: str
    kind: str = "long_code"
    segments_per_second: float = 1.0


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
        organization_id = await across.insert_organization(database, name.strip(), help_contact.strip())
    except IntegrityError as error:
        raise Conflict(
            f"There is an organization named {name!r} already. Nothing was made; choose another name."
        ) from error
    token = f"tb_{secrets.token_urlsafe(32)}"
    async with database.transaction(organization_id) as session:
        session.add(ApiToken(organization_id=organization_id, name="first", digest=token_digest(token)))
    return NewOrganization(organization_id, name, token)


async def connect_carrier_account(
    database: Database,
    organization_id: int,
    *,
    account_sid: str,
    stored_token: bytes,
    api_url: str = "",
    senders: list[NewSender],
) -> int:
    """Connect a carrier account and its senders; repeated, it brings token and senders up to date.

    `stored_token` is encrypted already (`accounts/cipher.py`). Returns the carrier account's id. Raises
    Conflict where a sender belongs to another organization.
    """
    for sender in senders:
        if sender.kind in ("long_code", "toll_free") and not isinstance(parse(sender.address), PhoneNumber):
            raise InvalidInput(f"{sender.address!r} is not a phone number. Nothing was connected.")
    try:
        async with database.transaction(organization_id) as session:
            account = (
                await session.execute(
                    sa.select(CarrierAccount).filter_by(
                        organization_id=organization_id, account_sid=account_sid
                    )
                )
            ).scalar_one_or_none()
            if account is None:
                account = CarrierAccount(
                    organization_id=organization_id, account_sid=account_sid, auth_token=stored_token
                )
                session.add(account)
            account.auth_token, account.api_url = stored_token, api_url
            await session.flush()
            known = {
                sender.address: sender
                for sender in await session.scalars(
                    sa.select(Sender).filter_by(organization_id=organization_id, account_sid=account_sid)
                )
            }
            for new in senders:
                row = known.get(new.address) or Sender(
                    organization_id=organization_id,
                    carrier_account_id=account.id,
                    account_sid=account_sid,
                    address=new.address,
                    kind=new.kind,
                    segments_per_second=new.segments_per_second,
                )
                row.segments_per_second = new.segments_per_second
                session.add(row)
            return account.id
    except IntegrityError as error:
        raise Conflict(
            "One of these numbers is connected to another organization already. Nothing was connected; "
            "take it off the other organization first."
        ) from error
