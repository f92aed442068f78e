"""People on screens: finding, adding, reading and changing them, and who may undo an opt-out."""

import re
from urllib.parse import quote

import pytest

from tests.factories.office import Office

ANA = "+14155550101"
BASIS = {
    "kind": "told_us",
    "source": "Sign-up sheet at the fair",
    "agreed_on": "May 1, 2026",
    "words": "Text me about rent",
    "stated": "true",
}


async def added(office: Office, **more: object) -> str:
    """The path of somebody added by hand, on the list with a basis unless said otherwise."""
    staff = await office.signed_in("organizer")
    form = {
        "number": "(415) 555-0101",
        "first_name": "Ana",
        "last_name": "Ruiz",
        "list_id": office.town.list_id,
        **BASIS,
        **more,
    }
    answer = await staff.post("/people/add", **form)
    assert answer.status == 303, re.sub(r"\s+", " ", answer.text)
    return answer.location


async def recipient(office: Office, e164: str = ANA) -> int:
    [(id_,)] = await office.town.query("select id from recipient where e164 = :e", e=e164)
    return int(id_)


async def test_somebody_added_by_hand_is_on_the_list_with_a_basis_that_names_who_recorded_it(
    office: Office,
) -> None:
    path = await added(office, zip_code="94110")
    [(state, payload)] = await office.town.query(
        "select s.state, p.payload from subscription s "
        "join consent_payload p on p.event_id = s.basis_event_id"
    )
    assert state == "subscribed"
    assert payload["basis"] == "told_us"
    assert payload["source"] == "Sign-up sheet at the fair"
    assert payload["by_name"] == "Organizer Rivera"
    assert payload["statement"]
    page = await (await office.signed_in("organizer")).get(path)
    assert page.status == 200, page.text
    for words in ("Ana Ruiz", "(415) 555-0101", "94110", "Sign-up sheet at the fair", "Organizer Rivera"):
        assert words in page.text


async def test_a_form_with_a_mistake_comes_back_with_everything_that_was_typed(office: Office) -> None:
    staff = await office.signed_in("organizer")
    form = {"number": "555", "first_name": "Ana", "zip_code": "9", "kind": "form", "source": "Web form"}
    answer = await staff.post("/people/add", **form)
    assert answer.status == 422
    for words in ('value="555"', 'value="Ana"', 'value="Web form"', "no phone number", "five digits"):
        assert words in answer.text
    assert await office.town.query("select 1 from contact") == []


async def test_people_are_found_by_name_number_and_address_and_by_list(office: Office) -> None:
    await added(office, email="ana@example.org")
    await added(office, number="415-555-0102", first_name="José", last_name="García López", kind="none")
    await added(office, number="212-555-0103", first_name="Ana", last_name="", list_id="", kind="none")
    staff = await office.signed_in("organizer")
    for typed, expected in (
        ("garcia", {"José García López"}),
        ("GARCÍA, jose", {"José García López"}),
        ("jose garcia lo", {"José García López"}),
        ("ana", {"Ana Ruiz", "Ana"}),
        ("ruiz ana", {"Ana Ruiz"}),
        ("+1 (415) 555-0102", {"José García López"}),
        ("415.555", {"Ana Ruiz", "José García López"}),
        ("1 212 555 0103", {"Ana"}),
        ("ANA@example", {"Ana Ruiz"}),
        ("%", set()),
        ("nobody", set()),
    ):
        answer = await staff.get(f"/people?q={quote(typed)}")
        assert answer.status == 200, typed
        found = set(re.findall(r'<th scope="row"><a href="/people/\d+">([^<]+)<', answer.text))
        assert found == expected, typed
    answer = await staff.get(f"/people?q=ana&list_id={office.town.list_id}")
    assert set(re.findall(r'<th scope="row"><a href="/people/\d+">([^<]+)<', answer.text)) == {"Ana Ruiz"}


