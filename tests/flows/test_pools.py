"""A campaign's texts leave from several numbers; people keep the one they know; a number that fails rests."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.conftest import valkey_of_this_worker
from tests.factories.town import Town, eventually, phones
from textbank.accounts.cipher import Cipher
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.campaigns.edit_words import edit_words, rewrite_waiting
from textbank.campaigns.pause import resume
from textbank.conversations.queries import Said, messages
from textbank.conversations.reply import sender_for
from textbank.errors import InvalidInput
from textbank.messaging.apply_callbacks import StatusCallback
from textbank.messaging.enqueue import enqueue
from textbank.messaging.pace import ValkeyPace
from textbank.simulator.defaults import LONG_CODE, POOL, SECOND_LONG_CODE

NOT_OURS = "+14155550179"
"""A number that the carrier has not given us: each text from it is refused with 21606."""
PACE = 100.0


@pytest_asyncio.fixture
async def pace() -> AsyncIterator[ValkeyPace]:
    """The buckets in the run's Valkey, apart from other tests' buckets, and each of them empty: senders of
    every town have the same ids."""
    client = Redis.from_url(valkey_of_this_worker())
    await client.flushdb()
    yield ValkeyPace(client)
    await client.aclose()


async def connect(town: Town, *addresses: str, pace: float = PACE) -> None:
    """Connect these numbers, beside or instead of the town's own."""
    account = next(iter(town.simulator.exchange.accounts.values())).settings
    await connect_carrier_account(
        town.database,
        town.organization_id,
        account_sid=account.sid,
        stored_token=Cipher(town.settings).encrypt(account.auth_token),
        senders=[NewSender(address, "long_code", pace) for address in addresses],
    )
    await town.hear()


async def urgent(town: Town) -> None:
    """Nobody need rest for six hours between two of these texts."""
    await town.execute("update campaign set time_critical = true, critical_because = 'the pool is looked at'")


async def sent_by(town: Town) -> Counter[str]:
    """How many texts each number is on record for."""
    rows = await town.query(
        "select s.address, count(*) from attempt a join sender s on s.id = a.sender_id "
        "where a.outcome = 'accepted' group by 1"
    )
    return Counter(dict(tuple(row) for row in rows))


async def sender_id(town: Town, address: str) -> int:
    [(found,)] = await town.query("select id from sender where address = :a", a=address)
    return int(found)


async def said_in(town: Town, recipient: int) -> list[Said]:
    async with town.database.transaction(town.organization_id) as session:
        return (await messages(session, town.organization_id, recipient))[0]


async def numbers_seen_by(town: Town, people: Sequence[str]) -> dict[str, set[str]]:
    """From which numbers each phone was texted, as the carrier tells."""
    seen: dict[str, set[str]] = {}
    for phone in people:
        texts = [one for one in await town.phone(phone) if one["direction"] != "inbound"]
        assert texts, phone
        seen[phone] = {one["from"] for one in texts}
    return seen


async def test_a_blast_is_spread_over_the_numbers_of_the_pool(town: Town, pace: ValkeyPace) -> None:
    await connect(town, LONG_CODE, SECOND_LONG_CODE, *POOL)
    await town.subscribe(*phones(200))
    await town.launch()
    await town.pump(pace=pace)
    counts = await sent_by(town)
    assert sum(counts.values()) == 200
    assert set(counts) == {LONG_CODE, SECOND_LONG_CODE, *POOL}
    assert min(counts.values()) >= 5
    assert (
        await town.query(
            "select 1 from attempt a join recipient r on r.id = a.recipient_id "
            "where r.sticky_sender_id <> a.sender_id"
        )
        == []
    )


