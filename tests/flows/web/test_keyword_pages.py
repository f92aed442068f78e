"""A keyword's page: what follows, other words, how it ends; and what is answered by itself."""

import pytest_asyncio

from tests.factories.office import Office, Staff

ANN = "+15105550123"


@pytest_asyncio.fixture
async def staff(office: Office) -> Staff:
    return await office.signed_in("organizer")


@pytest_asyncio.fixture
async def keyword(office: Office) -> str:
    [(id_,)] = await office.town.query("select id from keyword")
    return f"/keywords/{id_}"


async def published(staff: Staff, begin: str = "join", name: str = "Welcome") -> str:
    path = (await staff.post("/flows", name=name, begin=begin)).location
    assert (await staff.post(f"{path}/publish")).status == 303
    return path.removeprefix("/flows/")


async def test_a_keyword_leads_to_a_flow_and_its_other_words_do_the_same(
    office: Office, staff: Staff, keyword: str
) -> None:
    flow = await published(staff)
    assert (await staff.post(f"{keyword}/flow", flow_id=flow)).status == 303
    assert (await staff.post(f"{keyword}/flow", flow_id="999")).status == 404
    warned = await staff.post(f"{keyword}/words", word="joins")
    assert warned.status == 422
    assert "one slip of the thumb away from your keyword JOIN" in warned.text
    assert 'value="joins"' in warned.text
    assert (await staff.post(f"{keyword}/words", word="help")).status == 422
    assert (await staff.post(f"{keyword}/words", word="tenants")).status == 303
    page = (await staff.get(keyword)).text
    assert "TENANTS</a>" in page
    assert f'<a href="/flows/{flow}">Welcome</a>' in page
    await office.town.text(ANN, "tenants")
    assert await office.town.query("select purpose from message where direction = 'out' order by id") == [
        ("keyword_answer",),
        ("flow_answer",),
    ]
    assert "JOIN, TENANTS" in (await staff.get("/flows")).text


async def test_a_keyword_is_made_with_what_follows_and_leads_on_to_its_own_page(
    office: Office, staff: Staff
) -> None:
    flow = await published(staff)
    made = await staff.post("/keywords", word="RENT", list_id=office.town.list_id, flow_id=flow)
    assert made.status == 303
    page = (await staff.get(made.location)).text
    assert "This flow follows" in page
    for way in ("/poster", f"/lists/{office.town.list_id}/form"):
        assert way in page


async def test_a_retired_keyword_leads_to_another_or_says_in_their_words_that_it_has_ended(
    office: Office, staff: Staff, keyword: str
) -> None:
    for word in ("tenants", "renters"):
        await staff.post(f"{keyword}/words", word=word, sure="1")
    ids = dict(await office.town.query("select word, id from keyword"))
    tenants, renters = f"/keywords/{ids['TENANTS']}", f"/keywords/{ids['RENTERS']}"
    answer = await staff.post(f"{tenants}/retire", redirect_id=ids["TENANTS"], ended_words="Over")
    assert answer.status == 422
    assert "Choose a keyword that is in use" in answer.text
    asking = "Reply STOP to join the next one"
    for path, field in ((f"{tenants}/retire", "ended_words"), (f"{tenants}/confirmation", "words")):
        refused = await staff.post(path, **{field: asking})
        assert (refused.status, "It asks for STOP" in refused.text, asking in refused.text) == (
            422,
            True,
            True,
        )
    assert ">\nOver</textarea>" in answer.text
    assert (await staff.post(f"{tenants}/retire", redirect_id=ids["JOIN"])).status == 303
    assert (await staff.post(f"{renters}/retire", ended_words="We met, thanks.")).status == 303
    page = (await staff.get(tenants)).text
    assert "as if they had texted" in page
    assert "The retired word TENANTS leads here" in (await staff.get(keyword)).text
    await office.town.text(ANN, "tenants")
    assert await office.town.query("select state from subscription") == [("subscribed",)]
    await office.town.text("+15105550124", "renters")
    [(newest,)] = await office.town.query(
        "select body from message where direction = 'out' order by id desc limit 1"
    )
    assert newest == "We met, thanks."


async def test_strangers_are_greeted_by_one_published_flow_or_by_none(office: Office, staff: Staff) -> None:
    draft = (await staff.post("/flows", name="Draft", begin="strangers")).location.removeprefix("/flows/")
    refused = await staff.post("/settings/answers/strangers", flow_id=draft)
    assert refused.status == 409
    assert "Publish the flow first" in refused.text
    flow = await published(staff, "strangers")
    assert (await staff.post("/settings/answers/strangers", flow_id=flow)).status == 303
    assert "Welcome</option>" in (await staff.get("/settings/answers")).text
    await office.town.text(ANN, "Hello?")
    [(greeting,)] = await office.town.query("select body from message where direction = 'out'")
    assert "this is Riverside Tenants Union" in greeting
    assert (await staff.post("/settings/answers/strangers", flow_id="")).status == 303
    await office.town.text("+15105550124", "Hello?")
    assert len(await office.town.query("select 1 from message where direction = 'out'")) == 1


async def test_office_hours_are_set_with_words_that_ask_for_nothing_reserved(
    office: Office, staff: Staff
) -> None:
    hours = {"zone": "America/Los_Angeles", "days": ["1", "5"], "opens": "10:00", "closes": "16:00"}
    for wrong, reason in (
        ({"words_en": "Reply STOP to talk to us"}, "It asks for STOP"),
        ({"words_es": "Volvemos el lunes. " * 20}, "Write what is answered"),
        ({"opens": "17:00"}, "a beginning before the end"),
        ({"opens": "soon"}, "Choose the days"),
        ({"zone": "Mars"}, "Choose a time zone"),
    ):
        form = hours | {"words_en": "We are back on Monday.", "words_es": "Volvemos el lunes."} | wrong
        if form["opens"] == "soon":
            form["closes"] = "00:00"
        answer = await staff.post("/settings/answers/hours", **form)
        assert (answer.status, reason in answer.text) == (422, True), reason
        assert "Volvemos el lunes." in answer.text
    good = hours | {"words_en": "We are back on Monday.", "words_es": ""}
    assert (await staff.post("/settings/answers/hours", **good)).status == 303
    page = (await staff.get("/settings/answers")).text
    assert 'value="10:00"' in page
    assert "We are back on Monday." in page
    assert (await staff.post("/settings/answers/hours/end")).status == 303
    assert await office.town.query("select 1 from office_hours") == []