async def test_pages_of_people_hold_everybody_once_in_the_order_of_names(office: Office) -> None:
    await office.town.execute(
        "insert into contact (organization_id, first_name, last_name) "
        "select :o, 'P' || i % 7, 'L' || i % 5 from generate_series(1, 120) i",
        o=office.town.organization_id,
    )
    staff = await office.signed_in("organizer")
    path, seen, pages = "/people", [], 0
    while path:
        answer = await staff.get(path)
        seen += re.findall(r'<th scope="row"><a href="/people/(\d+)">', answer.text)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        path, pages = following[1] if following else "", pages + 1
        if pages == 2:
            back = re.search(r'rel="prev" href="([^"]+)"', answer.text)
            assert back
            first = await staff.get(back[1])
            again = re.findall(r'<th scope="row"><a href="/people/(\d+)">', first.text)
            assert again == seen[:50]
    assert (pages, len(seen), len(set(seen))) == (3, 120, 120)
    order = await office.town.query("select id from contact order by lower(last_name), lower(first_name), id")
    assert [int(each) for each in seen] == [row.id for row in order]


async def test_staff_opt_somebody_out_for_a_reason_and_undo_it_for_a_reason(office: Office) -> None:
    path = await added(office)
    staff = await office.signed_in("organizer")
    id_ = await recipient(office)
    assert (await staff.post(f"{path}/opt-out", recipient_id=id_, reason="")).status == 422
    assert (await staff.post(f"{path}/opt-out", recipient_id=id_, reason="Called the office")).status == 303
    page = await staff.get(path)
    assert "Called the office" in page.text
    assert "Undo the opt-out" in page.text
    assert await office.town.query("select state from subscription") == [("unsubscribed",)]
    assert (await staff.post(f"{path}/opt-out/undo", recipient_id=id_, reason="")).status == 422
    answer = await staff.post(f"{path}/opt-out/undo", recipient_id=id_, reason="Wrong Ana")
    assert answer.status == 303
    assert await office.town.query("select state from subscription") == [("subscribed",)]
    assert await office.town.query("select suppressed_at from recipient") == [(None,)]
    assert "Wrong Ana" in (await staff.get(path)).text


@pytest.mark.parametrize("staff_first", [True, False])
async def test_staff_cannot_undo_what_the_person_texted(office: Office, staff_first: bool) -> None:
    path = await added(office)
    staff = await office.signed_in("organizer")
    id_ = await recipient(office)
    if not staff_first:
        await office.town.text(ANA, "STOP")
    await staff.post(f"{path}/opt-out", recipient_id=id_, reason="Called the office")
    if staff_first:
        await office.town.text(ANA, "please STOP")
    page = await staff.get(path)
    assert "by texting START" in page.text
    assert f'id="undo-{id_}"' not in page.text
    answer = await staff.post(f"{path}/opt-out/undo", recipient_id=id_, reason="let me")
    assert answer.status == 409
    assert "text START" in answer.text
    assert await office.town.query("select 1 from recipient where suppressed_at is null") == []


async def test_the_page_says_what_may_be_sent_and_why_with_the_words_received(office: Office) -> None:
    await office.town.text(ANA, "Join!")
    staff = await office.signed_in("organizer")
    [(contact,)] = await office.town.query("select contact_id from contact_number")
    page = await staff.get(f"/people/{contact}")
    assert "They texted JOIN." in page.text
    assert "<q>Join!</q>" in page.text
    await office.town.text(ANA, "STOP texting <me>")
    page = await staff.get(f"/people/{contact}")
    assert "<q>STOP texting &lt;me&gt;</q>" in page.text
    spanish = await office.signed_in("organizer")
    await office.town.execute("update member set language = 'es'")
    assert "Nos escribió que parásemos" in (await spanish.get(f"/people/{contact}")).text


async def test_people_who_share_a_number_are_shown_together(office: Office) -> None:
    path = await added(office)
    other = await added(office, first_name="Bo", last_name="Lee")
    page = await (await office.signed_in("organizer")).get(path)
    assert f'<a href="{other}">Bo Lee</a>' in page.text


