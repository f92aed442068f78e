"""A part first, and a beginning at a chosen moment, as a browser without a screen sees them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.campaigning import draft, launch, people, press_launch, queue, recount, state
from tests.factories.office import Office
from textbank import clock
from textbank.assignments.take_batch import take_batch
from textbank.campaigns.finish import finish_campaigns
from textbank.campaigns.first_part import wait_after_first_part
from textbank.campaigns.look_after import look_after_campaigns

TUESDAY_NOON = datetime(2027, 6, 1, 16, tzinfo=UTC)
"""In New York; nine in the morning in Oakland."""


async def look(office: Office) -> None:
    """What the schedule does every few seconds."""
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await wait_after_first_part(session, town.organization_id)
        await finish_campaigns(session, town.organization_id)


async def everybody_received(office: Office, everybody: list[str]) -> list[int]:
    return [len(await office.town.received(phone)) for phone in everybody]


# A part first


async def test_the_first_part_leaves_then_it_waits_and_the_rest_leaves_once(office: Office) -> None:
    everybody = await people(office, 7)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/start", first="people", people="3")).status == 303
    assert "3 people get it first" in (await staff.get(f"/campaigns/{campaign}/review")).text
    await launch(office, campaign)
    await look(office)
    assert await state(office, campaign) == "running"
    await office.town.pump()
    await queue(office, campaign)
    await look(office)
    assert sum(await everybody_received(office, everybody)) == 3
    assert await state(office, campaign) == "paused"
    await recount(office)
    shown = await staff.get(f"/campaigns/{campaign}")
    assert "The first 3 have left" in shown.text
    assert "4 people wait for your decision" in shown.text
    assert "waits for you" in (await staff.get("/")).text
    assert (await staff.post(f"/campaigns/{campaign}/rest")).status == 303
    assert (await staff.post(f"/campaigns/{campaign}/rest")).status == 409
    await queue(office, campaign)
    await office.town.pump()
    await look(office)
    assert await everybody_received(office, everybody) == [1] * 7
    assert await state(office, campaign) == "done"


async def test_the_first_part_is_drawn_and_not_the_head_of_the_list(office: Office) -> None:
    await people(office, 40)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/start", first="percent", percent="25")).status == 303
    await launch(office, campaign)
    first = await office.town.query("select recipient_id from audience_member where not later order by 1")
    head = await office.town.query("select recipient_id from audience_member order by 1 limit 10")
    assert len(first) == 10
    assert first != head


async def test_the_rest_can_be_stopped_and_then_gets_nothing(office: Office) -> None:
    everybody = await people(office, 5)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/start", first="people", people="2")
    await launch(office, campaign)
    await office.town.pump()
    await look(office)
    assert (await staff.post(f"/campaigns/{campaign}/stop")).status == 303
    assert (await staff.post(f"/campaigns/{campaign}/rest")).status == 409
    await queue(office, campaign)
    await office.town.pump()
    assert sum(await everybody_received(office, everybody)) == 2


async def test_a_part_as_large_as_the_audience_is_everybody(office: Office) -> None:
    everybody = await people(office, 3)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/start", first="people", people="100")
    await launch(office, campaign)
    await office.town.pump()
    await look(office)
    assert await everybody_received(office, everybody) == [1] * 3
    assert await state(office, campaign) == "done"


async def test_texters_get_only_the_first_part_until_the_rest_is_let_go(office: Office) -> None:
    await people(office, 6)
    campaign = await draft(office, kind="p2p", words="Hi {first_name|there}, {texter} here.")
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/start", first="people", people="2")
    await launch(office, campaign)
    town, member = office.town, office.members["texter"]
    await town.execute(
        "insert into campaign_texter (organization_id, campaign_id, member_id) values (:o, :c, :m)",
        o=town.organization_id,
        c=campaign,
        m=member,
    )

    async def take() -> int:
        async with town.database.transaction(town.organization_id) as session:
            return (await take_batch(session, town.organization_id, campaign, member)).held

    assert await take() == 2
    await look(office)
    assert await state(office, campaign) == "running"  # they hold both, and have sent neither
    assert (await staff.post(f"/campaigns/{campaign}/rest")).status == 303
    await queue(office, campaign)
    assert await take() == 6


async def test_a_wrong_number_keeps_what_was_typed(office: Office) -> None:
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    wrong = await staff.post(f"/campaigns/{campaign}/start", first="percent", percent="250")
    assert (wrong.status, 'value="250"' in wrong.text, "from 1 to 99" in wrong.text) == (422, True, True)


# Later


async def test_a_scheduled_blast_can_be_taken_back_and_begins_when_it_is_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_NOON)
    when = {"starts": "mine", "starts_on": "2027-06-02T17:00"}
    assert (await staff.post(f"/campaigns/{campaign}/start", **when)).status == 303
    assert (await press_launch(staff, campaign)).status == 303
    assert await state(office, campaign) == "scheduled"
    assert "It begins by itself" in (await staff.get(f"/campaigns/{campaign}")).text
    assert (await staff.post(f"/campaigns/{campaign}/words", body="Other words")).status == 409
    assert (await staff.post(f"/campaigns/{campaign}/unschedule")).status == 303
    assert await state(office, campaign) == "draft"
    assert (await press_launch(staff, campaign)).status == 303
    await look_after_campaigns(office.town.database)
    assert await state(office, campaign) == "scheduled"
    monkeypatch.undo()
    await office.town.execute("update campaign set begins_at = now(), window_rule = ''")
    await look_after_campaigns(office.town.database)
    assert await state(office, campaign) == "running"
    assert (await staff.post(f"/campaigns/{campaign}/unschedule")).status == 409
    await queue(office, campaign)
    await office.town.pump()
    assert await everybody_received(office, everybody) == [1] * 3


@pytest.mark.parametrize(
    ("starts", "starts_on", "says"),
    [
        ("mine", "2027-06-01T08:00", "That moment is past"),
        ("place", "2027-06-02T23:30", "nobody may be texted"),
        ("mine", "2027-06-02T07:00", "nobody may be texted"),
        ("place", "2028-06-02T17:00", "more than half a year"),
        ("mine", "soon", "on which day"),
    ],
)
async def test_a_beginning_that_cannot_be_is_refused_in_a_plain_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch, starts: str, starts_on: str, says: str
) -> None:
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_NOON)
    refused = await staff.post(f"/campaigns/{campaign}/start", starts=starts, starts_on=starts_on)
    assert (refused.status, says in refused.text) == (422, True)
    assert starts_on in refused.text
    assert await office.town.query("select starts_at, starts_at_place from campaign") == [(None, None)]


async def test_by_the_clock_of_each_place_it_begins_where_the_first_of_them_opens(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = await people(office, 2)
    await office.town.execute(
        "update recipient set place = case when e164 = :first then 'NY/America/New_York' "
        "else 'CA/America/Los_Angeles' end",
        first=everybody[0],
    )
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    today = datetime.now(UTC).replace(tzinfo=None)
    wednesday = today + timedelta(days=9 - today.weekday())
    there = wednesday.replace(hour=17, minute=30, second=0, microsecond=0)
    assert (
        await staff.post(f"/campaigns/{campaign}/start", starts="place", starts_on=f"{there:%Y-%m-%dT%H:%M}")
    ).status == 303
    assert (await press_launch(staff, campaign)).status == 303
    await office.town.execute("update campaign set begins_at = now()")
    await look_after_campaigns(office.town.database)
    [(now, begins_at)] = await office.town.query("select state, begins_at from campaign")
    assert now == "scheduled"
    assert begins_at - there.replace(tzinfo=UTC) in (
        timedelta(hours=4) - timedelta(minutes=5),  # the summer's clock, and the winter's
        timedelta(hours=5) - timedelta(minutes=5),
    )
    await office.town.execute("update campaign set state = 'running', launched_at = now()")
    await queue(office, campaign)
    await office.town.pump()
    opens = await office.town.query(
        "select w.opens_at from outbox_group g join sending_window w on w.place = g.place order by 1"
    )
    assert [row[0] - opens[0][0] for row in opens] == [timedelta(0), timedelta(hours=3)]
    assert await everybody_received(office, everybody) == [0, 0]


async def test_what_cannot_begin_any_more_is_a_draft_again_and_the_start_page_says_why(
    office: Office,
) -> None:
    await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    there = (datetime.now(UTC) + timedelta(days=3)).replace(hour=20, minute=0)
    when = {"starts": "mine", "starts_on": f"{there:%Y-%m-%dT%H:%M}"}
    assert (await staff.post(f"/campaigns/{campaign}/start", **when)).status == 303
    assert (await press_launch(staff, campaign)).status == 303
    await office.town.execute("update sender set registration = 'pending'")
    await office.town.execute("update campaign set begins_at = now()")
    await look_after_campaigns(office.town.database)
    assert await state(office, campaign) == "draft"
    assert await office.town.query("select 1 from audience_member") == []
    home = await staff.get("/")
    assert "Hearing did not begin" in home.text
    assert "not registered with the carriers" in home.text
    assert "It did not begin" in (await staff.get(f"/campaigns/{campaign}/review")).text
