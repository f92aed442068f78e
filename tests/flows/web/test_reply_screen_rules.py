"""What the reply screen lets a texter see, send in one press, put off and hand over."""

import asyncio
import re

import sqlalchemy as sa
from aiohttp import web

from tests.factories.office import Office, Staff
from tests.factories.replying import Replying, begin_replying
from tests.factories.town import eventually

LIST = "/texting/conversations"


async def opened(office: Office, *said: str) -> tuple[Staff, Replying]:
    """The texter's screen, after people wrote these in turn."""
    replying = await begin_replying(office)
    for position, words in enumerate(said):
        await office.town.text(replying.phones[position], words)
    return await office.signed_in("texter"), replying


async def one_tap_form(staff: Staff, path: str) -> dict[str, str]:
    """What the button of the conversation's page would send; empty where there is no such button."""
    form = re.search(r'class="one-tap-form".*?</form>', (await staff.get(path)).text, re.S)
    return dict(re.findall(r'name="(key|seen|response_id)" value="(\w+)"', form[0])) if form else {}


async def order(staff: Staff) -> list[int]:
    """Who waits, as the list shows them."""
    waiting = re.search(r"<ul class=\"talks\" data-waiting>.*?</ul>", (await staff.get(LIST)).text, re.S)
    return [int(id_) for id_ in re.findall(r'data-row="(\d+)"', waiting[0])] if waiting else []


async def test_the_marked_answer_leaves_by_one_press_in_the_words_that_were_shown(office: Office) -> None:
    texter, replying = await opened(office, "Where is it?")
    path, phone = replying.path(0), replying.phones[0]
    form = await one_tap_form(texter, path)
    # Pressed again and again, also by a request that comes back: one text.
    answers = await asyncio.gather(*(texter.post(f"{path}/one-tap", **form) for _ in range(4)))
    assert {answer.status for answer in answers} == {303}
    await office.town.pump()
    assert await office.town.received(phone) == ["It is at the hall, Ana. See you there!"]
    assert await one_tap_form(texter, path) == {}


async def test_two_phones_that_press_at_once_send_one_answer(office: Office) -> None:
    replying = await begin_replying(office)
    await office.town.text(replying.phones[0], "Where is it?")
    phones = [await office.signed_in("texter") for _ in range(2)]
    path, town = replying.path(0), office.town
    forms = [await one_tap_form(phone, path) for phone in phones]

    async def both_wait() -> bool:
        waits = (
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database() having count(*) = 2"
        )
        return bool(await town.query(waits))

    async with town.database.transaction(town.organization_id) as session:
        await session.execute(sa.text("select from conversation for update"))
        presses = [
            asyncio.create_task(phone.post(f"{path}/one-tap", **form))
            for phone, form in zip(phones, forms, strict=True)
        ]
        await eventually(both_wait)
    assert sorted([(await each).status for each in presses]) == [303, 409]
    assert await office.town.query("select count(*) from message where purpose = 'reply'") == [(1,)]


async def test_no_press_answers_what_must_be_read(office: Office) -> None:
    texts = (
        "Where is it? And who are you?",
        "This is the wrong number I think",
        "fuck you",
        "please no more",
    )
    texter, replying = await opened(office, *texts)
    [(response,)] = await office.town.query("select id from canned_response where one_tap")
    for position in range(len(texts)):
        path = replying.path(position)
        assert await one_tap_form(texter, path) == {}, texts[position]
        form = {"key": "k", "seen": 2**40, "response_id": response}
        assert (await texter.post(f"{path}/one-tap", **form)).status == 409
    await office.town.pump()
    assert await office.town.query("select 1 from message where purpose = 'reply'") == []


async def test_a_press_for_what_was_read_does_not_answer_what_came_since(office: Office) -> None:
    texter, replying = await opened(office, "Where is it?")
    form = await one_tap_form(texter, replying.path(0))
    await office.town.text(replying.phones[0], "I am in a wheelchair")
    refused = await texter.post(f"{replying.path(0)}/one-tap", **form)
    assert refused.status == 409
    assert "They wrote again" in refused.text
    assert "I am in a wheelchair" in refused.text


