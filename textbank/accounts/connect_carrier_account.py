"""Connect an organization to a carrier account, with the numbers and services it sends from."""

from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.models import CarrierAccount, Sender
from textbank.database import Database
from textbank.errors import Conflict, InvalidInput
from textbank.sms.phone_number import PhoneNumber, parse

Registration = Literal["unregistered", "pending", "registered"]

_MODE = sa.text("select mode from installation")
# A new local number shares the limits that staff have set for all of them.
_CAMPAIGN = sa.text("select min(id) from registered_campaign where organization_id = :organization")


@dataclass(frozen=True, slots=True)
class NewSender:
    """A number or service to send from, at a pace in segments a second."""

    address: str
    kind: str = "long_code"
    segments_per_second: float = 1.0
    registration: Registration | None = None
    """What the carrier says of it; None leaves what is known. Simulated ones are registered, unless told."""


async def connect_carrier_account(
    database: Database,
    organization_id: int,
    *,
    account_sid: str,
    stored_token: bytes,
    api_url: str = "",
    senders: list[NewSender],
) -> int:
    """Connect a carrier account and its senders; repeated, it brings token and paces up to date, and lifts
    halts: whoever connects again has mended what the carrier complained of.

    `stored_token` is encrypted already (`accounts/cipher.py`). Returns the carrier account's id. Raises
    Conflict where a sender belongs to another organization.
    """
    senders = [_normal(sender) for sender in senders]
    try:
        async with database.transaction(organization_id) as session:
            account = await _account(session, organization_id, account_sid, stored_token, api_url)
            new = await _senders(session, account, senders)
            if new:
                audit.record(
                    session, organization_id, "senders.connected", account_sid=account_sid, senders=new
                )
            return account.id
    except IntegrityError as error:
        raise Conflict(
            "One of these numbers is connected to another organization already. Nothing was connected; "
            "take it off the other organization first."
        ) from error


def _normal(sender: NewSender) -> NewSender:
    """A phone number as webhooks will name it."""
    if sender.kind not in ("long_code", "toll_free"):
        return sender
    number = parse(sender.address)
    if not isinstance(number, PhoneNumber):
        raise InvalidInput(f"{sender.address!r} is not a phone number. Nothing was connected.")
    return replace(sender, address=number.e164)


async def _account(
    session: AsyncSession, organization_id: int, account_sid: str, stored_token: bytes, api_url: str
) -> CarrierAccount:
    account = (
        await session.execute(
            sa.select(CarrierAccount).filter_by(organization_id=organization_id, account_sid=account_sid)
        )
    ).scalar_one_or_none()
    if account is None:
        account = CarrierAccount(
            organization_id=organization_id, account_sid=account_sid, auth_token=stored_token
        )
        session.add(account)
    # Webhooks signed with the token of a moment ago are still under way.
    account.previous_auth_token = account.auth_token
    account.auth_token, account.api_url = stored_token, api_url
    account.halted_at = account.halted_reason = None
    await session.flush()
    return account


async def _senders(session: AsyncSession, account: CarrierAccount, wanted: list[NewSender]) -> list[str]:
    """Bring the account's senders up to date; returns the addresses that are new."""
    known = {
        sender.address: sender
        for sender in await session.scalars(
            sa.select(Sender).filter_by(
                organization_id=account.organization_id, account_sid=account.account_sid
            )
        )
    }
    simulated = await session.scalar(_MODE) == "simulated"
    registered = await session.scalar(_CAMPAIGN, {"organization": account.organization_id})
    for one in wanted:
        row = known.get(one.address) or Sender(
            organization_id=account.organization_id,
            carrier_account_id=account.id,
            account_sid=account.account_sid,
            address=one.address,
            kind=one.kind,
            segments_per_second=one.segments_per_second,
            registration="registered" if simulated else "unregistered",
            registered_campaign_id=registered if one.kind in ("long_code", "messaging_service") else None,
        )
        row.segments_per_second = one.segments_per_second
        row.registration = one.registration or row.registration
        row.halted_at = row.halted_reason = None
        session.add(row)
    return [one.address for one in wanted if one.address not in known]
