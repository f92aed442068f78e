"""Invites by link: roles, head counts, running out, being taken back; and what admins change."""

import re

from tests.factories.office import Office, Staff


async def make_link(staff: Staff, **form: object) -> str:
    answer = await staff.post("/team/invites", **{"role": "texter", **form})
    assert answer.status == 201, answer.text
    found = re.search(r'value="http[^"]*(/join/[^"]+)"', answer.text)
    assert found
    return found[1]


async def test_a_texter_joins_with_a_name_alone_and_is_signed_in(office: Office) -> None:
    link = await make_link(await office.signed_in("organizer"), head_count=2)
    phone = office.signed_out()
    assert "Riverside Tenants Union" in (await phone.get(link)).text
    answer = await phone.request("POST", link, data={"name": "Ana Ruiz", "alias": "Ana"})
    assert (answer.status, answer.location) == (303, "/texting/practice")
    assert (await phone.get("/me")).status == 200
    [(role, alias, email)] = await office.town.query(
        "select role, alias, email from member where name = 'Ana Ruiz'"
    )
    assert (role, alias, email) == ("texter", "Ana", None)


async def test_a_link_lets_in_no_more_people_than_it_was_made_for(office: Office) -> None:
    link = await make_link(await office.signed_in("organizer"), head_count=1)
    assert (await office.signed_out().request("POST", link, data={"name": "One"})).status == 303
    assert (await office.signed_out().request("POST", link, data={"name": "Two"})).status == 404
    assert await office.town.query("select 1 from member where name = 'Two'") == []


async def test_a_link_stops_working_when_it_runs_out(office: Office) -> None:
    link = await make_link(await office.signed_in("organizer"))
    await office.town.execute("update invite set expires_at = now() - interval '1 second'")
    assert (await office.signed_out().get(link)).status == 404


async def test_a_link_is_taken_back_with_everybody_who_came_by_it(office: Office) -> None:
    admin = await office.signed_in("admin")
    link = await make_link(admin, head_count=3)
    phone = office.signed_out()
    await phone.request("POST", link, data={"name": "Ana"})
    [(invite,)] = await office.town.query("select max(id) from invite")
    assert (await admin.post(f"/team/invites/{invite}/revoke", and_people="true")).status == 303
    assert (await phone.get("/me")).status == 303
    assert (await office.signed_out().get(link)).status == 404


async def test_staff_join_with_a_password_and_lose_nothing_that_they_typed(office: Office) -> None:
    link = await make_link(await office.signed_in("admin"), role="organizer")
    browser = office.signed_out()
    form = {"name": "Bo Lee", "email": "bo@riverside.example", "password": "short"}
    answer = await browser.request("POST", link, data=form)
    assert answer.status == 422
    assert 'value="Bo Lee"' in answer.text
    assert 'value="bo@riverside.example"' in answer.text
    form["email"] = "owner@riverside.example"
    form["password"] = "four other words"
    assert (await browser.request("POST", link, data=form)).status == 409
    form["email"] = "bo@riverside.example"
    assert (await browser.request("POST", link, data=form)).status == 303
    assert (await browser.get("/team")).status == 200


async def test_nobody_invites_to_a_role_above_their_own(office: Office) -> None:
    for role, wanted in (("organizer", "admin"), ("admin", "owner"), ("organizer", "captain")):
        staff = await office.signed_in(role)
        assert (await staff.post("/team/invites", role=wanted)).status == 403
    assert await office.town.query("select 1 from invite") == []


async def test_the_only_owner_cannot_be_taken_out_or_lose_the_role(office: Office) -> None:
    owner = await office.signed_in("owner")
    me = office.members["owner"]
    assert (await owner.post(f"/team/members/{me}/role", role="admin")).status == 409
    assert (await owner.post(f"/team/members/{me}/disable")).status == 409
    admin = office.members["admin"]
    assert (await owner.post(f"/team/members/{admin}/role", role="owner")).status == 303
    assert (await owner.post(f"/team/members/{me}/role", role="admin")).status == 303


async def test_whoever_is_taken_out_is_out_at_once_and_may_be_taken_back(office: Office) -> None:
    admin, captain = await office.signed_in("admin"), await office.signed_in("captain")
    id_ = office.members["captain"]
    assert (await captain.get("/me")).status == 200
    assert (await admin.post(f"/team/members/{id_}/disable")).status == 303
    assert (await captain.get("/me")).status == 303
    assert (await admin.post(f"/team/members/{id_}/disable", again="true")).status == 303
    assert (await (await office.signed_in("captain")).get("/me")).status == 200


async def test_whoever_forgot_the_password_gets_a_link_that_works_once(office: Office) -> None:
    admin = await office.signed_in("admin")
    member = office.members["organizer"]
    before = await office.signed_in("organizer")
    assert (await before.get("/me")).status == 200
    answer = await admin.post(f"/team/members/{member}/password-link")
    found = re.search(r'value="http[^"]*(/join/[^"]+)"', answer.text)
    assert found
    browser = office.signed_out()
    assert 'name="email"' not in (await browser.get(found[1])).text
    assert (await browser.request("POST", found[1], data={"password": "short"})).status == 422
    assert (await browser.request("POST", found[1], data={"password": "quite other words"})).status == 303
    assert (await browser.get("/me")).status == 200
    assert (await before.get("/me")).status == 303
    assert (await office.signed_out().get(found[1])).status == 404
    owner = office.members["owner"]
    assert (await admin.post(f"/team/members/{owner}/password-link")).status == 403


async def test_a_texter_cannot_take_somebodys_address_without_a_password(office: Office) -> None:
    link = await make_link(await office.signed_in("organizer"))
    form = {"name": "Mallory", "email": "bo@riverside.example"}
    assert (await office.signed_out().request("POST", link, data=form)).status == 303
    assert await office.town.query("select 1 from member where email = 'bo@riverside.example'") == []


async def test_pages_are_not_described_as_an_api(office: Office) -> None:
    answer = await office.signed_out().request("GET", "/api/v1/openapi.json")
    assert answer.status == 200
    assert "/team" not in answer.text


async def test_taking_a_link_back_takes_nobody_out_who_has_risen_above_it(office: Office) -> None:
    admin = await office.signed_in("admin")
    link = await make_link(admin, role="admin")
    form = {"name": "Bo Lee", "email": "bo@riverside.example", "password": "four other words"}
    risen = office.signed_out()
    assert (await risen.request("POST", link, data=form)).status == 303
    [(invite,)] = await office.town.query("select max(id) from invite")
    await office.town.execute("update member set role = 'owner' where name = 'Bo Lee'")
    assert (await admin.post(f"/team/invites/{invite}/revoke", and_people="true")).status == 303
    assert (await risen.get("/team")).status == 200


async def test_a_password_link_is_worth_nothing_once_its_member_has_another_role(office: Office) -> None:
    admin = await office.signed_in("admin")
    answer = await admin.post(f"/team/members/{office.members['organizer']}/password-link")
    found = re.search(r'value="http[^"]*(/join/[^"]+)"', answer.text)
    assert found
    await office.town.execute(
        "update member set role = 'owner' where id = :id", id=office.members["organizer"]
    )
    form = {"password": "quite other words"}
    assert (await office.signed_out().request("POST", found[1], data=form)).status == 404
