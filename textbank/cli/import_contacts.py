"""`textbank import FILE --list NAME`: put a file of contacts on a list, with a progress bar."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from textbank.cli.connection import open_database, organization_id_of
from textbank.cli.organizations import ORGANIZATION
from textbank.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from textbank.consent.import_list import Import, Imported


def import_contacts(
    file: Annotated[Path, typer.Argument(help="A CSV file, from whatever program; a first line of names.")],
    list_name: Annotated[str, typer.Option("--list", help="The list they go on.")],
    basis: Annotated[
        str, typer.Option(help="Why they may be texted: keyword, form, told_us, members or none.")
    ] = "none",
    statement: Annotated[
        str, typer.Option(help="Who agreed, where, when, to which words. Kept as evidence.")
    ] = "",
    organization: Annotated[str | None, ORGANIZATION] = None,
    report: Annotated[
        Path | None, typer.Option(help="Where rows not taken go; else FILE.not-taken.csv.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="A column by hand, as in phone=Cell. Repeatable.")
    ] = None,
) -> None:
    """Import contacts into a list. Safe to repeat: nobody is doubled, and nobody who left is brought back."""
    from textbank.consent.import_list import BASES, Import

    if basis not in (*BASES, "none"):
        raise InvalidInput(
            f"There is no basis {basis!r}. Nothing was imported. Say one of: {', '.join(BASES)}, none."
        )
    wanted = Import(
        file=file,
        list_name=list_name,
        basis=next((known for known in BASES if known == basis), None),
        statement=statement,
        report=report,
        columns=dict(_pair(one) for one in columns or ()),
    )
    asyncio.run(_import(wanted, organization))


def _pair(written: str) -> tuple[str, str]:
    what, equals, name = written.partition("=")
    if not equals or not name:
        raise InvalidInput(f"--map {written!r} should be like phone=Cell. Nothing was imported.")
    return what.strip(), name.strip()


async def _import(wanted: "Import", organization: str | None) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from textbank.consent.import_list import Imported, import_list

    console = Console()
    last = Imported()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    async with open_database() as database:
        organization_id = await organization_id_of(database, organization)
        try:
            with Progress(*columns, console=console, transient=True) as bar:
                task = bar.add_task("Importing", total=None, note="")

                def show(done: Imported) -> None:
                    nonlocal last
                    last = done
                    note = f"{done.taken:,} taken, {done.not_taken.total():,} not"
                    bar.update(task, total=done.size, completed=done.bytes_read, note=note)

                done = await import_list(database, organization_id, wanted, show)
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(
                f"The import broke off ({type(error).__name__}). The first {last.rows:,} rows were taken and "
                "are kept. Run the same command again: nobody is taken twice."
            ) from error
    _summarize(console, wanted, done)


def _summarize(console: Console, wanted: "Import", done: "Imported") -> None:
    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

    rate = done.rows / max(done.seconds, 0.001)
    say(f"{done.rows:,} rows in {done.seconds:.1f} s ({rate:,.0f} rows/s).")
    say(
        f"Taken: {done.taken:,} (new: {done.added:,}, updated: {done.updated:,}, "
        f"known already: {done.unchanged:,})."
    )
    on_list = f"On {wanted.list_name!r}: {done.subscribed:,} subscribed now, {done.already:,} were already"
    if done.opted_out:
        on_list += f", {done.opted_out:,} had opted out and stay out"
    say(f"{on_list}.")
    if done.no_basis:
        say(
            f"Without a basis: {done.no_basis:,}. No blast reaches them. Import the file again with --basis "
            "and --statement once you know why they may be texted."
        )
    if done.report:
        reasons = ", ".join(f"{count:,} {cause}" for cause, count in done.not_taken.most_common())
        say(f"Not taken: {done.not_taken.total():,} ({reasons}). Each with its reason: {done.report}")
