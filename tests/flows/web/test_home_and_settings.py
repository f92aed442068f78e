"""The start page says what needs a person; settings are kept, and who changed them is on record."""

from tests.factories.office import Office


async def test_home_shows_who_waits_and_what_has_stopped(office: Office) -> None:
    staff = await office.signed_in("organizer")
    quiet = (await staff.get("/")).text
    assert "nobody waits for an answer" in quiet
    assert "First steps" in quiet
    await office.town.text("+15105550188", "When is the meeting?")
    await office.town.execute(
        "update sender set halted_at = now(), halted_reason = 'The campaign was not approved.'"
    )
    await office.town.execute("update carrier_account set held_since = now() - interval '2 minutes'")
    page = (await staff.get("/")).text
    assert "somebody wrote and waits for a person" in page
    assert "The campaign was not approved." in page
    assert "Texts that we start are waiting" in page


async def test_texters_are_led_to_their_texts(office: Office) -> None:
    answer = await (await office.signed_in("texter")).get("/")
    assert (answer.status, answer.location) == (303, "/texting")


async def test_a_changed_name_is_on_record_and_stands_on_the_next_page(office: Office) -> None:
    admin = await office.signed_in("admin")
    answer = await admin.post("/settings", name="Riverside  Tenants", help_contact="(510) 555-0100")
    assert answer.status == 303
    page = (await admin.get("/settings")).text
    assert "Riverside Tenants" in page
    assert 'value="(510) 555-0100"' in page
    log = (await admin.get("/settings/audit")).text
    assert "Changed the organization’s name, HELP contact or price; its name is Riverside Tenants" in log
    assert "Admin Rivera" in log


async def test_a_name_that_is_taken_or_missing_changes_nothing_and_keeps_what_was_typed(
    office: Office,
) -> None:
    admin = await office.signed_in("admin")
    for name, status in (("Hillside Mutual Aid", 409), (" ", 422), ("x" * 81, 422)):
        answer = await admin.post("/settings", name=name, help_contact="kept@example.org")
        assert answer.status == status
        assert 'value="kept@example.org"' in answer.text
    [(name,)] = await office.town.query("select name from organization")
    assert name == "Riverside Tenants Union"


async def test_the_audit_log_pages_by_where_it_stopped(office: Office) -> None:
    await office.town.execute(
        "insert into audit_event (organization_id, actor, action) "
        "select :o, 'command line', 'test.' || n from generate_series(1, 60) n",
        o=office.town.organization_id,
    )
    admin = await office.signed_in("admin")
    first = (await admin.get("/settings/audit")).text
    assert "test.60" in first
    assert "test.11<" in first
    assert "test.10<" not in first
    following = first.partition("/settings/audit?before=")[2].partition('"')[0]
    assert "test.10<" in (await admin.get(f"/settings/audit?before={following}")).text


async def test_the_audit_log_tells_what_was_done_in_a_sentence(office: Office) -> None:
    await office.town.subscribe("+15105550101")
    campaign = await office.town.launch()
    admin = await office.signed_in("admin")
    for action, details in (
        ("campaign.paused", f'{{"campaign_id": {campaign}}}'),
        ("campaign.discarded", '{"campaign_id": 999}'),
        (
            "member.role",
            f'{{"member_id": {office.members["texter"]}, "before": "texter", "after": "captain"}}',
        ),
        (
            "campaign.statement",
            f'{{"campaign_id": {campaign}, "statement": "They asked <us> in the lobby."}}',
        ),
        ("keyword.created", '{"word": "RENT"}'),
    ):
        await office.town.execute(
            "insert into audit_event (organization_id, actor, action, details) "
            "values (:o, :actor, :action, cast(:details as jsonb))",
            o=office.town.organization_id,
            actor=f"member {office.members['organizer']}",
            action=action,
            details=details,
        )
    [(name,)] = await office.town.query("select name from campaign where id = :id", id=campaign)
    log = (await admin.get("/settings/audit")).text
    assert f"Paused the campaign “{name}”" in log
    assert "Threw away a draft of a campaign" in log
    assert "Changed the role of Texter Rivera from Texter to Captain" in log
    assert "“They asked &lt;us&gt; in the lobby.”" in log
    assert "Made the keyword RENT for the list (none)" in log
    assert "Organizer Rivera" in log
    await admin.post("/language", language="es", next="/")
    assert f"Pausó la campaña “{name}”" in (await admin.get("/settings/audit")).text


async def test_who_texts_finds_the_way_from_their_own_page_to_their_texts(office: Office) -> None:
    for role in ("texter", "captain"):
        assert '<li><a href="/texting">' in (await (await office.signed_in(role)).get("/me")).text
    assert 'href="/texting"' not in (await (await office.signed_in("organizer")).get("/me")).text
