"""Promise 4 for campaigns with hours of their own: what sells, what an admin lifted, and last moments."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.factories.office import Office
from tests.factories.texting import make_campaign
from tests.factories.town import Town, eventually, phones
from tests.promises.desk import OPEN, Desk
from textbank import clock
from textbank.accounts.add_member import add_member
from textbank.assignments.first_texts import FirstText, first_texts
from textbank.assignments.press import Press, press
from textbank.assignments.take_batch import Taken, take_batch
from textbank.campaigns.draft import make_draft
from textbank.campaigns.end_expired import end_expired
from textbank.campaigns.finish import finish_campaigns
from textbank.campaigns.launch import launch
from textbank.campaigns.queue_audience import queue_audience
from textbank.campaigns.set_hours import end_at, lift_hours, state_selling
from textbank.contacts.place import place_of
from textbank.messaging.refresh_windows import refresh_stale_windows
from textbank.messaging.rule import Rule

ANN = "+15105550123"
KENTUCKY, OAKLAND, HONOLULU = (place_of(code, "").key for code in ("40202", "94607", "96813"))
SELLS = Rule(sells=True)
WEEKDAY = datetime(2027, 3, 17, 13, 30, tzinfo=UTC)  # half past nine in Kentucky, where it begins at ten
WORDS = "Rally on Saturday. Reply STOP to opt out."


async def draft(desk: Desk) -> int:
    async with desk.database.transaction(desk.organization_id) as session:
        return await make_draft(
            session, desk.organization_id, kind="blast", name="Rally", lists=[desk.list_id], words=WORDS
        )


async def go(desk: Desk, campaign: int) -> None:
    async with desk.database.transaction(desk.organization_id) as session:
        await launch(session, desk.organization_id, campaign)
    queued = 1
    while queued:
        async with desk.database.transaction(desk.organization_id) as session:
            queued = await queue_audience(session, desk.organization_id, campaign)


async def selling(desk: Desk) -> int:
    campaign = await draft(desk)
    async with desk.database.transaction(desk.organization_id) as session:
        await state_selling(session, desk.organization_id, campaign, sells=True, by=None)
    await go(desk, campaign)
    return campaign


async def windows(
    desk: Desk, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[datetime, datetime]]:
    """The windows that are computed at a moment."""
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: at)
        await refresh_stale_windows(desk.database)
    rows = await desk.query("select place, opens_at, closes_at from sending_window")
    return {row.place: (row.opens_at, row.closes_at) for row in rows}


def verdicts(answer: object) -> list[str]:
    return [*("go" for _ in answer.permits), *answer.refused.values()]  # type: ignore[attr-defined]


async def test_a_window_of_the_rule_binds_and_not_that_of_the_place_alone(desk: Desk) -> None:
    await desk.subscribe(ANN, place=OPEN)
    await desk.set_window(SELLS.prefix + OPEN, "now() + interval '9 hours'", "now() + interval '20 hours'")
    await selling(desk)
    assert (await desk.claim()).messages == []
    await desk.set_window(SELLS.prefix + OPEN, "now() - interval '1 hour'", "now() + interval '20 hours'")
    claimed = await desk.claim()
    await desk.set_window(SELLS.prefix + OPEN, "now() + interval '9 hours'", "now() + interval '20 hours'")
    answer = await desk.ask(claimed)
    assert verdicts(answer) == ["window"]
    assert answer.stale_places == {SELLS.prefix + OPEN}


async def test_the_rule_goes_with_the_person_to_another_place(desk: Desk) -> None:
    """Their new place is open by the default hours, and was never computed by the campaign's."""
    await desk.subscribe(ANN, place=OPEN)
    await desk.set_window(SELLS.prefix + OPEN, "now() - interval '1 hour'", "now() + interval '20 hours'")
    await selling(desk)
    claimed = await desk.claim()
    await desk.set_window("moved/here", "now() - interval '1 hour'", "now() + interval '20 hours'")
    await desk.person(ANN, place="moved/here")
    answer = await desk.ask(claimed)
    assert verdicts(answer) == ["window"]
    assert answer.stale_places == {SELLS.prefix + "moved/here"}