async def test_everybody_is_texted_from_one_number_however_many_campaigns_wait(
    town: Town, pace: ValkeyPace
) -> None:
    """The second campaign is queued for the pool while nobody knows any number yet."""
    await connect(town, LONG_CODE, SECOND_LONG_CODE, *POOL)
    people = phones(60)
    await town.subscribe(*people)
    await town.launch("First. Reply STOP to opt out.")
    await town.launch("Second. Reply STOP to opt out.")
    await urgent(town)
    await town.pump(pace=pace)
    await town.launch("Third. Reply STOP to opt out.")
    await urgent(town)
    await town.pump(pace=pace)
    seen = await numbers_seen_by(town, people)
    assert {len(numbers) for numbers in seen.values()} == {1}
    assert all([len(await town.received(phone)) == 3 for phone in people[:10]])
    assert await town.query("select 1 from outbox") == []


async def test_a_reply_leaves_from_the_number_that_they_last_wrote_to(town: Town) -> None:
    await connect(town, LONG_CODE, SECOND_LONG_CODE)
    [phone] = phones(1)
    [recipient] = await town.subscribe(phone)
    for number in (SECOND_LONG_CODE, LONG_CODE, SECOND_LONG_CODE):
        assert await town.text(phone, "Where is it?", to=number) == 200
        async with town.database.transaction(town.organization_id) as session:
            assert await sender_for(session, town.organization_id, recipient) == await sender_id(town, number)


async def test_a_number_taken_out_of_the_pool_starts_nothing_new(town: Town) -> None:
    await connect(town, LONG_CODE, SECOND_LONG_CODE)
    await town.execute("update sender set pooled = false where address = :a", a=LONG_CODE)
    await town.subscribe(*phones(20))
    await town.launch()
    await town.pump()
    assert await sent_by(town) == {SECOND_LONG_CODE: 20}


# Numbers that fail


async def test_a_number_with_a_fault_of_its_own_rests_and_the_others_take_its_texts(
    town: Town, pace: ValkeyPace
) -> None:
    await connect(town, LONG_CODE, SECOND_LONG_CODE, NOT_OURS, pace=20.0)
    people = phones(80)
    await town.subscribe(*people)
    # Some know the number that is not ours any more.
    await town.execute(
        "update recipient set sticky_sender_id = :s where e164 = any(:known)",
        s=await sender_id(town, NOT_OURS),
        known=people[:20],
    )
    await town.launch()
    await town.pump(pace=pace)
    [(failures,)] = await town.query("select count(*) from attempt where error_code = 21606")
    assert 1 <= failures <= 20
    [(asked_for,)] = await town.query(
        "select extract(epoch from max(permit_at) - min(permit_at)) from attempt where error_code = 21606"
    )
    assert asked_for < 2.0
    assert await town.query("select address, halted_reason from sender where halted_at is not null") == [
        (NOT_OURS, "carrier error 21606")
    ]
    assert sum((await sent_by(town)).values()) == 80
    for phone in people:
        assert len(await town.received(phone)) == 1


async def test_a_live_thread_waits_ten_minutes_for_its_own_number(town: Town) -> None:
    await connect(town, LONG_CODE, SECOND_LONG_CODE)
    [phone] = phones(1)
    [recipient] = await town.subscribe(phone)
    assert await town.text(phone, "Where is it?", to=SECOND_LONG_CODE) == 200
    await town.execute("update sender set halted_at = now() where address = :a", a=SECOND_LONG_CODE)
    async with town.database.transaction(town.organization_id) as session:
        sender = await sender_for(session, town.organization_id, recipient)
        assert sender == await sender_id(town, SECOND_LONG_CODE)
        await enqueue(
            session,
            town.organization_id,
            recipient_id=recipient,
            sender_id=sender,
            purpose="reply",
            body="At the hall.",
        )
    await town.pump()
    assert await town.received(phone) == []
    assert [said.rests for said in await said_in(town, recipient)] == [False, True]
    await town.execute(
        "update sender set halted_at = now() - interval '11 minutes' where address = :a", a=SECOND_LONG_CODE
    )
    await town.pump()
    assert await town.received(phone) == ["At the hall."]
    [known] = await town.query("select s.address from recipient r join sender s on s.id = r.sticky_sender_id")
    assert known.address == LONG_CODE
    # The thread says so: to them it is a stranger's number.
    seen = [(said.body, said.moved, said.rests) for said in await said_in(town, recipient)]
    assert seen == [("Where is it?", False, False), ("At the hall.", True, False)]


