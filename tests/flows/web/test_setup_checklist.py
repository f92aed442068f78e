"""The checklist of setting up: what is done is shown, what can be checked is, and what is wrong is told."""

from tests.factories.office import Office, Staff
from tests.factories.town import eventually


async def _checked(admin: Staff, step: str) -> str:
    """Press "check again", wait until it has ended, and return the page."""
    answer = await admin.post(f"/setup/{step}/check")
    assert (answer.status, answer.location) == (303, "/setup")

    async def ended() -> bool:
        return (await admin.get("/setup/steps")).status == 286

    await eventually(ended)
    return (await admin.get("/setup")).text


async def test_what_is_there_is_done_and_what_was_never_checked_is_to_do(office: Office) -> None:
    page = (await (await office.signed_in("admin")).get("/setup")).text
    assert "3 of 8 steps are done" in page
    assert "Not checked yet." in page
    assert f"{office.url}/webhooks/twilio/inbound#rc=3&amp;rp=ct,rt,5xx" in page


async def test_checks_ask_the_address_and_the_carrier_and_keep_what_they_found(office: Office) -> None:
    office.town.settings.twilio_api_url = office.town.carrier_url
    page = await _checked(await office.signed_in("admin"), "all")
    assert f"{office.url} leads here, for pages and for webhooks." in page
    assert "The account “Demo account” is active." in page
    assert f"Twilio brings the texts of {office.town.number} to" in page
    assert "is simulated and needs no registration. A real number would." in page
    assert "7 of 8 steps are done" in page


async def test_a_token_that_is_no_longer_right_is_told_beside_its_step(office: Office) -> None:
    office.town.settings.twilio_api_url = office.town.carrier_url
    exchange = office.town.simulator.exchange
    exchange.by_authorization.clear()
    page = await _checked(await office.signed_in("admin"), "account")
    assert "Twilio does not know this account SID with this auth token." in page


async def test_an_address_where_another_installation_answers_is_told(office: Office) -> None:
    admin = await office.signed_in("admin")
    office.town.settings.textbank_public_url = office.town.carrier_url
    page = await _checked(admin, "address")
    assert "but it is not this Textbank." in page


async def test_an_unknown_step_is_no_page(office: Office) -> None:
    admin = await office.signed_in("admin")
    assert (await admin.post("/setup/nonsense/check")).status == 404


async def test_a_campaign_waits_until_a_number_is_registered_or_vouched_for(office: Office) -> None:
    await office.town.execute("update sender set registration = 'unregistered'")
    admin = await office.signed_in("admin")
    assert "not registered" in (await admin.get("/settings")).text
    page = (await admin.get("/settings/registration")).text
    assert "We hold the approval" in page
    answer = await admin.post("/settings/registration/vouch", address=office.town.number)
    assert answer.status == 303
    [(state,)] = await office.town.query("select registration from sender")
    assert state == "registered"
    assert "Recorded the registration of" in (await admin.get("/settings/audit")).text


async def test_the_samples_are_made_of_the_organizations_own_words(office: Office) -> None:
    admin = await office.signed_in("admin")
    page = (await admin.get("/settings/registration?kind=political&sender=toll_free")).text
    assert "People join by texting JOIN to" in page
    assert "Riverside Tenants Union: Thanks for joining Rent Alerts! Up to 6 msgs/month." in page
    assert "Campaign Verify token" in page
    assert "A toll-free verification" in page


async def test_what_is_unregistered_starts_nothing_and_answers_everybody(office: Office) -> None:
    town = office.town
    await town.hear()
    await town.subscribe("+15105550101")
    await town.launch()
    await town.execute("update sender set registration = 'pending'")
    await town.text("+15105550102", "HELP")
    await town.pump(idle_seconds=0.5)
    assert await town.received("+15105550101") == []
    assert len(await town.received("+15105550102")) == 1
    await town.execute("update sender set registration = 'registered'")
    await town.pump()
    assert len(await town.received("+15105550101")) == 1
