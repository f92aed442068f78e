"""Every page of staff with the Tab key alone: each thing is reached, in order, seen and in sight."""

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.conftest import Screen
from tests.factories.campaigning import draft
from tests.factories.office import Office
from tests.flows.web.route_table import things_of
from textbank import clock
from textbank.consent.preference_token import Whose, make_token

PAGES = (
    "/",
    "/people",
    "/people/add",
    "/people/imports",
    "/people/{contact_id}",
    "/people/{contact_id}/erase",
    "/consent-files",
    "/consent-files/{recipient_id}",
    "/consent-files/{recipient_id}/paper",
    "/preferences/{own_page}",
    "/phrases",
    "/captain",
    "/lists",
    "/lists/{list_id}",
    "/suppressions",
    "/keywords",
    "/keywords/{keyword_id}",
    "/keywords/{keyword_id}/poster",
    "/flows",
    "/flows/{flow_id}",
    "/flows/{flow_id}/publish",
    "/settings/answers",
    "/inbox?by=all",
    "/inbox/{recipient_id}?by=all",
    "/inbox/new",
    "/campaigns/{campaign_id}/texters",
    "/campaigns/{campaign_id}/limits",
    "/campaigns/{draft_id}/hours",
    "/campaigns/{draft_id}/start",
    "/campaigns/{draft_id}/wordings",
    "/disclaimers",
    "/team",
    "/texters",
    "/teams",
    "/teams/{team_id}",
    "/links/{invite_id}",
    "/links/{poster_id}",
    "/settings/texting",
    "/settings",
    "/settings/audit",
    "/settings/senders",
    "/settings/senders/{sender_id}",
    "/settings/money",
    "/settings/registration",
    "/setup",
    "/practice",
    "/me",
)
"""Coming in, imports, campaigns and texting are walked through with the keyboard in tests of their own."""

_LOOK = """() => {
  const usual = "a[href], button, input, select, textarea, summary, [tabindex]";
  const things = [...document.querySelectorAll(usual)].filter((each) =>
    each.tabIndex >= 0 && !each.disabled && each.type !== "hidden" &&
    each.checkVisibility({ visibilityProperty: true }) && !one_of_many(each));
  function one_of_many(each) {
    if (each.type !== "radio") return false;
    const group = [...document.getElementsByName(each.name)].filter((other) => other.form === each.form);
    return each !== (group.find((other) => other.checked) ?? group[0]);
  }
  const told = (each) => `${each.tagName} ${each.id} ${(each.innerText || each.name || "").trim()}`;
  const now = document.activeElement;
  if (!now || now === document.body) return { at: -1, told: "", things: things.map(told) };
  const box = now.getBoundingClientRect();
  const style = getComputedStyle(now);
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  // Of something taller than the screen it is enough to see a part.
  const seen = [...Array(9).keys()].some((step) => {
    const over = document.elementFromPoint(x, box.top + (box.height * (step + 0.5)) / 9);
    return over && (now.contains(over) || over.contains(now) && over.matches("label, .choice") ||
      [...(now.labels ?? [])].some((label) => label.contains(over)));
  });
  return {
    at: things.indexOf(now), told: told(now), things: things.map(told), seen,
    parts: /^(time|date|datetime-local)$/.test(now.type),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""


async def step(page: Page) -> dict[str, Any]:
    """Press Tab once, or until a field of hours, minutes and so on was gone through."""
    before: dict[str, Any] = await page.evaluate(_LOOK)
    for _ in range(8):
        await page.keyboard.press("Tab")
        found: dict[str, Any] = await page.evaluate(_LOOK)
        if found["at"] != before["at"] or not found.get("parts"):
            break
    return found


async def walk(page: Page) -> list[str]:
    """Press Tab until everything was reached; what was wrong on the way."""
    wrong: list[str] = []
    found: dict[str, Any] = await page.evaluate(_LOOK)
    first = found["at"] + 1  # a page may put the focus where one begins to write
    for wanted in range(first, len(found["things"])):
        found = await step(page)
        if found["at"] != wanted:
            wrong.append(f"wanted {found['things'][wanted]!r}, came to {found['told'] or 'nothing'!r}")
            break
        if not found["outlined"]:
            wrong.append(f"{found['told']!r} shows no outline")
        if not found["seen"]:
            wrong.append(f"{found['told']!r} is out of sight")
    else:
        found = await step(page)
        if found["at"] == len(found["things"]) - 1:
            wrong.append(f"{found['told']!r} does not let go")
    return wrong


async def open_and_leave_dialogs(page: Page) -> None:
    """Each dialog of the page by Enter and Escape: it takes the focus, and gives it back."""
    openers = page.locator("main [data-opens]:visible")
    for number in range(await openers.count()):
        opener = openers.nth(number)
        dialog = page.locator(f"#{await opener.get_attribute('data-opens')}")
        await opener.focus()
        await page.keyboard.press("Enter")
        await expect(dialog).to_be_visible()
        await expect(dialog.locator(":focus")).to_be_attached()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(opener).to_be_focused()


async def test_the_tab_key_reaches_everything_on_every_page_in_order_and_in_sight(
    office: Office, screen: Screen
) -> None:
    things = await things_of(office) | {"draft_id": str(await draft(office))}
    secret = office.town.settings.derived_secret("preferences")
    whose = Whose(office.town.organization_id, int(things["recipient_id"]))
    things["own_page"] = make_token(secret, whose, clock.now())
    # A link that can still be shown: as a code, to copy and to print.
    staff = await office.signed_in("owner")
    made = await staff.post(f"/teams/{things['team_id']}/links", head_count=5, days=1)
    things["poster_id"] = made.location.rsplit("/", 1)[1]
    wrong: dict[str, list[str]] = {}
    for width in (1280, 390):
        page = await screen("owner", width=width)
        # Live parts hold still while one walks over them; the inbox's test shows that they keep the focus.
        await page.add_init_script("window.fetch = () => new Promise(() => {})")
        for path in PAGES:
            await page.goto(path.format(**things))
            if found := await walk(page):
                wrong[f"{path} at {width}"] = found
            if width == 1280:  # they are the same dialogs on a phone
                await open_and_leave_dialogs(page)
    assert wrong == {}
