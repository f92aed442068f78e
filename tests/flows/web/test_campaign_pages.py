"""A campaign from its draft to its launch, as a browser without a screen sees it."""

import re

import pytest

from tests.factories.campaigning import draft, launch, people, press_launch, recount, reviewed, state
from tests.factories.office import Office


async def test_a_blast_from_nothing_to_every_phone_with_each_name_and_the_blocks(office: Office) -> None:
    everybody = await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    seen = await staff.get(f"/campaigns/{campaign}/review")
    assert "Hi Ana, rent hearing" in seen.text
    assert "Hi friend, rent hearing" in seen.text
    assert "Reply STOP to opt out." in seen.text
    await launch(office, campaign)
    await office.town.pump()
    first = await office.town.received(everybody[0])
    assert first == [
        "Riverside Tenants Union: Hi Ana, rent hearing on Tuesday at 6 pm in the library. "
        "Reply STOP to opt out."
    ]
    await recount(office)
    live = await staff.get(f"/campaigns/{campaign}")
    assert "3 of 3" in live.text


async def test_words_with_something_wrong_are_kept_and_said_and_cannot_be_launched(office: Office) -> None:
    await people(office)
    campaign = await draft(office, words="Hi {first_name}, {nonsense|x} {oops")
    staff = await office.signed_in("organizer")
    shown = await staff.post(f"/campaigns/{campaign}/words", body="Hi {first_name}, {nonsense|x} {oops")
    assert shown.status == 422
    assert "Hi {first_name}, {nonsense|x} {oops" in shown.text
    for words in ("{first_name} is blank for some people", "There is no field {nonsense}", "is not closed"):
        assert shown.text.count(words) == 1, words
    refused_words = "Hi {first_name}, {nonsense|x} {oops"
    for typed, times in ((refused_words, 0), (refused_words + "!", 1)):
        preview = await staff.post(
            f"/campaigns/{campaign}/words/preview", body=typed, complained_of=refused_words
        )
        assert preview.text.count("There is no field {nonsense}") == times
    refused = await staff.post(f"/campaigns/{campaign}/launch")
    assert refused.status == 422
    assert await state(office, campaign) == "draft"
    assert await office.town.query("select 1 from message") == []


async def test_a_launch_without_anybody_to_reach_is_refused_plainly(office: Office) -> None:
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    refused = await staff.post(f"/campaigns/{campaign}/launch")
    assert (refused.status, await state(office, campaign)) == (409, "draft")
    assert "Nobody on these lists" in refused.text


