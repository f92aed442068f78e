"""The organization that `textbank demo` shows, made once and kept."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from textbank.accounts.roles import Role
from textbank.cli.connection import complete_settings, open_database
from textbank.settings import Settings

if TYPE_CHECKING:
    from textbank.database import Database

ORGANIZATION = "Riverside Tenants Union"
HELP_CONTACT = "help@riversidetenants.example"
LIST = "Rent Alerts"
KEYWORDS = (("JOIN", "en"), ("UNETE", "es"))
SEGMENTS_PER_SECOND = 200.0
PASSWORD = "rents are too high"  # noqa: S105 - printed for everybody to see
"""Of every log-in of the demo. Such a database is stamped *simulated* and can never send a real text."""
LOG_INS: tuple[tuple[str, Role, str], ...] = (
    ("Ana Rivera", "owner", "ana@riversidetenants.example"),
    ("Omar Haddad", "organizer", "omar@riversidetenants.example"),
    ("Cleo Park", "captain", "cleo@riversidetenants.example"),
    ("Tess Nguyen", "texter", "tess@riversidetenants.example"),
)


def demo_data() -> None:
    """Make the demo's organization where it is missing, and say what to try."""
    asyncio.run(_ensure(complete_settings()))


async def _ensure(settings: Settings) -> None:
    from textbank import installation
    from textbank.accounts.cipher import Cipher
    from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
    from textbank.accounts.create_organization import create_organization
    from textbank.simulator.defaults import LONG_CODE, SECOND_LONG_CODE

    token = settings.twilio_auth_token.get_secret_value()
    async with open_database() as database:
        organization_id = await installation.organization_named(database, ORGANIZATION)
        if organization_id is None:
            made = await create_organization(database, ORGANIZATION, HELP_CONTACT)
            organization_id = made.organization_id
        await connect_carrier_account(
            database,
            organization_id,
            account_sid=settings.twilio_account_sid,
            stored_token=Cipher(settings).encrypt(token),
            senders=[
                NewSender(LONG_CODE, "long_code", SEGMENTS_PER_SECOND),
                NewSender(SECOND_LONG_CODE, "long_code", SEGMENTS_PER_SECOND / 10),
            ],
        )
        await _list_and_keywords(database, organization_id)
        await _log_ins(database, organization_id)
    log_ins = "".join(f"  {email:<32} {role}\n" for _, role, email in LOG_INS)
    sys.stdout.write(
        f"Organization: {ORGANIZATION}. Sign in at {settings.textbank_public_url}/ with the password "
        f"“{PASSWORD}” as one of\n{log_ins}"
        f"Text JOIN (or UNETE for Spanish) to {LONG_CODE} from any phone on the wall of phones: "
        f"http://127.0.0.1:{settings.textbank_simulator_port}/\n"
        f'Then, in another terminal:  .venv/bin/textbank blast "{LIST}" "Rally on Saturday at noon!"\n'
    )


async def _list_and_keywords(database: Database, organization_id: int) -> None:
    import sqlalchemy as sa

    from textbank.contacts.models import ContactList
    from textbank.keywords.create_keyword import create_keyword

    async with database.transaction(organization_id) as session:
        there = await session.scalar(
            sa.select(sa.func.count())
            .select_from(ContactList)
            .filter_by(organization_id=organization_id, name=LIST)
        )
        if there:
            return
        session.add(ContactList(organization_id=organization_id, name=LIST, frequency="Up to 6 msgs/month"))
        await session.flush()
        for word, language in KEYWORDS:
            await create_keyword(session, organization_id, word, LIST, language)


async def _log_ins(database: Database, organization_id: int) -> None:
    from textbank.accounts.add_member import add_member, has_members
    from textbank.accounts.passwords import hash_password

    async with database.transaction(organization_id) as session:
        if await has_members(session, organization_id):
            return
        hashed = await hash_password(PASSWORD)
        for name, role, email in LOG_INS:
            await add_member(
                session, organization_id, name=name, role=role, email=email, password_hash=hashed
            )
