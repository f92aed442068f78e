"""Promise 6, and what a texter may rely on: of two who race for the same people, one wins, each time.

A thousand races: for one conversation, and for a batch of those who wait. (First texts race in
`test_6_one_press_one_text.py`.)
"""

import asyncio

import pytest

from tests.factories.office import Office
from tests.factories.replying import Replying, begin_replying, come_on_shift
from tests.factories.texting import more_texters
from textbank.assignments.take_replies import take_replies
from textbank.database import Database

RACES = 500
"""Of each kind."""

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
