"""A campaign that does clearly worse than usual pauses by itself, says why, and goes on with a reason."""

import pytest

from tests.factories.campaigning import draft, launch, people, state
from tests.factories.office import Office
from textbank.campaigns.watch import pause_what_goes_wrong


async def counted(office: Office, campaign: int, delivered: int, failed: int, opted_out: int) -> None:
    """Let the kept counters say this, and the watch look at them."""
    await office.town.execute(
        "update campaign_progress set audience = 1000, delivered = :d, failed = :f, opted_out = :o "
        "where campaign_id = :c",
        d=delivered,
        f=failed,
        o=opted_out,
        c=campaign,
    )
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await pause_what_goes_wrong(session, town.organization_id, campaign)


async def earlier_campaigns(office: Office, count: int, opted_out: int) -> None:
    """So many that are over, each with 400 delivered and 100 failed texts."""
    for _ in range(count):
        campaign = await draft(office)
        await launch(office, campaign)
        await counted(office, campaign, 400, 0, 0)
        await office.town.execute(
            "update campaign set state = 'done', finished_at = now() where id = :c", c=campaign
        )
        await office.town.execute(
            "update campaign_progress set failed = 100, opted_out = :o where campaign_id = :c",
            o=opted_out,
            c=campaign,
        )


@pytest.mark.parametrize(
    ("delivered", "failed", "opted_out", "because"),
    [
        (97, 3, 3, "opted_out"),
        (90, 10, 0, "failed"),
        (98, 2, 2, None),
        (91, 9, 2, None),
        (40, 30, 20, None),  # too few to judge
    ],
)
async def test_without_a_usual_the_limits_alone_count(
    office: Office, delivered: int, failed: int, opted_out: int, because: str | None
) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    await counted(office, campaign, delivered, failed, opted_out)
    found = await office.town.query("select state, paused_because from campaign")
    assert found == [("paused", because) if because else ("running", None)]


async def test_what_is_usual_for_an_organization_does_not_pause_it(office: Office) -> None:
    await people(office)
    await earlier_campaigns(office, 3, opted_out=15)
    campaign = await draft(office)
    await launch(office, campaign)
    await counted(office, campaign, 700, 300, 50)  # 30 % failed, usually 20; 5 % opted out, usually 3
    assert await state(office, campaign) == "running"
    await counted(office, campaign, 700, 300, 60)
    assert await state(office, campaign) == "paused"


async def test_it_says_why_goes_on_for_a_reason_and_forgives_what_was(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    await counted(office, campaign, 195, 5, 10)
    staff = await office.signed_in("organizer")
    shown = await staff.get(f"/campaigns/{campaign}")
    assert "Unusually many people opted out" in shown.text
    assert "5.0 %" in shown.text
    assert "unusually many people opted out" in (await staff.get("/")).text
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 422
    reason = "We wrote to a list of people who had moved away."
    assert (await staff.post(f"/campaigns/{campaign}/resume", because=reason)).status == 303
    await counted(office, campaign, 290, 5, 11)
    assert await state(office, campaign) == "running"
    await counted(office, campaign, 300, 10, 15)
    assert await state(office, campaign) == "paused"
