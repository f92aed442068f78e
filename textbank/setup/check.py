"""Run one check by its name and keep what it found. No transaction is open while it asks the outside."""

from textbank import installation
from textbank.accounts.setup_state import Checked, StepName, keep
from textbank.database import Database
from textbank.errors import NotFound, TextbankError
from textbank.language import N_
from textbank.settings import Settings
from textbank.setup.address import check_address
from textbank.setup.carrier_account import Connected, check_account, connected
from textbank.setup.registration import check_registration
from textbank.setup.webhooks import check_webhooks
from textbank.twilio.configure_webhooks import inbound_url, set_webhooks


async def check(database: Database, settings: Settings, organization_id: int, name: StepName) -> Checked:
    """Check a step again. What is wrong is a finding, never an exception."""
    try:
        found = await _check(database, settings, organization_id, name)
    except TextbankError as error:
        found = Checked(False, error.template, values={key: str(each) for key, each in error.values.items()})
    async with database.transaction(organization_id) as session:
        await keep(session, organization_id, name, found)
    return found


async def mend_webhooks(
    database: Database, settings: Settings, organization_id: int, *, service_too: bool
) -> Checked:
    """Set the addresses of every sender at the carrier, then read them back."""
    try:
        account = await _account(database, settings, organization_id)
        async with account.api() as api:
            for sender in account.senders:
                if sender.kind != "short_code":
                    wanted = inbound_url(settings.textbank_public_url)
                    await set_webhooks(api, sender.address, wanted, service_too=service_too)
    except TextbankError as error:
        found = Checked(False, error.template, values={key: str(each) for key, each in error.values.items()})
        async with database.transaction(organization_id) as session:
            await keep(session, organization_id, "webhooks", found)
        return found
    return await check(database, settings, organization_id, "webhooks")


async def _check(database: Database, settings: Settings, organization_id: int, name: StepName) -> Checked:
    simulated = await installation.mode(database) == "simulated"
    if name == "address":
        return await check_address(settings, live=not simulated)
    account = await _account(database, settings, organization_id)
    if name == "account":
        return await check_account(account)
    if name == "webhooks":
        return await check_webhooks(account, settings.textbank_public_url)
    if name == "registration":
        return await check_registration(database, organization_id, account, simulated=simulated)
    raise NotFound(N_("There is no such check. Nothing was changed."))


async def _account(database: Database, settings: Settings, organization_id: int) -> Connected:
    async with database.transaction(organization_id) as session:
        account = await connected(session, organization_id, settings)
    if account is None:
        raise NotFound(N_("No carrier account is connected yet. Run `textbank setup` on this machine first."))
    return account
