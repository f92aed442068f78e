"""A draft's hours, as staff set them: what it sells, its last moment, and what an admin lifts."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.campaigning import draft, launch, people, press_launch, recount, reviewed, state
from tests.factories.office import Office
from textbank import clock
from textbank.campaigns.finish import finish_campaigns
from textbank.campaigns.look_after import look_after_campaigns
from textbank.messaging.refresh_windows import refresh_stale_windows

NEW_YORK = "NY/America/New_York"
FRIDAY_EVENING = datetime(2027, 3, 12, 23, 30, tzinfo=UTC)
REASON = "Polls are open until nine and people asked us for rides."


async def rule(office: Office, campaign: int) -> str:
    [(found,)] = await office.town.query("select window_rule from campaign where id = :c", c=campaign)
    return str(found)


async def test_a_campaign_that_sells_says_so_and_nobody_can_lift_its_hours(office: Office) -> None:
    await people(office)
    admin = await office.signed_in("admin")
    made = await admin.post(
        "/campaigns", kind="blast", name="Raffle", lists=[office.town.list_id], sells="yes"
    )
    campaign = int(re.findall(r"\d+", made.location)[0])
    await admin.post(f"/campaigns/{campaign}/words", body="Tickets are five dollars.")
    assert await rule(office, campaign) == "sells@"
    assert "states’ hours bind it" in (await admin.get(f"/campaigns/{campaign}/review")).text
    refused = await admin.post(
        f"/campaigns/{campaign}/hours/lift", opens="08:00", closes="21:00", because=REASON
    )
    assert (refused.status, await rule(office, campaign)) == (409, "sells@")
    kept = await admin.post(f"/campaigns/{campaign}/hours", sells="no", ends="never")
    assert (kept.status, await rule(office, campaign)) == (303, "")


async def test_an_admin_lifts_the_hours_within_eight_and_nine_with_a_reason_on_record(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    admin = await office.signed_in("admin")
    lift = f"/campaigns/{campaign}/hours/lift"
    for opens, closes, because in (
        ("07:59", "21:00", REASON), ("08:00", "21:01", REASON), ("20:00", "09:00", REASON),
        ("08:00", "21:00", "because"), ("eight", "21:00", REASON),
    ):  # fmt: skip
        refused = await admin.post(lift, opens=opens, closes=closes, because=because)
        assert (refused.status, await rule(office, campaign)) == (422, "")
        assert because in refused.text
    assert (await admin.post(lift, opens="08:00", closes="21:00", because=REASON)).status == 303
    assert await rule(office, campaign) == "hours=08:00-21:00@"
    seen = (await admin.get(f"/campaigns/{campaign}/review")).text
    assert REASON in seen
    log = (await admin.get("/settings/audit")).text
    assert "Set other hours" in log
    assert REASON in log
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/hours/default")).status == 403
    assert (await admin.post(f"/campaigns/{campaign}/hours/default")).status == 303
    assert await rule(office, campaign) == ""


async def test_only_the_hours_that_were_looked_at_are_launched(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    staff, admin = await office.signed_in("organizer"), await office.signed_in("admin")
    seen = await reviewed(staff, campaign)
    await admin.post(f"/campaigns/{campaign}/hours/lift", opens="08:00", closes="21:00", because=REASON)
    refused = await staff.post(f"/campaigns/{campaign}/launch", reviewed=seen)
    assert (refused.status, await state(office, campaign)) == (409, "draft")
    assert "somebody changed them meanwhile" in refused.text
    assert (await press_launch(staff, campaign)).status == 303


async def test_a_last_moment_is_kept_as_it_was_typed_and_may_not_be_past(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    hours = f"/campaigns/{campaign}/hours"
    for ends_on in ("", "soon", "2020-11-03T20:00"):
        refused = await staff.post(hours, sells="yes", ends="place", ends_on=ends_on)
        assert (refused.status, await rule(office, campaign)) == (422, "")
        assert re.search(r'value="yes" checked', refused.text)
    kept = await staff.post(hours, sells="no", ends="place", ends_on="2040-11-06T20:00")
    assert (kept.status, await rule(office, campaign)) == (303, "ends=2040-11-06T20:00:00@")
    assert 'value="2040-11-06T20:00"' in (await staff.get(hours)).text
    await office.town.execute("update member set time_zone = 'America/New_York'")
    await staff.post(hours, sells="no", ends="mine", ends_on="2040-11-06T20:00")
    assert await rule(office, campaign) == "ends=2040-11-07T01:00:00+00:00@"
    assert 'value="2040-11-06T20:00"' in (await staff.get(hours)).text


async def test_a_campaign_whose_last_moment_is_past_cannot_be_launched(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await office.town.execute("update campaign set ends_at_place = now() - interval '14 hours'")
    refused = await press_launch(await office.signed_in("organizer"), campaign)
    assert (refused.status, await state(office, campaign)) == (409, "draft")
    assert "Its last moment is past" in refused.text


async def test_what_misses_its_last_moment_ends_and_the_campaign_is_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/hours", ends="place", ends_on="2040-11-06T20:00")
    await launch(office, campaign)
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: datetime(2040, 11, 8, tzinfo=UTC))
        await refresh_stale_windows(office.town.database)
    await look_after_campaigns(office.town.database)
    assert await office.town.query("select count(*) from outbox") == [(0,)]
    assert await office.town.query("select distinct status from delivery") == [("expired",)]
    await office.town.pump()
    assert [await office.town.received(phone) for phone in everybody] == [[], [], []]
    await recount(office)
    assert "3 of 3" in (await staff.get(f"/campaigns/{campaign}")).text
    async with office.town.database.transaction(office.town.organization_id) as session:
        await finish_campaigns(session, office.town.organization_id)
    assert await state(office, campaign) == "done"


@pytest.mark.parametrize("pace", [0.5, 10.0])
async def test_the_review_and_the_live_page_say_when_the_last_one_leaves(
    office: Office, monkeypatch: pytest.MonkeyPatch, pace: float
) -> None:
    everybody = await people(office, 4)
    await office.town.execute("update recipient set place = :p", p=NEW_YORK)
    await office.town.execute("update sender set segments_per_second = :s", s=pace)
    campaign = await draft(office)
    monkeypatch.setattr(clock, "now", lambda: FRIDAY_EVENING)
    staff = await office.signed_in("organizer")
    seen = await staff.get(f"/campaigns/{campaign}/review")
    assert "Launched now, the last one leaves about" in seen.text
    [(last,)] = await office.town.query("select last_at from campaign_preview")
    assert timedelta() < last - FRIDAY_EVENING < timedelta(minutes=1)
    # After eight in the evening they wait for the morning.
    monkeypatch.setattr(clock, "now", lambda: FRIDAY_EVENING + timedelta(hours=3))
    await staff.post(f"/campaigns/{campaign}/words", body="Other words for everybody.")
    seen = await staff.get(f"/campaigns/{campaign}/review")
    assert "4 wait for the sending hours at their place" in seen.text
    [(last,)] = await office.town.query("select last_at from campaign_preview")
    assert timedelta() < last - datetime(2027, 3, 13, 14, tzinfo=UTC) < timedelta(minutes=1)
    await launch(office, campaign)
    await refresh_stale_windows(office.town.database)
    await recount(office)
    [(told,)] = await office.town.query("select last_at from campaign_progress")
    assert abs(told - last) < timedelta(seconds=5)
    assert "the last one leaves about" in (await staff.get(f"/campaigns/{campaign}/live")).text
    assert len(everybody) == 4
