"""What a texter sees when the server says no, and where people share work: no axe finding, on any screen."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import HEIGHTS, Screen, check_page
from tests.factories.office import Office
from tests.factories.replying import Replying, begin_replying
from tests.factories.texting import make_campaign

# No news reaches the page: whoever writes meanwhile is known to the server alone.
_DEAF = """
  window.EventSource = class { addEventListener() {} close() {} };
  const ask = window.fetch;
  const never = () => new Promise(() => {});
  window.fetch = (address, how) => (`${address}`.includes("/changes") ? never() : ask(address, how));
"""


async def in_every_light(page: Page) -> None:
    """This state on a phone and on a laptop, by day and by night."""
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await check_page(page)
    await page.set_viewport_size({"width": 390, "height": HEIGHTS[390]})


async def settled(page: Page) -> None:
    await expect(page.locator("[data-pane][data-settled]")).to_be_visible()


async def opened(office: Office, page: Page, *said: str, hears: bool = False) -> Replying:
    replying = await begin_replying(office, max(2, len(said)))
    for position, words in enumerate(said):
        await office.town.text(replying.phones[position], words)
    if not hears:
        await page.add_init_script(_DEAF)
    await page.goto(replying.path(0))
    await settled(page)
    return replying


async def test_a_press_for_who_wrote_again_meanwhile_is_refused_and_says_so(
    office: Office, screen: Screen
) -> None:
    page = await screen("texter", width=390)
    replying = await opened(office, page, "Where is it?")
    await office.town.text(replying.phones[0], "And is there a ramp?")
    async with page.expect_response(lambda each: each.url.endswith("/one-tap")) as told:
        await page.get_by_role("button", name="Send at once").tap()
    assert (await told.value).status == 409
    await settled(page)
    await expect(page.locator(".pane-foot .notice")).to_be_visible()
    await expect(page.locator(".pane .said").last).to_contain_text("And is there a ramp?")
    # Nothing was typed, so nothing typed is wrong.
    await expect(page.locator(".pane-answer .wrong")).to_have_count(0)
    await in_every_light(page)
    await office.town.pump()
    assert await office.town.received(replying.phones[0]) == []


async def test_an_answer_that_somebody_else_gave_first_is_refused_and_its_words_stay(
    office: Office, screen: Screen
) -> None:
    page = await screen("texter", width=390)
    replying = await opened(office, page, "Where is it?")
    captain = await office.signed_in("captain")
    answered = await captain.post(
        f"/inbox/{replying.recipient(0)}/reply", body="At the hall.", key="one", seen=10**9
    )
    assert answered.status == 303, answered.text
    await page.get_by_role("textbox", name="Your answer").fill("It is at the hall!")
    await page.get_by_role("button", name="Send", exact=True).tap()
    await expect(page.locator(".pane-foot .notice")).to_contain_text("answered a moment ago")
    await expect(page.get_by_role("textbox", name="Your answer")).to_have_value("It is at the hall!")
    await settled(page)
    await in_every_light(page)


async def test_after_a_hand_over_the_next_one_is_open_and_at_the_end_the_list(
    office: Office, screen: Screen
) -> None:
    page = await screen("texter", width=390)
    await opened(office, page, "¿Dónde es?", "Where is it?", hears=True)
    await page.get_by_role("link", name="More").tap()
    await page.get_by_label("What they should know").fill("They speak Spanish")
    await in_every_light(page)
    await page.get_by_role("button", name="To staff").tap()
    await expect(page.get_by_role("heading", name="Beto")).to_be_visible()
    await expect(page.locator(".pane-notice")).to_contain_text("Handed over.")
    await settled(page)
    await in_every_light(page)
    await page.get_by_role("link", name="More").tap()
    await page.get_by_role("button", name="Let somebody else answer").tap()
    await expect(page.get_by_text("Somebody else answers them.").first).to_be_visible()
    await expect(page.locator("[data-waiting] > li:not(.answered)")).to_have_count(0)
    await in_every_light(page)
    held = await office.town.query(
        "select recipient_id from conversation where assigned_member_id = :m", m=office.members["texter"]
    )
    assert held == []


async def test_a_first_text_that_is_refused_is_named_and_the_next_one_is_there(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await make_campaign(town, 3, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").tap()
    await expect(page.locator("[data-send]")).to_be_visible()
    await town.text(next(iter(texting.people)), "STOP")
    await page.evaluate("() => new Promise((done) => setTimeout(done, 320))")
    await page.locator("[data-send]").tap()
    await expect(page.locator("[data-failed] li")).to_contain_text("Ana: They have opted out")
    await expect(page.locator("[data-name]")).to_have_text("Beto")
    await expect(page.locator("[data-state]")).to_have_text("0 sent · 0 waiting · 1 not sent")
    await in_every_light(page)


async def test_who_is_suspended_while_they_press_is_told_what_did_not_leave(
    office: Office, screen: Screen
) -> None:
    town, me = office.town, office.members["texter"]
    texting = await make_campaign(town, 3, texters=(me,))
    page = await screen("texter", width=390)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").tap()
    await expect(page.locator("[data-send]")).to_be_visible()
    await town.execute(
        "update member set suspended_at = now(), suspended_because = 'A word' where id = :m", m=me
    )
    await page.evaluate("() => new Promise((done) => setTimeout(done, 320))")
    await page.locator("[data-send]").tap()
    await expect(page.get_by_text("Your captain wants a word")).to_be_visible()
    await expect(page.get_by_text("Pressed, but not sent: 1.")).to_be_visible()
    await in_every_light(page)
    await page.reload()
    await expect(page.locator("[data-unsent]")).to_be_hidden()
    assert await town.query("select 1 from message") == []


@pytest.mark.timeout(120)
async def test_teams_links_practice_and_ones_own_page_in_every_light(office: Office, screen: Screen) -> None:
    town = office.town
    texting = await make_campaign(town, 2, texters=(office.members["texter"],))
    [(team,)] = await town.query(
        "insert into team (organization_id, name, language) values (:o, 'North', 'es') returning id",
        o=town.organization_id,
    )
    await town.execute(
        "insert into team_member (organization_id, team_id, member_id) values (:o, :t, :m)",
        o=town.organization_id,
        t=team,
        m=office.members["texter"],
    )
    staff = await screen("organizer")
    await staff.goto(f"/teams/{team}")
    await in_every_light(staff)
    await staff.locator("#links form button").click()
    await expect(staff.locator(".qr")).to_be_visible()
    await in_every_light(staff)
    revoked = staff.url
    for path in ("/teams", f"/teams/{team}", f"/campaigns/{texting.campaign_id}/texters"):
        await staff.goto(path)
        await in_every_light(staff)
    await town.execute("update invite set revoked_at = now()")
    await staff.goto(revoked)
    await expect(staff.get_by_text("This link was taken back")).to_be_visible()
    await in_every_light(staff)
    texter = await screen("texter")
    for path in ("/texting/practice", "/texting", "/me"):
        await texter.goto(path)
        await in_every_light(texter)