async def test_a_texter_sees_nothing_from_before_their_campaign(office: Office) -> None:
    replying = await begin_replying(office)
    town, recipient = office.town, replying.recipient(0)
    await town.execute(
        "insert into message (organization_id, recipient_id, direction, purpose, body, created_at) "
        "select :o, :r, 'in', 'none', 'My landlord hit me', now() - interval '2 years'",
        o=town.organization_id,
        r=recipient,
    )
    await town.execute(
        "with moved as (update audience_member set message_id = null where recipient_id = :r), "
        "again as (insert into message (organization_id, recipient_id, direction, purpose, body) "
        "values (:o, :r, 'out', 'reply', 'Are you coming?') returning id) select 1",
        o=town.organization_id,
        r=recipient,
    )
    await town.execute(
        "update audience_member set message_id = "
        "(select max(id) from message where body = 'Are you coming?') where recipient_id = :r",
        r=recipient,
    )
    await town.text(replying.phones[0], "Yes")
    texter, captain = await office.signed_in("texter"), await office.signed_in("captain")
    for page in (replying.path(0), f"{replying.path(0)}?before={2**40}", f"{LIST}/changes?of={recipient}"):
        shown = (await texter.get(page)).text
        assert "Are you coming?" in shown
        assert "My landlord hit me" not in shown, page
        assert "Okafor" not in shown
        without_digests = re.sub(r"[0-9a-f]{24,}", "", shown)  # no phone number is as long
        assert replying.phones[0][-4:] not in without_digests
    assert "My landlord hit me" in (await captain.get(f"/inbox/{recipient}")).text
    admin = await office.signed_in("admin")
    setting = {"practice": "offered", "approval": "none"}
    assert (await admin.post("/settings/texting", **setting, see_history="1")).status == 303
    assert "My landlord hit me" in (await texter.get(replying.path(0))).text


async def test_notes_of_before_their_campaign_stay_with_staff_and_their_own_stay_theirs(
    office: Office,
) -> None:
    texter, replying = await opened(office, "Yes")
    await office.town.execute(
        "insert into conversation_note (organization_id, recipient_id, member_id, body, created_at) "
        "values (:o, :r, :m, 'Has no papers', now() - interval '30 days')",
        o=office.town.organization_id,
        r=replying.recipient(0),
        m=office.members["organizer"],
    )
    path = replying.path(0)
    await texter.post(f"{path}/notes", note="Needs a ramp")
    seen = (await texter.get(path)).text
    assert "Needs a ramp" in seen
    assert "Has no papers" not in seen
    await office.town.execute("update audience_member set message_id = null")
    assert "Needs a ramp" in (await texter.get(path)).text
    staff = await office.signed_in("organizer")
    assert "Has no papers" in (await staff.get(f"/inbox/{replying.recipient(0)}")).text
    await office.town.execute("update organization set texters_see_history = true")
    assert "Has no papers" in (await texter.get(path)).text


async def test_an_answer_is_noted_fills_in_the_next_text_and_leads_on(office: Office) -> None:
    texter, replying = await opened(office, "Yes")
    town, campaign = office.town, replying.texting.campaign_id
    organizer = await office.signed_in("organizer")
    await organizer.post(
        f"/campaigns/{campaign}/questions", words="By car?", options="With a seat free\nNo car"
    )
    options = dict(await town.query("select label, id from question_option"))
    [(first,), (second,)] = await town.query("select id from question order by id")
    [(reply,)] = await town.query("select id from canned_response where title = 'Where'")
    follows = f"/campaigns/{campaign}/questions/{first}/follows"
    form = {f"reply_{options['Yes']}": reply, f"next_{options['Yes']}": second}
    assert (await organizer.post(follows, **form)).status == 303
    assert (await organizer.post(follows, **{**form, f"next_{options['Yes']}": first})).status == 404
    page = await texter.post(f"{replying.path(0)}/answers", option_id=options["Yes"])
    shown = (await texter.get(page.location)).text
    assert "It is at the hall, Ana. See you there!</textarea>" in shown.replace(
        "\n</textarea>", "</textarea>"
    )
    assert re.search(r"<legend>By car\?</legend>", shown)
    # Both at once, and the first one otherwise: the last word counts.
    both = {f"option_of_{first}": options["No"], f"option_of_{second}": options["No car"]}
    assert (await texter.post(f"{replying.path(0)}/answers", **both)).status == 303
    noted = await town.query("select option_id from question_answer order by question_id")
    assert noted == [(options["No"],), (options["No car"],)]


