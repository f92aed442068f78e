"""The parts that `textbank up` runs, each also a command of its own, for as many machines as one likes."""

import asyncio
import os
import signal
import sys
import warnings
from typing import Annotated

import typer

from textbank.settings import Settings, get_settings

SENDING = "sending"
CHORES = "chores"
PORT = typer.Option(help="Port to listen on.")
HOST = typer.Option(help="Address to listen on; TEXTBANK_HOST or this machine alone if not given.")
_PROCESSES = {SENDING: 2, CHORES: 2}


def web(
    port: Annotated[int | None, PORT] = None,
    host: Annotated[str | None, HOST] = None,
) -> None:
    """Answer webhooks and pages."""
    import uvicorn

    from textbank import logs, memory
    from textbank.app import create_app

    settings = _settings()
    logs.configure(settings.textbank_log_level, "web")
    app = create_app(settings)
    memory.spare_what_was_read()
    uvicorn.run(
        app,
        host=host or settings.textbank_host,
        port=port or settings.textbank_port,
        # Who asks is told by a proxy that we trust; anybody else could write anything there.
        proxy_headers=bool(settings.textbank_trusted_proxies),
        forwarded_allow_ips=settings.textbank_trusted_proxies,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=5,
        server_header=False,
    )


def worker(
    queue: Annotated[str | None, typer.Option(help="Only this queue: sending or chores.")] = None,
    processes: Annotated[int | None, typer.Option(help="Worker processes for the queue.")] = None,
) -> None:
    """Send texts and do the chores. Without --queue, a worker for each queue is run."""
    if queue is None:
        _both_queues()
        return
    if queue not in _PROCESSES:
        sys.stderr.write(f"There is no queue {queue!r}: say sending or chores. Nothing was started.\n")
        raise typer.Exit(1)
    from textbank import logs, memory

    settings = _settings()
    logs.configure(settings.textbank_log_level, f"worker:{queue}")
    from workers.app import app

    memory.spare_what_was_read()

    # Celery warns of root in a paragraph of its own; our embedded servers are made for it.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
    app.worker_main(
        [
            "--quiet",
            "worker",
            f"--queues={queue}",
            f"--concurrency={processes or _PROCESSES[queue]}",
            f"--hostname={queue}-{os.getpid()}@%h",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _both_queues() -> None:
    from textbank.cli.parts import COMMAND
    from textbank.embedded.child import Ending
    from textbank.embedded.part import Part
    from textbank.embedded.supervisor import Interrupted, Supervisor, program

    with Supervisor() as supervisor:
        try:
            for queue in _PROCESSES:
                launch = program(
                    [*COMMAND, "worker", "--queue", queue], environment={}, ending=Ending(grace=25.0)
                )
                supervisor.start(Part(queue, launch))
            supervisor.wait()
        except Interrupted:
            return


def schedule() -> None:
    """Look twice a second for work that waits, and ring for it. Two may run; one acts."""
    from textbank import logs, memory
    from workers.schedule import Ticker

    settings = _settings()
    logs.configure(settings.textbank_log_level, "schedule")
    memory.spare_what_was_read()

    async def tick() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await Ticker(settings).run(stop)

    asyncio.run(tick())


def simulator(
    port: Annotated[int | None, PORT] = None,
    pace: Annotated[float, typer.Option(help="Segments a second that each of its numbers sends.")] = 250.0,
) -> None:
    """Be a carrier on this machine, with a wall of phones."""
    from textbank.simulator.defaults import default_settings
    from textbank.simulator.running import run

    settings = get_settings()
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    simulated = default_settings(settings.textbank_public_url)
    for number in simulated.accounts[0].numbers:
        number.pace = pace
    run(port or settings.textbank_simulator_port, simulated, settings.data_directory / "simulator.journal")


def migrate() -> None:
    """Bring the database up to date: roles, tables, and the stamp *simulated* or *live*."""
    from textbank.migrations.migrate import migrate as run

    asyncio.run(run(_settings()))


def _settings() -> Settings:
    from textbank.cli.connection import complete_settings

    return complete_settings()
