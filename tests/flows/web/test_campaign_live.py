"""A launched campaign, tests to oneself and disclaimers, as a browser without a screen sees them."""

import asyncio

import pytest
import sqlalchemy as sa

from tests.factories.campaigning import draft, edit, launch, people, press_launch, recount, state
from tests.factories.office import Office
from tests.factories.town import eventually, phones
from textbank.campaigns.freeze_audience import freeze_audience
from textbank.campaigns.look_after import look_after_campaigns
from textbank.campaigns.queue_audience import queue_audience

# Paused, changed, resumed, stopped


async def test_nothing_leaves_while_paused_and_the_new_words_leave_after(office: Office) -> None:
    everybody = await people(office)
    campaign = await draft(office, words="The old words")
    await launch(office, campaign)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/pause")).status == 303
    await office.town.pump()
    assert await office.town.received(everybody[0]) == []
    assert (await edit(staff, campaign, "New for {first_name|you}")).status == 303
    early = await staff.post(f"/campaigns/{campaign}/resume")
    assert (early.status, await state(office, campaign)) == (409, "paused")
    await look_after_campaigns(office.town.database)
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 303
    await office.town.pump()
    assert [("New for Ana" in text) for text in await office.town.received(everybody[0])] == [True]
    assert [("New for you" in text) for text in await office.town.received(everybody[1])] == [True]


async def test_a_pause_waits_for_the_batch_that_is_just_being_queued(office: Office) -> None:
    """Else texts with the old words could appear after the new ones were put in."""
    await people(office)
    campaign = await draft(office, words="The old words")
    staff = await office.signed_in("organizer")
    assert (await press_launch(staff, campaign)).status == 303
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await freeze_audience(session, town.organization_id, campaign)
    async with town.database.transaction(town.organization_id) as session:
        assert await queue_audience(session, town.organization_id, campaign) == 3
        pausing = asyncio.create_task(staff.post(f"/campaigns/{campaign}/pause"))
        waits = (
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update campaign%'"
        )

        async def is_waiting() -> bool:
            return bool(await town.query(waits))

        await eventually(is_waiting)
        assert not pausing.done()
    assert (await pausing).status == 303
    assert (await edit(staff, campaign, "Brand new words")).status == 303
    await look_after_campaigns(town.database)
    assert await town.query("select 1 from message where body like '%old words%'") == []


async def test_stopping_the_rest_ends_every_waiting_text_unsent(office: Office) -> None:
    everybody = await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/stop")).status == 303
    await look_after_campaigns(office.town.database)
    await office.town.pump()
    assert await office.town.received(everybody[0]) == []
    assert await office.town.query("select distinct status from delivery") == [("stopped",)]
    assert await office.town.query("select 1 from outbox") == []
    assert await office.town.query("select 1 from outbox_group where campaign_id = :c", c=campaign) == []
    await recount(office)
    shown = await staff.get(f"/campaigns/{campaign}")
    assert "stopped by your team" in shown.text
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 409


