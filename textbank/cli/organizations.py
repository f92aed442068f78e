"""Commands that set an organization up: itself, its carrier account, lists and keywords."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from textbank.cli.connection import complete_settings, open_database, organization_id_of
from textbank.errors import InvalidInput

ORGANIZATION = typer.Option(help="The organization's name; may be left out where there is only one.")


def create_organization(
    name: Annotated[str, typer.Argument(help="The name that texts are signed with.")],
    help_contact: Annotated[str, typer.Option(help="What HELP answers with: phone, e-mail or page.")],
) -> None:
    """Make an organization; prints JSON with its API token, which is shown this once."""
    from textbank.accounts.create_organization import create_organization as create

    async def work() -> None:
        async with open_database() as database:
            made = await create(database, name, help_contact)
        sys.stdout.write(
            json.dumps(
                {"organization_id": made.organization_id, "name": made.name, "api_token": made.api_token}
            )
            + "\n"
        )

    asyncio.run(work())


def connect(
    address: Annotated[list[str], typer.Argument(help="Numbers as +1…, or a service's MG… sid.")],
    organization: Annotated[str | None, ORGANIZATION] = None,
    pace: Annotated[float, typer.Option(help="Segments a second that each may send.")] = 1.0,
    kind: Annotated[
        str, typer.Option(help="long_code, toll_free, short_code or messaging_service.")
    ] = "long_code",
) -> None:
    """Connect the carrier account of TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, with its senders."""
    from textbank.accounts.cipher import Cipher
    from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account

    settings = complete_settings()
    token = settings.twilio_auth_token.get_secret_value()
    if not settings.twilio_account_sid or not token:
        raise InvalidInput("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN first. Nothing was connected.")

    async def work() -> None:
        async with open_database() as database:
            await connect_carrier_account(
                database,
                await organization_id_of(database, organization),
                account_sid=settings.twilio_account_sid,
                stored_token=Cipher(settings).encrypt(token),
                senders=[NewSender(one, kind, pace) for one in address],
            )
        sys.stdout.write(f"Connected {len(address)} sender(s).\n")

    asyncio.run(work())


def make_list(
    name: Annotated[str, typer.Argument(help="What people join, as the confirmation names it.")],
    organization: Annotated[str | None, ORGANIZATION] = None,
    frequency: Annotated[str, typer.Option(help='How often they hear from us: "Up to 6 msgs/month".')] = "",
) -> None:
    """Make a list."""
    from textbank.contacts.create_list import create_list

    async def work() -> None:
        async with open_database() as database:
            organization_id = await organization_id_of(database, organization)
            async with database.transaction(organization_id) as session:
                made = await create_list(session, organization_id, name, frequency)
                sys.stdout.write(f"Made the list {made.name!r}.\n")

    asyncio.run(work())


def make_keyword(
    word: Annotated[str, typer.Argument(help="What people text, such as JOIN.")],
    list_name: Annotated[str, typer.Argument(metavar="LIST", help="The list it leads to.")],
    organization: Annotated[str | None, ORGANIZATION] = None,
    language: Annotated[str, typer.Option(help="en or es: the language of the confirmation.")] = "en",
) -> None:
    """Make a keyword that joins a list."""
    from textbank.keywords.create_keyword import create_keyword

    async def work() -> None:
        async with open_database() as database:
            organization_id = await organization_id_of(database, organization)
            async with database.transaction(organization_id) as session:
                made = await create_keyword(session, organization_id, word, list_name, language)
        sys.stdout.write(f"People can text {made} now.\n")

    asyncio.run(work())
