"""Batches as staff set them, and what a texter's device is told: names and texts, no number, no last name."""

import json
from typing import Any

from tests.factories.office import Answer, Office, Staff
from tests.factories.texting import NAMES, Texting, make_campaign, more_texters
from textbank.assignments.first_texts import first_texts
from textbank.assignments.take_batch import take_batch


async def asked(staff: Staff, method: str, path: str, **form: object) -> Answer:
    """As the page's script asks."""
    headers = {"Accept": "application/json", "X-CSRF-Token": staff._token}
    return await staff.request(method, path, data=form or None, headers=headers)


def heads(answer: Answer) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


async def begin(office: Office, count: int) -> tuple[Staff, Texting, dict[str, Any]]:
    """A texter whose script has just taken a batch."""
    texting = await make_campaign(office.town, count, texters=(office.members["texter"],))
    texter = await office.signed_in("texter")
    await texter.get(f"/texting/{texting.campaign_id}")
    told = json.loads((await asked(texter, "POST", f"/texting/{texting.campaign_id}/batch")).text)
    return texter, texting, told


async def test_staff_set_how_many_and_for_how_long(office: Office) -> None:
    town = office.town
    first, second = await more_texters(office, 2)
    texting = await make_campaign(town, 6, texters=(office.members["texter"], first, second))
    staff = await office.signed_in("organizer")
    where = f"/campaigns/{texting.campaign_id}/texters"
    wrong = await staff.post(f"{where}/batches", size="0", minutes="soon", replies="51", reply_minutes="1")
    assert wrong.status == 422
    assert 'value="soon"' in wrong.text
    assert "A batch has 1 to 200 people. Nothing was changed." in wrong.text
    assert "Write 5 to 240 minutes. Nothing was changed." in wrong.text
    assert "A texter holds 1 to 50 replies. Nothing was changed." in wrong.text
    right = {"size": "4", "minutes": "5", "replies": "7", "reply_minutes": "9"}
    assert (await staff.post(f"{where}/batches", **right)).status == 303
    assert await town.query("select reply_batch_size, reply_holding_minutes from campaign") == [(7, 9)]
    assert 'value="4"' in (await staff.get(where)).text
    texter = await office.signed_in("texter")
    await texter.post(f"/texting/{texting.campaign_id}/batch")
    told = json.loads((await asked(texter, "GET", f"/texting/{texting.campaign_id}/batch")).text)
    assert (told["size"], len(told["texts"])) == (4, 4)

    async def takes(member: int) -> int:
        async with town.database.transaction(town.organization_id) as session:
            taken = await take_batch(session, town.organization_id, texting.campaign_id, member, batch=6)
            return taken.held

    silent = "update campaign_texter set active_at = now() - interval '{}' where member_id = :m"
    await town.execute(silent.format("5 minutes"), m=office.members["texter"])
    assert await takes(first) == 2
    await town.execute(silent.format("5 minutes 11 seconds"), m=office.members["texter"])
    assert await takes(second) == 4
    # The phone that was silent learns it, and shows nobody whom another has.
    told = json.loads((await asked(texter, "GET", f"/texting/{texting.campaign_id}/batch")).text)
    assert told["texts"] == []