async def test_a_reply_whose_hour_is_over_leaves_by_the_default_hours_whatever_a_campaign_has(
    desk: Desk,
) -> None:
    ann = await desk.subscribe(ANN, place=OPEN)
    await desk.set_window(SELLS.prefix + OPEN, "now() + interval '9 hours'", "now() + interval '20 hours'")
    await selling(desk)
    await desk.queue(ann, "reply", exempt_until=clock.now() - timedelta(seconds=1))
    assert verdicts(await desk.permit_all()) == ["go"]


async def test_windows_are_computed_by_the_rule_before_the_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.subscribe(ANN, place=KENTUCKY)
    campaign = await draft(desk)
    async with desk.database.transaction(desk.organization_id) as session:
        maria = await add_member(
            session, desk.organization_id, name="Maria Rivera", role="admin", email="maria@riverside.example"
        )
        await lift_hours(
            session,
            desk.organization_id,
            campaign,
            opens=time(8),
            closes=time(21),
            because="The hearing begins at nine in the evening.",
            by=maria.id,
        )
    await go(desk, campaign)
    await go(desk, await draft(desk))
    found = await windows(desk, WEEKDAY, monkeypatch)
    assert found[KENTUCKY] == (WEEKDAY + timedelta(minutes=30), datetime(2027, 3, 18, 0, tzinfo=UTC))
    lifted = found["hours=08:00-21:00@" + KENTUCKY]
    assert lifted == (WEEKDAY - timedelta(minutes=90), datetime(2027, 3, 18, 1, tzinfo=UTC))


