"""Several wordings of one blast: each person gets one, and the live page tells them apart."""

from tests.factories.campaigning import draft, edit, launch, people, press_launch, queue, recount
from tests.factories.office import Office
from textbank.campaigns.look_after import look_after_campaigns

OTHER = "Neighbors, come to the rent hearing on Tuesday at 6."


async def test_each_person_gets_one_wording_and_the_page_shows_both(office: Office) -> None:
    everybody = await people(office, 30)
    campaign = await draft(office, words="The first wording")
    staff = await office.signed_in("organizer")
    before = await staff.get(f"/campaigns/{campaign}/review")
    assert (await staff.post(f"/campaigns/{campaign}/wordings", body=OTHER)).status == 303
    assert OTHER in (await staff.get(f"/campaigns/{campaign}/wordings")).text
    assert OTHER in (await staff.get(f"/campaigns/{campaign}/review")).text
    assert OTHER not in before.text
    await launch(office, campaign)
    await office.town.pump()
    got = [await office.town.received(phone) for phone in everybody]
    assert [len(texts) for texts in got] == [1] * 30
    others = [phone for phone, [text] in zip(everybody, got, strict=True) if OTHER in text]
    assert 3 <= len(others) <= 27
    await office.town.text(others[0], "STOP")
    await recount(office)
    [(counted,)] = await office.town.query("select wordings from campaign_progress")
    assert counted["1"]["left"] == counted["1"]["delivered"] == len(others)
    assert counted["0"]["left"] == 30 - len(others)
    assert (counted["1"]["opted_out"], counted["0"]["opted_out"]) == (1, 0)
    assert "Which wording does better" in (await staff.get(f"/campaigns/{campaign}")).text


async def test_new_words_end_the_comparison_for_everybody_else(office: Office) -> None:
    everybody = await people(office, 12)
    campaign = await draft(office, words="The first wording")
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/wordings", body=OTHER)
    await staff.post(f"/campaigns/{campaign}/start", first="people", people="6")
    await launch(office, campaign)
    assert (await staff.post(f"/campaigns/{campaign}/pause")).status == 303
    assert (await edit(staff, campaign, "Brand new words")).status == 303
    compared = (await staff.get(f"/campaigns/{campaign}")).text.split('id="wordings"')[1]
    assert "The first wording" in compared.split("</section>")[0]
    await look_after_campaigns(office.town.database)
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 303
    assert (await staff.post(f"/campaigns/{campaign}/rest")).status == 303
    await queue(office, campaign)
    await office.town.pump()
    for phone in everybody:
        assert ["Brand new words" in text for text in await office.town.received(phone)] == [True]
    await recount(office)
    assert await office.town.query("select wordings from campaign_progress") == [({},)]


async def test_wrong_words_are_kept_and_a_launch_of_other_wordings_is_refused(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    wrong = await staff.post(f"/campaigns/{campaign}/wordings", body="Hi {nobody_knows}")
    assert (wrong.status, "Hi {nobody_knows}" in wrong.text) == (422, True)
    seen = await staff.get(f"/campaigns/{campaign}/review")
    version = seen.text.split('name="reviewed" value="')[1].split('"')[0]
    for _ in range(3):
        assert (await staff.post(f"/campaigns/{campaign}/wordings", body=OTHER)).status == 303
    assert (await staff.post(f"/campaigns/{campaign}/wordings", body=OTHER)).status == 409
    assert (await staff.post(f"/campaigns/{campaign}/launch", reviewed=version)).status == 409
    assert (await staff.post(f"/campaigns/{campaign}/wordings/2/remove")).status == 303
    assert (await press_launch(staff, campaign)).status == 303
    p2p = await draft(office, kind="p2p", words="Hi, {texter} here.")
    assert (await staff.post(f"/campaigns/{p2p}/wordings", body=OTHER)).status == 409
