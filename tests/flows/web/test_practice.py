"""Rehearsing in a simulated installation: supporters answer by themselves as far as staff say."""

from tests.factories.office import Office
from textbank.simulator import remote


async def test_staff_let_supporters_answer_and_see_what_is_set(office: Office) -> None:
    office.town.settings.twilio_api_url = office.town.carrier_url
    staff = await office.signed_in("organizer")
    assert "Who answers" in (await staff.get("/practice")).text
    assert (await staff.post("/practice", share="0.8", seconds="3.0")).status == 303
    now = await remote.behaviour(office.town.carrier_url)
    assert (now["supporters_answer"], now["supporters_seconds"]) == (0.8, 3.0)
    assert (await staff.post("/practice", share="0.9", seconds="3.0")).status == 422
    assert (await remote.behaviour(office.town.carrier_url))["supporters_answer"] == 0.8


async def test_there_is_no_practice_where_texts_are_real(office: Office) -> None:
    office.town.settings.textbank_mode = "live"
    staff = await office.signed_in("owner")
    assert (await staff.get("/practice")).status == 404
    assert (await staff.post("/practice", share="0.8", seconds="3.0")).status == 404
    assert (await staff.post("/practice/hours")).status == 404


async def test_staff_make_it_day_wherever_people_are(office: Office) -> None:
    office.town.settings.twilio_api_url = office.town.carrier_url
    await office.town.execute(
        "insert into recipient (organization_id, e164, place) "
        "values (:o, '+18085550123', 'HI/Pacific/Honolulu')",
        o=office.town.organization_id,
    )
    staff = await office.signed_in("organizer")
    assert "It is day everywhere until" not in (await staff.get("/practice")).text
    assert (await staff.post("/practice/hours")).status == 303
    assert "It is day everywhere until" in (await staff.get("/practice")).text
    assert await office.town.query(
        "select 1 from sending_window where place = 'HI/Pacific/Honolulu' and opens_at <= now() "
        "and closes_at > now() + interval '1 hour'"
    )


async def test_phones_that_do_not_answer_are_said_plainly(office: Office) -> None:
    office.town.settings.twilio_api_url = "http://127.0.0.1:9"
    answer = await (await office.signed_in("organizer")).get("/practice")
    assert answer.status == 503
    assert "The simulated phones do not answer" in answer.text


async def test_each_page_carries_another_token_and_all_of_them_count(office: Office) -> None:
    staff = await office.signed_in("owner")
    tokens = set()
    for _ in range(2):
        page = (await staff.get("/me")).text
        tokens.add(page.partition('name="csrf-token" content="')[2].partition('"')[0])
    assert len(tokens) == 2
    for token in tokens:
        answer = await staff.request("POST", "/me", data={"name": "Ana", "csrf_token": token})
        assert answer.status == 303
