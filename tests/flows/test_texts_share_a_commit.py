"""Texts that arrive together are filed in one transaction, as if each had come alone."""

import asyncio
import uuid
from collections import Counter

import sqlalchemy as sa

from tests.factories.town import Town, phones
from textbank.across import SenderAddress
from textbank.inbound.act_on import Filed
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.join_together import join_together
from textbank.inbound.receive import Incoming, Received, receive
from textbank.inbound.store import ToStore, store
from textbank.inbound.understand import Understood
from textbank.sms.classify import classify
from textbank.web.webhooks.texts import Texts

ANN, BOB, CAT = phones(3)


def text(town: Town, phone: str, body: str, sid: str = "") -> Incoming:
    at = SenderAddress(town.organization_id, town.sender_id, town.account_id)
    return Incoming(at, InboundText(sid or f"SM{uuid.uuid4().hex}", phone, town.number, body))


async def arrive(town: Town, *incoming: Incoming) -> list[Received]:
    """All at once, in this order."""
    texts = Texts(town.database)
    return await asyncio.gather(*(texts.submit(town.organization_id, one) for one in incoming))


async def transactions(town: Town) -> int:
    """In how many transactions the texts were stored."""
    [(count,)] = await town.query("select count(distinct xmin::text) from message where direction = 'in'")
    return int(count)


async def test_each_is_stored_and_acted_on(town: Town) -> None:
    people = phones(40)
    bodies = ["Yes, I am coming on Saturday", "JOIN", "STOP", "HELP", "Who is this?"]
    given = [text(town, phone, bodies[n % 5]) for n, phone in enumerate(people)]
    received = await arrive(town, *given)
    assert await transactions(town) < 5
    rows = await town.query(
        "select r.e164, m.body, m.id from message m join recipient r on r.id = m.recipient_id "
        "where m.direction = 'in' order by m.id"
    )
    assert {(row[0], row[1]) for row in rows} == {(one.text.from_, one.text.body) for one in given}
    assert [one.message_id for one in received] == [row[2] for row in rows]
    assert Counter(one.kind for one in received) == {"none": 24, "stop": 8, "help": 8}
    asked = await town.query("select count(*) from conversation where needs_reply_since is not null")
    assert asked == [(16,)]
    assert await town.query("select count(*) from suppression") == [(8,)]
    assert await town.query("select count(*) from subscription where state = 'subscribed'") == [(8,)]


async def test_texts_of_one_person_are_filed_in_the_order_they_came_in(town: Town) -> None:
    said = ["Hello", "STOP", "Are you there?", "JOIN"]
    await arrive(town, *(text(town, ANN, words) for words in said), text(town, BOB, "Hi"))
    rows = await town.query(
        "select m.body from message m join recipient r on r.id = m.recipient_id "
        "where r.e164 = :ann and m.direction = 'in' order by m.id",
        ann=ANN,
    )
    assert [row[0] for row in rows] == said
    assert await transactions(town) == 4, "Bob's shares the first of hers"
    # JOIN from somebody who stopped just before asks the carrier when each was sent.
    assert await town.query("select count(*) from pending_start") == [(1,)]


async def test_one_that_fails_costs_no_neighbour_anything(town: Town) -> None:
    """The carrier's id of one is on record for another text already by the time it is stored."""
    sid = f"SM{uuid.uuid4().hex}"
    received = await arrive(
        town, text(town, ANN, "First", sid), text(town, BOB, "Second", sid), text(town, CAT, "Third")
    )
    assert [one.fresh for one in received] == [True, False, True]
    stored = await town.query("select body from message where direction = 'in' order by id")
    assert stored == [("First",), ("Third",)]


async def test_a_text_that_is_known_touches_nothing(town: Town) -> None:
    first = text(town, ANN, "Hello")
    [once] = await arrive(town, first)
    await town.execute("update conversation set needs_reply_since = null")
    again, other = await arrive(town, first, text(town, BOB, "Hi there"))
    assert (again.message_id, again.fresh) == (once.message_id, False)
    assert other.fresh
    waiting = await town.query("select recipient_id from conversation where needs_reply_since is not null")
    assert waiting == [(other.recipient_id,)]


