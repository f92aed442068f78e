"""Captains let texters in, suspend them with a reason and let them go on; nothing gets around that."""

import re

from tests.factories.office import Office, Staff
from tests.factories.texting import Texting, make_campaign
from tests.flows.web.test_starting_to_text import link_of, practise
from tests.flows.web.test_texting_by_hand import batch_of, press


async def newcomer(office: Office, approval: str, people: int = 3) -> tuple[Staff, Texting, int]:
    """Somebody who came by a campaign's link where this approval is wanted."""
    await office.town.execute("update organization set approval = :approval", approval=approval)
    texting = await make_campaign(office.town, people)
    phone = office.signed_out()
    await phone.request(
        "POST", await link_of(office, campaign_id=texting.campaign_id), data={"name": "Nadia Brandt"}
    )
    [(member,)] = await office.town.query("select id from member where name = 'Nadia Brandt'")
    return phone, texting, member


async def test_until_a_captain_lets_them_in_new_texters_practise(office: Office) -> None:
    phone, texting, member = await newcomer(office, "first")
    captain = await office.signed_in("captain")
    assert "waits for you to let them in" in (await captain.get("/texters")).text
    assert "A captain lets you in" in await practise(phone)
    for path in ("", "/batch"):
        answer = await (phone.post if path else phone.get)(f"/texting/{texting.campaign_id}{path}")
        assert answer.location == "/texting"
    assert await office.town.query("select 1 from audience_member where assigned_member_id > 0") == []
    assert '"waiting"' in (await phone.get("/texting/standing")).text
    assert (await captain.post(f"/texters/{member}/approve")).status == 303
    assert '"free"' in (await phone.get("/texting/standing")).text
    assert (await phone.post(f"/texting/{texting.campaign_id}/batch")).status == 303
    texts = await batch_of(phone, texting.campaign_id)
    assert (await press(phone, texting.campaign_id, texts[0]))["sent"]
    # A second captain's tap, a moment later, is told so and changes nothing.
    assert (await captain.post(f"/texters/{member}/approve")).status == 303


async def test_a_trial_ends_after_its_last_text_also_for_what_waited_on_the_phone(office: Office) -> None:
    phone, texting, member = await newcomer(office, "trial", people=4)
    await office.town.execute("update member set trial_left = 2 where id = :m", m=member)
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    texts = await batch_of(phone, texting.campaign_id)
    assert len(texts) == 2
    # Four were shown to them in the past, as it were: seals are true, and still only two may leave.
    await office.town.execute("update member set trial_left = 4 where id = :m", m=member)
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    texts = await batch_of(phone, texting.campaign_id)
    await office.town.execute("update member set trial_left = 2 where id = :m", m=member)
    told = [(await press(phone, texting.campaign_id, text))["verdict"] for text in texts]
    assert told == ["sent", "sent", "unapproved", "unapproved"]
    again = await press(phone, texting.campaign_id, texts[0])
    assert (again["sent"], again["verdict"]) == (True, "already")
    assert "Your first texts are sent. Thank you!" in (await phone.get("/texting")).text
    await (await office.signed_in("captain")).post(f"/texters/{member}/approve")
    assert (await press(phone, texting.campaign_id, texts[2]))["sent"]


