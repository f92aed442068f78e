"""A hundred first texts in a row by one thumb on a phone: a hundred taps, each person once, nobody lost."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen
from tests.browser.test_first_texts_offline import once_each
from tests.browser.test_getting_in import told
from tests.factories.office import Office
from tests.factories.texting import make_campaign
from textbank import clock

TAPS = 100
_SHOWN = """(number) => new Promise((done) => {
  const counted = document.querySelector("[data-progress-text]");
  const send = document.querySelector("[data-send]");
  const look = () => {
    const isShown = send.checkVisibility() && counted.textContent.startsWith(`${number} of `);
    // A thumb does not come back sooner, and nothing counts before.
    setTimeout(isShown ? done : look, isShown ? 310 : 10);
  };
  look();
})"""


async def middle_of_send(page: Page) -> tuple[float, float]:
    box = await page.locator("[data-send]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.timeout(240)
async def test_a_hundred_first_texts_are_a_hundred_taps_at_one_place(office: Office, screen: Screen) -> None:
    town = office.town
    texting = await make_campaign(town, TAPS, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").tap()
    await expect(page.locator("[data-send]")).to_be_visible()
    x, y = await middle_of_send(page)
    began = clock.monotonic()
    for number in range(1, TAPS + 1):
        await page.evaluate(_SHOWN, number)
        # The thumb stays where it is; further batches come by themselves.
        await page.touchscreen.tap(x, y)
    took = clock.monotonic() - began
    await expect(page.locator("[data-done-state]")).to_have_text(f"{TAPS} sent · 0 waiting · 0 not sent")
    # A count that anybody believes, and no rate that a quick start makes absurd.
    await expect(page.locator("[data-pace-text]")).to_have_text(re.compile(r"^ · \d\d? in the last minute$"))
    told("hundred_first_texts_s", took, "s")
    told("first_texts_a_minute", TAPS * 60 / took, "texts")
    [(texts, people)] = await town.query(
        "select count(*), count(distinct recipient_id) from message where purpose = 'first_text'"
    )
    assert (texts, people) == (TAPS, TAPS)
    await once_each(town, texting)
    # Nobody waits three quarters of a second for the next person, not even on a busy machine.
    assert took / TAPS < 0.3 + 0.75
