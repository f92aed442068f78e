"""Run a carrier: within a program that has an event loop, or in the foreground of a terminal."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

import uvicorn

from textbank import memory
from textbank.simulator.app import Simulator
from textbank.simulator.configuration import SimulatorSettings
from textbank.simulator.journal import Journal

_LOCAL = "127.0.0.1"
_GRACE_SECONDS = 1


class _Server(uvicorn.Server):
    """uvicorn ends only when its streams end; ours are told first."""

    def __init__(self, config: uvicorn.Config, simulator: Simulator) -> None:
        super().__init__(config)
        self._simulator = simulator

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._simulator.exchange.hub.close()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def server(
    settings: SimulatorSettings, port: int, *, host: str = _LOCAL, journal: Path | None = None
) -> uvicorn.Server:
    """A server that has not been started. Port 0 takes a free one."""
    simulator = Simulator(settings, Journal(journal))
    config = uvicorn.Config(
        simulator,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return _Server(config, simulator)


async def serve(
    settings: SimulatorSettings, host: str = _LOCAL, port: int = 8010, journal: Path | None = None
) -> None:
    """Serve until SIGTERM or SIGINT."""
    await server(settings, port, host=host, journal=journal).serve()


def run(port: int, settings: SimulatorSettings, journal: Path | None = None) -> None:
    """Serve in the foreground on this machine only, until SIGTERM or SIGINT; then end without a trace."""
    # A million messages that live for ever would be walked again and again in search of garbage.
    memory.spare_what_was_read()
    running = server(settings, port, journal=journal)
    # uvicorn stops in order and then raises the signal once more, for whoever stood there before: nobody,
    # so that being told to stop is not an error.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(running.serve())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it exists; asyncio's own loop elsewhere (Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