async def test_nothing_is_handed_over_past_a_last_moment_and_what_waits_ends_as_expired(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polls close at eight at each place: in Kentucky they have, in Honolulu they have not."""
    kentucky = await desk.subscribe(ANN, place=KENTUCKY)
    honolulu = await desk.subscribe("+15105550124", place=HONOLULU)
    campaign = await draft(desk)
    async with desk.database.transaction(desk.organization_id) as session:
        ends = datetime(2040, 11, 6, 20)  # noqa: DTZ001 - by the clock of each place
        await end_at(session, desk.organization_id, campaign, ends, by=1)
    await go(desk, campaign)
    found = await windows(desk, datetime(2040, 11, 7, 1, 30, tzinfo=UTC), monkeypatch)
    prefix = "ends=2040-11-06T20:00:00@"
    assert found[prefix + KENTUCKY][0].year == 9999
    assert found[prefix + HONOLULU][1] == datetime(2040, 11, 7, 6, tzinfo=UTC)
    # Somebody who moved to where it is over gets nothing, though the group's own place is open.
    await desk.set_window(prefix + HONOLULU, "now() - interval '1 hour'", "now() + interval '1 hour'")
    claimed = await desk.claim()
    assert len(claimed.messages) == 1
    await desk.execute("update recipient set place = :p where id = :r", p=KENTUCKY, r=honolulu)
    assert verdicts(await desk.ask(claimed)) == ["expired"]
    async with desk.database.transaction(desk.organization_id) as session:
        assert await end_expired(session, desk.organization_id, campaign) == 1
        assert await end_expired(session, desk.organization_id, campaign) == 0
    assert await desk.waiting() == []
    ended = await desk.query(
        "select m.recipient_id, d.status from delivery d join message m on m.id = d.message_id"
    )
    assert sorted(tuple(row) for row in ended) == [(kentucky, "expired"), (honolulu, "expired")]


async def test_the_carrier_may_keep_a_text_until_the_last_moment_and_no_longer(desk: Desk) -> None:
    await desk.subscribe(ANN, place=OAKLAND)
    campaign = await draft(desk)
    last = clock.now() + timedelta(minutes=20)
    async with desk.database.transaction(desk.organization_id) as session:
        await end_at(session, desk.organization_id, campaign, last, by=1)
    await go(desk, campaign)
    key = Rule(ends=last).prefix + OAKLAND
    await desk.set_window(key, "now() - interval '1 hour'", f"'{last.isoformat()}'")
    [one] = (await desk.permit_all()).permits
    assert 1_190 <= one.validity_seconds <= 1_200


async def test_every_stop_at_eleven_at_night_is_confirmed_within_a_minute(town: Town) -> None:
    """While a blast waits for the morning, the windows of all places being closed since eight."""
    desk = Desk.of(town)
    people = phones(60)
    await desk.set_window("test/closed", "now() + interval '10 hours'", "now() + interval '21 hours'")
    for phone in people:
        await desk.subscribe(phone, place="test/closed")
    await desk.launch()
    for phone in people[:30]:
        assert await town.text(phone, "STOP") == 200

    async def all_confirmed() -> bool:
        await town.pump()
        return all([len(await town.received(phone)) == 1 for phone in people[:30]])

    await eventually(all_confirmed, seconds=60.0)
    for phone in people[:30]:
        asked, answered = await town.phone(phone)
        assert answered["created_at"] - asked["created_at"] < 60
    assert [await town.received(phone) for phone in people[30:]] == [[]] * 30
    late = await desk.query(
        "select count(*) from message m join attempt a on a.message_id = m.id "
        "where m.purpose = 'opt_out_confirmation' and a.permit_at - m.created_at > interval '60 seconds'"
    )
    assert [tuple(row) for row in late] == [(0,)]


async def test_a_texter_gets_nobody_for_whom_the_campaigns_own_window_is_closed(office: Office) -> None:
    """A peer-to-peer campaign that sells, at a place that is open by the default hours."""
    town, texter = office.town, office.members["texter"]
    texting = await make_campaign(town, 3, texters=(texter,))
    desk = Desk.of(town)
    await desk.execute("update campaign set sells = true, window_rule = :rule", rule=SELLS.prefix)
    tomorrow = "now() + interval '9 hours'", "now() + interval '20 hours'"
    await desk.set_window(SELLS.prefix + OPEN, *tomorrow)

    async def take() -> Taken:
        async with town.database.transaction(town.organization_id) as session:
            return await take_batch(session, town.organization_id, texting.campaign_id, texter)

    none = await take()
    assert (none.held, none.opens_at > clock.now()) == (0, True)
    await desk.set_window(SELLS.prefix + OPEN, "now() - interval '1 hour'", "now() + interval '20 hours'")
    assert (await take()).held == 3

    async def shown() -> list[FirstText]:
        async with town.database.transaction(town.organization_id) as session:
            return await first_texts(
                session, town.organization_id, texting.campaign_id, texter, secret="not of interest here"
            )

    [text, *_] = await shown()
    await desk.set_window(SELLS.prefix + OPEN, *tomorrow)
    assert await shown() == []
    async with town.database.transaction(town.organization_id) as session:
        one = Press(texting.campaign_id, text.recipient_id, texter, text.script_id, text.composed.body)
        [pressed] = await press(session, town.organization_id, [one])
    assert pressed.verdict == "window"


async def test_a_peer_to_peer_campaign_is_done_when_its_last_moment_is_past_everywhere(
    office: Office,
) -> None:
    town = office.town
    texting = await make_campaign(town, 3, texters=(office.members["texter"],))
    for hours, state in ((11, "running"), (13, "done")):
        await town.execute(
            "update campaign set ends_at_place = now() at time zone 'utc' - cast(:ago as interval)",
            ago=timedelta(hours=hours),
        )
        async with town.database.transaction(town.organization_id) as session:
            await finish_campaigns(session, town.organization_id)
        [(found,)] = await town.query("select state from campaign where id = :c", c=texting.campaign_id)
        assert found == state
