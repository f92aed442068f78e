"""Promise 8: a blast, however large, never delays an answer or a reply by more than a second.

The pump runs as a worker runs it, with the real bucket in Valkey, against a carrier that is slow on purpose.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Self

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import text

from tests.conftest import valkey_of_this_worker
from tests.factories.town import FreePace, Town, eventually, phones
from tests.promises.desk import Desk
from textbank.messaging.pace import Pace, ValkeyPace
from textbank.messaging.protocol import SLOTS, SLOTS_KEPT
from textbank.messaging.pump import Pump

PEOPLE = 3_000


@pytest_asyncio.fixture
async def pace() -> AsyncIterator[ValkeyPace]:
    """Buckets that no other worker's tests empty."""
    client = Redis.from_url(valkey_of_this_worker())
    yield ValkeyPace(client)
    await client.aclose()


async def crowd(desk: Desk, people: int = PEOPLE) -> None:
    """Launch a blast to thousands, written in bulk."""
    await desk.subscribe("+15105559999")
    await desk.execute(
        "insert into recipient (organization_id, e164, place) "
        "select :o, '+1510' || (3000000 + n), 'test/open' from generate_series(1, :people) n",
        o=desk.organization_id,
        people=people,
    )
    await desk.execute(
        "insert into subscription "
        "(organization_id, list_id, contact_id, recipient_id, state, basis_event_id) "
        "select r.organization_id, s.list_id, s.contact_id, r.id, 'subscribed', s.basis_event_id "
        "from recipient r, subscription s where r.e164 like '+15103%' on conflict do nothing"
    )
    await desk.launch()


async def set_pace(desk: Desk, rate: float) -> None:
    await desk.execute("update sender set segments_per_second = :rate", rate=rate)


async def delays(desk: Desk) -> list[float]:
    """Seconds from each answer's commit, at the latest, until leave was given for its call."""
    rows = await desk.query(
        "select extract(epoch from a.permit_at - m.created_at)::float8 from attempt a "
        "join message m on m.id = a.message_id where m.purpose = 'keyword_answer' order by m.id"
    )
    return [row[0] for row in rows]


ROUNDS = 5
"""Rounds of loop and database that an answer needs: seen due, counted in the bucket, claimed, permitted."""


class Working:
    """A pump at work on a blast, as long as the block lasts; beside it, a watch on how slow the machine is.

    The promise is about what the blast costs an answer. What a busy machine costs, everything pays: the
    slowest empty round seen meanwhile is allowed on top, for each round that an answer needs.
    """

    def __init__(self, town: Town, pace: Pace, *, slots: int = SLOTS, kept: int = SLOTS_KEPT) -> None:
        self._stop = False
        self._database = town.database
        self._slowest_round = 0.0
        base = town.settings.textbank_public_url
        self._pump = Pump(
            town.database,
            pace,
            town.carriers,
            lambda o, m, a: f"{base}/webhooks/twilio/status?o={o}&m={m}&a={a}",
            slots=slots,
            kept=kept,
            seconds=60.0,
            stopping=lambda: self._stop,
        )

    async def __aenter__(self) -> Self:
        self._task = asyncio.gather(self._pump.run(), self._watch())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stop = True
        await self._task

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        while not self._stop:
            began = clock()
            async with self._database.system() as session:
                await session.execute(text("select 1"))
            self._slowest_round = max(self._slowest_round, clock() - began)
            await asyncio.sleep(0.02)

    @property
    def patience(self) -> float:
        """The promise's second, and what the machine itself cost."""
        return 1.0 + ROUNDS * self._slowest_round


async def answered(desk: Desk, texts: int) -> bool:
    return len(await delays(desk)) == texts


@pytest.mark.parametrize("rate", [10.0, 200.0])
async def test_an_answer_leaves_within_a_second_of_a_blast_to_thousands(
    town: Town, pace: ValkeyPace, rate: float
) -> None:
    desk = Desk.of(town)
    await crowd(desk)
    await set_pace(desk, rate)
    await town.behave(latency_ms=700, callbacks_enabled=False)
    async with Working(town, pace) as working:

        async def under_way() -> bool:
            return bool(await desk.query("select 1 from attempt limit 1"))

        await eventually(under_way)
        for phone in phones(8):
            assert await town.text(phone, "JOIN") == 200
            await asyncio.sleep(0.25)
        await eventually(lambda: answered(desk, 8))
    assert max(await delays(desk)) < working.patience, await delays(desk)
    [(blasts,)] = await desk.query(
        "select count(*) from attempt a join message m on m.id = a.message_id where m.purpose = 'blast'"
    )
    assert blasts > 5  # the blast went on meanwhile