async def test_the_live_part_says_when_a_campaign_is_over_so_that_its_buttons_go(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    staff = await office.signed_in("organizer")
    assert 'class="row while-going"' in (await staff.get(f"/campaigns/{campaign}")).text
    assert "data-campaign-over" not in (await staff.get(f"/campaigns/{campaign}/live")).text
    await office.town.execute("update campaign set state = 'done', finished_at = now()")
    assert "data-campaign-over" in (await staff.get(f"/campaigns/{campaign}/live")).text


# Peer-to-peer


async def test_a_launched_peer_to_peer_campaign_queues_nothing_and_invites_texters(office: Office) -> None:
    await people(office)
    campaign = await draft(office, kind="p2p", words="Hi {first_name|there}, {texter} here.")
    await launch(office, campaign)
    assert await office.town.query("select 1 from message") == []
    assert await office.town.query("select count(*) from audience_member") == [(3,)]
    await recount(office)
    staff = await office.signed_in("organizer")
    shown = await staff.get(f"/campaigns/{campaign}")
    assert "First texts left to send" in shown.text
    link = await staff.post(f"/campaigns/{campaign}/invite", head_count=5, days=2)
    assert link.status == 201
    assert "/join/" in link.text
    assert await office.town.query("select role, campaign_id from invite") == [("texter", campaign)]


async def test_only_an_admin_may_state_a_basis_and_only_for_a_peer_to_peer_campaign(office: Office) -> None:
    await people(office)
    await office.town.execute("update subscription set state = 'no_basis'")
    campaign = await draft(office, kind="p2p")
    reason = "They signed our petition on paper in May, asking to be kept informed."
    organizer = await office.signed_in("organizer")
    assert (await organizer.post(f"/campaigns/{campaign}/launch")).status == 409
    assert (await organizer.post(f"/campaigns/{campaign}/statement", statement=reason)).status == 403
    admin = await office.signed_in("admin")
    assert (await admin.post(f"/campaigns/{campaign}/statement", statement="too short")).status == 422
    assert (await admin.post(f"/campaigns/{campaign}/statement", statement=reason)).status == 303
    blast = await draft(office)
    assert (await admin.post(f"/campaigns/{blast}/statement", statement=reason)).status == 409
    await launch(office, campaign)
    assert await office.town.query("select count(*) from audience_member") == [(3,)]
    [(details,)] = await office.town.query(
        "select details from audit_event where action = 'campaign.statement'"
    )
    assert details["statement"] == reason


async def test_replies_and_questions_are_kept_with_what_was_typed_when_wrong(office: Office) -> None:
    campaign = await draft(office, kind="p2p")
    staff = await office.signed_in("organizer")
    wrong = await staff.post(f"/campaigns/{campaign}/responses", title="Where", body="At {place}")
    assert wrong.status == 422
    assert "At {place}" in wrong.text
    assert (
        await staff.post(f"/campaigns/{campaign}/responses", title="Where", body="The hall")
    ).status == 303
    one = await staff.post(f"/campaigns/{campaign}/questions", words="Coming?", options="Yes")
    assert (one.status, "2 to 12 different answers" in one.text) == (422, True)
    both = await staff.post(f"/campaigns/{campaign}/questions", words="Coming?", options="Yes\nNo")
    assert both.status == 303
    shown = await staff.get(f"/campaigns/{campaign}/words")
    assert "The hall" in shown.text
    assert "Yes · No" in shown.text


# Tests to oneself, disclaimers


async def test_a_test_leaves_to_ones_own_number_once_and_never_to_one_that_opted_out(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    mine = "+15105559876"
    await office.town.recipient(mine)
    assert (await staff.post(f"/campaigns/{campaign}/test", phone="(510) 555-9876")).status == 303
    await office.town.pump()
    assert len(await office.town.received(mine)) == 1
    await office.town.text(mine, "STOP")
    refused = await staff.post(f"/campaigns/{campaign}/test", phone="(510) 555-9876")
    assert (refused.status, "has opted out" in refused.text) == (409, True)
    assert (await staff.post(f"/campaigns/{campaign}/test", phone="12")).status == 422


async def test_tests_are_no_way_to_text_strangers(office: Office) -> None:
    """Ten a day by one member, thirty by all, whichever numbers they go to."""
    campaign = await draft(office)
    staff, other = await office.signed_in("organizer"), await office.signed_in("admin")
    path = f"/campaigns/{campaign}/test"
    for number in range(10):
        assert (await staff.post(path, phone=f"+1510555{4000 + number}")).status == 303
    refused = await staff.post(path, phone="+15105554100")
    assert (refused.status, "ten tests in the last 24 hours" in refused.text) == (409, True)
    await office.town.execute("update message set sent_by = 'member 999' where purpose = 'test'")
    assert (await staff.post(path, phone="+15105554101")).status == 303
    await office.town.execute(
        "insert into message (organization_id, recipient_id, direction, purpose, body) "
        "select organization_id, recipient_id, 'out', 'test', 'Hi' from message, generate_series(1, 2) "
        "where purpose = 'test' limit 19"
    )
    assert await office.town.query("select count(*) from message") == [(30,)]
    refused = await other.post(path, phone="+15105554102")
    assert (refused.status, "thirty tests" in refused.text) == (409, True)
    await office.town.execute("update message set created_at = now() - interval '25 hours'")
    assert (await staff.post(path, phone="+15105554103")).status == 303


async def test_a_test_needs_a_registered_number_as_any_first_text_does(office: Office) -> None:
    campaign = await draft(office)
    await office.town.execute("update sender set registration = 'pending'")
    staff = await office.signed_in("organizer")
    refused = await staff.post(f"/campaigns/{campaign}/test", phone="+15105554000")
    assert (refused.status, "not registered with the carriers" in refused.text) == (409, True)
    assert await office.town.query("select 1 from message") == []


async def test_a_test_waits_for_the_window_like_anything_we_start(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    mine = "+15105559877"
    await office.town.recipient(mine)
    await office.town.execute("update recipient set place = 'test/closed' where e164 = :a", a=mine)
    await office.town.execute(
        "insert into sending_window (organization_id, place, opens_at, closes_at) "
        "values (:o, 'test/closed', now() + interval '9 hours', now() + interval '20 hours')",
        o=office.town.organization_id,
    )
    await (await office.signed_in("organizer")).post(f"/campaigns/{campaign}/test", phone=mine)
    await office.town.pump()
    assert await office.town.received(mine) == []


async def test_an_admin_keeps_disclaimers_and_they_are_on_the_texts(office: Office) -> None:
    everybody = await people(office)
    admin = await office.signed_in("admin")
    assert (await admin.post("/disclaimers", state="CA", words="Paid for by Fair Rent")).status == 303
    assert (await admin.post("/disclaimers", state="XX", words="No")).status == 422
    campaign = await draft(office, words="Vote Tuesday")
    await launch(office, campaign)
    await office.town.pump()
    assert "Paid for by Fair Rent" in (await office.town.received(everybody[0]))[0]
    shown = await (await office.signed_in("organizer")).get("/disclaimers")
    assert "Paid for by Fair Rent" in shown.text


@pytest.mark.parametrize("path", ["", "/audience", "/words", "/review", "/live"])
async def test_another_organization_finds_no_campaign_of_ours(office: Office, path: str) -> None:
    campaign = await draft(office)
    assert (await (await office.stranger()).get(f"/campaigns/{campaign}{path}")).status == 404


# What the live page costs


async def test_a_refresh_reads_the_kept_counters_and_nothing_that_grows_with_the_audience(
    office: Office,
) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    await recount(office)
    staff = await office.signed_in("organizer")
    await staff.get(f"/campaigns/{campaign}")
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        shown = await staff.get(f"/campaigns/{campaign}/live")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert "0 of 3" in shown.text
    asked = [each for each in said if "campaign" in each]
    assert any("campaign_progress" in each for each in asked)
    assert len(said) <= 8
    for table in ("audience_member", "delivery", "subscription", "message m", "recipient", "count("):
        assert not any(table in each for each in asked), table


async def test_a_big_audience_is_counted_in_chunks_to_the_same_numbers(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(office, 9)
    campaign = await draft(office)
    monkeypatch.setattr("textbank.campaigns.freeze_audience.WINDOW", 2)
    await launch(office, campaign)
    await office.town.pump()
    await office.town.text(phones(1)[0], "Thank you!")
    await office.town.text(phones(2)[1], "STOP")
    await recount(office)
    whole = await office.town.query(
        "select audience, at_carrier + delivered, replied, opted_out from campaign_progress"
    )
    monkeypatch.setattr("textbank.campaigns.count_progress.CHUNK", 2)
    await recount(office)
    chunked = await office.town.query(
        "select audience, at_carrier + delivered, replied, opted_out from campaign_progress"
    )
    assert [tuple(row) for row in (*whole, *chunked)] == [(9, 9, 2, 1)] * 2
