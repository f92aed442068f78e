"""Staff see how fast numbers are, which ones rest and why, and how much of the day is used; and change it."""

from tests.factories.office import Office
from tests.flows.test_pools import connect
from textbank.simulator.defaults import SECOND_LONG_CODE


async def test_limits_are_kept_and_todays_use_is_shown(office: Office) -> None:
    admin = await office.signed_in("admin")
    answer = await admin.post(
        "/settings/senders/limits",
        day_cap="2,000",
        day_share="40%",
        elsewhere="150",
        per_minute="75",
        minute_share="100",
    )
    assert (answer.status, answer.location) == (303, "/settings/senders")
    [brand] = await office.town.query("select day_cap, day_share, elsewhere from brand")
    assert tuple(brand) == (2000, 0.4, 150)
    assert await office.town.query(
        "select k.segments_per_minute from sender s "
        "join registered_campaign k on k.id = s.registered_campaign_id where s.address = '+14155550100'"
    ) == [(75,)]
    await office.town.execute("update brand set used = 600, used_on = elsewhere_on")
    page = (await (await office.signed_in("organizer")).get("/settings/senders")).text
    assert "1,250" in page  # 2,000 - 600 - 150
    await admin.post("/settings/senders/limits", day_cap="500", elsewhere="0")
    assert len(await office.town.query("select 1 from brand")) == 1
    assert "before midnight Pacific" in (await admin.get("/settings/senders")).text


async def test_a_number_that_is_connected_later_shares_the_limits(office: Office) -> None:
    admin = await office.signed_in("admin")
    await admin.post("/settings/senders/limits", day_cap="2000", per_minute="75")
    await connect(office.town, SECOND_LONG_CODE)
    assert len(await office.town.query("select 1 from sender where registered_campaign_id is not null")) == 2


async def test_what_cannot_be_a_limit_is_given_back_as_it_was_typed(office: Office) -> None:
    admin = await office.signed_in("admin")
    answer = await admin.post("/settings/senders/limits", day_cap="plenty", elsewhere="150")
    assert answer.status == 422
    assert 'value="plenty"' in answer.text
    assert 'value="150"' in answer.text
    assert await office.town.query("select 1 from brand") == []


async def test_a_number_that_rests_says_why_and_may_try_again(office: Office) -> None:
    admin = await office.signed_in("admin")
    await office.town.execute("update sender set halted_at = now(), halted_reason = 'carrier error 21606'")
    path = f"/settings/senders/{office.town.sender_id}"
    for shown in ("/settings/senders", path):
        page = (await admin.get(shown)).text
        assert "its set-up at the carrier is wrong (carrier&#39;s code 21606)" in page
    assert (await admin.post(f"{path}/again")).status == 303
    assert await office.town.query("select 1 from sender where halted_at is not null") == []
    assert "try again after a rest" in (await admin.get("/settings/audit")).text


async def test_a_number_has_a_pace_and_may_be_kept_from_new_people(office: Office) -> None:
    admin = await office.signed_in("admin")
    path = f"/settings/senders/{office.town.sender_id}"
    answer = await admin.post(path, pace="fast", pooled="true")
    assert answer.status == 422
    assert 'value="fast"' in answer.text
    assert (await admin.post(path, pace="4.5")).status == 303
    [sender] = await office.town.query("select segments_per_second, pooled from sender")
    assert tuple(sender) == (4.5, False)
    assert "not for new people" in (await admin.get("/settings/senders")).text
    assert (await admin.get("/settings/senders/999999")).status == 404
