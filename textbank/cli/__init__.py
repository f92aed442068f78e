"""The command line: `textbank --help`. One file per command or small family of commands.

Commands import what they need when they run, so that `textbank --help` answers at once.
"""

import sys

import typer

from textbank.cli import (
    backup,
    blast,
    consent,
    demo_data,
    doctor,
    import_contacts,
    invite,
    organizations,
    parts_of_up,
    setup,
    stop_file,
    text_tools,
    up,
    window,
)
from textbank.errors import TextbankError

app = typer.Typer(
    name="textbank",
    help="Text banking and opt-in for organizing groups.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("demo")(up.demo)
app.command("web")(parts_of_up.web)
app.command("worker")(parts_of_up.worker)
app.command("schedule")(parts_of_up.schedule)
app.command("simulator")(parts_of_up.simulator)
app.command("migrate")(parts_of_up.migrate)
app.command("setup")(setup.setup)
app.command("create-organization")(organizations.create_organization)
app.command("connect")(organizations.connect)
app.command("list")(organizations.make_list)
app.command("keyword")(organizations.make_keyword)
app.command("import")(import_contacts.import_contacts)
app.command("invite")(invite.invite)
app.command("blast")(blast.blast)
app.command("consent")(consent.consent)
app.command("stop-file")(stop_file.stop_file)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.command("classify")(text_tools.classify)
app.command("segments")(text_tools.segments)
app.command("window")(window.window)

app.command("demo-data", hidden=True)(demo_data.demo_data)


def main() -> None:
    """Run a command; what we raise on purpose is printed as one sentence, not as a trace."""
    try:
        app()
    except TextbankError as error:
        sys.stderr.write(f"{error.message}\n")
        sys.exit(1)