async def test_slots_are_kept_for_answers_while_a_blast_fills_all_others(town: Town) -> None:
    """Not the pace is what is short here, but calls that a stuck carrier does not answer."""
    desk = Desk.of(town)
    await crowd(desk, 200)
    await town.behave(latency_ms=3_000, callbacks_enabled=False)
    async with Working(town, FreePace(), slots=20, kept=5) as working:

        async def full() -> bool:
            [(flying,)] = await desk.query("select count(*) from attempt where outcome is null")
            return bool(flying == 15)

        await eventually(full)
        for phone in phones(4):
            assert await town.text(phone, "JOIN") == 200
        await eventually(lambda: answered(desk, 4))
        [(flying,)] = await desk.query(
            "select count(*) from attempt a join message m on m.id = a.message_id "
            "where m.purpose = 'blast' and a.outcome is null"
        )
        assert flying == 15
    assert max(await delays(desk)) < working.patience, await delays(desk)


async def test_on_a_slow_sender_an_answer_is_the_next_to_leave(town: Town, pace: ValkeyPace) -> None:
    desk = Desk.of(town)
    await crowd(desk, 100)
    await set_pace(desk, 2.0)
    async with Working(town, pace):

        async def under_way() -> bool:
            return len(await desk.query("select 1 from attempt")) >= 2

        await eventually(under_way)
        assert await town.text(phones(1)[0], "JOIN") == 200
        await eventually(lambda: answered(desk, 1))
    [(before,)] = await desk.query(
        "select count(*) from attempt a join message m on m.id = a.message_id and m.purpose = 'blast', "
        "(select m.created_at, a.permit_at from attempt a join message m on m.id = a.message_id "
        "where m.purpose = 'keyword_answer') answer "
        "where a.permit_at > answer.created_at and a.permit_at < answer.permit_at"
    )
    assert before <= 1  # what had been claimed in the same moment


async def test_answers_are_claimed_before_replies_and_first_texts_before_blasts(desk: Desk) -> None:
    await crowd(desk, 10)
    people = [await desk.person(phone) for phone in phones(3)]
    first = await desk.queue(people[0], "first_text", place="test/open")
    reply = await desk.queue(people[1], "reply")
    answer = await desk.queue(people[2], "help_answer")
    claimed = await desk.claim()
    assert claimed.messages[:3] == [answer, reply, first]
    assert len(claimed.messages) == 3 + 11


# The bucket


async def fill(pace: ValkeyPace, sender: int, tokens: float, *, ago: int = -60) -> None:
    """Set what a bucket held `ago` seconds before Valkey's now; nothing refills one of the future."""
    seconds, _ = await pace.client.time()
    await pace.client.hset(f"pace:{sender}", mapping={"tokens": tokens, "at": seconds - ago})


async def tokens(pace: ValkeyPace, sender: int) -> float:
    """What a bucket was left with."""
    held = await pace.client.hget(f"pace:{sender}", "tokens")
    assert held is not None
    return float(held)


@pytest.fixture
def sender() -> int:
    """A sender of this test's own: the Valkey is shared by the run."""
    return int.from_bytes(os.urandom(6))


async def test_a_bucket_starts_empty(pace: ValkeyPace, sender: int) -> None:
    assert await pace.take(sender, 1_000.0, 1_000, started_by_us=False) == 0


async def test_texts_that_we_start_never_take_the_last_fifth(pace: ValkeyPace, sender: int) -> None:
    rate, taken = 1_500.0, 0
    await fill(pace, sender, rate)
    while granted := await pace.take(sender, rate, 400, started_by_us=True):
        taken += granted
        await fill(pace, sender, rate - taken)
    assert taken == 1_200
    await fill(pace, sender, rate - taken)
    assert await pace.take(sender, rate, 10_000, started_by_us=False) == 300


async def test_texts_that_we_start_take_half_a_second_of_pace_at_most(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 100.0)
    assert await pace.take(sender, 100.0, 1_000, started_by_us=True) == 50


async def test_the_slowest_sender_still_sends_what_we_start(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 2.0)
    assert await pace.take(sender, 1.0, 300, started_by_us=True) == 1


