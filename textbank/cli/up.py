"""`textbank up` and `textbank demo`: everything on this machine, in the foreground, from one command."""

import sys
from typing import Annotated

import typer

from textbank.cli.parts import Plan, make_plan, run_plan
from textbank.errors import TextbankError

PORT = typer.Option(help="Port of the pages and webhooks; TEXTBANK_PORT or 8000 if not given.")
SIMULATOR_PORT = typer.Option(help="Port of the simulated phones; TEXTBANK_SIMULATOR_PORT or 8010.")
SIMULATE = typer.Option("--simulate", help="Text with a carrier on this machine; no text reaches a person.")


def up(
    simulate: Annotated[bool, SIMULATE] = False,
    port: Annotated[int | None, PORT] = None,
    simulator_port: Annotated[int | None, SIMULATOR_PORT] = None,
) -> None:
    """Run everything on this machine until Ctrl-C: database, queue, pages, workers, schedule."""
    _run(make_plan(simulate=simulate, port=port, simulator_port=simulator_port))


def demo(
    port: Annotated[int | None, PORT] = None,
    simulator_port: Annotated[int | None, SIMULATOR_PORT] = None,
) -> None:
    """Like `up --simulate`, with an organization to play with and supporters who answer."""
    _run(make_plan(simulate=True, port=port, simulator_port=simulator_port, demo_data=True))


def _run(plan: Plan) -> None:
    try:
        run_plan(plan)
    except TextbankError as error:
        sys.stderr.write(f"{error.message}\n")
        raise typer.Exit(1) from None