async def test_whoever_is_suspended_sends_nothing_and_others_go_on(office: Office) -> None:
    phone, texting, member = await newcomer(office, "none")
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    texts = await batch_of(phone, texting.campaign_id)
    await press(phone, texting.campaign_id, texts[0])
    await office.town.pump()
    first, recipient = next(iter(texting.people.items()))
    await office.town.text(first, "Where is it?")
    captain = await office.signed_in("captain")
    assert (await captain.post(f"/texters/{member}/suspend", because=" ")).status == 422
    done = await captain.post(f"/texters/{member}/suspend", because="Too fast")
    assert done.status == 303

    assert (await press(phone, texting.campaign_id, texts[1]))["verdict"] == "suspended"
    for path in (f"/texting/{texting.campaign_id}", f"/texting/conversations/{recipient}"):
        assert (await phone.get(path)).location == "/texting"
    assert (await phone.post(f"/texting/conversations/{recipient}/reply", body="Hi")).location == "/texting"
    assert (await phone.post(f"/texting/{texting.campaign_id}/batch")).location == "/texting"
    # Nor by an address that only looks like one that is open to them.
    for host in ("town.example/me/?", "town.example/me/#", "town.example/sign-out?"):
        answer = await phone.request("GET", f"/texting/conversations/{recipient}", headers={"Host": host})
        assert "Where is it?" not in answer.text, host
        assert answer.status in (303, 400), host
    mine = (await phone.get("/texting")).text
    assert "Your captain wants a word" in mine
    assert "Too fast" in mine
    assert await office.town.query(
        "select (select count(*) from audience_member where assigned_member_id = :m and message_id is null), "
        "(select count(*) from conversation where assigned_member_id = :m)",
        m=member,
    ) == [(0, 0)]
    # What comes in meanwhile is not theirs either.
    await office.town.text(first, "Hello?")
    assert await office.town.query("select 1 from conversation where assigned_member_id = :m", m=member) == []

    assert (await captain.post(f"/texters/{member}/go-on")).status == 303
    assert (await phone.get(f"/texting/conversations/{recipient}")).status == 200
    assert (await press(phone, texting.campaign_id, texts[1]))["sent"]


async def test_staff_are_not_suspended_and_a_texter_suspends_nobody(office: Office) -> None:
    captain, texter = await office.signed_in("captain"), await office.signed_in("texter")
    owner = office.members["owner"]
    assert (await captain.post(f"/texters/{owner}/suspend", because="x")).status == 409
    assert (await texter.post(f"/texters/{office.members['captain']}/suspend", because="x")).status == 403


async def test_a_link_that_is_taken_back_takes_back_what_its_people_hold(office: Office) -> None:
    phone, texting, _ = await newcomer(office, "none")
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    texts = await batch_of(phone, texting.campaign_id)
    [(invite,)] = await office.town.query("select max(id) from invite")
    admin = await office.signed_in("admin")
    await admin.post(f"/team/invites/{invite}/revoke", and_people="true")
    refused = await phone.request(
        "POST",
        f"/texting/{texting.campaign_id}/send",
        data={name: texts[0][name] for name in ("recipient_id", "script_id", "seal", "body")},
        headers={"X-CSRF-Token": phone._token, "Accept": "application/json"},
    )
    assert refused.status == 401
    assert await office.town.query("select 1 from message where purpose = 'first_text'") == []


async def test_a_captain_helps_a_texter_back_and_nobody_with_a_password(office: Office) -> None:
    phone, _, member = await newcomer(office, "none")
    captain = await office.signed_in("captain")
    shown = (await captain.post(f"/texters/{member}/link")).text
    link = re.search(r'value="http[^"]*(/join/[^"]+)"', shown)
    assert link
    other = office.signed_out()
    assert (await other.request("POST", link[1])).location == "/texting"
    assert (await phone.get("/texting")).status == 200
    assert (await office.signed_out().request("POST", link[1])).status == 404
    for role in ("texter", "captain", "owner"):
        assert (await captain.post(f"/texters/{office.members[role]}/link")).status == 409
    # A link that was made before they became more than a texter is worth nothing.
    shown = (await captain.post(f"/texters/{member}/link")).text
    link = re.search(r'value="http[^"]*(/join/[^"]+)"', shown)
    assert link
    await office.town.execute(
        "update member set role = 'organizer', email = 'n@example.org' where id = :m", m=member
    )
    assert (
        await office.signed_out().request("POST", link[1], data={"password": "four words in row"})
    ).status == 404


async def test_where_approval_is_not_wanted_any_more_everybody_is_let_in(office: Office) -> None:
    phone, texting, _ = await newcomer(office, "first")
    admin = await office.signed_in("admin")
    form = {"practice": "off", "approval": "none", "pauses_texters": "1"}
    assert (await admin.post("/settings/texting", **form)).status == 303
    assert (await phone.get(f"/texting/{texting.campaign_id}")).status == 200
    assert (await admin.post("/settings/texting", practice="nonsense")).status == 422