@pytest.mark.parametrize("started", [True, False])
async def test_many_takers_at_once_never_get_more_than_the_pace(
    pace: ValkeyPace, sender: int, started: bool
) -> None:
    rate, granted = 300.0, 0
    clock = asyncio.get_running_loop().time
    await pace.take(sender, rate, 1, started_by_us=started)  # the bucket's clock starts, empty
    began = clock()

    async def taker() -> None:
        nonlocal granted
        while clock() - began < 1.5:
            got = await pace.take(sender, rate, 40, started_by_us=started)
            granted += got
            await asyncio.sleep(0.004)

    await asyncio.gather(*(taker() for _ in range(6)))
    longest = clock() - began + 0.05
    assert granted <= rate * longest
    reserve = 0.2 * rate if started else 0.0
    assert granted >= (rate * 1.5 - reserve) * 0.8  # and it is not held back either


async def test_a_rested_bucket_holds_one_second_of_pace_at_most(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 0.0, ago=3_600)
    assert await pace.take(sender, 70.0, 1_000, started_by_us=False) == 70


async def test_an_overdraft_is_paid_back_before_anything_is_granted(pace: ValkeyPace, sender: int) -> None:
    """A text of many segments on a slow sender leaves at once; the sender then rests for as long."""
    await fill(pace, sender, 1.0)
    assert await pace.take(sender, 2.0, 1, started_by_us=False) == 1
    await pace.correct(sender, -4)
    held = await tokens(pace, sender)
    assert held == pytest.approx(-4.0, abs=0.5)
    for ago, granted in ((1, 0), (4, 2)):
        await fill(pace, sender, held, ago=ago)
        assert await pace.take(sender, 2.0, 10, started_by_us=False) == granted


async def test_what_was_granted_and_not_used_is_given_back(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 30.0)
    assert await pace.take(sender, 100.0, 30, started_by_us=False) == 30
    await pace.correct(sender, 20)
    assert await tokens(pace, sender) == pytest.approx(20.0, abs=0.5)


async def fill_campaign(pace: ValkeyPace, campaign: int, tokens: float) -> None:
    seconds, _ = await pace.client.time()
    await pace.client.hset(f"pace:campaign:{campaign}", mapping={"tokens": tokens, "at": seconds + 60})


async def test_the_numbers_of_a_registered_campaign_share_its_pace(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 100.0)
    await fill(pace, sender + 1, 100.0)
    await fill_campaign(pace, sender, 30.0)
    both = [
        await pace.take(number, 100.0, 20, started_by_us=False, campaign=(sender, 30.0))
        for number in (sender, sender + 1)
    ]
    assert both == [20, 10]
    assert await tokens(pace, sender + 1) == 90.0  # what the campaign did not grant, the number keeps


async def test_a_registered_campaign_keeps_its_last_fifth_for_answers(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 100.0)
    await fill_campaign(pace, sender, 12.0)
    assert await pace.take(sender, 100.0, 50, started_by_us=True, campaign=(sender, 20.0)) == 8
    assert await pace.take(sender, 100.0, 50, started_by_us=False, campaign=(sender, 20.0)) == 4


async def test_a_number_without_room_takes_nothing_from_its_campaign(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 0.0)
    await fill_campaign(pace, sender, 20.0)
    assert await pace.take(sender, 10.0, 5, started_by_us=False, campaign=(sender, 20.0)) == 0
    assert await pace.take(sender + 1, 10.0, 5, started_by_us=False, campaign=(sender, 20.0)) == 0
    assert float(await pace.client.hget(f"pace:campaign:{sender}", "tokens")) == 20.0


async def test_an_overdraft_is_the_campaigns_too(pace: ValkeyPace, sender: int) -> None:
    await fill(pace, sender, 10.0)
    await fill_campaign(pace, sender, 10.0)
    await pace.correct(sender, -14, campaign=(sender, 20.0))
    assert await tokens(pace, sender) == -4.0
    assert float(await pace.client.hget(f"pace:campaign:{sender}", "tokens")) == -4.0


async def test_while_valkey_is_away_nothing_is_granted_and_nobody_is_hurt(sender: int) -> None:
    client = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    pace = ValkeyPace(client)
    assert await pace.take(sender, 100.0, 10, started_by_us=False) == 0
    await pace.correct(sender, 10)
    await client.aclose()