async def test_what_is_put_off_comes_back_then_or_when_they_write(office: Office) -> None:
    texter, replying = await opened(office, "One", "Two", "Three")
    one, two, three = (replying.recipient(position) for position in range(3))
    assert await order(texter) == [one, two, three]
    after = await texter.post(f"{replying.path(0)}/later", until="hour")
    assert after.location == replying.path(1)
    assert await order(texter) == [two, three]
    assert (await texter.get(f"{LIST}/waiting")).text.count("2")
    await office.town.execute("update conversation set snoozed_until = now() - interval '1 second'")
    assert await order(texter) == [one, two, three]
    await texter.post(f"{replying.path(0)}/later", until="tomorrow")
    await office.town.text(replying.phones[0], "Hello?")
    assert await order(texter) == [one, two, three]


async def test_next_goes_round_and_leaves_nobody_out(office: Office) -> None:
    texter, replying = await opened(office, "One", "Two", "Three")
    here, seen = LIST, []
    for _ in range(4):
        after = here.rsplit("/", 1)[-1] if here != LIST else "0"
        here = (await texter.get(f"{LIST}/next?after={after}")).location
        seen.append(here)
    assert seen == [replying.path(0), replying.path(1), replying.path(2), replying.path(0)]


async def test_a_handed_over_conversation_is_staffs_with_the_note(office: Office) -> None:
    texter, replying = await opened(office, "¿Habla español?", "Hello")
    path, recipient = replying.path(0), replying.recipient(0)
    assert (await texter.post(f"{path}/hand-over", wants="language", language="xx")).status == 422
    form = {"wants": "language", "language": "es", "note": "Asks for Spanish"}
    assert (await texter.post(f"{path}/hand-over", **form)).location == replying.path(1)
    assert (await texter.get(path)).status == 404
    assert (await texter.post(f"{path}/reply", body="Hi")).status == 404
    captain = await office.signed_in("captain")
    assert "asks for a speaker of ES" in (await captain.get("/inbox?by=unassigned")).text
    shown = (await captain.get(f"/inbox/{recipient}")).text
    assert "Asks for Spanish" in shown
    me = office.members["captain"]
    await captain.post(f"/inbox/{recipient}/assign", member_id=me)
    assert await office.town.query(
        "select wants, assigned_member_id from conversation where recipient_id = :r", r=recipient
    ) == [("", me)]


async def test_the_sheet_opts_out_whom_it_says_and_nobody_else(office: Office) -> None:
    texter, replying = await opened(office, "One", "Two", "Three", "Four", "Five")
    for position, why in enumerate(("asked", "abusive", "wrong_number", "moved", "no")):
        assert (await texter.post(f"{replying.path(position)}/opt-out", why=why)).status == 303
    out = await office.town.query("select id from recipient where suppressed_at is not null order by id")
    assert [id_ for (id_,) in out] == sorted(replying.recipient(position) for position in range(3))
    marks = await office.town.query(
        "select c.recipient_id, t.name from conversation_tag c join tag t on t.id = c.tag_id order by t.name"
    )
    assert marks == [
        (replying.recipient(1), "abusive"),
        (replying.recipient(3), "moved"),
        (replying.recipient(2), "wrong number"),
    ]
    await office.town.pump()
    assert (
        await office.town.query("select 1 from message where direction = 'out' and purpose <> 'first_text'")
        == []
    )