async def test_what_is_taken_back_takes_nothing_of_a_trial_and_so_does_its_last_text(office: Office) -> None:
    phone, texting, member = await newcomer(office, "trial")
    await office.town.execute("update member set trial_left = 1 where id = :m", m=member)
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    [text] = await batch_of(phone, texting.campaign_id)
    assert (await press(phone, texting.campaign_id, text))["sent"]
    assert '"trial_over"' in (await phone.get("/texting/standing")).text
    for _ in range(2):
        undo = await phone.post(f"/texting/{texting.campaign_id}/undo", recipient_id=text["recipient_id"])
        assert (undo.status, undo.location) == (303, f"/texting/{texting.campaign_id}")
    assert await office.town.query("select trial_left from member where id = :m", m=member) == [(1,)]
    [again] = await batch_of(phone, texting.campaign_id)
    assert (await press(phone, texting.campaign_id, again, undone=again["undone"]))["sent"]
    assert (await press(phone, texting.campaign_id, text))["verdict"] == "already"
    assert await office.town.query("select count(*) from message where purpose = 'first_text'") == [(1,)]


async def test_texts_of_a_batch_stop_where_the_texter_may_not_go_on(office: Office) -> None:
    phone, texting, member = await newcomer(office, "none")
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    texts = await batch_of(phone, texting.campaign_id)
    await office.town.execute("update member set approval = 'waiting' where id = :m", m=member)
    assert (await press(phone, texting.campaign_id, texts[0]))["stops"]
    await office.town.execute("update member set suspended_at = now() where id = :m", m=member)
    assert (await press(phone, texting.campaign_id, texts[1]))["stops"]


async def test_who_is_on_trial_sees_first_names_only(office: Office) -> None:
    town = office.town
    phone, texting, member = await newcomer(office, "trial", people=1)
    words = "Hi {first_name|friend} {last_name|you}, {street|your street}, {zip_code|here}?"
    await town.execute("update script set body = :words", words=words)
    await town.execute(
        "insert into canned_response (organization_id, campaign_id, title, body) "
        "values (:o, :c, 'All', :words)",
        o=town.organization_id,
        c=texting.campaign_id,
        words=words,
    )
    await town.execute("update contact set zip_code = '94601', fields = '{\"street\": \"12 Elm\"}'")
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    [text] = await batch_of(phone, texting.campaign_id)
    assert "Hi Ana you, your street, here?" in str(text["body"])
    assert (await press(phone, texting.campaign_id, text))["sent"]
    await town.let_all_leave()
    await town.text(next(iter(texting.people)), "Yes")
    conversation = f"/texting/conversations/{text['recipient_id']}"
    assert "Hi Ana you, your street, here?" in (await phone.get(conversation)).text
    assert "Okafor" not in (await phone.get(conversation)).text
    await town.execute("update member set approval = 'approved' where id = :m", m=member)
    assert "Hi Ana Okafor, 12 Elm, 94601?" in (await phone.get(conversation)).text


async def test_who_waits_for_a_captain_reads_and_answers_nobody_by_any_way(office: Office) -> None:
    town = office.town
    phone, texting, member = await newcomer(office, "none")
    await phone.post(f"/texting/{texting.campaign_id}/batch")
    [text, *_] = await batch_of(phone, texting.campaign_id)
    await press(phone, texting.campaign_id, text)
    await town.let_all_leave()
    await town.text(next(iter(texting.people)), "Where is it?")
    talk = f"/texting/conversations/{text['recipient_id']}"
    assert (await phone.get(talk)).status == 200
    await town.execute("update member set approval = 'waiting' where id = :m", m=member)
    for path in ("/texting/conversations", "/texting/conversations/rows", talk, f"{talk}/pictures/1/0"):
        answer = await phone.get(path)
        assert (answer.status, answer.location) == (303, "/texting"), path
    before = await town.query("select * from conversation")
    acts = ("reply", "one-tap", "answers", "opt-out", "go-on", "close", "later", "hand-over", "report")
    for act in (*acts, "notes", "tags", "here"):
        form = {"body": "Hi", "key": "k", "seen": 2**40, "until": "hour", "note": "n", "wants": "staff"}
        answer = await phone.post(f"{talk}/{act}", **form)
        assert (answer.status, answer.location) == (303, "/texting"), act
    assert await town.query("select * from conversation") == before
    assert (await phone.get("/texting/practice")).status == 200
    # On trial, or past it, they answer whom they have texted.
    await town.execute("update member set approval = 'trial', trial_left = 0 where id = :m", m=member)
    assert (await phone.get(talk)).status == 200