_WHAT_STOPS_LEFT = """
select r.suppressed_at is not null as suppressed, s.cause, s.confirmation_queued, s.carrier_time,
  c.needs_reply_since is not null as waits,
  (select jsonb_agg(jsonb_build_array(e.kind, p.payload - '{sid,message_id,words,rule,was}'::text[])
      order by e.id)
    from consent_event e join consent_payload p on p.event_id = e.id where e.recipient_id = r.id) as ledger,
  (select count(*) from consent_unsealed u join consent_event e on e.id = u.event_id
    where e.recipient_id = r.id) as unsealed,
  (select array_agg(state order by id) from subscription b where b.recipient_id = r.id) as lists,
  (select array_agg(declined_at is not null) from opt_in_request q where q.recipient_id = r.id) as declined,
  (select array_agg((m.purpose, m.body, o.place, o.lane, t.segments, t.expires_at is not null,
      t.due_at <= now()) order by m.id)
    from message m join outbox t on t.message_id = m.id join outbox_group o on o.id = t.group_id
    where m.recipient_id = r.id) as texts
from recipient r left join suppression s on s.recipient_id = r.id
left join conversation c on c.recipient_id = r.id
where r.e164 = :phone
"""


# What the two ways cannot have in common, by itself; whoever stopped twice has two events.
_WORDS_OF_STOP = """
select p.payload->>'words' from consent_event e join consent_payload p on p.event_id = e.id
join recipient r on r.id = e.recipient_id where r.e164 = :phone and e.kind = 'opt_out'
order by e.id desc limit 1
"""


async def test_stops_filed_together_leave_what_each_leaves_alone(town: Town) -> None:
    """Of somebody on a list, of one who was asked back, of one who had stopped before, and of a stranger."""
    together, alone = phones(4), phones(4, start=100)
    for member, asked, stopped, _ in (together, alone):
        await town.subscribe(member)
        await town.execute("update contact_list set double_opt_in = true")
        await receive(town.database, text(town, asked, "").at, text(town, asked, "JOIN").text)
        await town.execute("update contact_list set double_opt_in = false")
        await receive(town.database, text(town, stopped, "").at, text(town, stopped, "STOP").text)
    before = await transactions(town)
    texts = Texts(town.database)
    received = await asyncio.gather(*(texts.file(text(town, phone, "Stop!")) for phone in together))
    assert await transactions(town) == before + 1
    for phone in alone:
        # A phrase stops everything all the same, but never in a statement for many: staff may undo it.
        words = text(town, phone, "Please stop texting me")
        received.append(await receive(town.database, words.at, words.text))
    assert all(one.forbids and one.fresh for one in received)
    for one, other in zip(together, alone, strict=True):
        [left], [right] = [await town.query(_WHAT_STOPS_LEFT, phone=each) for each in (one, other)]
        assert left == right
        assert left.suppressed
        assert await town.query(_WORDS_OF_STOP, phone=one) == [("Stop!",)]
        assert len(left.texts) == (2 if one == together[1] else 1)


_WHAT_JOINS_LEFT = """
select r.rests_until is null as takes_texts,
  (select jsonb_agg(jsonb_build_array(e.kind, p.payload - '{sid,message_id,words,until}'::text[])
      order by e.id)
    from consent_event e join consent_payload p on p.event_id = e.id where e.recipient_id = r.id) as ledger,
  (select count(*) from consent_unsealed u join consent_event e on e.id = u.event_id
    where e.recipient_id = r.id) as unsealed,
  (select array_agg((b.list_id, b.state, e.kind) order by b.id) from subscription b
    join consent_event e on e.id = b.basis_event_id where b.recipient_id = r.id) as lists,
  (select array_agg((p.language, n.until is null)) from contact_number n
    join contact p on p.id = n.contact_id where n.recipient_id = r.id) as people,
  (select count(*) from pending_start s where s.recipient_id = r.id) as asks_back,
  c.needs_reply_since is not null as waits, c.last_inbound_at is not null as wrote,
  (select array_agg((m.purpose, m.body, o.place, o.lane, t.segments, t.expires_at is not null,
      t.due_at <= now()) order by m.id)
    from message m join outbox t on t.message_id = m.id join outbox_group o on o.id = t.group_id
    where m.recipient_id = r.id) as texts
from recipient r left join conversation c on c.recipient_id = r.id where r.e164 = :phone
"""