async def test_a_launch_without_a_sender_is_refused_plainly(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await office.town.execute("update sender set halted_at = now()")
    refused = await (await office.signed_in("organizer")).post(f"/campaigns/{campaign}/launch")
    assert (refused.status, await state(office, campaign)) == (409, "draft")
    assert "No number of yours can send" in refused.text


async def test_a_launch_from_a_number_that_is_not_registered_is_refused_plainly(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await office.town.execute("update sender set registration = 'pending'")
    refused = await (await office.signed_in("organizer")).post(f"/campaigns/{campaign}/launch")
    assert (refused.status, await state(office, campaign)) == (409, "draft")
    assert "not registered with the carriers yet" in refused.text


async def test_two_people_who_launch_at_once_launch_it_once(office: Office) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    again = await (await office.signed_in("admin")).post(f"/campaigns/{campaign}/launch")
    assert again.status == 409
    assert await office.town.query("select count(*) from message") == [(3,)]


@pytest.mark.parametrize("what", ["words", "lists", "statement"])
async def test_only_what_was_looked_at_is_launched(office: Office, what: str) -> None:
    """Somebody else's change after the review is shown first, with the button under it again."""
    await people(office)
    await office.town.execute(
        "insert into contact_list (organization_id, name) values (:o, 'Second')",
        o=office.town.organization_id,
    )
    [(second,)] = await office.town.query("select id from contact_list where name = 'Second'")
    campaign = await draft(office, kind="p2p")
    staff, other = await office.signed_in("organizer"), await office.signed_in("admin")
    seen = await reviewed(staff, campaign)
    path, form = {
        "words": ("words", {"body": "Words that nobody reviewed"}),
        "lists": ("audience", {"name": "Hearing", "lists": [office.town.list_id, second]}),
        "statement": ("statement", {"statement": "They signed our petition on paper in May."}),
    }[what]
    assert (await other.post(f"/campaigns/{campaign}/{path}", **form)).status == 303
    refused = await staff.post(f"/campaigns/{campaign}/launch", reviewed=seen)
    assert (refused.status, await state(office, campaign)) == (409, "draft")
    assert "somebody changed them meanwhile" in refused.text
    if what == "words":
        assert "Words that nobody reviewed" in refused.text
    assert (await staff.post(f"/campaigns/{campaign}/launch")).status == 409
    assert (await press_launch(staff, campaign)).status == 303


async def test_who_is_left_out_is_counted_by_reason(office: Office) -> None:
    everybody = await people(office, 5)
    await office.town.execute("update recipient set suppressed_at = now() where e164 = :a", a=everybody[0])
    await office.town.execute("update recipient set dead_since = now() where e164 = :a", a=everybody[1])
    await office.town.execute(
        "update subscription set state = 'no_basis' where recipient_id = "
        "(select id from recipient where e164 = :a)",
        a=everybody[2],
    )
    campaign = await draft(office)
    seen = await (await office.signed_in("organizer")).get(f"/campaigns/{campaign}/review")
    [counted] = await office.town.query(
        "select reached, opted_out, dead, without_basis, segments, exact from campaign_preview"
    )
    assert tuple(counted) == (2, 1, 1, 1, 2, True)
    assert "without a recorded basis" in seen.text


async def test_whoever_is_on_two_lists_is_texted_once(office: Office) -> None:
    town = office.town
    await people(office)
    await town.execute(
        "insert into contact_list (organization_id, name) values (:o, 'Second')", o=town.organization_id
    )
    await town.execute(
        "insert into subscription "
        "(organization_id, list_id, contact_id, recipient_id, state, basis_event_id) "
        "select organization_id, (select id from contact_list where name = 'Second'), contact_id, "
        "recipient_id, state, basis_event_id from subscription"
    )
    [(second,)] = await town.query("select id from contact_list where name = 'Second'")
    staff = await office.signed_in("organizer")
    made = await staff.post("/campaigns", kind="blast", name="Both", lists=[town.list_id, second])
    campaign = int(re.findall(r"\d+", made.location)[0])
    await staff.post(f"/campaigns/{campaign}/words", body="Hello all")
    await staff.get(f"/campaigns/{campaign}/review")
    [counted] = await town.query("select reached, duplicates from campaign_preview")
    assert tuple(counted) == (3, 3)
    await launch(office, campaign)
    assert await town.query("select count(*), count(distinct recipient_id) from message") == [(3, 3)]


async def test_curly_quotes_are_pointed_out_and_straightened_on_request(office: Office) -> None:
    await people(office)
    campaign = await draft(office, words="Don’t miss it")
    staff = await office.signed_in("organizer")
    assert "Special characters cost more" in (await staff.get(f"/campaigns/{campaign}/words")).text
    await staff.post(f"/campaigns/{campaign}/words", body="Don’t miss it", then="straighten")
    assert "Don&#39;t miss it" in (await staff.get(f"/campaigns/{campaign}/words")).text


async def test_a_draft_can_be_thrown_away_and_a_launched_campaign_cannot(office: Office) -> None:
    await people(office)
    campaign = await draft(office, kind="p2p")
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/responses", title="Where", body="The hall")
    await staff.post(f"/campaigns/{campaign}/questions", words="Coming?", options="Yes\nNo")
    await staff.get(f"/campaigns/{campaign}/review")
    assert (await staff.post(f"/campaigns/{campaign}/discard")).status == 303
    assert (await staff.get(f"/campaigns/{campaign}")).status == 404
    launched = await draft(office)
    await launch(office, launched)
    assert (await staff.post(f"/campaigns/{launched}/discard")).status == 409
    assert await state(office, launched) == "running"


async def test_nobody_is_invited_to_a_draft_or_to_a_blast(office: Office) -> None:
    await people(office)
    staff = await office.signed_in("organizer")
    drafted, blast = await draft(office, kind="p2p"), await draft(office)
    refused = await staff.post(f"/campaigns/{drafted}/invite", head_count=5, days=2)
    assert (refused.status, "launch it first" in refused.text) == (409, True)
    await launch(office, blast)
    assert (await staff.post(f"/campaigns/{blast}/invite", head_count=5, days=2)).status == 409
    assert await office.town.query("select 1 from invite") == []


async def test_a_draft_with_a_link_and_texters_can_be_thrown_away_and_the_link_ends(office: Office) -> None:
    """As they were made before a draft refused them."""
    await people(office)
    campaign = await draft(office, kind="p2p")
    staff = await office.signed_in("organizer")
    await office.town.execute(
        "insert into invite (organization_id, digest, role, campaign_id, expires_at, head_count) "
        "values (:o, 'x', 'texter', :c, now() + interval '1 day', 5)",
        o=office.town.organization_id,
        c=campaign,
    )
    await staff.post(f"/campaigns/{campaign}/texters", member_id=office.members["texter"])
    assert await office.town.query("select count(*) from campaign_texter") == [(1,)]
    assert (await staff.post(f"/campaigns/{campaign}/discard")).status == 303
    assert await office.town.query("select campaign_id, revoked_at is not null from invite") == [(None, True)]
    assert await office.town.query("select 1 from campaign") == []


async def test_the_live_preview_keeps_nothing(office: Office) -> None:
    await people(office)
    campaign = await draft(office, words="Kept")
    staff = await office.signed_in("organizer")
    shown = await staff.post(f"/campaigns/{campaign}/words/preview", body="Only looked at, {first_name|you}")
    assert "Only looked at, Ana" in shown.text
    assert await office.town.query("select body from script") == [("Kept",)]


async def test_two_people_with_one_number_are_not_told_to_be_on_several_lists(office: Office) -> None:
    await people(office)
    staff = await office.signed_in("organizer")
    basis = {"kind": "members", "source": "Member roll", "stated": "true", "list_id": office.town.list_id}
    for name in ("Bo", "Cy"):
        added = await staff.post("/people/add", number="(415) 555-0177", first_name=name, **basis)
        assert added.status == 303, added.text
    campaign = await draft(office)
    for path in ("review", "review/counts"):
        seen = await staff.get(f"/campaigns/{campaign}/{path}")
        assert "<strong>1</strong> sharing a number with somebody else, texted once" in seen.text
        assert "several lists" not in seen.text


async def test_numbers_abroad_are_left_out_where_no_number_of_ours_can_reach_them(office: Office) -> None:
    town = office.town
    await town.subscribe("+15105550101", "+442079460123")
    staff = await office.signed_in("organizer")
    campaign = await draft(office, words="Hello all")
    seen = (await staff.get(f"/campaigns/{campaign}/review")).text
    assert "1 number is outside North America" in seen
    await town.execute("update sender set kind = 'toll_free'")
    seen = (await staff.get(f"/campaigns/{campaign}/review")).text
    assert "outside North America, where your numbers cannot text" in seen
    assert await town.query("select reached, unreachable, abroad from campaign_preview") == [(1, 1, 0)]
    await launch(office, campaign)
    assert await town.query(
        "select r.e164 from audience_member a join recipient r on r.id = a.recipient_id"
    ) == [("+15105550101",)]
