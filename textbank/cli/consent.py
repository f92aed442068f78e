"""`textbank consent`: what the ledger says about a number, and whether the ledger is whole."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from textbank.cli.connection import open_database, organization_id_of
from textbank.cli.organizations import ORGANIZATION
from textbank.errors import InvalidInput


def consent(
    number: Annotated[str | None, typer.Argument(help="Print everything recorded about this number.")] = None,
    organization: Annotated[str | None, ORGANIZATION] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check the sealed ledger.")] = False,
    heads: Annotated[
        list[Path] | None,
        typer.Option(
            "--heads", help="With --verify: also compare with heads that were written down in this file."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The number's whole consent file, as one JSON document.")
    ] = False,
) -> None:
    """Show a number's consent history as JSON lines or as one file, or verify the ledger."""
    if verify:
        done = asyncio.run(_verify(organization, heads or []))
    elif number is None:
        raise InvalidInput("Name a number, or say --verify.")
    elif as_json:
        done = asyncio.run(_file(organization, number))
    else:
        done = asyncio.run(_history(organization, number))
    if not done:
        raise typer.Exit(1)


async def _verify(organization: str | None, files: list[Path]) -> bool:
    from textbank.backup.write_heads import heads_file, read_heads
    from textbank.consent.verify import verify
    from textbank.installation import made_at
    from textbank.settings import get_settings

    for file in files:
        if not file.exists():
            raise InvalidInput(f"There is no file {file}. Nothing was checked.")
    async with open_database() as database:
        organization_id = await organization_id_of(database, organization)
        # This machine's own are compared without being asked for.
        files = [heads_file(get_settings().data_directory, organization_id), *files]
        all_written = [head for file in files for head in read_heads(file)]
        stamp = (await made_at(database)).isoformat()
        written = [head for head in all_written if head.database in ("", stamp)]
        async with database.transaction(organization_id) as session:
            found = await verify(session, organization_id, written)
    report = {
        "holds": found.holds,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "unsealed_since": found.unsealed_since.isoformat() if found.unsealed_since else None,
        "erased": found.erased,
        "head": found.head,
        "compared_heads": found.compared,
        "heads_of_another_database": len(all_written) - len(written),
        "faults": found.faults,
    }
    sys.stdout.write(json.dumps(report) + "\n")
    return found.holds


async def _file(organization: str | None, number: str) -> bool:
    from textbank.reports.gather_consent_file import find_number, gather_consent_file
    from textbank.reports.write_consent_file import consent_file_as_json

    e164 = _number(number)
    async with open_database() as database:
        organization_id = await organization_id_of(database, organization)
        async with database.transaction(organization_id) as session:
            recipient_id = await find_number(session, organization_id, e164)
            if recipient_id is None:
                sys.stderr.write(f"Nothing is known about {e164}.\n")
                return False
            file = await gather_consent_file(session, organization_id, recipient_id)
    sys.stdout.write(json.dumps(consent_file_as_json(file), ensure_ascii=False, indent=2) + "\n")
    return not file.faults


def _number(typed: str) -> str:
    from textbank.sms.phone_number import PhoneNumber, parse

    parsed = parse(typed)
    if not isinstance(parsed, PhoneNumber):
        raise InvalidInput(f"{typed!r} is not a phone number: {parsed.reason}.")
    return parsed.e164


async def _history(organization: str | None, number: str) -> bool:
    from textbank.consent.history import history

    e164 = _number(number)
    async with open_database() as database:
        organization_id = await organization_id_of(database, organization)
        async with database.transaction(organization_id) as session:
            rows = await history(session, organization_id, e164)
    if not rows:
        sys.stderr.write(f"Nothing is known about {e164}.\n")
        return False
    for row in rows:
        if row.id is not None:
            event = {
                "event": row.id,
                "kind": row.kind,
                "at": row.recorded_at.isoformat(),
                "sealed_as": row.position,
                "head": row.head.hex() if row.head else None,
                "payload": row.payload,
            }
            sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    suppressed = rows[0].suppressed_at
    state = {"number": e164, "suppressed_since": suppressed.isoformat() if suppressed else None}
    sys.stdout.write(json.dumps(state) + "\n")
    return True
