"""The organization's carrier account as the set-up sees it: read from the database, and asked."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.cipher import Cipher
from textbank.accounts.setup_state import Checked
from textbank.language import N_
from textbank.settings import Settings
from textbank.twilio.set_up_api import SetUpApi
from textbank.twilio.verify_account import verify_account

_ACCOUNT = sa.text(
    "select account_sid, auth_token, api_url from carrier_account where organization_id = :organization "
    "order by id limit 1"
)
_SENDERS = sa.text(
    "select id, address, kind, registration from sender where organization_id = :organization "
    "order by id limit 100"
)


@dataclass(frozen=True, slots=True)
class ConnectedSender:
    """A number or service that the organization texts from."""

    id: int
    address: str
    kind: str
    registration: str


@dataclass(frozen=True, slots=True)
class Connected:
    """An account with its token, and what it texts from."""

    account_sid: str
    auth_token: str
    api_url: str
    senders: tuple[ConnectedSender, ...]

    def api(self) -> SetUpApi:
        """The account's set-up questions."""
        return SetUpApi(self.account_sid, self.auth_token, api_url=self.api_url)


async def connected(session: AsyncSession, organization_id: int, settings: Settings) -> Connected | None:
    """The first account of the organization. Raises WrongSetup if its token cannot be read."""
    key = {"organization": organization_id}
    row = (await session.execute(_ACCOUNT, key)).one_or_none()
    if row is None:
        return None
    senders = tuple(ConnectedSender(*each) for each in await session.execute(_SENDERS, key))
    token = Cipher(settings).decrypt(row.auth_token)
    return Connected(row.account_sid, token, row.api_url or settings.twilio_api_url, senders)


async def check_account(account: Connected) -> Checked:
    """Ask whether it is active, and what it may. Raises Conflict or Unavailable."""
    async with account.api() as api:
        found = await verify_account(api)
    values = {"sid": account.account_sid, "name": found.name}
    if found.trial:
        return Checked(
            True,
            N_(
                "The account “{name}” is active, but a trial: it texts only to numbers verified in Twilio's "
                "console, with words of Twilio's own in front. Upgrade it there before you text to groups."
            ),
            values=values,
        )
    return Checked(True, N_("The account “{name}” is active."), values=values)
