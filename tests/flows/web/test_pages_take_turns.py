"""When everybody shows up at once, pages take turns; presses and texts that come in wait for none of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tests.factories.office import Office
from tests.factories.texting import make_campaign
from tests.flows.web.test_texting_by_hand import batch_of, begin, press
from textbank.web import parts as the_parts
from textbank.web.parts import BATCHES_AT_ONCE, PAGES_AT_ONCE, Parts


def parts_of(office: Office) -> Parts:
    """Those of the process that answers."""
    parts: Parts = office.town.web.state.parts
    return parts


@asynccontextmanager
async def crowded(office: Office) -> AsyncIterator[AsyncExitStack]:
    """As many pages as may be at work are, and none of them is done."""
    async with AsyncExitStack() as pages:
        for _ in range(PAGES_AT_ONCE):
            session = parts_of(office).transaction(office.town.organization_id)
            await pages.enter_async_context(session)
        yield pages


async def test_presses_and_texts_are_answered_while_pages_wait(office: Office) -> None:
    town = office.town
    texter, texting = await begin(office)
    texts = await batch_of(texter, texting.campaign_id)
    [phone, *_] = texting.people
    async with crowded(office) as pages:
        waiting = asyncio.create_task(texter.get("/texting/conversations"))
        assert (await press(texter, texting.campaign_id, texts[0]))["sent"]
        assert await town.text(phone, "Who is this?") == 200
        assert await town.text(phone, "STOP") == 200
        assert not waiting.done()
        await pages.aclose()
        assert (await waiting).status == 200


async def test_a_page_whose_turn_does_not_come_says_so_and_keeps_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await office.signed_in("organizer")
    before = await office.town.query("select name from contact_list")
    monkeypatch.setattr(the_parts, "LONGEST_TURN_SECONDS", 0.05)
    async with crowded(office):
        refused = await staff.get("/lists", Accept="text/html")
    assert refused.status == 503
    assert "Nothing was kept; please try again." in refused.text
    monkeypatch.undo()
    assert (await staff.get("/lists")).status == 200
    assert await office.town.query("select name from contact_list") == before


async def test_three_hundred_who_ask_for_people_leave_room_for_other_pages(office: Office) -> None:
    texting = await make_campaign(office.town, 3, texters=(office.members["texter"],))
    texter = await office.signed_in("texter")
    async with AsyncExitStack() as others:
        for _ in range(BATCHES_AT_ONCE):
            await others.enter_async_context(parts_of(office).batch())
        asking: asyncio.Task[Any] = asyncio.create_task(texter.get(f"/texting/{texting.campaign_id}"))
        for _ in range(10):  # in which whoever need not wait is answered
            assert (await texter.get("/texting/conversations")).status == 200
        assert not asking.done()
        await others.aclose()
        assert (await asking).status == 200