async def test_joins_filed_together_leave_what_each_leaves_alone(town: Town) -> None:
    """Of a stranger, of one on the list, of one who left it, of one on a break, and of one who stopped."""
    together, alone = phones(5), phones(5, start=100)
    for _, present, returning, resting, stopped in (together, alone):
        for phone in (present, returning, resting):
            await town.subscribe(phone)
        said = {returning: "STOP RENT ALERTS", resting: "PAUSE 2 WEEKS", stopped: "STOP"}
        for phone, words in said.items():
            await receive(town.database, text(town, phone, "").at, text(town, phone, words).text)
    texts = Texts(town.database)
    seen = await texts.file(text(town, phones(1, start=200)[0], "Join"))
    assert seen.joined, "from now on the word is taken for one that others can share a commit with"
    before = await transactions(town)
    received = await asyncio.gather(*(texts.file(text(town, phone, "Join!")) for phone in together))
    assert await transactions(town) <= before + 2
    assert [one.joined for one in received] == [True, True, True, False, False]
    for phone in alone:
        # Two words are the keyword all the same, but never taken for a plain JOIN.
        one = await receive(town.database, text(town, phone, "").at, text(town, phone, "JO IN").text)
        assert not one.joined
    for phone, other in zip(together, alone, strict=True):
        [left], [right] = [await town.query(_WHAT_JOINS_LEFT, phone=each) for each in (phone, other)]
        assert left == right
        assert left.asks_back == (1 if phone == together[4] else 0)
        assert left.wrote
        assert not left.waits


async def test_a_keyword_that_asks_for_more_is_not_taken_for_a_plain_one(town: Town) -> None:
    """The list asks back now; the word was plain a moment ago."""
    texts = Texts(town.database)
    assert (await texts.file(text(town, ANN, "JOIN"))).joined
    await town.execute("update contact_list set double_opt_in = true")
    assert not (await texts.file(text(town, BOB, "JOIN"))).joined
    assert await town.query(
        "select r.e164 from subscription s join recipient r on r.id = s.recipient_id "
        "where s.state = 'subscribed' order by s.id"
    ) == [(ANN,)]
    assert await town.query("select count(*) from opt_in_request") == [(1,)]


_READ_OF_LISTS = """
select coalesce(sum(pg_stat_get_xact_tuples_returned(indexrelid)), 0)
from pg_index where indrelid = 'subscription'::regclass
"""


async def test_a_plain_join_does_not_read_who_else_is_on_the_list(town: Town) -> None:
    """Right after an import PostgreSQL knows nothing of how large a list is."""
    await town.subscribe(*phones(300, start=1_000))
    joins = [text(town, phone, "JOIN") for phone in phones(3)]
    rows = [ToStore(one.at.sender_id, one.text, classify("JOIN"), "/Etc/GMT") for one in joins]
    async with town.database.transaction(town.organization_id) as session:
        stored = await store(session, town.organization_id, rows)
        asking = [
            Filed(one.at, one.text, Understood(classify("JOIN")), row)
            for one, row in zip(joins, stored, strict=True)
        ]
        _, joined = await join_together(session, town.organization_id, asking)
        read = (await session.execute(sa.text(_READ_OF_LISTS))).scalar_one()
    assert len(joined) == 3
    assert read <= 3 * len(joined)
