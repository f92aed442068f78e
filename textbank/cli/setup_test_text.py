"""The last step of `textbank setup`: one real text to one's own phone, and its reply."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textbank import clock
from textbank.accounts.setup_state import Checked, keep, steps_of
from textbank.errors import Conflict
from textbank.language import N_
from textbank.setup.carrier_account import ConnectedSender, connected
from textbank.setup.first_text import (
    Phone,
    Standing,
    own_phone,
    reply_of,
    send_first_text,
    standing_of,
    why_not_now,
)
from textbank.setup.why_no_reply import why_no_reply
from textbank.setup.why_not_delivered import DELIVERED, UNDER_WAY, why_not_delivered

if TYPE_CHECKING:
    from textbank.cli.setup_steps import SetUp
    from textbank.database import Database
    from textbank.settings import Settings

POLL_SECONDS = 0.2
_ARRIVED = N_("A text left, arrived at {phone}, and its reply came back.")
_HEARD = N_("A text from {phone} came in, and was answered.")


async def first_text(at: SetUp, database: Database, settings: Settings, organization_id: int) -> None:
    """Send, wait, ask for a reply, wait. Raises Conflict with what to look at where one does not come."""
    async with database.transaction(organization_id) as session:
        steps = {step.name: step for step in await steps_of(session, organization_id)}
        account = await connected(session, organization_id, settings)
    if steps["first_text"].state == "done" and not at.answers.phone:
        at.talk.done("Done before; give --phone to do it again.")
        return
    if account is None or not account.senders:
        return
    if not at.answers.phone and not at.talk.asks:
        at.talk.note("Give --phone with your own number to try the whole way.")
        return
    sender = next((one for one in account.senders if one.registration == "registered"), account.senders[0])
    written = at.talk.ask("Your own phone, as +14155550123", at.answers.phone, "--phone")
    async with database.transaction(organization_id) as session:
        phone = await own_phone(session, organization_id, written)
    why_not = why_not_now(phone, sender, simulated=at.simulated)
    if why_not:
        at.talk.note(why_not.format(address=sender.address, phone=phone.e164))
        at.talk.say(f"Text the word HELP from {phone.e164} to {sender.address}: answers leave at any time.")
    else:
        await _sent(at, database, organization_id, phone, sender)
        at.talk.say(f"Now reply to it with any word, from {phone.e164}.")
    await _replied(at, database, settings, organization_id, phone, sender)
    found = Checked(True, _HEARD if why_not else _ARRIVED, values={"phone": phone.e164})
    async with database.transaction(organization_id) as session:
        await keep(session, organization_id, "first_text", found)
    at.talk.tell(found)


async def _sent(
    at: SetUp, database: Database, organization_id: int, phone: Phone, sender: ConnectedSender
) -> None:
    async with database.transaction(organization_id) as session:
        message = await send_first_text(session, organization_id, phone, sender.id, simulated=at.simulated)
    deadline = clock.monotonic() + at.answers.patience
    while True:
        async with database.transaction(organization_id) as session:
            standing = await standing_of(session, organization_id, message)
        if standing.status in DELIVERED:
            at.talk.done(f"A test text arrived at {phone.e164}.")
            return
        if standing.status not in UNDER_WAY or clock.monotonic() > deadline:
            await _not_delivered(at, database, organization_id, phone, standing)
            return
        await asyncio.sleep(POLL_SECONDS)


async def _not_delivered(
    at: SetUp, database: Database, organization_id: int, phone: Phone, standing: Standing
) -> None:
    """Some carriers never say that a text arrived: then the person decides. Raises Conflict otherwise."""
    found = why_not_delivered(standing, phone.e164)
    if standing.status == "sent":
        at.talk.tell(found)
        return
    async with database.transaction(organization_id) as session:
        await keep(session, organization_id, "first_text", found)
    raise Conflict("{said}", said=found.sentence())


async def _replied(
    at: SetUp,
    database: Database,
    settings: Settings,
    organization_id: int,
    phone: Phone,
    sender: ConnectedSender,
) -> None:
    deadline = clock.monotonic() + at.answers.patience
    while True:
        async with database.transaction(organization_id) as session:
            reply = await reply_of(session, organization_id, phone)
        if reply is not None and reply.brought:
            at.talk.done(f"Its reply came in: “{reply.words[:60]}”.")
            return
        if reply is not None or clock.monotonic() > deadline:
            break
        await asyncio.sleep(POLL_SECONDS)
    async with database.transaction(organization_id) as session:
        account = await connected(session, organization_id, settings)
    found = await why_no_reply(account, phone.e164, sender.address)
    async with database.transaction(organization_id) as session:
        await keep(session, organization_id, "first_text", found)
    raise Conflict("{said}", said=found.sentence())
