"""A texter's work over real HTTP: batches, presses, replies, and what they may not see."""

import asyncio
import json
import re
from typing import Any

from tests.factories.office import Office, Staff
from tests.factories.texting import Texting, give_a_script, make_campaign


async def begin(office: Office, count: int = 3) -> tuple[Staff, Texting]:
    """A texter with a batch."""
    texting = await make_campaign(office.town, count, texters=(office.members["texter"],))
    texter = await office.signed_in("texter")
    assert (await texter.post(f"/texting/{texting.campaign_id}/batch")).status == 303
    return texter, texting


async def batch_of(staff: Staff, campaign_id: int) -> list[dict[str, Any]]:
    answer = await staff.get(f"/texting/{campaign_id}")
    found = re.search(r"data-batch>(.*?)</script>", answer.text, re.S)
    return list(json.loads(found[1])) if found else []


async def press(staff: Staff, campaign_id: int, text: dict[str, Any], **changed: object) -> Any:
    names = ("recipient_id", "script_id", "seal", "body")
    form = {name: text[name] for name in names} | changed
    answer = await staff.request(
        "POST",
        f"/texting/{campaign_id}/send",
        data=form,
        headers={"X-CSRF-Token": staff._token, "Accept": "application/json"},
    )
    return json.loads(answer.text)


async def reply_form(staff: Staff, path: str) -> dict[str, str]:
    text = (await staff.get(path)).text
    return {name: re.search(rf'name="{name}" value="(\w+)"', text)[1] for name in ("key", "seen")}  # type: ignore[index]


async def test_a_texter_sends_exactly_what_the_page_shows(office: Office) -> None:
    texter, texting = await begin(office)
    texts = await batch_of(texter, texting.campaign_id)
    assert [text["name"] for text in texts] == ["Ana", "Beto", "Chen"]
    told = await press(texter, texting.campaign_id, texts[0])
    assert (told["sent"], told["verdict"]) == (True, "sent")
    await office.town.pump()
    phone = next(iter(texting.people))
    assert await office.town.received(phone) == [texts[0]["body"]]
    assert texts[0]["body"].startswith("Hi Ana, it is Texter from Riverside Tenants Union.")
    assert texts[0]["body"].endswith("Reply STOP to opt out.")


async def test_without_scripts_the_press_is_a_plain_form(office: Office) -> None:
    texter, texting = await begin(office)
    texts = await batch_of(texter, texting.campaign_id)
    form = {name: texts[0][name] for name in ("recipient_id", "script_id", "seal")}
    sent = await texter.post(
        f"/texting/{texting.campaign_id}/send", **form, body=texts[0]["body"].replace("\n", "\r\n")
    )
    assert (sent.status, sent.location) == (303, f"/texting/{texting.campaign_id}")
    assert [text["name"] for text in await batch_of(texter, texting.campaign_id)] == ["Beto", "Chen"]


async def test_words_that_were_not_shown_are_not_sent(office: Office) -> None:
    texter, texting = await begin(office)
    texts = await batch_of(texter, texting.campaign_id)
    assert "error" in await press(texter, texting.campaign_id, texts[0], body="Vote for me")
    assert "error" in await press(
        texter, texting.campaign_id, texts[0], recipient_id=texts[1]["recipient_id"]
    )
    assert await office.town.query("select 1 from message where purpose = 'first_text'") == []


async def test_presses_that_are_committed_together_are_each_judged_alone(office: Office) -> None:
    texter, texting = await begin(office, 4)
    texts = await batch_of(texter, texting.campaign_id)
    stranger = await office.signed_in("texter")
    await stranger.get("/texting")
    await office.town.execute("update sign_in set ended_at = now() where id = (select max(id) from sign_in)")
    told = await asyncio.gather(
        *(press(texter, texting.campaign_id, texts[0]) for _ in range(3)),
        press(texter, texting.campaign_id, texts[1], body="Vote for me"),
        press(stranger, texting.campaign_id, texts[2]),
        press(texter, texting.campaign_id, texts[3]),
    )
    assert sorted(str(one.get("verdict")) for one in told[:3]) == ["already", "already", "sent"]
    assert "error" in told[3]
    assert "error" in told[4]
    assert told[5]["sent"] is True
    rows = await office.town.query("select recipient_id from message where purpose = 'first_text'")
    assert {row[0] for row in rows} == {texts[0]["recipient_id"], texts[3]["recipient_id"]}


