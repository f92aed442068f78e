"""`textbank blast LIST "text"`: one blast from the command line, with a progress bar."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
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
    *,
    organization: Annotated[str | None, ORGANIZATION] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before launching.")] = False,
    any_hour: Annotated[
        bool, typer.Option("--any-hour", help="Simulated only: as if it were daytime everywhere.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Launch and return at once.")] = False,
    portion: Annotated[
        str, typer.Option(metavar="N", help="So many people first (200, or 5%); then it waits for you.")
    ] = "",
    at: Annotated[
        str,
        typer.Option(metavar="MOMENT", help="When it begins, as 2027-11-02T17:30 by this machine's clock."),
    ] = "",
    each_place: Annotated[
        bool, typer.Option("--each-place", help="The moment is by the clock where each person lives.")
    ] = False,
) -> None:
    """Text everybody on a list who may get a blast, after showing whom and what."""
    begins = moment_of(at, each_place=each_place) if at else None
    wanted = Wanted(list_name, text, portion, begins)
    asyncio.run(_blast(wanted, organization, yes=yes, any_hour=any_hour, wait=not no_wait))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    list_name: str
    text: str
    portion: str = ""
    at: datetime | None = None


def moment_of(written: str, *, each_place: bool = False) -> datetime:
    """The moment that was written; without a zone of its own by this machine's clock, or by each place's."""
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        raise typer.BadParameter("Write a moment like 2027-11-02T17:30. Nothing was sent.") from None
    if each_place:
        return moment.replace(tzinfo=None)
    return moment.astimezone()


async def _blast(wanted: Wanted, organization: str | None, *, yes: bool, any_hour: bool, wait: bool) -> None:
    from textbank.campaigns import launch
    from textbank.campaigns.blast_by_command import blast_by_command
    from textbank.campaigns.forecast import forecast
    from textbank.messaging.rehearse_hours import rehearse_hours

    console = Console()
    async with open_database() as database:
        organization_id = await organization_id_of(database, organization)
        async with database.transaction(organization_id) as session:
            seen = await launch.preview(session, organization_id, wanted.list_name)
            looks = await launch.sample(session, organization_id, wanted.text)
            hours = await forecast(session, organization_id, seen.list_id)
            if any_hour:
                await rehearse_hours(session, organization_id, hours.places)
        console.print(f"[bold]{looks.body}[/bold]", highlight=False)
        console.print(
            f"{looks.segments} segment(s), {looks.encoding}, to {seen.reached:,} people. Left out: "
            f"{seen.suppressed:,} opted out, {seen.no_basis:,} without a recorded basis, "
            f"{seen.dead_numbers:,} dead numbers."
        )
        if hours.later and not any_hour and wanted.at is None:
            console.print(_waiting(hours.now, hours.later))
        if hours.last_at and not any_hour and wanted.at is None:
            console.print(
                f"The last text leaves about {hours.last_at.astimezone():%A %d %B %H:%M} (your time)."
            )
        if not yes and not typer.confirm("Send it?"):
            console.print("Nothing was sent.")
            raise typer.Exit(1)
        async with database.transaction(organization_id) as session:
            campaign_id = await blast_by_command(
                session, organization_id, seen.list_id, wanted.text, portion=wanted.portion, at=wanted.at
            )
        if wanted.at is not None:
            where = "by your clock" if wanted.at.tzinfo else "by the clock where each person lives"
            console.print(
                f"Scheduled as campaign {campaign_id}: it begins {wanted.at:%A %d %B %H:%M}, {where}. "
                "Until then it can be taken back on its page."
            )
        elif wait:
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
    from textbank.campaigns.progress import progress, standing

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
                state, why = await standing(session, organization_id, campaign_id)
            note = f"delivered {now.delivered:,}, failed {now.failed:,}, not sent {now.not_sent:,}"
            bar.update(task, total=now.audience if now.frozen else None, completed=now.handed_over, note=note)
            if now.frozen and now.handed_over >= now.audience:
                break
            if state in ("paused", "stopped"):
                left = now.audience - now.handed_over
                bar.stop()
                console.print(
                    f"{now.handed_over:,} have left; {left:,} wait ({(why or state).replace('_', ' ')}). "
                    "The campaign's page says what came of it, and lets it go on."
                )
                return
            await asyncio.sleep(POLL_SECONDS)
    console.print(
        f"Handed over {now.audience - now.not_sent:,} of {now.audience:,}; {now.not_sent:,} were not sent "
        "because of an opt-out, a window or a missing basis. Delivery reports keep coming in."
    )
