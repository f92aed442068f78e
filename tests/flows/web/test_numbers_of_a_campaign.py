"""A campaign's texts by number; a number that goes wrong alone rests, and the campaign goes on."""

import json

import pytest

from tests.factories.campaigning import draft, launch, people, recount, state
from tests.factories.office import Office
from tests.flows.test_pools import connect, pace, sender_id  # noqa: F401 - a fixture
from textbank.campaigns.look_after import look_after_campaigns
from textbank.campaigns.watch import pause_what_goes_wrong
from textbank.campaigns.watch_numbers import REASON, going_wrong, rest_what_goes_wrong
from textbank.simulator.defaults import LONG_CODE, SECOND_LONG_CODE


async def counted(office: Office, campaign: int, **numbers: tuple[int, int]) -> None:
    """Let the kept counters say (delivered, failed) of each number, and both watches look at them."""
    senders = {
        str(await sender_id(office.town, {"first": LONG_CODE, "second": SECOND_LONG_CODE}[name])): {
            "delivered": delivered,
            "failed": failed,
        }
        for name, (delivered, failed) in numbers.items()
    }
    await office.town.execute(
        "update campaign_progress set audience = 1000, delivered = :d, failed = :f, "
        "senders = cast(:s as jsonb) where campaign_id = :c",
        d=sum(each[0] for each in numbers.values()),
        f=sum(each[1] for each in numbers.values()),
        s=json.dumps(senders),
        c=campaign,
    )
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await rest_what_goes_wrong(session, town.organization_id, campaign)
        await pause_what_goes_wrong(session, town.organization_id, campaign)


async def resting(office: Office) -> list[str]:
    rows = await office.town.query("select address from sender where halted_reason = :r", r=REASON)
    return [row.address for row in rows]


async def launched(office: Office) -> int:
    await connect(office.town, LONG_CODE, SECOND_LONG_CODE)
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    await office.town.execute(
        "insert into campaign_progress (organization_id, campaign_id) values (:o, :c) on conflict do nothing",
        o=office.town.organization_id,
        c=campaign,
    )
    return campaign


async def test_a_number_that_goes_wrong_alone_rests_and_the_campaign_goes_on(office: Office) -> None:
    campaign = await launched(office)
    await counted(office, campaign, first=(300, 10), second=(70, 30))
    assert await resting(office) == [SECOND_LONG_CODE]
    assert await state(office, campaign) == "running"
    # Reports of what had left before come late: they bring neither another rest nor a pause.
    await counted(office, campaign, first=(400, 12), second=(100, 200))
    assert await state(office, campaign) == "running"
    staff = await office.signed_in("admin")
    number = await sender_id(office.town, SECOND_LONG_CODE)
    shown = await staff.get(f"/settings/senders/{number}")
    assert "Far more of its texts failed" in shown.text
    assert "66.7 %" in shown.text
    assert (await staff.post(f"/settings/senders/{number}/again")).status == 303
    await counted(office, campaign, first=(500, 15), second=(190, 205))
    assert await resting(office) == []
    await counted(office, campaign, first=(500, 15), second=(190, 225))
    assert await resting(office) == [SECOND_LONG_CODE]


async def test_when_all_numbers_do_badly_the_campaign_pauses_and_none_rests(office: Office) -> None:
    campaign = await launched(office)
    await counted(office, campaign, first=(250, 50), second=(85, 20))
    assert (await resting(office), await state(office, campaign)) == ([], "paused")


async def test_the_last_number_that_can_send_does_not_rest_but_the_campaign_pauses(office: Office) -> None:
    campaign = await launched(office)
    await office.town.execute("update sender set pooled = false where address = :a", a=LONG_CODE)
    await counted(office, campaign, first=(300, 0), second=(50, 50))
    assert (await resting(office), await state(office, campaign)) == ([], "paused")


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        ({"delivered": 90, "failed": 10}, ["2"]),
        ({"delivered": 91, "failed": 9}, []),
        ({"delivered": 10, "failed": 80}, []),  # too few to judge
        ({"delivered": 60, "failed": 40, "filtered": 40}, []),  # filtered words pause the whole campaign
    ],
)
def test_what_goes_wrong_is_a_tenth_and_twice_the_others(second: dict[str, int], wrong: list[str]) -> None:
    assert going_wrong({"1": {"delivered": 960, "failed": 40}, "2": second}) == wrong
    assert going_wrong({"1": {"delivered": 900, "failed": 100}, "2": {"delivered": 85, "failed": 15}}) == []


async def test_the_live_page_shows_the_three_places_and_each_number(office: Office) -> None:
    campaign = await launched(office)
    town = office.town
    await recount(office)
    staff = await office.signed_in("organizer")
    waiting = (await staff.get(f"/campaigns/{campaign}/live")).text
    assert "Whichever has room" not in waiting  # one row says no more than the whole
    await town.execute(
        "update recipient set sticky_sender_id = :s where id = (select min(id) from recipient)",
        s=await sender_id(town, SECOND_LONG_CODE),
    )
    await recount(office)
    assert "Whichever has room" in (await staff.get(f"/campaigns/{campaign}/live")).text
    await town.execute("update recipient set sticky_sender_id = null")
    await town.pump()
    await look_after_campaigns(town.database)
    await recount(office)
    [(senders,)] = await town.query("select senders from campaign_progress")
    rows = await town.query("select sender_id, count(*) as texts from attempt group by 1")
    assert {str(row.sender_id): row.texts for row in rows} == {
        key: sum(counts.get(name, 0) for name in ("at_carrier", "delivered", "failed"))
        for key, counts in senders.items()
    }
    shown = (await staff.get(f"/campaigns/{campaign}/live")).text
    assert 'class="buckets"' in shown
    assert "handed over, no report yet" in shown
