"""Signing in and out, sessions, throttling, and what a form must carry."""

import aiohttp
import pytest

from tests.factories.office import PASSWORD, Office


async def test_a_member_signs_in_and_is_led_to_where_they_were_going(office: Office) -> None:
    browser = office.signed_out()
    answer = await browser.get("/team?after=0")
    assert (answer.status, answer.location) == (303, "/sign-in?next=%2Fteam%3Fafter%3D0")
    answer = await browser.request(
        "POST", "/sign-in", data={"email": " OWNER@riverside.example", "password": PASSWORD, "next": "/team"}
    )
    assert (answer.status, answer.location) == (303, "/team")
    assert (await browser.get("/team")).status == 200


async def test_a_wrong_password_keeps_the_address_and_says_no_more_than_it_must(office: Office) -> None:
    browser = office.signed_out()
    for email in ("owner@riverside.example", "nobody@riverside.example"):
        answer = await browser.request("POST", "/sign-in", data={"email": email, "password": "wrong words"})
        assert answer.status == 422
        assert f'value="{email}"' in answer.text
        assert "do not belong together" in answer.text


async def test_five_wrong_passwords_lock_the_member_for_a_while_even_for_the_right_one(
    office: Office,
) -> None:
    browser = office.signed_out()
    form = {"email": "admin@riverside.example", "password": "wrong words"}
    for _ in range(5):
        assert (await browser.request("POST", "/sign-in", data=form)).status == 422
    form["password"] = PASSWORD
    assert (await browser.request("POST", "/sign-in", data=form)).status == 429
    await office.town.execute("update member set locked_until = now() - interval '1 second'")
    assert (await browser.request("POST", "/sign-in", data=form)).status == 303
    assert await office.town.query("select 1 from member where failed_sign_ins > 0") == []


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil"])
async def test_signing_in_leads_to_no_other_site(office: Office, where: str) -> None:
    form = {"email": "owner@riverside.example", "password": PASSWORD, "next": where}
    answer = await office.signed_out().request("POST", "/sign-in", data=form)
    assert (answer.status, answer.location) == (303, "/")


async def test_a_browser_that_was_signed_out_elsewhere_is_out(office: Office) -> None:
    first, second = await office.signed_in("owner"), await office.signed_in("owner")
    await first.get("/me")
    [other] = await office.town.query("select max(id) from sign_in")
    assert (await first.post(f"/me/sign-ins/{other[0]}/end")).status == 303
    assert (await second.get("/me")).status == 303
    assert (await first.get("/me")).status == 200
    assert (await first.post("/sign-out")).location == "/sign-in"
    assert (await first.get("/me")).status == 303


async def test_a_session_is_over_after_thirty_days_without_a_visit(office: Office) -> None:
    staff = await office.signed_in("owner")
    await office.town.execute("update sign_in set seen_at = now() - interval '31 days'")
    assert (await staff.get("/me")).status == 303


async def test_a_form_without_the_sessions_own_token_changes_nothing(office: Office) -> None:
    staff = await office.signed_in("owner")
    for headers in ({}, {"X-CSRF-Token": "0" * 48}):
        answer = await staff.request("POST", "/me", data={"name": "Mallory"}, headers=headers)
        assert answer.status == 403
    assert await office.town.query("select 1 from member where name = 'Mallory'") == []


async def test_another_site_cannot_sign_anybody_in(office: Office) -> None:
    form = {"email": "owner@riverside.example", "password": PASSWORD}
    browser = office.signed_out()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert (await browser.request("POST", "/sign-in", data=form, headers=headers)).status == 403


async def test_whoever_belongs_to_two_organizations_chooses_one(office: Office) -> None:
    async with office.town.database.transaction(office.strangers_id) as session:
        from sqlalchemy import text

        await session.execute(text("update member set email = 'owner@riverside.example'"))
    browser = office.signed_out()
    form = {"email": "owner@riverside.example", "password": PASSWORD}
    answer = await browser.request("POST", "/sign-in", data=form)
    assert "Riverside Tenants Union" in answer.text
    assert "Hillside Mutual Aid" in answer.text
    proof = answer.text.partition('name="proof" value="')[2].partition('"')[0]
    for organization, status in ((office.strangers_id, 303), (office.strangers_id + 7, 422)):
        chosen = {"proof": proof, "organization_id": organization}
        assert (await browser.request("POST", "/sign-in/organization", data=chosen)).status == status
    assert "Hillside Mutual Aid" in (await browser.get("/")).text


async def test_a_new_password_signs_every_other_browser_out(office: Office) -> None:
    here, there = await office.signed_in("owner"), await office.signed_in("owner")
    assert (await here.post("/me/password", current="wrong", password="another four words")).status == 422
    assert (await here.post("/me/password", current=PASSWORD, password="short")).status == 422
    assert (await there.get("/me")).status == 200
    assert (await here.post("/me/password", current=PASSWORD, password="another four words")).status == 303
    assert (await there.get("/me")).status == 303
    form = {"email": "owner@riverside.example", "password": "another four words"}
    assert (await office.signed_out().request("POST", "/sign-in", data=form)).status == 303


async def test_wrong_guesses_of_ones_own_password_are_counted_too(office: Office) -> None:
    """A browser that was left open must not tell its member's password to whoever finds it."""
    staff = await office.signed_in("texter")
    for _ in range(5):
        assert (
            await staff.post("/me/password", current="a guess", password="another four words")
        ).status == 422
    assert (await staff.post("/me/password", current=PASSWORD, password="another four words")).status == 429


async def test_a_form_that_is_far_too_large_is_refused_before_it_is_read(office: Office) -> None:
    form = {"email": "x" * 300_000, "password": "y"}
    assert (await office.signed_out().request("POST", "/sign-in", data=form)).status == 413


@pytest.mark.parametrize(
    "path",
    [
        "/people?q=%00a",
        f"/campaigns/{2**70}",
        f"/people/{2**70}",
        f"/team?after={2**70}",
        "/sign-in?next=//[",
    ],
)
async def test_an_address_that_cannot_be_is_no_fault_of_ours(office: Office, path: str) -> None:
    assert (await (await office.signed_in("owner")).get(path)).status < 500


async def test_an_imports_file_may_be_larger_than_a_form(office: Office) -> None:
    form = aiohttp.FormData()
    rows = b"phone,note\n" + b"415-555-0155," + b"x" * 900_000 + b"\n"
    form.add_field("file", rows, filename="large.csv", content_type="text/csv")
    answer = await (await office.signed_in("organizer")).post("/people/import", form)
    assert (answer.status, answer.location.rpartition("/")[2]) == (303, "columns")


async def test_a_session_that_is_over_leads_texters_without_a_password_back(office: Office) -> None:
    back = f'href="/back/{office.town.organization_id}"'
    texter = await office.signed_in("texter")
    await office.town.execute("update sign_in set ended_at = now()")
    over = await texter.get("/texting")
    assert back in (await texter.get(over.location)).text
    assert "/back/" not in (await office.signed_out().get("/sign-in")).text
