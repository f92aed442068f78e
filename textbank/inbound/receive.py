"""Texts come in: store each once, understand it, act on it, all in one transaction.

Those that arrive together share it (decision 0023): they are stored in one statement, and so are the replies
that a person must read, which are most of them, plain STOPs (`stop_together.py`) and plain JOINs
(`join_together.py`). Any other is acted on by itself (`act_on.py`). What a STOP still needs after the commit
is the caller's part (`messaging/wait_out_permits.py`), because it must hold no transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts.come_back import word_in
from textbank.across import SenderAddress
from textbank.contacts.place import place_of
from textbank.conversations.touch import Touched, touch_inbound
from textbank.database import Database
from textbank.inbound.act_on import Filed, act_on
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.join_together import join_together, word_of
from textbank.inbound.stop_together import is_plain_stop, stop_together
from textbank.inbound.store import ToStore, store
from textbank.inbound.understand import understand
from textbank.keywords.match import may_be_keyword
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
    joined: bool = False
    """Whether it was a keyword that is acted on together with others."""

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
    understood = await understand(session, organization_id, [one.text for one in incoming])
    rows = [
        ToStore(one.at.sender_id, one.text, its.meaning, place_of(None, one.text.from_).key)
        for one, its in zip(incoming, understood, strict=True)
    ]
    stored = await store(session, organization_id, rows)
    fresh = [
        Filed(one.at, one.text, its, row)
        for one, its, row in zip(incoming, understood, stored, strict=True)
        if row.fresh
    ]
    sorted_out = _Sorted()
    for one in fresh:
        sorted_out.by_what_it_needs(one)
    joined = await _act(session, organization_id, sorted_out)
    return [
        Received(
            row.message_id, row.recipient_id, row.kind, row.fresh, row.fresh and row.recipient_id in joined
        )
        for row in stored
    ]


@dataclass(slots=True)
class _Sorted:
    """Texts by what each needs."""

    for_people: list[Filed] = field(default_factory=list)
    stops: list[Filed] = field(default_factory=list)
    joins: list[Filed] = field(default_factory=list)
    others: list[Filed] = field(default_factory=list)

    def by_what_it_needs(self, one: Filed) -> None:
        """Put a text where it belongs."""
        if is_plain_stop(one.understood):
            self.stops.append(one)
        elif not _says_nothing_else(one):
            self.others.append(one)
        elif may_be_keyword(one.text.body, one.stored.keywords):
            (self.joins if word_of(one.text) in one.stored.keywords else self.others).append(one)
        elif one.stored.unattended:
            self.others.append(one)
        else:
            self.for_people.append(one)


async def _act(session: AsyncSession, organization_id: int, texts: _Sorted) -> frozenset[int]:
    """Do what they ask for; returns whose JOIN was plain."""
    joined: frozenset[int] = frozenset()
    touched = [
        Touched(one.stored.recipient_id, True, one.text.carrier_time, alert=one.understood.alert)
        for one in texts.for_people
    ]
    if texts.stops:
        touched += await stop_together(session, organization_id, texts.stops)
    if texts.joins:
        answered, joined = await join_together(session, organization_id, texts.joins)
        touched += answered
    for one in texts.others + [one for one in texts.joins if one.stored.recipient_id not in joined]:
        await act_on(session, one)
        jobs.ring(session, jobs.Job(jobs.SEND))
    await touch_inbound(session, organization_id, touched)
    return joined


def _says_nothing_else(one: Filed) -> bool:
    """Whether it can only be a keyword or something for a person to read."""
    return (
        one.understood.meaning.kind == "none"
        and one.understood.leaving is None
        and not one.stored.asked
        and read_preference(one.text.body) is None
        and word_in(one.text.body) is None
    )
