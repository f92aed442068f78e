"""Teams with a language and a link of their own; links shown large, again, and taken back in one step."""

import re

from tests.factories.office import Office, Staff
from tests.factories.qr_reader import read_picture
from tests.factories.texting import make_campaign


async def make_link(staff: Staff, where: str, **form: object) -> tuple[str, str]:
    """The page that shows a new link, and the link's path."""
    made = await staff.post(where, **({"head_count": 5, "days": 2} | form))
    assert made.status == 303, made.text
    text = (await staff.get(made.location)).text
    found = re.search(r'value="http[^"]*(/join/[^"]+)"', text)
    assert found
    return made.location, found[1]


async def test_a_captain_shows_a_campaigns_link_as_often_as_somebody_asks(office: Office) -> None:
    texting = await make_campaign(office.town, 3)
    captain = await office.signed_in("captain")
    where, link = await make_link(captain, f"/campaigns/{texting.campaign_id}/texters/links")
    again = (await captain.get(where)).text
    assert link in again
    [read] = read_picture(again)
    assert read.endswith(link)
    assert "0 of 5 came" in (await captain.get(f"/campaigns/{texting.campaign_id}/texters")).text
    phone = office.signed_out()
    await phone.request("POST", link, data={"name": "Ana"})
    assert (await phone.get(f"/texting/{texting.campaign_id}")).status == 200
    assert "1 of 5 came" in (await captain.get(where)).text


async def test_the_database_alone_does_not_give_a_link_away(office: Office) -> None:
    texting = await make_campaign(office.town, 3)
    captain = await office.signed_in("captain")
    _, link = await make_link(captain, f"/campaigns/{texting.campaign_id}/texters/links")
    [row] = await office.town.query("select digest, seed from invite")
    token = link.partition(".")[2]
    assert all(token.encode() not in bytes(part) for part in row)


async def test_a_link_goes_back_with_everybody_who_came_by_it_and_what_they_hold(office: Office) -> None:
    texting = await make_campaign(office.town, 4)
    captain = await office.signed_in("captain")
    where, link = await make_link(captain, f"/campaigns/{texting.campaign_id}/texters/links")
    new, known = office.signed_out(), await office.signed_in("texter")
    await new.request("POST", link, data={"name": "Ana"})
    await known.get(link)
    for each in (new, known):
        assert (await each.post(f"/texting/{texting.campaign_id}/batch")).status in (200, 303)
    gone = await captain.post(f"{where}/revoke", and_people="true")
    assert gone.location == f"/campaigns/{texting.campaign_id}/texters"
    assert (await new.get("/texting")).location.startswith("/sign-in")
    # Who was a member before stays one, and texts on this campaign no more.
    assert (await known.get("/texting")).status == 200
    assert (await known.get(f"/texting/{texting.campaign_id}")).status == 404
    held = "select count(*) from audience_member where assigned_member_id is not null"
    assert await office.town.query(held) == [(0,)]
    assert (await office.signed_out().get(link)).status == 404


async def test_who_comes_by_a_teams_link_is_on_the_team_and_texts_on_its_campaigns(office: Office) -> None:
    texting = await make_campaign(office.town, 3)
    organizer = await office.signed_in("organizer")
    made = await organizer.post("/teams", name="Norte", language="es")
    assert re.fullmatch(r"/teams/\d+", made.location)
    assert (await organizer.post("/teams", name="Norte", language="")).status == 409
    assert (await organizer.post("/teams", name="Sur", language="xx")).status == 422
    await organizer.post(f"{made.location}/campaigns/{texting.campaign_id}")
    _, link = await make_link(organizer, f"{made.location}/links")
    phone = office.signed_out()
    await phone.request("POST", link, data={"name": "Ana", "languages": ["es", "en"]})
    assert "Saturday meeting" in (await phone.get("/texting")).text
    assert (await phone.get(f"/texting/{texting.campaign_id}")).status == 200
    page = (await organizer.get(made.location)).text
    assert "Ana" in page
    assert "Español" in page
    # Whoever is taken off the campaign stays off it, whatever the team texts on.
    [(ana,)] = await office.town.query("select id from member where name = 'Ana'")
    await organizer.post(f"/campaigns/{texting.campaign_id}/texters/{ana}/remove")
    assert (await phone.get(f"/texting/{texting.campaign_id}")).status == 404


async def test_members_are_put_on_a_team_and_taken_off_by_captains_and_it_is_renamed(office: Office) -> None:
    organizer, captain = await office.signed_in("organizer"), await office.signed_in("captain")
    where = (await organizer.post("/teams", name="North")).location
    texter = office.members["texter"]
    await captain.post(f"{where}/members", member_id=texter)
    await captain.post(f"{where}/members", member_id=texter)
    assert await office.town.query("select member_id from team_member") == [(texter,)]
    await captain.post(f"{where}/members/{texter}/remove")
    assert await office.town.query("select 1 from team_member") == []
    assert (await organizer.post(where, name="")).status == 422
    assert (await organizer.post(where, name="Far North", language="es")).status == 303
    assert "Far North" in (await captain.get("/teams")).text
