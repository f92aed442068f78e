"""`textbank stop-file FILE --kind …`: take opt-outs, deactivations or reassigned numbers, however many."""

import asyncio
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textbank.cli.connection import open_database, organization_id_of
from textbank.cli.organizations import ORGANIZATION
from textbank.errors import InvalidInput

if TYPE_CHECKING:
    from textbank.consent.read_stop_file import Kind, NotRead
    from textbank.consent.take_stop_file import Taken


def stop_file(
    file: Annotated[Path, typer.Argument(help="CSV with names in its first line, or numbers alone.")],
    kind: Annotated[str, typer.Option(help="opt_outs, deactivated or reassigned.")] = "opt_outs",
    organization: Annotated[str | None, ORGANIZATION] = None,
    report: Annotated[
        Path | None, typer.Option(help="Where lines not taken go; else FILE.not-taken.csv.")
    ] = None,
) -> None:
    """Take numbers that must not be texted from a file. Safe to repeat: it never brings anybody back."""
    from textbank.consent.read_stop_file import KINDS

    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        raise InvalidInput(f"There is no kind {kind!r}. Nothing was taken. Say one of: {', '.join(KINDS)}.")
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}. Nothing was taken.")
    report = report or file.with_name(f"{file.name}.not-taken.csv")
    done = asyncio.run(_take(file, known, organization, report))
    became = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in done.became.most_common())
    sys.stdout.write(f"{done.lines:,} lines: {became or 'nothing to do'}.\n")
    if done.not_taken:
        sys.stdout.write(f"Not taken: {done.not_taken:,}. Each with its reason: {report}\n")
    else:
        report.unlink()


async def _take(file: Path, kind: "Kind", organization: str | None, report: Path) -> "Taken":
    from textbank.consent.add_person import Who
    from textbank.consent.take_stop_file import take_stop_file
    from textbank.contacts.spreadsheet_cells import guarded

    with report.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(("line", "reason", "as written"))

        def note(one: "NotRead") -> None:
            writer.writerow(map(guarded, (one.line, one.reason, one.raw)))

        async with open_database() as database:
            organization_id = await organization_id_of(database, organization)
            by = Who("command line", "The command line")
            return await take_stop_file(database, organization_id, file, kind, by=by, report=note)
