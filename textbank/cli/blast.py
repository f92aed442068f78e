"""`textbank blast LIST "text"`: one blast from the command line, with a progress bar."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from textbank.cli.connection import open_database, organization_id_of
from textbank.cli.organizations import ORGANIZATION

if TYPE_CHECKING:
    from textbank.database import Database

POLL_SECONDS = 0.5


def blast(
    list_name: Annotated[str, typer.Argument(metavar="LIST", help="The list to text.")],
    text: Annotated[str, typer.Argument(help="The words. Name and way out are added where missing.")],
    organization: Annotated[str | None, ORGANIZATION] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before launching.")] = False,
    any_hour: Annotated[
        bool, typer.Option("--any-hour", help="Simulated only: as if it were daytime everywhere.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Launch and return at once.")] = False,
) -> None:
    """Text everybody on a list who may get a blast, after showing whom and what."""
    asyncio.run(_blast(list_name, text, organization, yes=yes, any_hour=any_hour, wait=not no_wait))


async def _blast(
    list_name: str, text: str, organization: str | None, *, yes: bool, any_hour: bool, wait: bool
) -> None:
    from textbank.campaigns import launch
    from textbank.campaigns.forecast import forecast
    from textbank.messaging.rehearse_hours import rehearse_hours

    console = Console()
    async with open_database() as database:
        organization_id = await organization_id_of(database, organization)
        async with database.transaction(organization_id) as session:
            seen = await launch.preview(session, organization_id, list_name)
            looks = await launch.sample(session, organization_id, text)
            hours = await forecast(session, organization_id, seen.list_id)
            if any_hour:
                await rehearse_hours(session, organization_id, hours.places)
        console.print(f"[bold]{looks.body}[/bold]", highlight=False)
        console.print(
            f"{looks.segments} segment(s), {looks.encoding}, to {seen.reached:,} people. Left out: "
            f"{seen.suppressed:,} opted out, {seen.no_basis:,} without a recorded basis, "
            f"{seen.dead_numbers:,} dead numbers."
        )
        if hours.later and not any_hour:
            console.print(_waiting(hours.now, hours.later))
        if hours.last_at and not any_hour:
            console.print(
                f"The last text leaves about {hours.last_at.astimezone():%A %d %B %H:%M} (your time)."
            )
        if not yes and not typer.confirm("Send it?"):
            console.print("Nothing was sent.")
            raise typer.Exit(1)
        async with database.transaction(organization_id) as session:
            campaign_id = await launch.blast_to_list(session, organization_id, seen.list_id, text)
        if wait:
            await _watch(console, database, organization_id, campaign_id)
        else:
            console.print(f"Launched as campaign {campaign_id}.")


def _waiting(now: int, later: list[tuple[datetime, int]]) -> str:
    waits = ", ".join(f"{people:,} until {opens.astimezone():%A %H:%M}" for opens, people in later[:5])
    more = " …" if len(later) > 5 else ""
    return (
        f"Quiet hours: {now:,} leave now; {waits}{more} (your time), when the window at their place opens. "
        "They leave by themselves; nobody has to stay."
    )


async def _watch(console: Console, database: Database, organization_id: int, campaign_id: int) -> None:
    from textbank.campaigns.progress import progress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    console.print("Ctrl-C stops watching, not the blast.")
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Handed over", total=None, note="")
        while True:
            async with database.transaction(organization_id) as session:
                now = await progress(session, organization_id, campaign_id)
            note = f"delivered {now.delivered:,}, failed {now.failed:,}, not sent {now.not_sent:,}"
            bar.update(task, total=now.audience if now.frozen else None, completed=now.handed_over, note=note)
            if now.frozen and now.handed_over >= now.audience:
                break
            await asyncio.sleep(POLL_SECONDS)
    console.print(
        f"Handed over {now.audience - now.not_sent:,} of {now.audience:,}; {now.not_sent:,} were not sent "
        "because of an opt-out, a window or a missing basis. Delivery reports keep coming in."
    )