async def test_abuse_is_hidden_until_wanted_and_reported_in_one_press(office: Office) -> None:
    texter, replying = await opened(office, "You are a piece of shit", "Hi")
    assert "piece of shit" not in (await texter.get(LIST)).text
    shown = (await texter.get(replying.path(0))).text
    assert re.search(r"<summary>.*?Hidden: may be abusive.*?</summary><p>You are a piece of shit</p>", shown)
    assert (await texter.post(f"{replying.path(0)}/report")).location == replying.path(1)
    [(wants, mine)] = await office.town.query(
        "select wants, assigned_member_id from conversation where recipient_id = :r", r=replying.recipient(0)
    )
    assert (wants, mine) == ("staff", None)


async def test_who_else_is_here_is_said_until_they_leave(office: Office) -> None:
    texter, replying = await opened(office, "Hi")
    captain = await office.signed_in("captain")
    recipient = replying.recipient(0)
    assert "looks at this too" not in (await texter.post(f"{replying.path(0)}/here")).text
    assert "Texter looks at this too" in (await captain.post(f"/inbox/{recipient}/here", writes="true")).text
    assert "Captain is writing here" in (await texter.post(f"{replying.path(0)}/here")).text
    await captain.post(f"/inbox/{recipient}/here", gone="true")
    assert "Captain" not in (await texter.post(f"{replying.path(0)}/here")).text


async def test_what_is_read_is_marked_so_and_a_look_that_finds_nothing_new_is_empty(office: Office) -> None:
    texter, replying = await opened(office, "One", "Two")
    fresh = await texter.get(f"{LIST}/changes")
    assert fresh.text.count('class="unread"') == 2
    assert (await texter.get(f"{LIST}/changes?tag={fresh.headers['x-tag']}")).status == 204
    await texter.get(replying.path(0))
    assert (await texter.get(f"{LIST}/changes")).text.count('class="unread"') == 1
    await office.town.text(replying.phones[0], "Hello?")
    assert (await texter.get(f"{LIST}/changes")).text.count('class="unread"') == 2


async def test_a_picture_is_fetched_for_the_one_who_answers_and_for_nobody_else(office: Office) -> None:
    texter, replying = await opened(office, "Look at my ceiling", "And mine")
    town, asked = office.town, []

    async def store(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers.get("Authorization", "")[:6]))
        if request.path == "/media/1":
            raise web.HTTPTemporaryRedirect("/store/1")
        kind = "image/png" if request.path == "/store/1" else "text/html"
        return web.Response(body=b"PNG", content_type=kind)

    runner = web.ServerRunner(web.Server(store))  # type: ignore[arg-type]
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    base, inside = (f"http://127.0.0.1:{port}" for _, port in runner.addresses)
    await town.execute("update carrier_account set api_url = :u", u=base)
    addresses = f'["{base}/media/1", "{base}/page", "{inside}/store/1"]'
    await town.execute(
        "insert into message (organization_id, recipient_id, sender_id, direction, purpose, body, media) "
        "select :o, :r, (select min(id) from sender), 'in', 'none', '', cast(:m as jsonb)",
        o=town.organization_id,
        r=replying.recipient(0),
        m=addresses,
    )
    [(message,)] = await town.query("select max(id) from message")
    path = f"{replying.path(0)}/pictures/{message}"
    assert f"{path}/0" in (await texter.get(replying.path(0))).text
    assert asked == []
    shown = await texter.get(f"{path}/0")
    headers = {name.lower(): value for name, value in shown.headers.items()}
    assert (shown.status, shown.text, headers["content-type"]) == (200, "PNG", "image/png")
    assert asked == [("/media/1", "Basic "), ("/store/1", "Basic ")]
    assert headers["cache-control"] == "private, no-store"
    for refused in ("1", "2", "3"):
        assert (await texter.get(f"{path}/{refused}")).status == 404
    assert (await texter.get(f"{replying.path(1)}/pictures/{message}/0")).status == 404
    await town.execute("update conversation set assigned_member_id = null")
    assert (await texter.get(f"{path}/0")).status == 404
    assert (await (await office.signed_in("organizer")).get(f"{path}/0")).status == 404
    await runner.cleanup()
