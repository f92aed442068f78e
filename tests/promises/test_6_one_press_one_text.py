"""Promise 6: a person sends each first text: one press, one message, with who and when on record."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError

from tests.factories.office import Office
from tests.factories.texting import Texting, make_campaign, more_texters
from tests.factories.town import Town
from textbank import clock
from textbank.app import ROUTERS
from textbank.assignments.first_texts import FirstText, first_texts
from textbank.assignments.give_back import give_back
from textbank.assignments.may_text import take_off_campaign
from textbank.assignments.press import Press, Pressed
from textbank.assignments.press import press as press_all
from textbank.assignments.take_batch import NOTED_EVERY, Taken, take_batch
from textbank.campaigns.own_batches import HOLDING
from textbank.consent.opt_out import opt_out

SECRET = "not of interest here"


async def take(town: Town, texting: Texting, member: int, batch: int = 20) -> Taken:
    async with town.database.transaction(town.organization_id) as session:
        return await take_batch(session, town.organization_id, texting.campaign_id, member, batch=batch)


async def held(town: Town, texting: Texting, member: int) -> list[FirstText]:
    async with town.database.transaction(town.organization_id) as session:
        return await first_texts(session, town.organization_id, texting.campaign_id, member, secret=SECRET)


async def press(town: Town, texting: Texting, member: int, text: FirstText) -> Pressed:
    async with town.database.transaction(town.organization_id) as session:
        one = Press(texting.campaign_id, text.recipient_id, member, text.script_id, text.composed.body)
        [pressed] = await press_all(session, town.organization_id, [one])
        return pressed


async def sent(town: Town) -> Counter[int]:
    rows = await town.query("select recipient_id from message where purpose = 'first_text'")
    return Counter(row[0] for row in rows)


async def one_texter(office: Office, count: int = 3) -> tuple[Texting, int]:
    member = office.members["texter"]
    return await make_campaign(office.town, count, texters=(member,)), member


async def test_one_press_is_one_message_with_who_and_when(office: Office) -> None:
    texting, member = await one_texter(office)
    await take(office.town, texting, member)
    before = clock.now()
    [text, *_] = await held(office.town, texting, member)
    assert (await press(office.town, texting, member, text)).verdict == "sent"
    [(recipient, by, when, body)] = await office.town.query(
        "select recipient_id, sent_by, created_at, body from message where purpose = 'first_text'"
    )
    assert (recipient, by, body) == (text.recipient_id, f"member {member}", text.composed.body)
    assert before - timedelta(seconds=5) < when < clock.now() + timedelta(seconds=5)


async def test_a_press_that_is_repeated_is_answered_and_sends_nothing(office: Office) -> None:
    texting, member = await one_texter(office)
    await take(office.town, texting, member)
    [text, *_] = await held(office.town, texting, member)
    told = await asyncio.gather(*(press(office.town, texting, member, text) for _ in range(8)))
    assert Counter(each.verdict for each in told) == {"sent": 1, "already": 7}
    assert len({each.message_id for each in told}) == 1
    assert await sent(office.town) == {text.recipient_id: 1}


@pytest.mark.timeout(240)
async def test_twenty_texters_at_once_text_each_person_exactly_once(office: Office) -> None:
    town = office.town
    members = await more_texters(office, 20)
    texting = await make_campaign(town, 120, texters=tuple(members))

    async def work(member: int) -> None:
        while (await take(town, texting, member, batch=4)).held:
            for text in await held(town, texting, member):
                # A nervous thumb: every person is pressed for twice at the same moment.
                await asyncio.gather(*(press(town, texting, member, text) for _ in range(2)))

    await asyncio.gather(*(work(member) for member in members))
    assert await sent(town) == dict.fromkeys(texting.people.values(), 1)
    await town.let_all_leave()
    for phone in texting.people:
        assert len(await town.received(phone)) == 1


async def test_two_texters_who_press_for_the_same_person_send_one_text(office: Office) -> None:
    """The second held them before: what was shown on a phone without signal comes late."""
    town = office.town
    texting = await make_campaign(town, 10, texters=tuple(members := await more_texters(office, 2)))
    await take(town, texting, members[0])
    texts = await held(town, texting, members[0])
    async with town.database.transaction(town.organization_id) as session:
        await give_back(session, town.organization_id, texting.campaign_id, members[0])
    await take(town, texting, members[1])
    told = await asyncio.gather(*(press(town, texting, member, text) for text in texts for member in members))
    assert {each.verdict for each in told} <= {"sent", "by_another", "given_back"}
    assert sum(each.verdict == "sent" for each in told) == 10
    assert await sent(town) == dict.fromkeys(texting.people.values(), 1)


async def test_what_a_silent_texter_holds_goes_to_the_next_one(office: Office) -> None:
    town = office.town
    members = await more_texters(office, 2)
    texting = await make_campaign(town, 5, texters=tuple(members))
    assert (await take(town, texting, members[0])).held == 5
    assert (await take(town, texting, members[1])).held == 0
    await town.execute(
        "update campaign_texter set active_at = now() - cast(:holding as interval) - interval '1 second' "
        "where member_id = :m",
        holding=HOLDING + NOTED_EVERY,
        m=members[0],
    )
    assert (await take(town, texting, members[1])).held == 5


Change = Callable[[Office, Texting, FirstText], Awaitable[None]]


async def they_opt_out(office: Office, texting: Texting, text: FirstText) -> None:
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await opt_out(session, town.organization_id, text.recipient_id, "staff", evidence={})


async def it_is_paused(office: Office, texting: Texting, text: FirstText) -> None:
    await office.town.execute("update campaign set state = 'paused'")


async def it_is_stopped(office: Office, texting: Texting, text: FirstText) -> None:
    await office.town.execute("update campaign set state = 'stopped'")


async def the_words_change(office: Office, texting: Texting, text: FirstText) -> None:
    await office.town.execute(
        "with s as (insert into script (organization_id, body) values (:o, 'New words') returning id) "
        "update campaign set script_id = s.id from s",
        o=office.town.organization_id,
    )


async def the_window_closes(office: Office, texting: Texting, text: FirstText) -> None:
    await office.town.execute("update sending_window set closes_at = now() + interval '30 seconds'")


async def they_just_had_a_text(office: Office, texting: Texting, text: FirstText) -> None:
    await office.town.execute("update recipient set started = array[now() - interval '5 hours']")


async def the_texter_is_taken_off(office: Office, texting: Texting, text: FirstText) -> None:
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await take_off_campaign(
            session, town.organization_id, texting.campaign_id, office.members["texter"], actor="test"
        )


CHANGES: Sequence[tuple[Change, str]] = (
    (they_opt_out, "opted_out"),
    (it_is_paused, "paused"),
    (it_is_stopped, "over"),
    (the_words_change, "changed"),
    (the_window_closes, "window"),
    (they_just_had_a_text, "cap"),
    (the_texter_is_taken_off, "given_back"),
)


@pytest.mark.parametrize(("change", "verdict"), CHANGES)
async def test_a_text_that_may_not_leave_any_more_is_refused_at_the_press(
    office: Office, change: Change, verdict: str
) -> None:
    texting, member = await one_texter(office)
    await take(office.town, texting, member)
    [text, *_] = await held(office.town, texting, member)
    await change(office, texting, text)
    assert (await press(office.town, texting, member, text)).verdict == verdict
    assert await sent(office.town) == {}
    assert await office.town.query("select 1 from outbox") == []


async def test_nobody_is_handed_out_who_may_not_be_texted_now(office: Office) -> None:
    texting, member = await one_texter(office, 6)
    opted_out, dead, asleep, rests, thrice, fine = texting.people.values()
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await opt_out(session, town.organization_id, opted_out, "staff", evidence={})
    await town.execute("update recipient set dead_since = now() where id = :r", r=dead)
    await town.execute("update recipient set place = 'test/closed' where id = :r", r=asleep)
    await town.execute(
        "update recipient set started = array[now() - interval '1 hour'] where id = :r", r=rests
    )
    await town.execute(
        "update recipient set started = array_fill(now() - interval '23 hours', array[3]) where id = :r",
        r=thrice,
    )
    await town.execute(
        "update recipient set started = array[now() - interval '7 hours'] where id = :r", r=fine
    )
    await town.execute(
        "insert into sending_window (organization_id, place, opens_at, closes_at) "
        "values (:o, 'test/closed', now() + interval '9 hours', now() + interval '20 hours')",
        o=town.organization_id,
    )
    await take(town, texting, member)
    assert [text.recipient_id for text in await held(town, texting, member)] == [fine]


async def test_the_database_itself_refuses_a_second_first_text(office: Office) -> None:
    texting, member = await one_texter(office)
    await take(office.town, texting, member)
    [text, *_] = await held(office.town, texting, member)
    await press(office.town, texting, member, text)
    await office.town.execute("update audience_member set message_id = null")
    with pytest.raises(IntegrityError, match="uq_message_first_text"):
        await press(office.town, texting, member, text)


async def test_no_route_sends_more_than_one_first_text(office: Office) -> None:
    """Every route of the application that changes something, with everything a page could send at once."""
    town = office.town
    texting = await make_campaign(town, 5, texters=(office.members["owner"],))
    owner = await office.signed_in("owner")
    await owner.post(f"/texting/{texting.campaign_id}/batch")
    page = (await owner.get(f"/texting/{texting.campaign_id}")).text
    texts = json.loads(re.search(r"data-batch>(.*?)</script>", page, re.S)[1])  # type: ignore[index]
    everybody = [text["recipient_id"] for text in texts]
    form: dict[str, object] = {
        "recipient_id": everybody,
        "recipient_ids": everybody,
        "script_id": texts[-1]["script_id"],
        "seal": [text["seal"] for text in texts],
        "body": [text["body"] for text in texts],
        "to": list(texting.people),
        "statement": "all of them",
        "all": "true",
    }
    paths = [
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "POST" in route.methods and "sign-out" not in route.path
    ]
    # The press itself comes first, while nothing is paused or given back yet.
    for path in sorted(paths, key=lambda each: not each.endswith("/send")):
        before = sum((await sent(town)).values())
        filled = re.sub(r"{campaign_id(:\w+)?}", str(texting.campaign_id), path)
        filled = re.sub(r"{recipient_id(:\w+)?}", str(everybody[0]), filled)
        await owner.post(re.sub(r"{\w+(:\w+)?}", "1", filled), **form)
        now = sum((await sent(town)).values())
        assert now <= before + 1, path
        assert now == 1 or not path.endswith("/send")