async def test_whoever_is_skipped_waits_until_put_back_and_the_rest_goes_to_others(office: Office) -> None:
    texter, texting = await begin(office)
    here = f"/texting/{texting.campaign_id}"
    texts = await batch_of(texter, texting.campaign_id)
    await texter.post(f"{here}/skip", recipient_id=texts[0]["recipient_id"])
    assert len(await batch_of(texter, texting.campaign_id)) == 2
    assert (await texter.post(f"{here}/stop")).location == "/texting"
    assert await office.town.query("select 1 from audience_member where assigned_member_id is not null") == []
    captain = await office.signed_in("captain")
    await captain.post(f"{here}/batch")
    assert [text["name"] for text in await batch_of(captain, texting.campaign_id)] == ["Beto", "Chen"]
    await texter.post(f"{here}/put-back")
    await texter.post(f"{here}/batch")
    assert [text["name"] for text in await batch_of(texter, texting.campaign_id)] == ["Ana"]


async def test_a_texter_without_the_campaign_does_not_see_it(office: Office) -> None:
    texting = await make_campaign(office.town, 2)
    texter = await office.signed_in("texter")
    assert (await texter.get(f"/texting/{texting.campaign_id}")).status == 404
    assert (await texter.post(f"/texting/{texting.campaign_id}/batch")).status == 404
    assert (await (await office.signed_in("captain")).get(f"/texting/{texting.campaign_id}")).status == 200


async def test_staff_put_a_member_on_a_campaign_and_take_them_off(office: Office) -> None:
    texting = await make_campaign(office.town, 2)
    captain, texter = await office.signed_in("captain"), await office.signed_in("texter")
    here, theirs = f"/campaigns/{texting.campaign_id}/texters", f"/texting/{texting.campaign_id}"
    assert (await captain.post(here, member_id=office.members["texter"])).status == 303
    assert "Texter Rivera" in (await captain.get(here)).text
    assert (await texter.post(f"{theirs}/batch")).status == 303
    assert (await captain.post(f"{here}/{office.members['texter']}/remove")).status == 303
    assert (await texter.get(theirs)).status == 404
    assert await office.town.query("select 1 from audience_member where assigned_member_id is not null") == []


async def test_replies_go_to_the_texter_who_sent_the_first_text(office: Office) -> None:
    texter, texting = await begin(office)
    await give_a_script(office.town, texting.campaign_id)
    for text in (await batch_of(texter, texting.campaign_id))[:2]:
        await press(texter, texting.campaign_id, text)
    await office.town.pump()
    phone, recipient = next(iter(texting.people.items()))
    await office.town.text(phone, "Where is it?")
    listed = await texter.get("/texting/conversations")
    assert "Where is it?" in listed.text
    path = f"/texting/conversations/{recipient}"
    shown = (await texter.get(path)).text
    assert "It is at the hall, Ana. See you there!" in shown
    assert "Okafor" not in shown
    assert phone[-4:] not in shown
    form = await reply_form(texter, path)
    assert (await texter.post(f"{path}/reply", body="At the hall.", **form)).status == 303
    assert (await texter.post(f"{path}/reply", body="At the hall.", **form)).status == 303
    await office.town.pump()
    assert (await office.town.received(phone))[1:] == ["At the hall."]
    [(option,)] = await office.town.query("select id from question_option where label = 'Yes'")
    await texter.post(f"{path}/answers", option_id=option)
    [(noted,)] = await office.town.query("select option_id from question_answer")
    assert noted == option
    staff = await office.signed_in("organizer")
    for page in (f"/campaigns/{texting.campaign_id}", f"/campaigns/{texting.campaign_id}/results"):
        counted = (await staff.get(page)).text
        for answer in ("<strong>1</strong> Yes", "<strong>0</strong> Maybe", "<strong>0</strong> No"):
            assert answer in counted


