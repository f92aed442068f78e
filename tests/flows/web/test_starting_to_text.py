"""The start page, practice and the first campaign: from a link to texting with a name alone."""

import re

import pytest

from tests.factories.office import Office, Staff
from tests.factories.texting import make_campaign
from textbank.accounts.invites import make_invite


async def link_of(office: Office, **more: object) -> str:
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        link = await make_invite(
            session,
            town.organization_id,
            by=None,
            role="texter",
            **{"head_count": 5, **more},  # type: ignore[arg-type]
        )
    return f"/join/{link}"


async def move(staff: Staff, what: str) -> str:
    """One move at the step that the page shows; what the next page says."""
    text = (await staff.get("/texting/practice")).text
    at = re.search(r'name="at" value="(\w+)"', text)
    assert at, text
    answer = await staff.post("/texting/practice", at=at[1], what=what)
    if answer.status == 303:
        answer = await staff.get(answer.location)
    return answer.text


async def practise(staff: Staff) -> str:
    said = ""
    for right in ("great", "where", "thanks", "out:wrong", "out:asked", "out:abusive"):
        await move(staff, "send")
        said = await move(staff, right)
    return said


async def test_a_name_is_enough_and_practice_comes_first(office: Office) -> None:
    texting = await make_campaign(office.town, 3)
    link = await link_of(office, campaign_id=texting.campaign_id)
    phone = office.signed_out()
    asked = await phone.get(link)
    assert "Saturday meeting" in asked.text
    assert 'name="email"' not in asked.text
    form = {"name": "Ana Ruiz", "phone": "(510) 555-0177", "languages": "es"}
    started = await phone.request("POST", link, data=form)
    assert (started.status, started.location) == (303, "/texting/practice")
    said = await practise(phone)
    assert "You get 20 people at a time" in said
    [(role, number, languages, done)] = await office.town.query(
        "select role, phone, languages, practised_at is not null from member where name = 'Ana Ruiz'"
    )
    assert (role, number, languages, done) == ("texter", "+15105550177", ["es"], True)


async def test_what_was_typed_stays_where_the_phone_is_no_number(office: Office) -> None:
    link = await link_of(office)
    answer = await office.signed_out().request(
        "POST", link, data={"name": "Ana", "phone": "12", "alias": "A."}
    )
    assert answer.status == 422
    assert 'value="Ana"' in answer.text
    assert 'value="12"' in answer.text
    assert "This is not a phone number." in answer.text
    assert await office.town.query("select 1 from member where name = 'Ana'") == []


@pytest.mark.parametrize("name", ["evil.com", "www.x", "Ana 5105550177", "t.me/x", "{last_name}", "a@b.co"])
async def test_a_name_carries_nothing_into_a_text_but_a_name(office: Office, name: str) -> None:
    link = await link_of(office)
    before = await office.town.query("select count(*) from member")
    for form in ({"name": name}, {"name": "Ana", "alias": name}):
        answer = await office.signed_out().request("POST", link, data=form)
        assert answer.status == 422
        assert "no web address and no phone number" in answer.text
    assert await office.town.query("select count(*) from member") == before
    texter = await office.signed_in("texter")
    assert (await texter.post("/me", name="Texter Rivera", alias=name)).status == 422
    assert (await texter.post("/me", name=name)).status == 422
    for fine in ("J.R. Ortíz", "Mary-Ann O’Neil", "Минь", "Dr. Ana 2"):
        assert (await texter.post("/me", name=fine, alias=fine)).status == 303


async def test_whoever_has_a_session_is_put_on_another_campaign_as_who_they_are(office: Office) -> None:
    texting = await make_campaign(office.town, 3)
    link = await link_of(office, campaign_id=texting.campaign_id, head_count=1)
    texter = await office.signed_in("texter")
    before = await office.town.query("select count(*) from member")
    for where in (f"/texting/{texting.campaign_id}", "/texting"):
        came = await texter.get(link)
        assert (came.status, came.location) == (303, where)
    assert (await texter.get(f"/texting/{texting.campaign_id}")).status == 200
    assert await office.town.query("select count(*) from member") == before
    # It counted as one of those whom the link is for.
    assert (await office.signed_out().get(link)).status == 404


async def test_a_mistake_is_told_with_its_reason_and_changes_nothing(office: Office) -> None:
    texter = await office.signed_in("texter")
    for right in ("great", "where"):
        await move(texter, "send")
        await move(texter, right)
    await move(texter, "send")
    assert "No is not stop." in await move(texter, "out:asked")
    assert "That needs no opt-out" in await move(texter, "out:no")
    assert "Thank her, and leave the door open." in await move(texter, "great")
    assert "a no is not a stop" in await move(texter, "thanks")
    assert await office.town.query("select 1 from suppression") == []
    assert await office.town.query("select 1 from message") == []


async def test_practice_goes_on_where_it_was_left_and_a_double_tap_is_one_move(office: Office) -> None:
    texter = await office.signed_in("texter")
    await move(texter, "send")
    for _ in range(2):
        await texter.post("/texting/practice", at="1", what="great")
    other = await office.signed_in("texter")
    text = (await other.get("/texting/practice")).text
    assert "2 of 6" in text
    assert "Ben" in text


