"""What people who saw the pages for the first time asked for: counts, zones, texts and plain words."""

import pytest

from tests.factories.campaigning import draft, launch, recount
from tests.factories.office import Office

STRANGER = "+15105550177"


async def test_the_menu_counts_who_waits_for_a_reply_up_to_twenty(office: Office) -> None:
    captain = await office.signed_in("captain")
    assert "count-badge" not in (await captain.get("/inbox")).text
    await office.town.text(STRANGER, "Hello?")
    assert "(1 waits for a reply)" in (await captain.get("/me")).text
    for number in range(21):
        await office.town.text(f"+151055502{number:02}", "Hello?")
    page = (await captain.get("/me")).text
    assert "20+" in page
    assert "(more than 20 wait for a reply)" in page
    texter = await office.signed_in("texter")
    assert "count-badge" not in (await texter.get("/me")).text


async def test_a_stranger_is_added_to_the_contacts_with_the_number_typed_in(office: Office) -> None:
    await office.town.text(STRANGER, "Hello")
    [(recipient,)] = await office.town.query("select id from recipient where e164 = :p", p=STRANGER)
    organizer = await office.signed_in("organizer")
    page = (await organizer.get(f"/inbox/{recipient}")).text
    assert "Not in our contacts" in page
    assert "/people/add?number=%2B15105550177" in page
    assert 'value="+15105550177"' in (await organizer.get("/people/add?number=%2B15105550177")).text
    captain = await office.signed_in("captain")
    assert "/people/" not in (await captain.get(f"/inbox/{recipient}")).text


async def test_a_contact_without_a_name_is_a_contact_all_the_same(office: Office) -> None:
    [recipient] = await office.town.subscribe(STRANGER)
    await office.town.text(STRANGER, "Hello")
    page = (await (await office.signed_in("organizer")).get(f"/inbox/{recipient}")).text
    assert "Without a name" in page
    assert "Not in our contacts" not in page


async def test_a_persons_page_shows_their_latest_texts(office: Office) -> None:
    [recipient] = await office.town.subscribe(STRANGER)
    for number in range(6):
        await office.town.text(STRANGER, f"Question {number}")
    [(contact,)] = await office.town.query("select id from contact")
    page = (await (await office.signed_in("organizer")).get(f"/people/{contact}")).text
    assert "Question 5" in page
    assert "Question 0" not in page
    assert f'<a href="/inbox/{recipient}">The whole conversation</a>' in page


async def test_lists_to_pick_say_how_many_are_on_them(office: Office) -> None:
    await office.town.subscribe(*(f"+1510555{number}" for number in range(1000, 1003)))
    organizer = await office.signed_in("organizer")
    assert "3 subscribed" in (await organizer.get("/campaigns/new")).text


@pytest.mark.parametrize(
    ("zone", "said"), [("America/Los_Angeles", "Pacific Time (P"), ("Asia/Tashkent", "Uzbekistan Time.")]
)
async def test_a_page_says_in_whose_time_its_times_are(office: Office, zone: str, said: str) -> None:
    await office.town.execute("update member set time_zone = :zone", zone=zone)
    assert f"Times on this page: {said}" in (await (await office.signed_in("admin")).get("/team")).text


async def test_a_carriers_code_is_told_in_words_with_the_code(office: Office) -> None:
    await office.town.subscribe(STRANGER)
    campaign = await draft(office, words="Hello all")
    await launch(office, campaign)
    await recount(office)
    await office.town.execute(
        "update campaign_progress set reasons = cast(:reasons as jsonb)",
        reasons='{"30003": 2, "30017": 1, "21614": 1, "99999": 4, "suppressed": 3}',
    )
    page = (await (await office.signed_in("organizer")).get(f"/campaigns/{campaign}/live")).text
    for words in (
        "<strong>3</strong> phone switched off or out of reach (carrier&#39;s code 30003, 30017)",
        "<strong>1</strong> landline, or a carrier that takes no texts (carrier&#39;s code 21614)",
        "<strong>4</strong> failed at the carrier (carrier&#39;s code 99999)",
        "<strong>3</strong> opted out before it left",
    ):
        assert words in page


async def test_one_reply_waits_and_two_wait(office: Office) -> None:
    await office.town.subscribe(STRANGER)
    campaign = await draft(office, words="Hello all")
    await launch(office, campaign)
    await recount(office)
    organizer = await office.signed_in("organizer")
    for waiting, words in ((1, "1 waits for an answer"), (2, "2 wait for an answer")):
        await office.town.execute("update campaign_progress set waiting_replies = :n", n=waiting)
        assert words in (await organizer.get(f"/campaigns/{campaign}/live")).text
