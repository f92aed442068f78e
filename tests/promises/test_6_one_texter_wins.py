"""Promise 6, and what a texter may rely on: of two who race for the same people, one wins, each time.

A thousand races of each kind: for a contact whom both have on their screens, for a batch of first texts, for
one conversation, and for a batch of those who wait for an answer.
"""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from tests.factories.office import Office
from tests.factories.replying import Replying, begin_replying, come_on_shift
from tests.factories.texting import make_campaign, more_texters
from tests.promises.test_6_undo_and_late_texts import in_hand
from textbank.assignments.press import Press, Verdict
from textbank.assignments.press import press as press_all
from textbank.assignments.take_batch import take_batch
from textbank.assignments.take_replies import take_replies
from textbank.database import Database

RACES = 1_000
"""Of each kind."""
ON_A_SCREEN = 200
TOGETHER = 10
"""Presses that share a commit, as those of a busy moment do."""

_POOL = """
    insert into conversation (organization_id, recipient_id, campaign_id, needs_reply_since)
    select :o, a.recipient_id, :c, now() - make_interval(mins => 30) + a.recipient_id * interval '1 second'
    from audience_member a where a.organization_id = :o and a.campaign_id = :c
      and a.recipient_id <= (select max(recipient_id) from (select recipient_id from audience_member
        where organization_id = :o and campaign_id = :c order by recipient_id limit :n) few)
    on conflict (organization_id, recipient_id) do update
      set assigned_member_id = null, left_by_id = null, needs_reply_since = excluded.needs_reply_since
"""


async def racers(office: Office, people: int, size: int) -> tuple[Replying, list[int]]:
    """Two texters who may hold so many of these people."""
    replying = await begin_replying(office, people)
    town = office.town
    both = await more_texters(office, 2)
    for member in both:
        await town.execute(
            "insert into campaign_texter (organization_id, campaign_id, member_id) values (:o, :c, :m)",
            o=town.organization_id,
            c=replying.texting.campaign_id,
            m=member,
        )
        await come_on_shift(office, member)
    await town.execute("update campaign set reply_batch_size = :n", n=size)
    return replying, both


async def put_back(office: Office, replying: Replying, people: int) -> None:
    o, c = office.town.organization_id, replying.texting.campaign_id
    await office.town.execute(_POOL, o=o, c=c, n=people)


async def take(database: Database, organization_id: int, member: int) -> list[int]:
    async with database.transaction(organization_id) as session:
        return await take_replies(session, organization_id, member)


@pytest.mark.timeout(240)
async def test_of_two_texters_who_race_for_one_conversation_one_gets_it(office: Office) -> None:
    replying, both = await racers(office, 1, 10)
    town = office.town
    for _ in range(RACES):
        await put_back(office, replying, 1)
        got = await asyncio.gather(*(take(town.database, town.organization_id, each) for each in both))
        assert sorted(map(len, got)) == [0, 1]
        [(holder,)] = await town.query("select assigned_member_id from conversation")
        assert holder == both[0 if got[0] else 1]


@pytest.mark.timeout(240)
async def test_of_two_texters_who_race_for_a_batch_each_person_goes_to_one(office: Office) -> None:
    replying, both = await racers(office, 5, 3)
    town = office.town
    for _ in range(RACES):
        await put_back(office, replying, 5)
        # Each of them presses twice, on two devices: nobody holds more than staff set.
        got = await asyncio.gather(
            *(take(town.database, town.organization_id, each) for each in (*both, *both))
        )
        taken = [one for each in got for one in each]
        assert len(taken) == len(set(taken))
        held = await town.query(
            "select assigned_member_id, count(*) from conversation where assigned_member_id is not null "
            "group by 1"
        )
        assert sum(count for _, count in held) == len(taken) >= 3
        assert max(count for _, count in held) <= 3


@pytest.mark.timeout(240)
async def test_of_two_texters_who_press_for_one_contact_one_sends(office: Office) -> None:
    """Both have everybody on their screens, and press for the same ones at the same moment."""
    town = office.town
    first, second = await more_texters(office, 2)
    texting = await make_campaign(town, RACES, texters=(first, second))

    async def press_for(some: list[Press], member: int) -> list[Verdict]:
        async with town.database.transaction(town.organization_id) as session:
            mine = [replace(one, member_id=member) for one in some]
            return [each.verdict for each in await press_all(session, town.organization_id, mine)]

    for _ in range(RACES // ON_A_SCREEN):
        shown = await in_hand(town, texting, first, batch=ON_A_SCREEN)
        # Neither holds them any more, as after a long silence.
        await town.execute("update audience_member set assigned_member_id = null, assigned_at = null")
        for start in range(0, ON_A_SCREEN, TOGETHER):
            some = shown[start : start + TOGETHER]
            both = (first, second)[:: -1 if start // TOGETHER % 2 else 1]
            told = await asyncio.gather(*(press_for(some, each) for each in both))
            for verdicts in zip(*told, strict=True):
                assert Counter(verdicts) == {"sent": 1, "by_another": 1}
    [(texts, reached)] = await town.query("select count(*), count(distinct recipient_id) from message")
    assert texts == reached == RACES


@pytest.mark.timeout(240)
async def test_of_two_texters_who_race_for_a_batch_of_first_texts_each_person_goes_to_one(
    office: Office,
) -> None:
    """Five people, and two texters who want three of them, again and again."""
    town = office.town
    both = await more_texters(office, 2)
    texting = await make_campaign(town, 5, texters=tuple(both))
    o, c = town.organization_id, texting.campaign_id

    async def take_three(member: int) -> int:
        async with town.database.transaction(o) as session:
            return (await take_batch(session, o, c, member, batch=3)).held

    for number in range(RACES):
        in_turn = both[:: 1 if number % 2 else -1]
        told = dict(zip(in_turn, await asyncio.gather(*map(take_three, in_turn)), strict=True))
        # What each was told is theirs, and nobody was told of one whom the other has.
        held = await town.query(
            "update audience_member set assigned_member_id = null, assigned_at = null "
            "where assigned_member_id is not null returning old.assigned_member_id"
        )
        assert Counter({member: count for member, count in told.items() if count}) == Counter(
            member for (member,) in held
        )
        assert 3 <= len(held) <= 5
