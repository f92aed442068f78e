"""The steps of `textbank setup`, in order: what is asked, what is done with it, and what is told."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textbank import installation
from textbank.accounts.create_organization import create_organization
from textbank.accounts.invites import make_invite
from textbank.accounts.setup_state import STEPS, Checked, StepName, keep, steps_of
from textbank.cli import setup_carrier, setup_env, setup_running, setup_test_text
from textbank.cli.connection import complete_settings, open_database
from textbank.cli.setup_talk import Talk
from textbank.embedded import secret_file
from textbank.errors import Conflict, InvalidInput, WrongSetup
from textbank.settings import Settings, get_settings
from textbank.setup.address import check_address, look_at

if TYPE_CHECKING:
    from textbank.database import Database

TITLES: dict[StepName, str] = {
    "address": "Where it runs",
    "organization": "Your organization",
    "owner": "The first owner",
    "account": "The Twilio account",
    "senders": "What texts leave from",
    "webhooks": "Where replies arrive",
    "registration": "Registration with the carriers",
    "first_text": "One real text, and its reply",
}


@dataclass(frozen=True)
class Answers:
    """What was said by options; empty is asked, or has a default."""

    url: str
    name: str
    help_contact: str
    account_sid: str
    token_file: Path | None
    senders: tuple[str, ...]
    take_over: bool | None
    registered: bool
    phone: str
    patience: float
    database_url: str
    port: int | None
    simulate: bool
    stay: bool


class SetUp:
    """One run: what is asked and told, by whom it was answered, and with which carrier."""

    def __init__(self, talk: Talk, answers: Answers) -> None:
        self.talk = talk
        self.answers = answers
        # A stand-in for the carrier can only be rehearsed with: no live database would take it.
        self.simulated = answers.simulate or bool(get_settings().twilio_api_url)
        self.ended = False
        """Every step was gone through; what is left is to run."""

    async def run(self) -> None:
        """Every step. Raises TextbankError where one cannot be done."""
        self.begin("address")
        changed = self._place()
        settings = get_settings()
        await setup_running.need_database(settings)
        with ExitStack() as parts:
            ours = not setup_running.runs_already(settings)
            if ours:
                parts.enter_context(setup_running.running(settings, simulate=self.simulated))
                database = "the database of DATABASE_URL" if settings.database_url else "its own database"
                self.talk.done(f"Textbank runs on port {settings.textbank_port}, with {database}.")
            elif changed:
                raise Conflict(
                    "Textbank runs already, with the settings of before. The new ones are kept in .env. "
                    "Stop it and start it again (`textbank up`), then run `textbank setup` again."
                )
            else:
                self.talk.done("Textbank runs on this machine already.")
            address = await check_address(settings, live=not self.simulated)
            self.need(address)
            async with open_database() as database_:
                await self._inside(database_, address)
            self._end(settings)
            if ours and self.answers.stay:
                self.talk.say("It goes on running here. Ctrl-C stops it; `textbank up` starts it again.")
                await asyncio.Event().wait()

    def begin(self, name: StepName) -> None:
        """Say which step this is."""
        self.talk.step(STEPS.index(name) + 1, len(STEPS), TITLES[name])

    def need(self, found: Checked) -> None:
        """Tell what a check found. Raises Conflict where the next step would make no sense."""
        if not found.ok and not found.waits:
            raise Conflict("{said}", said=found.sentence())
        self.talk.tell(found)

    def settings(self) -> Settings:
        """Complete, with the address of our own simulated carrier where there is no other."""
        settings = complete_settings()
        if not self.simulated or settings.twilio_api_url:
            return settings
        simulator = f"http://127.0.0.1:{settings.textbank_simulator_port}"
        return settings.model_copy(update={"twilio_api_url": simulator})

    def _place(self) -> bool:
        """Settle folder, secret, port, database and address; returns whether `.env` changed."""
        settings = get_settings()
        setup_env.need_data_directory(settings.data_directory)
        if not settings.textbank_secret_key.get_secret_value():
            secret_file.ensure(settings.data_directory)
        port = self.answers.port or settings.textbank_port
        url = self._url(settings, port)
        values = {"TEXTBANK_PUBLIC_URL": url}
        if self.answers.port:
            values["TEXTBANK_PORT"] = str(port)
        if self.answers.database_url:
            values["DATABASE_URL"] = self.answers.database_url
        if self.simulated:
            values["TEXTBANK_MODE"] = "simulated"
        told = {name.upper(): str(getattr(settings, name)) for name in settings.model_fields_set}
        values = {name: value for name, value in values.items() if told.get(name) != value}
        changed = bool(values) and setup_env.write_settings(Path.cwd(), values)
        get_settings.cache_clear()
        if get_settings().textbank_public_url != url:
            raise WrongSetup(
                f"TEXTBANK_PUBLIC_URL is set in this shell to {get_settings().textbank_public_url}, and that "
                "wins over .env. What you gave is kept in .env. Unset it here, then run `textbank setup` "
                "again."
            )
        self.talk.done(f"The settings stand in .env, everything else in {_short(settings)}.")
        return changed

    def _url(self, settings: Settings, port: int) -> str:
        known = settings.textbank_public_url if "textbank_public_url" in settings.model_fields_set else ""
        local = f"http://127.0.0.1:{port}" if self.simulated else ""
        given = self.answers.url or known
        while True:
            url = self.talk.ask("The address that the internet knows", given, "--url", default=local)
            wrong = look_at(url, live=not self.simulated)
            if wrong is None:
                return url.rstrip("/")
            if not self.talk.asks:
                raise InvalidInput("{said}", said=wrong.sentence())
            self.talk.tell(wrong)
            given = ""

    async def _inside(self, database: Database, address: Checked) -> None:
        self.begin("organization")
        organization_id = await self._organization(database)
        settings = self.settings()
        async with database.transaction(organization_id) as session:
            await keep(session, organization_id, "address", address)
        self.begin("owner")
        await self._owner(database, organization_id, settings)
        self.begin("account")
        await setup_carrier.account(self, database, settings, organization_id)
        self.begin("senders")
        await setup_carrier.senders(self, database, settings, organization_id)
        self.begin("webhooks")
        await setup_carrier.webhooks(self, database, settings, organization_id)
        self.begin("registration")
        await setup_carrier.registration(self, database, settings, organization_id)
        self.begin("first_text")
        await setup_test_text.first_text(self, database, settings, organization_id)

    async def _organization(self, database: Database) -> int:
        there = await installation.organizations(database)
        known = {name: organization_id for organization_id, name in there}
        if not self.answers.name and len(known) > 1:
            raise InvalidInput(
                "There are several organizations here. Say with --name which one to set up, or a new one's "
                f"name. There are {', '.join(list(known)[:10])}."
            )
        name = self.answers.name or next(iter(known), "")
        if name in known:
            self.talk.done(f"{name}.")
            return known[name]
        name = self.talk.ask("Its name, as texts are signed with it", self.answers.name, "--name")
        contact = self.talk.ask(
            "Whom people reach who text HELP",
            self.answers.help_contact,
            "--help-contact",
        )
        made = await create_organization(database, name, contact)
        self.talk.done(f"Made {made.name}. People who text HELP are told: {contact}")
        return made.organization_id

    async def _owner(self, database: Database, organization_id: int, settings: Settings) -> None:
        async with database.transaction(organization_id) as session:
            steps = {step.name: step for step in await steps_of(session, organization_id)}
            if steps["owner"].state == "done":
                self.talk.done("There is an owner.")
                return
            link = await make_invite(session, organization_id, by=None, role="owner", days=2)
        self.talk.done("Open this link to be the owner; it works for one person, for two days:")
        self.talk.say(f"{settings.textbank_public_url.rstrip('/')}/join/{link}")

    def _end(self, settings: Settings) -> None:
        self.ended = True
        self.talk.say("")
        self.talk.done(f"Set up. The pages are at {settings.textbank_public_url}")
        self.talk.say("To look again: `textbank doctor` here, or Settings, Setting up on the pages.")


def _short(settings: Settings) -> str:
    data = settings.data_directory
    return str(data.relative_to(Path.cwd())) if data.is_relative_to(Path.cwd()) else str(data)
