"""New words for a paused campaign: which texts get them, and that nobody's are overwritten unseen."""

import re

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
        "select o.organization_id, o.message_id, o.recipient_id, g.sender_id, now(), :outcome "
        "from outbox o join outbox_group g on g.id = o.group_id where o.message_id = :m returning id) "
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
