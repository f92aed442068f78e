"""New words for a paused campaign: which texts get them, and that nobody's are overwritten unseen."""

import itertools
import re
from types import SimpleNamespace

import pytest

from tests.factories.campaigning import draft, edit, launch, people
from tests.factories.office import Office
from textbank.campaigns.look_after import look_after_campaigns


async def attempted(office: Office, outcome: str | None, *, held: bool) -> int:
    """Give the first waiting text an attempt with that outcome; `held`: the text still waits for its end."""
    [(message,)] = await office.town.query("select min(message_id) from outbox")
    await office.town.execute(
        "with tried as (insert into attempt "
        "(organization_id, message_id, recipient_id, sender_id, permit_at, outcome) "
        "select o.organization_id, o.message_id, o.recipient_id, s.id, now(), :outcome "
        "from outbox o, sender s where o.message_id = :m returning id) "
        "update outbox set attempt_id = tried.id from tried where message_id = :m and :held",
        m=message,
        outcome=outcome,
        held=held,
    )
    return int(message)


async def with_old_words(office: Office) -> list[int]:
    rows = await office.town.query("select id from message where body like '%The old words%'")
    return [row[0] for row in rows]


async def test_a_text_that_the_carrier_may_have_keeps_its_words(office: Office) -> None:
    await people(office)
    campaign = await draft(office, words="The old words")
    await launch(office, campaign)
    tried = await attempted(office, "unknown", held=True)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/pause")
    await edit(staff, campaign, "Brand new words")
    await look_after_campaigns(office.town.database)
    assert await with_old_words(office) == [tried]
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 303


@pytest.mark.parametrize("outcome", ["not_sent", "refused"])
async def test_a_text_that_is_known_not_to_have_left_gets_the_new_words(office: Office, outcome: str) -> None:
    everybody = await people(office)
    campaign = await draft(office, words="The old words")
    await launch(office, campaign)
    await attempted(office, outcome, held=False)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/pause")
    await edit(staff, campaign, "Brand new words")
    await look_after_campaigns(office.town.database)
    assert await with_old_words(office) == []
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 303
    await office.town.pump()
    for phone in everybody:
        assert ["Brand new words" in text for text in await office.town.received(phone)] == [True]


async def test_a_text_that_is_just_being_handed_over_is_waited_for(office: Office) -> None:
    """It may come back unsent, and must not leave with the old words then."""
    await people(office)
    campaign = await draft(office, words="The old words")
    await launch(office, campaign)
    await attempted(office, None, held=True)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/pause")
    await edit(staff, campaign, "Brand new words")
    await look_after_campaigns(office.town.database)
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 409
    await office.town.execute("update attempt set outcome = 'not_sent', settled_at = now()")
    await office.town.execute("update outbox set attempt_id = null, claim_token = null, claimed_at = null")
    await look_after_campaigns(office.town.database)
    assert await with_old_words(office) == []
    assert (await staff.post(f"/campaigns/{campaign}/resume")).status == 303


async def test_words_that_somebody_changed_meanwhile_are_not_overwritten_unseen(office: Office) -> None:
    await people(office)
    campaign = await draft(office, words="The old words")
    await launch(office, campaign)
    staff, other = await office.signed_in("organizer"), await office.signed_in("admin")
    await staff.post(f"/campaigns/{campaign}/pause")
    found = re.search(r'name="instead_of" value="(\d+)"', (await staff.get(f"/campaigns/{campaign}")).text)
    assert found
    assert (await edit(other, campaign, "The admin's words")).status == 303
    late = await staff.post(f"/campaigns/{campaign}/edit", body="My words", instead_of=found[1])
    assert late.status == 409
    assert "Somebody changed the words meanwhile" in late.text
    assert "My words" in late.text
    assert "The admin&#39;s words" in late.text
    assert (await edit(staff, campaign, "My words")).status == 303


async def test_words_are_changed_only_while_paused(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    refused = await (await office.signed_in("organizer")).post(f"/campaigns/{campaign}/edit", body="Other")
    assert refused.status == 409
    assert "Pause the campaign first" in refused.text


async def test_a_campaign_whose_words_cannot_be_put_in_keeps_no_other_waiting(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await people(office)
    broken, sound = await draft(office, words="The old words"), await draft(office, words="The old words")
    staff = await office.signed_in("organizer")
    for campaign in (broken, sound):
        await launch(office, campaign)
        await staff.post(f"/campaigns/{campaign}/pause")
        assert (await edit(staff, campaign, "Brand new words")).status == 303
    # Something that no page lets through, so that composing fails.
    await office.town.execute("update contact set fields = '[1]'")
    await office.town.execute(
        "update script set body = 'At {hall|the hall}' "
        "where id = (select script_id from campaign where id = :c)",
        c=broken,
    )
    await look_after_campaigns(office.town.database)
    rewriting = await office.town.query("select id from campaign where rewritten_to is not null")
    assert [row[0] for row in rewriting] == [broken]
    assert f"campaign {broken}: rewrite failed" in caplog.text


async def test_a_long_rewrite_leaves_the_other_campaigns_their_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(office, 20)
    staff = await office.signed_in("organizer")
    campaigns = [await draft(office, words="The old words") for _ in range(2)]
    for campaign in campaigns:
        await launch(office, campaign)
        await staff.post(f"/campaigns/{campaign}/pause")
        assert (await edit(staff, campaign, "Brand new words")).status == 303
    # One text a step, and a second passes whenever somebody looks at the clock: time for a few steps in all.
    seconds = itertools.count()
    monkeypatch.setattr("textbank.campaigns.edit_words.BATCH", 1)
    monkeypatch.setattr(
        "textbank.campaigns.look_after.clock", SimpleNamespace(monotonic=lambda: float(next(seconds)))
    )
    await look_after_campaigns(office.town.database)
    done = await office.town.query(
        "select campaign_id, count(*) from message where body like '%Brand new%' group by 1 order by 1"
    )
    assert [row[0] for row in done] == campaigns
    assert all(1 <= row[1] < 20 for row in done)
