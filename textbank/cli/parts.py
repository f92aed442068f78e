"""What `textbank up` runs, in which order, with which settings, and how it knows that all is well."""

import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field

from textbank.embedded import lock, postgres, secret_file, valkey
from textbank.embedded.child import Ending
from textbank.embedded.part import Part, PartRunner
from textbank.embedded.supervisor import Interrupted, Supervisor, program
from textbank.errors import WrongSetup
from textbank.settings import Settings, get_settings

COMMAND = (sys.executable, "-m", "textbank.cli")
READY_WITHIN = 90.0
# Those who run us may be killed; what they started then needs up to this long to end.
PREVIOUS_RUN_ENDS_WITHIN = 45.0
_ENDINGS = {
    "worker": Ending(grace=25.0),  # a task lasts at most 20 s and is not to be cut
    "chores": Ending(grace=25.0),
    "web": Ending(grace=8.0),
    "schedule": Ending(grace=5.0),
    "simulator": Ending(grace=3.0),
}


@dataclass(frozen=True)
class Plan:
    """Everything decided before anything starts."""

    settings: Settings
    port: int
    simulator_port: int | None
    """Of the simulated carrier that is ours to run; None with a live one, or one named by TWILIO_API_URL."""
    simulate: bool
    demo_data: bool
    command: tuple[str, ...] = COMMAND
    """How to run a `textbank` command."""
    environment: dict[str, str] = field(default_factory=dict)
    """What the parts' settings get, besides ours; the addresses of embedded servers are added."""

    @property
    def address(self) -> str:
        """Where this machine reaches the pages."""
        return f"http://127.0.0.1:{self.port}"


def make_plan(
    *,
    simulate: bool,
    port: int | None = None,
    simulator_port: int | None = None,
    demo_data: bool = False,
    command: Sequence[str] = COMMAND,
) -> Plan:
    """Settle ports, mode and settings of the parts."""
    settings = get_settings()
    web = port or settings.textbank_port
    phones = simulator_port or settings.textbank_simulator_port
    environment = {
        "TEXTBANK_DATA": str(settings.data_directory),
        "TEXTBANK_PORT": str(web),
        "TEXTBANK_SIMULATOR_PORT": str(phones),
        "TEXTBANK_MODE": "simulated" if simulate else "live",
        # Otherwise a part's lines would be shown only once a buffer is full.
        "PYTHONUNBUFFERED": "1",
    }
    if "textbank_public_url" not in settings.model_fields_set:
        environment["TEXTBANK_PUBLIC_URL"] = f"http://127.0.0.1:{web}"
    elsewhere = simulate and not demo_data and bool(settings.twilio_api_url)
    if simulate and not elsewhere:
        from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN

        environment |= {
            "TWILIO_API_URL": f"http://127.0.0.1:{phones}",
            "TWILIO_ACCOUNT_SID": DEFAULT_ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": DEFAULT_AUTH_TOKEN,
        }
    simulator = phones if simulate and not elsewhere else None
    return Plan(settings, web, simulator, simulate, demo_data, tuple(command), environment)


def run_plan(plan: Plan) -> None:
    """Start everything, say when it is ready, and wait for Ctrl-C. Raises TextbankError."""
    data = plan.settings.data_directory
    held = lock.hold(data, "textbank up", patience=PREVIOUS_RUN_ENDS_WITHIN)
    try:
        need_port(plan.port, "pages", "port")
        if plan.simulator_port is not None:
            need_port(plan.simulator_port, "simulated phones", "simulator-port")
        secret_file.ensure(data)
        with Supervisor() as supervisor:
            try:
                _start_everything(plan, supervisor, held.file)
                supervisor.wait()
            except Interrupted:
                pass
            supervisor.say("textbank", "stopping")
        sys.stdout.flush()
    finally:
        held.release()


def _start_everything(plan: Plan, supervisor: Supervisor, lock_file: int) -> None:
    environment = plan.environment | _start_servers(plan.settings, supervisor)
    supervisor.run_once("migrate", [*plan.command, "migrate"], environment)
    parts = {
        "web": ["web", "--port", str(plan.port)],
        "worker": ["worker", "--queue", "sending"],
        "chores": ["worker", "--queue", "chores"],
        "schedule": ["schedule"],
    }
    if plan.simulator_port is not None:
        parts = {"simulator": ["simulator", "--port", str(plan.simulator_port)], **parts}
    runners: dict[str, PartRunner] = {}
    for name, arguments in parts.items():
        launch = program(
            [*plan.command, *arguments],
            environment=environment,
            ending=_ENDINGS[name],
            # Whoever starts next waits until the last part is gone; the servers wait for it, too.
            keep_open=[lock_file, supervisor.users],
        )
        runners[name] = supervisor.start(Part(name, launch))
    readiness = f"{plan.address}/readyz"
    supervisor.wait_until(lambda: _answers(readiness), what=readiness, timeout=READY_WITHIN)
    runners["web"].is_well()
    if plan.demo_data:
        supervisor.run_once("demo", [*plan.command, "demo-data"], environment)
    supervisor.say("textbank", f"ready: {plan.address}")
    if plan.simulator_port is not None:
        supervisor.say("textbank", f"simulated phones: http://127.0.0.1:{plan.simulator_port}")
    supervisor.say("textbank", "Ctrl-C stops everything.")


def _start_servers(settings: Settings, supervisor: Supervisor) -> dict[str, str]:
    """Start what DATABASE_URL and REDIS_URL do not name; the addresses the parts need."""
    addresses = {}
    ends = supervisor.users_end
    if not settings.database_url:
        database = settings.data_directory / "postgres"
        supervisor.start(Part("postgres", lambda: postgres.start(database, outlive=ends))).is_well()
        addresses["DATABASE_URL"] = postgres.url_of(database)
    if not settings.redis_url:
        queue = settings.data_directory / "valkey"
        supervisor.start(Part("valkey", lambda: valkey.start(queue, outlive=ends))).is_well()
        addresses["REDIS_URL"] = valkey.url_of(queue)
    return addresses


def need_port(port: int, purpose: str, option: str) -> None:
    """Raise WrongSetup if somebody else listens on a port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the web server does: a port whose last connections are only closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise WrongSetup(
                f"Port {port} for the {purpose} cannot be used ({error.strerror}). Nothing was started. "
                f"Stop the program that uses it, or choose another: --{option} {port + 1} "
                f"(make demo {option.upper().replace('-', '_')}={port + 1})."
            ) from error


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
