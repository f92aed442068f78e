"""`textbank invite`: a link for the first owner, or for whoever has lost a password."""

import asyncio
import sys
from typing import Annotated

import typer

from textbank.accounts.roles import LADDER
from textbank.cli.connection import complete_settings, open_database, organization_id_of
from textbank.cli.organizations import ORGANIZATION
from textbank.errors import InvalidInput


def invite(
    role: Annotated[str, typer.Option(help=", ".join(LADDER) + ".")] = "owner",
    people: Annotated[int, typer.Option(help="How many people may use the link.")] = 1,
    days: Annotated[int, typer.Option(help="How many days it works.")] = 2,
    organization: Annotated[str | None, ORGANIZATION] = None,
) -> None:
    """Make a link to join an organization by; it is shown this once."""
    from textbank.accounts.invites import make_invite

    known = next((each for each in LADDER if each == role), None)
    if known is None:
        raise InvalidInput(f"There is no role {role!r}: say one of {', '.join(LADDER)}. Nothing was made.")

    async def work() -> None:
        async with open_database() as database:
            organization_id = await organization_id_of(database, organization)
            async with database.transaction(organization_id) as session:
                link = await make_invite(
                    session, organization_id, by=None, role=known, head_count=people, days=days
                )
        address = complete_settings().textbank_public_url.rstrip("/")
        sys.stdout.write(f"{address}/join/{link}\n")

    asyncio.run(work())
