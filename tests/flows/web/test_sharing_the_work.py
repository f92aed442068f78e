"""Replies find their texter or the team, are handed out in batches, and nobody takes what is not for them."""

import re

import pytest

from tests.factories.office import Office, Staff
from tests.factories.replying import Replying, begin_replying, come_on_shift, fall_silent
from tests.factories.texting import more_texters
from textbank import across
from textbank.assignments.may_text import come_to_campaigns
from textbank.assignments.take_replies import count_free_replies, take_replies
from textbank.conversations.give_back_of_away import give_back_of_away

LIST = "/texting/conversations"


async def takes(office: Office, member: int) -> list[int]:
    """What a texter gets who asks for some."""
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await come_to_campaigns(session, town.organization_id, member)
        offered = await count_free_replies(session, town.organization_id, member)
    async with town.database.transaction(town.organization_id) as session:
        taken = await take_replies(session, town.organization_id, member)
    assert bool(taken) <= bool(offered)
    return taken


async def holders(office: Office, replying: Replying) -> list[int | None]:
    """Who answers each of them, in order; None for nobody."""
    found = dict(await office.town.query("select recipient_id, assigned_member_id from conversation"))
    return [found.get(replying.recipient(position)) for position in range(len(replying.phones))]


async def look_for_the_away(office: Office) -> None:
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await give_back_of_away(session, town.organization_id)


async def another(office: Office, replying: Replying, count: int = 1) -> list[int]:
    """Further texters of the campaign, on shift."""
    made = await more_texters(office, count)
    for member in made:
        await office.town.execute(
            "insert into campaign_texter (organization_id, campaign_id, member_id) values (:o, :c, :m)",
            o=office.town.organization_id,
            c=replying.texting.campaign_id,
            m=member,
        )
        await come_on_shift(office, member)
    return made


async def test_who_writes_to_a_texter_who_is_away_waits_for_the_team_and_what_is_answered_stays(
    office: Office,
) -> None:
    replying = await begin_replying(office)
    town, me = office.town, office.members["texter"]
    for position in range(3):
        await town.text(replying.phones[position], "Hi")
    assert await holders(office, replying) == [me, me, me, None, None, None]
    texter = await office.signed_in("texter")
    assert (await texter.post(f"{replying.path(0)}/close")).status == 303
    assert (await texter.post(f"{replying.path(1)}/later", until="tomorrow")).status == 303
    await fall_silent(office, me, minutes=24)
    await look_for_the_away(office)
    assert await holders(office, replying) == [me, me, me, None, None, None]
    await fall_silent(office, me, minutes=26)
    await look_for_the_away(office)
    # Nothing answered moves, and what was put off comes back first.
    assert await holders(office, replying) == [me, me, None, None, None, None]
    await town.text(replying.phones[3], "New")
    await town.text(replying.phones[0], "One more thing")
    assert await holders(office, replying) == [None, me, None, None, None, None]
    # Back again: the next text finds them.
    await fall_silent(office, me, minutes=0)
    await town.text(replying.phones[3], "Hello?")
    await town.text(replying.phones[4], "Me too")
    assert await holders(office, replying) == [None, me, None, me, me, None]


async def test_the_schedule_sees_who_is_away_suspended_or_gone(office: Office) -> None:

    replying = await begin_replying(office)
    town, me = office.town, office.members["texter"]

    async def due() -> bool:
        return (town.organization_id, "away") in await across.way_in_chores(town.database)

    await town.text(replying.phones[0], "Hi")
    assert not await due()
    for change, back in (
        ("update member set suspended_at = now() where id = :m", "update member set suspended_at = null"),
        ("update member set disabled_at = now() where id = :m", "update member set disabled_at = null"),
    ):
        await town.execute(change, m=me)
        assert await due()
        await town.execute(back)
        assert not await due()
    await town.execute("update sign_in set ended_at = now() where member_id = :m", m=me)
    assert await due()
    await look_for_the_away(office)
    assert await holders(office, replying) == [None] * 6
    assert not await due()


async def test_a_texter_takes_those_who_wait_longest_up_to_what_staff_set(office: Office) -> None:
    replying = await begin_replying(office)
    town = office.town
    [helper] = await another(office, replying)
    await fall_silent(office, office.members["texter"])
    for position in (2, 0, 1, 3, 4):
        await town.text(replying.phones[position], "Hi")
    await town.execute("update campaign set reply_batch_size = 3")
    assert await takes(office, helper) == [replying.recipient(each) for each in (2, 0, 1)]
    assert await takes(office, helper) == []  # no room before one is answered
    await town.execute(
        "update conversation set needs_reply_since = null where recipient_id = :r", r=replying.recipient(0)
    )
    assert await takes(office, helper) == [replying.recipient(3)]


