"""Rules of the carrier that hold for every input: lists, webhook overrides, TwiML, and its agenda."""

import asyncio
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textbank.simulator.agenda import Agenda
from textbank.simulator.records import Message
from textbank.simulator.store import ListFilter, MessageStore
from textbank.simulator.twiml import messages_in
from textbank.simulator.webhooks import overrides_of

DAY = 86_400.0
PEOPLE = st.sampled_from(["+14155550111", "+14155550112"])
SENDERS = st.sampled_from(["+14155550100", "+12125550142"])
# Created how long after the one before; sent how long after that, if at all.
TEXTS = st.tuples(
    PEOPLE, SENDERS, st.floats(0, DAY), st.none() | st.floats(0, 36_000), st.booleans(), st.booleans()
)
MOMENTS = st.none() | st.integers(0, 12).map(lambda day: day * DAY)


@settings(max_examples=200, deadline=None)
@given(
    texts=st.lists(TEXTS, max_size=25),
    to=st.none() | PEOPLE,
    sender=st.none() | SENDERS,
    sent_from=MOMENTS,
    sent_before=MOMENTS,
    until=st.floats(0, 12 * DAY),
    size=st.integers(1, 5),
)
def test_pages_show_exactly_what_a_search_through_everything_would_find(
    texts: list[tuple[str, str, float, float | None, bool, bool]],
    to: str | None,
    sender: str | None,
    sent_from: float | None,
    sent_before: float | None,
    until: float,
    size: int,
) -> None:
    store, everything = filled(texts)
    wanted = ListFilter(to, sender, sent_from, sent_before)
    expected = [m for m in reversed(everything) if m.created <= until and wanted.keeps(m)]
    found: list[Message] = []
    while True:
        older_than = found[-1].seq if found else None
        page = store.newest_first(wanted, created_until=until, older_than=older_than)
        rows = [message for message, _ in zip(page, range(size), strict=False)]
        if not rows:
            break
        found += rows
    assert [message.seq for message in found] == [message.seq for message in expected]


def filled(
    texts: list[tuple[str, str, float, float | None, bool, bool]],
) -> tuple[MessageStore, list[Message]]:
    store = MessageStore()
    everything: list[Message] = []
    at = 0.0
    for seq, (to, sender, gap, wait, picked_late, deleted) in enumerate(texts, 1):
        at += gap
        message = Message(
            seq=seq,
            sid=f"SM{seq}",
            account="AC",
            to=to,
            sender=None if picked_late else sender,
            body="x",
            direction="outbound-api",
            status="queued",
            created=at,
            updated=at,
            sent=None if wait is None else at + wait,
        )
        store.add(message)
        everything.append(message)
        if deleted:
            store.forget(message)
    # Services pick their senders in any order.
    for message, (_, sender, *_rest) in reversed(list(zip(everything, texts, strict=True))):
        if message.sender is None:
            store.picked_sender(message, sender)
    return store, everything


@given(st.text(max_size=60))
def test_no_fragment_breaks_the_bounds_of_the_overrides(fragment: str) -> None:
    read = overrides_of(fragment)
    assert 0 <= read.retries <= 5
    assert 0.1 <= (read.limits.total or 0) <= 15
    assert read.policy


@pytest.mark.parametrize(
    ("fragment", "retries", "policy"),
    [
        ("", 1, {"ct"}),
        ("rc=3&rp=ct,rt,5xx", 3, {"ct", "rt", "5xx"}),
        ("rc=9&rp=nonsense", 1, {"ct"}),
        ("rc=0", 0, {"ct"}),
        ("rp=all", 1, {"all"}),
    ],
)
def test_overrides_are_read_as_twilio_documents_them(fragment: str, retries: int, policy: set[str]) -> None:
    read = overrides_of(fragment)
    assert (read.retries, read.policy) == (retries, policy)


@pytest.mark.parametrize(
    ("answer", "bodies"),
    [
        (b"", []),
        (b"<Response/>", []),
        (b"<Response><Message>one</Message><Message><Body>two</Body></Message></Response>", ["one", "two"]),
        (b"<Response><Message>", []),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Response><Message>&a;</Message></Response>', []),
        (b"<Response>" + b"<Message>x</Message>" * 20 + b"</Response>", ["x"] * 15),
    ],
)
def test_only_whole_twiml_sends_texts(answer: bytes, bodies: list[str]) -> None:
    assert messages_in(answer) == bodies


async def test_the_agenda_keeps_order_and_survives_an_action_that_fails() -> None:
    done: list[int] = []
    order = count()
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context["exception"]))
    agenda = Agenda()

    def fail() -> None:
        raise RuntimeError("planned")

    for seconds in (0.06, 0.02, 0.04):
        agenda.after(seconds, lambda wait=seconds: done.append((next(order), wait)))
    agenda.after(0.01, fail)
    async with asyncio.timeout(5):
        while len(done) < 3:  # noqa: ASYNC110 - the agenda has no event of its own
            await asyncio.sleep(0.005)
    loop.set_exception_handler(None)
    assert done == [(0, 0.02), (1, 0.04), (2, 0.06)]
    assert [str(error) for error in complaints] == ["planned"]
    agenda.close()