async def test_a_texter_sees_only_their_own_conversations(office: Office) -> None:
    texting = await make_campaign(office.town, 2)
    phone, recipient = next(iter(texting.people.items()))
    await office.town.text(phone, "Hello?")
    texter = await office.signed_in("texter")
    path = f"/texting/conversations/{recipient}"
    for answer in (
        await texter.get(path),
        await texter.post(f"{path}/one-tap"),
        await texter.post(f"{path}/here"),
        await texter.post(f"{path}/hand-over"),
        await texter.post(f"{path}/later", until="hour"),
        await texter.post(f"{path}/reply", body="Hi"),
        await texter.post(f"{path}/opt-out"),
        await texter.post(f"{path}/close"),
    ):
        assert answer.status == 404
    assert "Hello?" not in (await texter.get("/texting/conversations")).text
    # An open screen is told no more of somebody else's conversation than of one that is not there.
    theirs, nobodys = [
        (await texter.get(f"/texting/conversations/changes?of={of}")).text.replace(str(of), "")
        for of in (recipient, 999_999_999)
    ]
    assert theirs == nobodys
    assert "Hello?" not in theirs
    assert (await texter.get("/inbox")).status == 403
    assert (await texter.get(f"/inbox/{recipient}")).status == 403


async def test_a_texter_opts_somebody_out_and_nothing_more_is_sent(office: Office) -> None:
    texter, texting = await begin(office)
    await press(texter, texting.campaign_id, (await batch_of(texter, texting.campaign_id))[0])
    await office.town.pump()
    phone, recipient = next(iter(texting.people.items()))
    await office.town.text(phone, "I do not like this at all")
    path = f"/texting/conversations/{recipient}"
    form = await reply_form(texter, path)
    assert (await texter.post(f"{path}/opt-out", why="asked")).status == 303
    [(cause,)] = await office.town.query("select cause from suppression where lifted_at is null")
    assert cause == "texter"
    refused = await texter.post(f"{path}/reply", body="But wait", **form)
    assert refused.status == 409
    assert "They have opted out" in refused.text
    assert "But wait" in refused.text
    await office.town.pump()
    assert len(await office.town.received(phone)) == 1


async def test_a_press_is_told_when_the_whole_batch_must_stop(office: Office) -> None:
    texter, texting = await begin(office)
    texts = await batch_of(texter, texting.campaign_id)
    await office.town.execute("update campaign set state = 'paused'")
    told = await press(texter, texting.campaign_id, texts[0])
    assert (told["verdict"], told["stops"]) == ("paused", True)
    page = (await texter.get(f"/texting/{texting.campaign_id}")).text
    assert "The campaign is paused" in page
    assert "data-send" not in page
    await office.town.execute("update campaign set state = 'running'")
    assert [text["name"] for text in await batch_of(texter, texting.campaign_id)] == ["Ana", "Beto", "Chen"]
    assert (await press(texter, texting.campaign_id, texts[0]))["stops"] is False


async def test_who_comes_before_the_people_are_put_together_is_asked_to_wait(office: Office) -> None:
    texter, texting = await begin(office)
    await office.town.execute("delete from audience_member")
    await office.town.execute("update campaign set frozen_at = null")
    path = f"/texting/{texting.campaign_id}"
    assert "still being put together" in (await texter.post(f"{path}/batch", page=path)).text
    await office.town.execute("update campaign set frozen_at = now()")
    told = (await texter.post(f"{path}/batch", page=path)).text
    assert "Nobody is left" in told
    assert "put together" not in told
