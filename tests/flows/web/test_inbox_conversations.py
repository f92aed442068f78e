"""The inbox over real HTTP: every conversation, found, answered once, given, marked and closed."""

import asyncio
import re

import pytest

from tests.factories.office import Office, Staff
from tests.factories.texting import make_campaign
from tests.factories.town import phones

STRANGER = "+15105550177"


async def reply_form(staff: Staff, path: str) -> dict[str, str]:
    text = (await staff.get(path)).text
    return {name: re.search(rf'name="{name}" value="(\w+)"', text)[1] for name in ("key", "seen")}  # type: ignore[index]


async def stranger_writes(office: Office, body: str = "Is this the union?") -> int:
    await office.town.text(STRANGER, body)
    [(recipient,)] = await office.town.query("select id from recipient where e164 = :p", p=STRANGER)
    await office.town.execute("update recipient set place = 'test/open'")
    return int(recipient)


async def test_a_stranger_who_writes_stands_in_the_inbox_and_is_answered(office: Office) -> None:
    recipient = await stranger_writes(office)
    captain = await office.signed_in("captain")
    assert "Is this the union?" in (await captain.get("/inbox")).text
    form = await reply_form(captain, f"/inbox/{recipient}")
    assert (await captain.post(f"/inbox/{recipient}/reply", body="Yes!", **form)).status == 303
    await office.town.pump()
    assert await office.town.received(STRANGER) == ["Yes!"]
    assert "Is this the union?" not in (await captain.get("/inbox")).text
    [(by,)] = await office.town.query("select sent_by from message where purpose = 'reply'")
    assert by == f"member {office.members['captain']}"


async def test_a_double_click_sends_one_reply(office: Office) -> None:
    recipient = await stranger_writes(office)
    captain = await office.signed_in("captain")
    form = await reply_form(captain, f"/inbox/{recipient}")
    answers = await asyncio.gather(
        *(captain.post(f"/inbox/{recipient}/reply", body="Yes!", **form) for _ in range(5))
    )
    assert {answer.status for answer in answers} == {303}
    await office.town.pump()
    assert await office.town.received(STRANGER) == ["Yes!"]