async def test_texts_filtered_on_one_number_pause_the_campaign_on_all(town: Town, pace: ValkeyPace) -> None:
    await connect(town, LONG_CODE, SECOND_LONG_CODE, *POOL, pace=20.0)
    await town.behave(callbacks_enabled=False)
    await town.subscribe(*phones(300))
    campaign = await town.launch()
    bad = await sender_id(town, POOL[0])
    callbacks = town.web.state.parts.callbacks
    account = next(iter(town.simulator.exchange.accounts))
    running = town.make_pump(pace=pace, seconds=30.0, idle_seconds=0.5)

    async def filtered() -> None:
        """The carrier filters whatever leaves from one number."""
        told: set[int] = set()

        async def enough() -> bool:
            for attempt, sid in await town.query(
                "select a.id, c.sid from attempt a join carrier_message c on c.attempt_id = a.id "
                "where a.sender_id = :bad order by a.id limit 5",
                bad=bad,
            ):
                if attempt not in told:
                    told.add(attempt)
                    await callbacks.submit(
                        town.organization_id, StatusCallback(attempt, sid, "undelivered", account, 30007)
                    )
            return len(told) >= 3

        await eventually(enough)

    pumping = asyncio.create_task(running.run())
    await filtered()
    [row] = await town.query("select state, paused_because from campaign where id = :c", c=campaign)
    assert tuple(row) == ("paused", "filtered")
    await pumping
    counts = await sent_by(town)
    assert sum(counts.values()) < 300
    await town.pump(pace=pace)
    assert await sent_by(town) == counts  # on no number does another one leave
    assert await town.query("select 1 from sender where halted_at is not null") == []

    with pytest.raises(InvalidInput):
        await go_on(town, campaign)
    await go_on(town, campaign, because="The carrier's support says it was their own mistake.")
    await town.pump()
    assert sum((await sent_by(town)).values()) == 300
    [(details,)] = await town.query("select details from audit_event where action = 'campaign.resumed'")
    assert details["after"] == "filtered"
    assert "support" in details["reason"]


async def go_on(town: Town, campaign: int, *, because: str = "") -> None:
    async with town.database.transaction(town.organization_id) as session:
        await resume(session, town.organization_id, campaign, by=1, because=because)


async def test_a_missing_registration_pauses_at_once_and_other_words_let_it_go_on(town: Town) -> None:
    await town.behave(callbacks_enabled=False)
    member = (
        await town.query(
            "insert into member (organization_id, name, role) values (:o, 'Ann', 'admin') returning id",
            o=town.organization_id,
        )
    )[0].id
    await town.subscribe(*phones(3))
    campaign = await town.launch()
    await town.pump()
    [(attempt, sid)] = await town.query(
        "select a.id, c.sid from attempt a join carrier_message c on c.attempt_id = a.id limit 1"
    )
    account = next(iter(town.simulator.exchange.accounts))
    await town.web.state.parts.callbacks.submit(
        town.organization_id, StatusCallback(attempt, sid, "undelivered", account, 30034)
    )
    [row] = await town.query("select state, paused_because from campaign")
    assert tuple(row) == ("paused", "registration")
    with pytest.raises(InvalidInput):
        await go_on(town, campaign, because="too short")
    async with town.database.transaction(town.organization_id) as session:
        await edit_words(
            session, town.organization_id, campaign, "Other words. Reply STOP to opt out.", by=member
        )
    async with town.database.transaction(town.organization_id) as session:
        await rewrite_waiting(session, town.organization_id, campaign)
    await town.execute("update campaign set rewritten_to = null")
    await go_on(town, campaign)
    assert (await town.query("select state from campaign"))[0].state == "running"
