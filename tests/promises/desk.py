"""The way out, taken by hand: claim, ask for a permit, record the outcome, each committed by itself.

The pump does all of it within milliseconds. A test that wants a STOP, a lapsed claim or a frozen worker
between two of the steps takes them one by one, through the product's own functions.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tests.factories.town import ALWAYS_OPEN, Town
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.accounts.create_organization import create_organization
from textbank.across import SenderAddress
from textbank.campaigns.launch import blast_to_list
from textbank.campaigns.queue_audience import queue_audience
from textbank.consent.record_basis import record_basis
from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.contacts.models import ContactList
from textbank.database import Database
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import Received, receive
from textbank.keywords.create_keyword import create_keyword
from textbank.messaging.claim import claim
from textbank.messaging.enqueue import enqueue
from textbank.messaging.permit import Answer, permit
from textbank.messaging.purpose import Purpose
from textbank.messaging.record_outcomes import Handed, record_outcomes
from textbank.sms.carrier import Accepted, Outcome

OPEN = "test/open"
"""A place whose window is open until the year 2100."""
ALL_LANES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Claim:
    """Texts reserved under one token."""

    token: uuid.UUID
    messages: list[int]


@dataclass(slots=True)
class Desk:
    """One organization, its list and its sender."""

    database: Database
    organization_id: int
    account_id: int
    sender_id: int
    list_id: int

    @classmethod
    def of(cls, town: Town) -> "Desk":
        """The desk of a town's organization."""
        return cls(town.database, town.organization_id, town.account_id, town.sender_id, town.list_id)

    @classmethod
    async def found(
        cls,
        database: Database,
        name: str = "Riverside Tenants Union",
        *,
        address: str = "+14155550100",
        account_sid: str = "AC" + "0" * 32,
        stored_token: bytes = b"not used",
    ) -> "Desk":
        """A new organization that has been heard without a gap, and where it is always time to text."""
        made = await create_organization(database, name, "help@riverside.example")
        organization_id = made.organization_id
        account_id = await connect_carrier_account(
            database,
            organization_id,
            account_sid=account_sid,
            stored_token=stored_token,
            senders=[NewSender(address, "long_code", 1_000.0)],
        )
        async with database.transaction(organization_id) as session:
            programme = ContactList(
                organization_id=organization_id, name="Rent Alerts", frequency="6 msgs/month"
            )
            session.add(programme)
            await session.flush()
            await create_keyword(session, organization_id, "JOIN", "Rent Alerts")
        desk = cls(database, organization_id, account_id, 0, programme.id)
        [(desk.sender_id,)] = await desk.query("select id from sender")
        await desk.set_window(OPEN, "now() - interval '1 day'", f"'{ALWAYS_OPEN.isoformat()}'")
        await desk.execute("update carrier_account set heard_at = 'infinity'")
        return desk

    @property
    def address(self) -> SenderAddress:
        """Whom a text to this desk's sender is for."""
        return SenderAddress(self.organization_id, self.sender_id, self.account_id)

    async def query(self, statement: str, **values: object) -> list[Any]:
        """Rows of this organization, as the app role sees them."""
        async with self.database.transaction(self.organization_id) as session:
            return list((await session.execute(sa.text(statement), values)).all())

    async def execute(self, statement: str, **values: object) -> int:
        """Change rows of this organization, as the app role may; returns how many."""
        async with self.database.transaction(self.organization_id) as session:
            done = await session.execute(sa.text(statement), values)
            return int(done.rowcount)  # type: ignore[attr-defined]

    async def set_window(self, place: str, opens: str, closes: str) -> None:
        """Set a place's window; the two moments are SQL expressions."""
        await self.execute(
            "insert into sending_window (organization_id, place, opens_at, closes_at) "  # noqa: S608 - ours
            f"values (:o, :place, {opens}, {closes}) on conflict (organization_id, place) do update "
            "set opens_at = excluded.opens_at, closes_at = excluded.closes_at",
            o=self.organization_id,
            place=place,
        )

    async def person(self, phone: str, *, place: str = OPEN) -> int:
        """A recipient's id; made if new."""
        async with self.database.transaction(self.organization_id) as session:
            made: int = await session.scalar(
                sa.text(
                    "insert into recipient (organization_id, e164, place) values (:o, :phone, :place) "
                    "on conflict (organization_id, e164) do update set place = excluded.place returning id"
                ),
                {"o": self.organization_id, "phone": phone, "place": place},
            )
            return made

    async def subscribe(self, phone: str, *, place: str = OPEN) -> int:
        """Put a phone on the list on a recorded basis; returns the recipient's id."""
        recipient = await self.person(phone, place=place)
        async with self.database.transaction(self.organization_id) as session:
            contact = await contact_of_recipient(session, self.organization_id, recipient)
            await record_basis(
                session,
                self.organization_id,
                recipient_id=recipient,
                contact_id=contact,
                list_id=self.list_id,
                evidence={"basis": "told_us", "statement": "signed at the door"},
            )
        return recipient

    async def launch(self, body: str = "Rally on Saturday. Reply STOP to opt out.") -> int:
        """Launch a blast to the list and queue it wholly; returns the campaign's id."""
        async with self.database.transaction(self.organization_id) as session:
            campaign = await blast_to_list(session, self.organization_id, self.list_id, body)
        queued = 1
        while queued:
            async with self.database.transaction(self.organization_id) as session:
                queued = await queue_audience(session, self.organization_id, campaign)
        return campaign

    async def queue(self, recipient: int, purpose: Purpose, body: str = "", **more: Any) -> int:
        """Put one text into the outbox; returns the message's id."""
        async with self.database.transaction(self.organization_id) as session:
            return await enqueue(
                session,
                self.organization_id,
                recipient_id=recipient,
                sender_id=self.sender_id,
                purpose=purpose,
                body=body or f"A text for {purpose}.",
                **more,
            )

    async def claim(self, *, lanes: Sequence[int] = ALL_LANES, texts: int = 1_000) -> Claim:
        """Reserve what is due."""
        token = uuid.uuid4()
        async with self.database.transaction(self.organization_id) as session:
            found = await claim(
                session,
                self.organization_id,
                self.sender_id,
                lanes=lanes,
                token=token,
                texts=texts,
                segments=1_000_000,
            )
        return Claim(token, [text.message_id for text in found])

    async def ask(self, claimed: Claim) -> Answer:
        """Ask leave for claimed texts."""
        async with self.database.transaction(self.organization_id) as session:
            return await permit(
                session, self.organization_id, self.sender_id, claimed.token, claimed.messages
            )

    async def permit_all(self) -> Answer:
        """Claim what is due and ask leave for it."""
        return await self.ask(await self.claim())

    async def record(self, answer: Answer, outcome: Outcome | None = None) -> None:
        """Write down how the calls of these permits ended; as accepted, unless told otherwise."""
        ended = [
            Handed(one.attempt_id, one.message_id, outcome or Accepted(f"SM{one.attempt_id:032d}", "queued"))
            for one in answer.permits
        ]
        async with self.database.transaction(self.organization_id) as session:
            await record_outcomes(session, self.organization_id, ended)

    async def hear(self, phone: str, body: str, **more: Any) -> Received:
        """A text comes in, as far as the database is concerned."""
        text = InboundText(sid=f"SM{uuid.uuid4().hex}", from_=phone, to="", body=body, **more)
        return await receive(self.database, self.address, text)

    async def waiting(self) -> list[int]:
        """The messages in the outbox."""
        return [row[0] for row in await self.query("select message_id from outbox order by message_id")]
