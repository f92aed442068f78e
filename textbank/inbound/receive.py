"""Texts come in: store each once, understand it, act on it, all in one transaction.

Those that arrive together share it (decision 0023): they are stored in one statement, and so are the replies
that a person must read, which are most of them, and plain STOPs (`stop_together.py`). Any other is acted on
by itself (`act_on.py`). What a STOP still needs after the commit is the caller's part
(`messaging/wait_out_permits.py`), because it must hold no transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.across import SenderAddress
from textbank.contacts.place import place_of
from textbank.conversations.touch import Touched, touch_inbound
from textbank.database import Database
from textbank.inbound.act_on import act_on
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.stop_together import Stop, is_plain_stop, stop_together
from textbank.inbound.store import Stored, ToStore, store
from textbank.inbound.understand import Understood, understand
from textbank.keywords.match import keywords_among, may_be_keyword
from textbank.keywords.preferences import read_preference


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text, and the sender of ours that it was written to."""

    at: SenderAddress
    text: InboundText


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a text."""

    message_id: int
    recipient_id: int
    kind: str
    fresh: bool

    @property
    def forbids(self) -> bool:
        """Whether it is answered only when nothing permitted earlier can leave any more."""
        return self.kind in ("stop", "wrong_number")


async def receive(database: Database, at: SenderAddress, text: InboundText) -> Received:
    """File one text. Committed when this returns; harmless to repeat."""
    try:
        [received] = await receive_together(database, at.organization_id, [Incoming(at, text)])
    except IntegrityError:
        # The same text at the same moment in another process: now it is there.
        [received] = await receive_together(database, at.organization_id, [Incoming(at, text)])
    return received


async def receive_together(
    database: Database, organization_id: int, incoming: Sequence[Incoming]
) -> list[Received]:
    """File texts of different people, in one transaction; either all are filed when this returns, or none."""

    async def work(session: AsyncSession) -> list[Received]:
        return await _file(session, organization_id, incoming)

    return await database.idempotent(organization_id, work)


async def _file(session: AsyncSession, organization_id: int, incoming: Sequence[Incoming]) -> list[Received]:
    understood = [await understand(session, organization_id, one.text) for one in incoming]
    rows = [
        ToStore(one.at.sender_id, one.text, its.meaning, place_of(None, one.text.from_).key)
        for one, its in zip(incoming, understood, strict=True)
    ]
    stored = await store(session, organization_id, rows)
    keywords = await keywords_among(session, organization_id, [one.text.body for one in incoming])
    for_people: list[Touched] = []
    stops: list[Stop] = []
    for one, its, row in zip(incoming, understood, stored, strict=True):
        if not row.fresh:
            continue
        if len(incoming) > 1 and is_plain_stop(its):
            stops.append(Stop(one.at, one.text, its, row))
        elif _is_for_a_person(one.text, its, row, keywords):
            for_people.append(Touched(row.recipient_id, True, one.text.carrier_time, alert=its.alert))
        else:
            await act_on(session, one.at, one.text, its, row)
            jobs.ring(session, jobs.Job(jobs.SEND))
    if stops:
        for_people += await stop_together(session, organization_id, stops)
    await touch_inbound(session, organization_id, for_people)
    return [Received(row.message_id, row.recipient_id, row.kind, row.fresh) for row in stored]


def _is_for_a_person(
    text: InboundText, understood: Understood, stored: Stored, keywords: frozenset[str]
) -> bool:
    """Whether nothing of ours can be meant or said, so that all that is left is to show it to somebody."""
    return (
        understood.meaning.kind == "none"
        and understood.leaving is None
        and not stored.asked
        and not stored.unattended
        and read_preference(text.body) is None
        and not may_be_keyword(text.body, keywords)
    )
