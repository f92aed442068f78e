"""The carrier's steps of `textbank setup`: account, senders, webhooks, registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textbank.accounts.cipher import Cipher
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.accounts.setup_state import keep
from textbank.cli.setup_talk import KEPT
from textbank.errors import Conflict, InvalidInput
from textbank.setup.carrier_account import Connected, check_account, connected
from textbank.setup.check import check, mend_webhooks
from textbank.setup.registration import vouch
from textbank.setup.webhooks import FOREIGN, find_fault
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN
from textbank.twilio.verify_account import OwnNumber, OwnService, list_senders

if TYPE_CHECKING:
    from textbank.cli.setup_steps import SetUp
    from textbank.database import Database
    from textbank.settings import Settings

_PACE = {"long_code": 1.0, "toll_free": 3.0, "short_code": 100.0}
"""Segments a second that the carriers let such a number send, before anything better was granted."""
_KINDS = {"long_code": "local number", "toll_free": "toll-free number", "short_code": "short code"}


async def account(at: SetUp, database: Database, settings: Settings, organization_id: int) -> None:
    """Connect the account, or check the one that is."""
    known = await _connected(database, settings, organization_id)
    if known is not None and not at.answers.account_sid and not at.answers.token_file:
        at.need(await check(database, settings, organization_id, "account"))
        return
    simulator = at.simulated and settings.textbank_simulator_port == _port_of(settings.twilio_api_url)
    sid = at.talk.ask(
        "The account SID (AC…), from the first page of Twilio's console",
        at.answers.account_sid or (known.account_sid if known else "") or settings.twilio_account_sid,
        "--account-sid",
        default=DEFAULT_ACCOUNT_SID if simulator else "",
    )
    token = _token(at, settings, default=DEFAULT_AUTH_TOKEN if simulator else "")
    found = await check_account(Connected(sid, token, settings.twilio_api_url, ()))
    await connect_carrier_account(
        database,
        organization_id,
        account_sid=sid,
        stored_token=Cipher(settings).encrypt(token),
        senders=[],
    )
    async with database.transaction(organization_id) as session:
        await keep(session, organization_id, "account", found)
    at.talk.tell(found)


async def senders(at: SetUp, database: Database, settings: Settings, organization_id: int) -> None:
    """Choose what texts leave from."""
    known = await _connected(database, settings, organization_id)
    if known is None or (known.senders and not at.answers.senders):
        for sender in known.senders if known else ():
            at.talk.done(sender.address)
        return
    async with known.api() as api:
        numbers, services = await list_senders(api)
    if not numbers:
        raise Conflict(
            f"The account has no number that can text. {KEPT} Buy one in Twilio's console under "
            "Phone Numbers: a local number for people nearby, or a toll-free one. Then run "
            "`textbank setup` again."
        )
    options = [(one.address, _words(one)) for one in numbers]
    options += [
        (one.address, f"{one.sid}  messaging service “{one.name}”, {len(one.numbers)} number(s)")
        for one in services
    ]
    picked = at.talk.choose("Which of these? (several with a space between)", options, at.answers.senders)
    everything: list[OwnNumber | OwnService] = [*numbers, *services]
    chosen = [one for one in everything if one.address in picked]
    await connect_carrier_account(
        database,
        organization_id,
        account_sid=known.account_sid,
        stored_token=Cipher(settings).encrypt(known.auth_token),
        senders=[NewSender(one.address, one.kind, _pace(one)) for one in chosen],
    )
    for one in chosen:
        at.talk.done(f"Texts leave from {one.address}.")


async def webhooks(at: SetUp, database: Database, settings: Settings, organization_id: int) -> None:
    """Have texts brought here, read back what the carrier says, and ask before taking them from others."""
    found = await check(database, settings, organization_id, "webhooks")
    if found.ok:
        at.talk.tell(found)
        return
    known = await _connected(database, settings, organization_id)
    fault = await find_fault(known, settings.textbank_public_url) if known else None
    if fault is None:
        at.need(found)
        return
    if fault in FOREIGN:
        at.talk.note(found.sentence())
        if not at.talk.may("Shall they be brought here from now on?", at.answers.take_over, "--take-over"):
            raise Conflict(
                f"Texts to your number still go elsewhere, so replies and STOPs would not reach Textbank. "
                f"{KEPT} Run `textbank setup` again with --take-over, or set the address in Twilio's console."
            )
    mended = await mend_webhooks(database, settings, organization_id, service_too=fault == "service")
    at.need(mended)


async def registration(at: SetUp, database: Database, settings: Settings, organization_id: int) -> None:
    """Say where it stands; what is not registered yet does not end the set-up."""
    found = await check(database, settings, organization_id, "registration")
    if not found.ok and at.answers.registered:
        known = await _connected(database, settings, organization_id)
        for sender in known.senders if known else ():
            if sender.registration == "unregistered":
                await vouch(database, organization_id, sender.address, actor="command line")
        found = await check(database, settings, organization_id, "registration")
    at.talk.tell(found)


async def _connected(database: Database, settings: Settings, organization_id: int) -> Connected | None:
    async with database.transaction(organization_id) as session:
        return await connected(session, organization_id, settings)


def _token(at: SetUp, settings: Settings, *, default: str) -> str:
    if at.answers.token_file is not None:
        try:
            return at.answers.token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InvalidInput(
                f"{at.answers.token_file} cannot be read ({error.strerror}). {KEPT} Name a file "
                "with the auth token."
            ) from error
    given = settings.twilio_auth_token.get_secret_value() or default
    return at.talk.ask("The auth token, below the SID (not shown)", given, "--token-file", hide=True)


def _words(number: OwnNumber) -> str:
    within = ", in a messaging service" if number.service else ""
    return f"{number.address}  {_KINDS[number.kind]} “{number.name}”{within}"


def _pace(one: OwnNumber | OwnService) -> float:
    return float(len(one.numbers)) if isinstance(one, OwnService) else _PACE[one.kind]


def _port_of(url: str) -> int | None:
    tail = url.rpartition(":")[2].rstrip("/")
    return int(tail) if tail.isdecimal() else None