@pytest.mark.parametrize(
    "change",
    [
        "update member set approval = 'waiting' where id = :m",
        "update member set suspended_at = now() where id = :m",
        "update member set disabled_at = now() where id = :m",
        "update member set approval = 'trial', trial_left = 0 where id = :m",
        "update member set approval = 'trial', trial_left = 20 where id = :m",
        "delete from campaign_texter where member_id = :m",
        "update campaign_texter set removed_at = now() where member_id = :m",
        "update conversation set wants = 'staff' where :m > 0",
        "update conversation set left_by_id = :m",
        "update conversation set needs_reply_since = null where :m > 0",
    ],
)
async def test_nobody_takes_what_is_not_for_them(office: Office, change: str) -> None:
    replying = await begin_replying(office)
    [helper] = await another(office, replying)
    await fall_silent(office, office.members["texter"])
    await office.town.text(replying.phones[0], "Hi")
    await office.town.execute(change, m=helper)
    assert await takes(office, helper) == []


async def test_a_team_takes_on_its_own_campaigns_alone(office: Office) -> None:
    replying = await begin_replying(office)
    town = office.town
    first, second = await more_texters(office, 2)
    for member, name in ((first, "North"), (second, "South")):
        await town.execute(
            "with t as (insert into team (organization_id, name) values (:o, :n) returning id), "
            "c as (insert into team_campaign (organization_id, team_id, campaign_id) "
            "  select :o, t.id, cast(:c as bigint) from t where :n = 'North') "
            "insert into team_member (organization_id, team_id, member_id) "
            "select :o, t.id, cast(:m as bigint) from t",
            o=town.organization_id,
            n=name,
            c=replying.texting.campaign_id,
            m=member,
        )
        await come_on_shift(office, member)
    await fall_silent(office, office.members["texter"])
    await town.text(replying.phones[0], "Hi")
    assert await takes(office, second) == []
    assert await takes(office, first) == [replying.recipient(0)]


async def test_who_writes_in_spanish_waits_ten_minutes_for_somebody_who_speaks_it(office: Office) -> None:
    replying = await begin_replying(office)
    town = office.town
    english, spanish = await another(office, replying, 2)
    await town.execute("update member set languages = '{en,es}' where id = :m", m=spanish)
    await fall_silent(office, office.members["texter"])
    for position in range(3):
        await town.text(replying.phones[position], "Hola")
    await town.execute("update contact set language = 'es'")
    assert await takes(office, english) == []
    await town.execute(
        "update conversation set needs_reply_since = now() - interval '11 minutes' where recipient_id = :r",
        r=replying.recipient(1),
    )
    assert await takes(office, english) == [replying.recipient(1)]
    assert await takes(office, spanish) == [replying.recipient(0), replying.recipient(2)]


async def test_what_is_handed_over_goes_to_whom_it_wants_and_not_back(office: Office) -> None:
    replying = await begin_replying(office)
    town, me = office.town, office.members["texter"]
    english, spanish = await another(office, replying, 2)
    await town.execute("update member set languages = '{es}' where id = :m", m=spanish)
    for position in range(3):
        await town.text(replying.phones[position], "Hola")
    # They had waited for long: the ten minutes of the speakers begin when it is handed over.
    await town.execute("update conversation set needs_reply_since = now() - interval '1 hour'")
    texter = await office.signed_in("texter")
    for position, form in enumerate(
        ({"wants": "language", "language": "es"}, {"wants": "team"}, {"wants": "staff", "note": "Angry"})
    ):
        assert (await texter.post(f"{replying.path(position)}/hand-over", **form)).status == 303
    assert await takes(office, me) == []
    assert await takes(office, english) == [replying.recipient(1)]
    assert await takes(office, spanish) == [replying.recipient(0)]
    inbox = (await (await office.signed_in("captain")).get("/inbox?by=staff")).text
    assert "handed to staff" in inbox
    assert len(re.findall(r'href="/inbox/\d+\?by=staff', inbox)) == 1


async def test_the_reply_screen_offers_people_by_one_button(office: Office) -> None:
    replying = await begin_replying(office)
    town = office.town
    await fall_silent(office, office.members["texter"])
    for position in range(2):
        await town.text(replying.phones[position], "Hi")
    await fall_silent(office, office.members["texter"], minutes=0)
    texter: Staff = await office.signed_in("texter")
    shown = (await texter.get(LIST)).text
    assert "2 people wait for somebody" in shown
    taken = await texter.post(f"{LIST}/take")
    assert (taken.status, taken.location) == (303, replying.path(0))
    shown = (await texter.get(LIST)).text
    assert "2 people are yours now." in shown
    assert "wait for somebody" not in shown
    again = await texter.post(f"{LIST}/take")
    assert (again.status, again.location) == (303, LIST)