async def test_who_has_done_it_before_shows_it_on_three_answers(office: Office) -> None:
    texter = await office.signed_in("texter")
    await texter.post("/texting/practice/quick")
    for right in ("where", "thanks", "out:asked"):
        said = await move(texter, right)
    assert "From here on it is real." in said
    await texter.post("/texting/practice/quick")
    assert "Let us go through all six." in await move(texter, "great")
    assert "1 of 6" in (await texter.get("/texting/practice")).text


async def test_where_practice_is_required_nobody_gets_around_it(office: Office) -> None:
    texting = await make_campaign(office.town, 3, texters=(office.members["texter"],))
    await office.town.execute("update organization set practice = 'required'")
    texter = await office.signed_in("texter")
    for path in (f"/texting/{texting.campaign_id}",):
        assert (await texter.get(path)).location == "/texting/practice"
        assert (await texter.post(f"{path}/batch")).location == "/texting/practice"
    assert (await texter.post("/texting/practice/skip")).status == 403
    await practise(texter)
    assert (await texter.post(f"/texting/{texting.campaign_id}/batch")).status == 303
    held = await office.town.query(
        "select count(*) from audience_member where assigned_member_id is not null"
    )
    assert held == [(3,)]


async def test_a_shared_computer_is_left_to_the_next_person(office: Office) -> None:
    link = await link_of(office)
    browser = office.signed_out()
    await browser.request("POST", link, data={"name": "Ana", "shared": "1"})
    # A session that ends with the browser has no age of its own.
    [session] = [each for each in browser._http.cookie_jar if each.key == "textbank_session"]
    assert session["max-age"] == ""
    page = (await browser.get("/texting")).text
    assert "data-shared" in page
    assert "Sign out – next person" in page
    out = await browser.post("/sign-out")
    assert (out.status, out.location) == (303, link)
    assert '"storage"' in out.headers["Clear-Site-Data"]
    assert (await browser.get(link)).status == 200


async def test_the_next_person_at_a_shared_computer_starts_as_themselves(office: Office) -> None:
    link = await link_of(office)
    browser = office.signed_out()
    await browser.request("POST", link, data={"name": "Ana", "shared": "1"})
    assert (await browser.get(link)).status == 200
    await browser.request("POST", link, data={"name": "Beto", "shared": "1"})
    assert "Beto" in (await browser.get("/texting")).text
    [(open_,)] = await office.town.query("select count(*) from sign_in where shared and ended_at is null")
    assert open_ == 1


async def test_a_number_and_languages_can_be_given_later(office: Office) -> None:
    texter = await office.signed_in("texter")
    form = {"name": "Texter Rivera", "language": "en", "time_zone": "America/New_York"}
    await texter.post("/me", **form, phone="(510) 555-0177", languages=["es", "vi"])
    [kept] = await office.town.query("select phone, languages from member where role = 'texter'")
    assert tuple(kept) == ("+15105550177", ["es", "vi"])
    assert (await texter.post("/me", **form, phone="12")).status == 422
    assert "(510) 555-0177" in (await texter.get("/me")).text


async def test_a_shared_computer_signs_out_by_itself_after_half_an_hour(office: Office) -> None:
    link = await link_of(office)
    browser = office.signed_out()
    await browser.request("POST", link, data={"name": "Ana", "shared": "1"})
    await office.town.execute("update sign_in set seen_at = now() - interval '29 minutes' where shared")
    assert (await browser.get("/texting")).status == 200
    await office.town.execute("update sign_in set seen_at = now() - interval '31 minutes' where shared")
    assert (await browser.get("/texting")).location.startswith("/sign-in")


async def test_inside_another_app_a_notice_leads_out_and_nobody_is_kept_out(office: Office) -> None:
    link = await link_of(office)
    agents = {
        "Instagram": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Mobile/15E148 Instagram 300.0",
        "another app": "Mozilla/5.0 (Linux; Android 12; Pixel 5 Build/SQ1A; wv) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Version/4.0 Chrome/110.0 Mobile Safari/537.36",
    }
    for told, agent in agents.items():
        phone = office.signed_out()
        text = (await phone.request("GET", link, headers={"User-Agent": agent})).text
        assert f"You are inside {told}" in text
        assert ("intent://" in text) is ("Android" in agent)
        started = await phone.request("POST", link, data={"name": "Ana"}, headers={"User-Agent": agent})
        assert started.status == 303
    assert "You are inside" not in (await office.signed_out().get(link)).text


async def test_another_phone_is_let_in_by_a_code_that_works_once(office: Office) -> None:
    first = office.signed_out()
    await first.request("POST", await link_of(office), data={"name": "Ana Ruiz"})
    shown = (await first.post("/texting/device")).text
    code = re.search(r'value="http[^"]*(/join/[^"]+)"', shown)
    assert code
    second = office.signed_out()
    assert "Go on as Ana" in (await second.get(code[1])).text
    assert (await second.request("POST", code[1])).location == "/texting"
    assert (await second.get("/texting")).status == 200
    assert (await first.get("/texting")).status == 200
    assert (await office.signed_out().request("POST", code[1])).status == 404
    assert await office.town.query("select count(*) from member where name = 'Ana Ruiz'") == [(1,)]


async def test_a_code_for_another_phone_lasts_five_minutes(office: Office) -> None:
    first = office.signed_out()
    await first.request("POST", await link_of(office), data={"name": "Ana Ruiz"})
    await first.post("/texting/device")
    [(minutes,)] = await office.town.query(
        "select round(extract(epoch from expires_at - created_at) / 60) from invite order by id desc limit 1"
    )
    assert minutes == 5
