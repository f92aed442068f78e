"""`textbank setup`: from an empty folder to the first answered text, each step checked.

Run again, it skips what is done and goes on. It only asks and prints: what is right and wrong is decided in
`textbank/setup/`, and the page /setup shows the same.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from textbank.errors import TextbankError

URL = typer.Option(help="The public address, as in https://text.example.org.")
SENDER = typer.Option(help="A number as +1…, or a messaging service's MG… sid; may be repeated.")
PHONE = typer.Option(help="Your own phone, for one real text and its reply.")


def setup(  # noqa: PLR0917 - typer hands each option over by its name
    url: Annotated[str, URL] = "",
    name: Annotated[str, typer.Option(help="The organization's name; texts are signed with it.")] = "",
    help_contact: Annotated[str, typer.Option(help="What HELP answers with: phone, e-mail, page.")] = "",
    account_sid: Annotated[str, typer.Option(help="Twilio's account SID, AC….")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the auth token; else TWILIO_AUTH_TOKEN, else asked.")
    ] = None,
    sender: Annotated[list[str] | None, SENDER] = None,
    take_over: Annotated[
        bool | None,
        typer.Option("--take-over/--no-take-over", help="Bring texts here that now go elsewhere."),
    ] = None,
    registered: Annotated[
        bool, typer.Option("--registered", help="You hold the carriers' approval, and Twilio does not tell.")
    ] = False,
    phone: Annotated[str, PHONE] = "",
    reply_within: Annotated[int, typer.Option(help="Seconds to wait for delivery, and for the reply.")] = 180,
    database_url: Annotated[str, typer.Option(help="Your own PostgreSQL; else Textbank runs one.")] = "",
    port: Annotated[int | None, typer.Option(help="Port of the pages and webhooks on this machine.")] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="With a carrier on this machine; no text reaches a person.")
    ] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask; options answer.")] = False,
    stay: Annotated[
        bool | None, typer.Option("--stay/--no-stay", help="Keep Textbank running at the end.")
    ] = None,
) -> None:
    """Set Textbank up, step by step, to the first answered text. Run it again to go on."""
    from textbank.cli.setup_steps import Answers, SetUp
    from textbank.cli.setup_talk import Talk, a_person_is_there

    talk = Talk(asks=not no_input and a_person_is_there())
    answers = Answers(
        url=url,
        name=name,
        help_contact=help_contact,
        account_sid=account_sid,
        token_file=token_file,
        senders=tuple(sender or ()),
        take_over=take_over,
        registered=registered,
        phone=phone,
        patience=float(reply_within),
        database_url=database_url,
        port=port,
        simulate=simulate,
        stay=talk.asks if stay is None else stay,
    )
    steps = SetUp(talk, answers)
    try:
        asyncio.run(steps.run())
    except TextbankError as error:
        talk.wrong(error.message)
        talk.say("Run `textbank setup` again then: it goes on from here.")
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, typer.Abort):
        if steps.ended:
            talk.say("Stopped. `textbank up` starts it again.")
            return
        talk.say("Stopped. Everything set up so far is kept; `textbank setup` goes on from here.")
        raise typer.Exit(130) from None
