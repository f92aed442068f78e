"""Campaigns made through the pages, as staff make them."""

import re

from tests.factories.office import Answer, Office, Staff
from tests.factories.town import phones
from textbank.campaigns.look_after import look_after_campaigns
from textbank.campaigns.queue_audience import queue_audience

WORDS = "Hi {first_name|friend}, rent hearing on Tuesday at 6 pm in the library."


async def people(office: Office, count: int = 3) -> list[str]:
    found = phones(count)
    await office.town.subscribe(*found)
    await office.town.execute(
        "update contact set first_name = 'Ana', zip_code = '94607' where id = (select min(id) from contact)"
    )
    return found


async def draft(office: Office, *, kind: str = "blast", words: str = WORDS) -> int:
    staff = await office.signed_in("organizer")
    made = await staff.post("/campaigns", kind=kind, name="Hearing", lists=[office.town.list_id])
    assert made.status == 303, made.text
    campaign = int(re.findall(r"\d+", made.location)[0])
    kept = await staff.post(f"/campaigns/{campaign}/words", body=words)
    assert kept.status in (303, 422), kept.text
    return campaign


async def launch(office: Office, campaign: int) -> None:
    staff = await office.signed_in("organizer")
    launched = await press_launch(staff, campaign)
    assert launched.status == 303, launched.text
    await queue(office, campaign)


async def press_launch(staff: Staff, campaign: int) -> Answer:
    """Look at the review, and press the button on it."""
    return await staff.post(f"/campaigns/{campaign}/launch", reviewed=await reviewed(staff, campaign))


async def reviewed(staff: Staff, campaign: int) -> str:
    """The version that the review page shows."""
    found = re.search(
        r'name="reviewed" value="(\w*)"', (await staff.get(f"/campaigns/{campaign}/review")).text
    )
    return found[1] if found else ""


async def edit(staff: Staff, campaign: int, body: str) -> Answer:
    """Put other words into the form on a launched campaign's page, and press the button."""
    page = await staff.get(f"/campaigns/{campaign}")
    found = re.search(r'name="instead_of" value="(\d+)"', page.text)
    return await staff.post(f"/campaigns/{campaign}/edit", body=body, instead_of=found[1] if found else 0)


async def queue(office: Office, campaign: int) -> None:
    town, queued = office.town, 1
    while queued:
        async with town.database.transaction(town.organization_id) as session:
            queued = await queue_audience(session, town.organization_id, campaign)


async def state(office: Office, campaign: int) -> str:
    [(found,)] = await office.town.query("select state from campaign where id = :c", c=campaign)
    return str(found)


async def recount(office: Office) -> None:
    await office.town.execute("update campaign_progress set computed_at = now() - interval '1 hour'")
    await look_after_campaigns(office.town.database)