async def test_the_device_is_told_names_and_texts_and_a_token_that_works(office: Office) -> None:
    texter, texting, told = await begin(office, 3)
    assert [each["name"] for each in told["texts"]] == list(NAMES[:3])
    everything = json.dumps(told)
    assert "Okafor" not in everything
    assert not any(phone in everything or phone[2:] in everything for phone in texting.people)
    assert all(each["open_for"] > 3600 for each in told["texts"])
    again = json.loads((await asked(texter, "GET", f"/texting/{texting.campaign_id}/batch")).text)
    assert again["texts"] == told["texts"] or len(again["texts"]) == 3
    texter._token = again["token"]
    form = {name: told["texts"][0][name] for name in ("recipient_id", "script_id", "seal", "body", "undone")}
    path = f"/texting/{texting.campaign_id}"
    late = json.loads((await asked(texter, "POST", f"{path}/send", **form, waited=901)).text)
    assert (late["sent"], late["verdict"], late["stops"]) == (False, "too_old", False)
    odd = json.loads((await asked(texter, "POST", f"{path}/send", **form, waited=-1)).text)
    assert odd["verdict"] == "too_old"
    sent = json.loads((await asked(texter, "POST", f"{path}/send", **form, waited=840)).text)
    assert sent["verdict"] == "sent"
    undone = json.loads((await asked(texter, "POST", f"{path}/undo", recipient_id=form["recipient_id"])).text)
    assert undone["undone"]
    assert undone["text"]["undone"] == 1
    assert undone["text"]["seal"] != form["seal"]
    stale = json.loads((await asked(texter, "POST", f"{path}/send", **form)).text)
    assert stale["verdict"] == "taken_back"
    fresh = {name: undone["text"][name] for name in form}
    assert json.loads((await asked(texter, "POST", f"{path}/send", **fresh)).text)["verdict"] == "sent"
    assert await office.town.query("select count(*) from message where purpose = 'first_text'") == [(1,)]


async def test_nobody_is_shown_outside_their_hours_also_when_they_were_in_hand(office: Office) -> None:
    town = office.town
    _, texting, told = await begin(office, 2)
    assert len(told["texts"]) == 2
    asleep = told["texts"][0]["recipient_id"]
    await town.execute("update recipient set place = 'test/closed' where id = :r", r=asleep)
    await town.execute(
        "insert into sending_window (organization_id, place, opens_at, closes_at) "
        "values (:o, 'test/closed', now() + interval '9 hours', now() + interval '20 hours')",
        o=town.organization_id,
    )
    me = office.members["texter"]
    async with town.database.transaction(town.organization_id) as session:
        shown = await first_texts(session, town.organization_id, texting.campaign_id, me, secret="none")
        assert [each.recipient_id for each in shown] == [told["texts"][1]["recipient_id"]]
        assert (await take_batch(session, town.organization_id, texting.campaign_id, me)).held == 1
    assert await town.query(
        "select assigned_member_id from audience_member where recipient_id = :r", r=asleep
    ) == [(None,)]


async def test_the_page_that_a_device_keeps_names_nobody(office: Office) -> None:
    texter, _, _ = await begin(office, 2)
    for client in (texter, office.signed_out()):
        shell = await client.get("/texting/shell?l=es")
        assert shell.status == 200
        assert "Sin red" in shell.text
        assert "csrf-token" not in shell.text
        assert not any(word in shell.text for word in (*NAMES, "Riverside", "Rivera", "Saturday", "+1"))
        worker = await client.get("/texting/worker.js?l=es")
        assert heads(worker)["service-worker-allowed"] == "/texting"
        assert '"/texting/shell?l=es"' in worker.text
        files = json.loads(worker.text.partition("const KEPT = ")[2].partition(";\n")[0])["files"]
        assert any(each.endswith("/texting_queue.js") for each in files)
        for each in files:
            answer = await client.get(each)
            assert "immutable" in heads(answer)["cache-control"]
            assert len(answer.text) < 512 or heads(answer).get("content-encoding") == "gzip"


async def test_no_page_with_peoples_names_or_words_stays_in_a_browser(office: Office) -> None:
    texter, texting, told = await begin(office, 2)
    recipient = told["texts"][0]["recipient_id"]
    await office.town.execute(
        "insert into conversation (organization_id, recipient_id, assigned_member_id, last_message_at) "
        "values (:o, :r, :m, now())",
        o=office.town.organization_id,
        r=recipient,
        m=office.members["texter"],
    )
    talk = f"/texting/conversations/{recipient}"
    for path in ("/texting", f"/texting/{texting.campaign_id}", "/texting/conversations", talk):
        answer = await texter.get(path)
        assert answer.status == 200
        assert heads(answer)["cache-control"] == "private, no-store", path
    # On a computer that others use, not even one's own account.
    assert "no-store" not in heads(await texter.get("/me"))["cache-control"]
    await office.town.execute("update sign_in set shared = true")
    assert heads(await texter.get("/me"))["cache-control"] == "private, no-store"