async def test_particulars_change_and_the_zip_code_moves_their_clock(office: Office) -> None:
    path = await added(office)
    staff = await office.signed_in("organizer")
    form = {"first_name": "Anna", "last_name": "Ruiz", "zip_code": "85001", "language": "es", "email": ""}
    assert (await staff.post(f"{path}/edit", **form)).status == 303
    assert await office.town.query("select first_name, zip_code, language from contact") == [
        ("Anna", "85001", "es")
    ]
    assert await office.town.query("select place from recipient") == [("AZ/America/Phoenix",)]
    answer = await staff.post(f"{path}/edit", **{**form, "zip_code": "x", "first_name": "Kept"})
    assert answer.status == 422
    assert 'value="Kept"' in answer.text


async def test_somebody_of_another_organization_does_not_exist(office: Office) -> None:
    path = await added(office)
    stranger = await office.stranger()
    id_ = await recipient(office)
    assert (await stranger.get(path)).status == 404
    assert (await stranger.post(f"{path}/opt-out", recipient_id=id_, reason="not mine")).status == 404
    assert "Ana" not in (await stranger.get("/people?q=ana")).text
    texter = await office.signed_in("texter")
    assert (await texter.get(path)).status == 403


async def test_history_has_pages_and_no_row_twice(office: Office) -> None:
    path = await added(office)
    for _ in range(25):
        await office.town.text(ANA, "STOP")
    staff = await office.signed_in("organizer")
    first = await staff.get(path)
    following = re.search(r'rel="next" href="([^"#]+)', first.text)
    assert following
    second = await staff.get(following[1])
    counts = [page.text.count('class="history-event"') for page in (first, second)]
    assert counts == [20, 6]


async def test_any_list_is_a_choice_in_the_search_so_no_browser_asks_for_one(office: Office) -> None:
    await added(office)
    seen = await (await office.signed_in("organizer")).get("/people")
    [choice] = re.findall(r'<select[^>]*name="list_id"[^>]*>', seen.text)
    assert " required" not in choice
    found = await (await office.signed_in("organizer")).get("/people?q=4155550101&list_id=")
    assert "Ana Ruiz" in found.text


@pytest.mark.parametrize(("language", "told"), [("en", "They asked to stop."), ("es", "Pidió que paremos.")])
async def test_a_texters_opt_out_is_told_in_words_with_who_and_why(
    office: Office, language: str, told: str
) -> None:
    path = await added(office)
    captain = await office.signed_in("captain")
    assert (await captain.post(f"/inbox/{await recipient(office)}/opt-out", why="asked")).status == 303
    staff = await office.signed_in("organizer")
    await office.town.execute("update member set language = :language", language=language)
    for page in (path, "/suppressions"):
        seen = await staff.get(page)
        assert told in seen.text
        assert "Captain Rivera" in seen.text
        assert not re.search(r">\s*asked\b", seen.text)


async def test_an_empty_form_for_one_person_speaks_of_one_person_and_of_no_import(office: Office) -> None:
    staff = await office.signed_in("organizer")
    seen = await staff.post("/people/add")
    assert seen.status == 422
    assert "Type their phone number" in seen.text
    assert "Choose one of these answers." in seen.text
    assert "I state that this person agreed" in seen.text
    for words in ("imported", "these people", "no phone number"):
        assert words not in seen.text


async def test_a_persons_page_tells_of_a_break_they_asked_for(office: Office) -> None:
    await office.town.subscribe("+15105550101")
    await office.town.text("+15105550101", "PAUSE 2 WEEKS")
    [(contact,)] = await office.town.query("select id from contact")
    staff = await office.signed_in("organizer")
    page = await staff.get(f"/people/{contact}")
    assert page.text.count("They asked for a break.") == 2  # a blast, a first text
    assert "we start nothing until" in page.text
    assert "Asked for a break." in page.text