async def test_of_two_who_answer_at_once_the_second_is_told(office: Office) -> None:
    recipient = await stranger_writes(office)
    path = f"/inbox/{recipient}"
    captain, owner = await office.signed_in("captain"), await office.signed_in("owner")
    forms = [(staff, await reply_form(staff, path)) for staff in (captain, owner)]
    answers = await asyncio.gather(
        *(staff.post(f"{path}/reply", body="Yes, it is us.", **form) for staff, form in forms)
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert "answered a moment ago" in refused.text
    assert "Yes, it is us." in refused.text
    await office.town.pump()
    assert len(await office.town.received(STRANGER)) == 1


async def test_nothing_is_sent_until_somebody_decides_whether_they_want_to_be_left_alone(
    office: Office,
) -> None:
    recipient = await stranger_writes(office)
    await office.town.execute("update recipient set review_since = now()")
    captain = await office.signed_in("captain")
    path = f"/inbox/{recipient}"
    form = await reply_form(captain, path)
    assert (await captain.post(f"{path}/reply", body="Hi", **form)).status == 409
    assert (await captain.post(f"{path}/go-on")).status == 303
    assert (await captain.post(f"{path}/reply", body="Hi", **form)).status == 303


async def test_a_reply_at_night_leaves_only_within_an_hour_of_their_text(office: Office) -> None:
    recipient = await stranger_writes(office)
    await office.town.execute("update recipient set place = 'test/closed'")
    await office.town.execute(
        "insert into sending_window (organization_id, place, opens_at, closes_at) "
        "values (:o, 'test/closed', now() + interval '9 hours', now() + interval '20 hours')",
        o=office.town.organization_id,
    )
    captain = await office.signed_in("captain")
    path = f"/inbox/{recipient}"
    await captain.post(f"{path}/reply", body="At once", **await reply_form(captain, path))
    await office.town.pump()
    assert await office.town.received(STRANGER) == ["At once"]
    await office.town.execute("update conversation set last_inbound_at = now() - interval '61 minutes'")
    await captain.post(f"{path}/reply", body="Too late", **await reply_form(captain, path))
    await office.town.pump()
    assert await office.town.received(STRANGER) == ["At once"]


async def test_conversations_are_found_by_name_and_by_number(office: Office) -> None:
    texting = await make_campaign(office.town, 3)
    captain = await office.signed_in("captain")
    phone = list(texting.people)[1]
    for words in ("bet", "Okafor", "beto oka", phone, phone[2:8]):
        assert "Beto Okafor" in (await captain.get(f"/inbox?q={words.replace('+', '%2B')}")).text, words
    assert "Nobody found" in (await captain.get("/inbox?q=zzz")).text


async def test_filters_tags_and_assignees(office: Office) -> None:
    recipient = await stranger_writes(office)
    captain = await office.signed_in("captain")
    path = f"/inbox/{recipient}"
    assert (await captain.post(f"{path}/tags", name="call back")).status == 303
    [(tag,)] = await office.town.query("select id from tag")
    me, texter = office.members["captain"], office.members["texter"]
    assert "Is this the union?" in (await captain.get(f"/inbox?tag={tag}")).text
    assert "Is this the union?" in (await captain.get("/inbox?by=unassigned")).text
    assert (await captain.post(f"{path}/assign", member_id=me)).status == 303
    assert "Is this the union?" in (await captain.get("/inbox?by=mine")).text
    assert "Is this the union?" not in (await captain.get("/inbox?by=unassigned")).text
    assert (await captain.post(f"{path}/assign", member_id=texter)).status == 303
    assert (await (await office.signed_in("texter")).get(f"/texting/conversations/{recipient}")).status == 200
    assert (await captain.post(f"{path}/opt-out")).status == 303
    assert "Is this the union?" in (await captain.get("/inbox?by=opted_out")).text
    assert (await captain.post(f"{path}/tags/{tag}/remove")).status == 303
    assert "Is this the union?" not in (await captain.get(f"/inbox?tag={tag}")).text


async def test_the_list_is_paged_and_what_comes_meanwhile_is_counted(office: Office) -> None:
    everybody = phones(35, start=9_000)
    for phone in everybody:
        recipient = await office.town.recipient(phone)
        await office.town.execute(
            "insert into conversation (organization_id, recipient_id, last_message_at) "
            "values (:o, :r, now() - interval '1 hour')",
            o=office.town.organization_id,
            r=recipient,
        )
    captain = await office.signed_in("captain")
    first = (await captain.get("/inbox?by=all")).text
    ids = re.findall(r'class="talk" href="/inbox/(\d+)', first)
    assert len(ids) == 30
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after
    second = (await captain.get(after[1].replace("&amp;", "&"))).text
    rest = re.findall(r'class="talk" href="/inbox/(\d+)', second)
    assert len(rest) == 5
    assert not set(ids) & set(rest)
    live = re.search(r'data-live="(/inbox/rows[^"]+)"', first)
    assert live
    await office.town.text(everybody[0], "Hello")
    fresh = (await captain.get(live[1].replace("&amp;", "&"))).text
    assert "1 new" in fresh


async def test_writing_to_one_person_needs_a_basis_or_an_organizers_word(office: Office) -> None:
    await office.town.recipient(STRANGER)
    captain, organizer = await office.signed_in("captain"), await office.signed_in("organizer")
    form = {"to": STRANGER, "body": "Hello from the hall.", "key": "once"}
    assert (await captain.post("/inbox/new", **form, statement="a friend")).status == 409
    assert (await organizer.post("/inbox/new", **form)).status == 409
    for _ in range(2):
        done = await organizer.post("/inbox/new", **form, statement="Asked for a call at the door")
        assert done.status == 303
    await office.town.pump()
    [text] = await office.town.received(STRANGER)
    assert text == "Riverside Tenants Union: Hello from the hall. Reply STOP to opt out."
    [(kind,)] = await office.town.query("select kind from consent_event")
    assert kind == "statement"
    await office.town.text(STRANGER, "STOP")
    refused = await organizer.post("/inbox/new", **{**form, "key": "twice"}, statement="please")
    assert refused.status == 409
    assert "has opted out" in refused.text
    assert "Hello from the hall." in refused.text


async def test_another_organization_sees_nothing_of_it(office: Office) -> None:
    recipient = await stranger_writes(office)
    stranger = await office.stranger()
    assert (await stranger.get(f"/inbox/{recipient}")).status == 404
    assert (await stranger.post(f"/inbox/{recipient}/reply", body="Hi")).status == 404
    assert "Is this the union?" not in (await stranger.get("/inbox?by=all")).text


async def test_a_hint_tells_screens_that_a_conversation_has_changed(office: Office) -> None:
    captain = await office.signed_in("captain")
    url = f"{office.url}/events"
    async with captain._http.get(url) as stream, asyncio.timeout(20):
        assert stream.status == 200
        assert (await stream.content.readuntil(b"\n\n")).endswith(b"data: hello\n\n")
        recipient = await stranger_writes(office)
        heard = b""
        while f"conversation {recipient}".encode() not in heard:
            heard = await stream.content.readuntil(b"\n\n")


@pytest.mark.parametrize(
    "address",
    [
        "/inbox?q=%00a",
        "/inbox?q=%00",
        "/inbox?by=all&after=5~6",
        "/inbox?by=opted_out&after=2026-01-01T00:00:00%2B00:00~6",
        "/inbox?by=all&until=0001-01-01T00:00:00%2B10:00",
        "/inbox?by=all&after=0001-01-01T00:00:00%2B10:00~6",
    ],
)
async def test_an_address_that_somebody_broke_is_the_beginning_of_a_list(
    office: Office, address: str
) -> None:
    await stranger_writes(office)
    captain = await office.signed_in("captain")
    assert (await captain.get(address)).status == 200


@pytest.mark.parametrize(
    "address",
    ["/inbox/{id}", "/inbox/{id}/thread", "/texting/{id}", "/texting/conversations/{id}", "/people/{id}"],
)
async def test_an_id_that_no_row_can_have_is_a_page_that_does_not_exist(office: Office, address: str) -> None:
    owner = await office.signed_in("owner")
    for impossible in (2**63, 10**30, -1):
        assert (await owner.get(address.format(id=impossible))).status == 404
    for query in ("tag", "campaign"):
        assert (await owner.get(f"/inbox?{query}={2**63}")).status == 422


async def test_an_answer_with_a_field_in_it_is_refused_and_kept(office: Office) -> None:
    recipient = await stranger_writes(office)
    captain = await office.signed_in("captain")
    form = await reply_form(captain, f"/inbox/{recipient}")
    refused = await captain.post(f"/inbox/{recipient}/reply", body="See you there {firstname}!", **form)
    assert refused.status == 409
    assert "Your answer has {firstname} in it" in refused.text
    assert "\nSee you there {firstname}!</textarea>" in refused.text
    assert await office.town.query("select 1 from message where purpose = 'reply'") == []
    # Braces that are no field, such as a smile, are nobody's business.
    sent = await captain.post(f"/inbox/{recipient}/reply", body="See you there :-} {2}", **form)
    assert sent.status == 303
