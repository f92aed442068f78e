"""Money and caps on the pages: prices, the forecast and what came of it, budgets, texts that wait."""

from decimal import Decimal
from typing import Any

from tests.factories.campaigning import draft, launch, people, recount, state
from tests.factories.office import Office
from tests.factories.town import phones
from textbank.simulator.defaults import TOLL_FREE

LONG = "Hi {first_name|friend}, " + "rent hearing on Tuesday at 6 pm in the library. " * 4
PRICES: dict[str, Any] = {
    "segment_price": "0.01",
    "toll_free_price": "0.02",
    "short_code_price": "1",
    "mms_price": "1",
}
URGENT = "Polls close tonight and ballots can still be cured."


async def test_what_was_foreseen_is_what_was_spent(office: Office) -> None:
    """The price before the launch, from the really merged texts, and what the permits booked."""
    found = phones(120)
    recipients = await office.town.subscribe(*found)
    for position, recipient in enumerate(recipients):
        await office.town.execute(
            "update contact set first_name = :name where id = "
            "(select contact_id from contact_number where recipient_id = :r limit 1)",
            name=("Ana", "Maximiliana", "Zoë", "Łukasz", "")[position % 5],
            r=recipient,
        )
    campaign = await draft(office, words=LONG)
    await (await office.signed_in("organizer")).get(f"/campaigns/{campaign}/review")
    [foreseen] = await office.town.query("select cost, segments, kinds from campaign_preview")
    assert foreseen.segments > 120
    assert list(foreseen.kinds) == ["long_code"]
    await launch(office, campaign)
    await office.town.pump()
    [(spent,)] = await office.town.query("select spent from campaign_spend")
    assert abs(spent - foreseen.cost) <= foreseen.cost * Decimal("0.02")
    billed = sum([len(await office.town.received(phone)) for phone in found])
    assert billed == 120


async def test_the_price_is_of_the_kinds_of_numbers_that_texts_leave_from(office: Office) -> None:
    found = await people(office, 4)
    town = office.town
    await town.execute(
        "with s as (insert into sender (organization_id, carrier_account_id, account_sid, kind, address, "
        "segments_per_second, registration, pooled) select organization_id, carrier_account_id, "
        "account_sid, 'toll_free', :address, 3, 'registered', false from sender limit 1 returning id) "
        "update recipient set sticky_sender_id = s.id from s where e164 = any(:known)",
        address=TOLL_FREE,
        known=found[:3],
    )
    admin = await office.signed_in("admin")
    assert (await admin.post("/settings/money", **PRICES)).status == 303
    campaign = await draft(office)
    page = (await admin.get(f"/campaigns/{campaign}/review")).text
    assert "$0.07" in page
    assert "$0.0200 a segment" in page
    assert "$0.0100 a segment" in page


async def test_long_words_are_said_to_be_dearer_than_a_picture_message(office: Office) -> None:
    await people(office)
    campaign = await draft(office, words=LONG * 2)
    page = (await (await office.signed_in("admin")).get(f"/campaigns/{campaign}/review")).text
    assert "a picture message would cost less" in page


async def test_a_price_or_budget_that_is_none_keeps_what_was_typed(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    admin = await office.signed_in("admin")
    for price in ("a cent", "-1", "NaN"):
        answer = await admin.post(
            "/settings/money", segment_price=price, toll_free_price="0.09", month_budget="500"
        )
        assert answer.status == 422
        assert 'value="0.09"' in answer.text
    answer = await admin.post(f"/campaigns/{campaign}/budget", budget="lots")
    assert answer.status == 422
    assert 'value="lots"' in answer.text
    answer = await admin.post(f"/campaigns/{campaign}/urgent", because="soon")
    assert answer.status == 422
    assert "soon</textarea>" in answer.text


async def test_a_months_budget_stands_on_the_pages(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    admin = await office.signed_in("admin")
    await admin.post("/settings/money", **PRICES, month_budget="0.02")
    await launch(office, campaign)
    await office.town.pump()
    await recount(office)
    assert await state(office, campaign) == "paused"
    page = (await admin.get(f"/campaigns/{campaign}")).text
    assert "every campaign paused by itself" in page
    assert "$0.02" in (await admin.get("/settings/money")).text
    assert (await admin.post(f"/campaigns/{campaign}/resume")).status == 409
    await admin.post("/settings/money", **PRICES, month_budget="")
    assert (await admin.post(f"/campaigns/{campaign}/resume")).status == 303
    await office.town.pump()
    [(waiting,)] = await office.town.query("select count(*) from outbox")
    assert waiting == 0


async def test_a_second_blast_says_before_and_after_its_launch_that_it_waits(office: Office) -> None:
    await people(office)
    first = await draft(office)
    await launch(office, first)
    await office.town.pump()
    second = await draft(office, words="And bring a neighbor.")
    admin = await office.signed_in("admin")
    assert (
        "3 had a text from you in the last six hours" in (await admin.get(f"/campaigns/{second}/review")).text
    )
    await launch(office, second)
    await office.town.pump()
    await recount(office)
    assert "3 wait: these people had a text from you" in (await admin.get(f"/campaigns/{second}")).text
    assert (await admin.post(f"/campaigns/{second}/urgent", because=URGENT)).status == 303
    await office.town.pump()
    [(left,)] = await office.town.query("select count(*) from attempt where outcome = 'accepted'")
    assert left == 6
    assert URGENT in (await admin.get("/settings/audit")).text
