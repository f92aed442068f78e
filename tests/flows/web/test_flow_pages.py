"""Flows on screens: made, edited without losing a word, tried out without a trace, published or refused."""

import re
from html import unescape

from tests.factories.office import Answer, Office, Staff

FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<(?:input|textarea|select)\b|$)", re.DOTALL)


def form_of(answer: Answer) -> dict[str, list[str]]:
    """What a browser would send of the editor, whose selects none of these tests change."""
    inside = answer.text.split('id="flow-form"')[1].split("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in FIELD.finditer(inside):
        kind, attributes, after = tag.groups()
        name = re.search(r' name="([^"]+)"', attributes)
        if name is None or ("checkbox" in attributes and " checked" not in attributes):
            continue
        value = re.search(r' value="([^"]*)"', attributes)
        said = value[1] if value else ""
        if kind == "textarea":
            said = after.split("</textarea>")[0].removeprefix("\n")
        if kind == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', after.split("</select>")[0])
            said = chosen[1] if chosen else ""
        found.setdefault(name[1], []).append(unescape(said))
    return found


async def press(staff: Staff, path: str, do: str, **typed: object) -> Answer:
    """Press a button of the editor as it stands, with these fields typed over."""
    form = form_of(await staff.get(path)) | {key.replace("__", "."): value for key, value in typed.items()}
    return await staff.post(path, **{**form, "do": do})


async def made(staff: Staff, begin: str = "join", **more: object) -> str:
    return (await staff.post("/flows", name="Welcome", begin=begin, **more)).location


async def test_a_flow_is_made_from_a_starter_published_and_greets_who_texts_its_keyword(
    office: Office,
) -> None:
    staff, town = await office.signed_in("organizer"), office.town
    assert (await staff.post("/flows", name="")).status == 422
    path = await made(staff)
    assert (await staff.post("/flows", name="Welcome", begin="series")).status == 409
    page = await staff.get(path)
    assert "What is your ZIP code?" in page.text
    assert (await press(staff, path, "publish")).location == f"{path}/publish"
    assert "Nobody is on their way" in (await staff.get(f"{path}/publish")).text
    assert (await staff.post(f"{path}/publish")).status == 303
    await town.execute("update keyword set flow_id = (select id from flow)")
    await town.text("+15105550123", "JOIN")
    begun = await town.query("select body from message where purpose = 'flow_answer'")
    assert begun == [("What is your ZIP code? Then we text you what happens near you.",)]
    assert (await press(staff, path, "save", s1__words__en="Your ZIP, please?")).status == 303
    shown = (await staff.get(f"{path}/publish")).text
    assert "1 person is on their way through an earlier version" in shown
    assert (await staff.post(f"{path}/publish")).status == 303
    listed = (await staff.get(f"{path}/publish")).text
    assert listed.count("Organizer Rivera</td>") == 2
    assert (await staff.post(f"{path}/archive")).status == 409
    await town.execute("update keyword set flow_id = null")
    assert (await staff.post(f"{path}/archive")).status == 303
    assert f'href="{path}"' not in (await staff.get("/flows")).text
    assert f'href="{path}"' in (await staff.get("/flows?archived=yes")).text
    assert (await staff.post(f"{path}/publish")).status == 409
    assert (await staff.post(f"{path}/restore")).status == 303
    owner = await office.signed_in("owner")
    assert "Archived the flow “Welcome”" in (await owner.get("/settings/audit")).text


async def test_steps_are_moved_added_and_removed_and_nothing_typed_is_lost(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = await made(staff)
    moved = await press(staff, path, "up:s2", s1__words__en="Typed and not saved")
    assert moved.location == f"{path}#step-s2-title"
    form = form_of(await staff.get(path))
    assert form["step"] == ["s2", "s1", "s3"]
    assert form["s1.words.en"] == ["Typed and not saved"]
    await press(staff, path, "add", add__kind="hand_over", add__after="s1")
    await press(staff, path, "remove:s3", s4__words__es="Te escribimos.")
    form = form_of(await staff.get(path))
    assert form["step"] == ["s2", "s1", "s4"]
    assert form["s4.words.es"] == ["Te escribimos."]
    refused = await press(staff, path, "save", name="", s1__words__en="Kept all the same")
    assert refused.status == 422
    assert "Give the flow a name" in refused.text
    assert form_of(refused)["s1.words.en"] == ["Kept all the same"]


async def test_who_saves_over_somebody_elses_change_is_told_and_keeps_their_own_words(
    office: Office,
) -> None:
    staff = await office.signed_in("organizer")
    path = await made(staff)
    opened = form_of(await staff.get(path))
    await press(staff, path, "save", s1__words__en="Theirs")
    mine = await staff.post(path, **(opened | {"s1.words.en": "Mine", "do": "save"}))
    assert mine.status == 422
    assert "Somebody changed this flow while you did" in mine.text
    assert form_of(mine)["s1.words.en"] == ["Mine"]
    assert form_of(await staff.get(path))["s1.words.en"] == ["Theirs"]
    assert (await staff.post(path, **(form_of(mine) | {"do": "save"}))).status == 303
    assert form_of(await staff.get(path))["s1.words.en"] == ["Mine"]
    old = await staff.post(f"{path}/publish", seen=opened["seen"][0])
    assert (old.status, "Somebody changed the draft since you saw it" in old.text) == (409, True)
    [seen] = re.findall(r'name="seen" value="([^"]+)"', old.text)
    assert (await staff.post(f"{path}/publish", seen=seen)).status == 303


async def test_a_flow_whose_answers_are_reserved_words_or_whose_texts_ask_for_one_is_kept_and_not_published(
    office: Office,
) -> None:
    staff = await office.signed_in("organizer")
    path = await made(staff)
    await press(staff, path, "add", add__kind="ask-choice")
    typed = {
        "s4__words__en": "Rent or repairs?",
        "s4__words__es": "",
        "s4__name": "topic",
        "s4__choice": ["rent", "repairs", ""],
        "s4__choice_words": ["", "", ""],
    }

    async def refused(reason: str, **more: object) -> None:
        form = typed | more
        form = {key.replace("choice_words", "choice-words"): value for key, value in form.items()}
        assert (await press(staff, path, "publish", **form)).status == 303
        for answer in (await staff.get(path), await staff.get(f"{path}/publish")):
            assert reason in unescape(answer.text)
        assert "Publish now" not in (await staff.get(f"{path}/publish")).text
        assert (await staff.post(f"{path}/publish")).status == 422
        assert await office.town.query("select published from flow") == [(None,)]

    await refused("cancel already means something else", s4__choice=["rent", "cancel", ""])
    await refused("parar already means something else", s4__choice_words=["", "parar", ""])
    await refused("It asks for STOP", s4__words__en="Reply STOP to get repairs, RENT for rent")
    await refused("Only {first_name}, {friend_code} may stand in braces", s4__words__es="Hola {nombre}")
    await refused("Each answer needs words that no other one has", s4__choice=["rent", "Rent", ""])
    await refused("No way leads to this step", s3__go="end")
    await press(staff, path, "save", s3__go="", **{"s4.choice": ["rent", "repairs", ""], "s4.words.es": ""})
    assert (await staff.post(f"{path}/publish")).status == 303


async def test_the_simulated_phone_answers_by_what_is_typed_and_leaves_no_trace(office: Office) -> None:
    staff, town = await office.signed_in("organizer"), office.town
    path = await made(staff)
    before = await town.query("select count(*) from message")
    form = form_of(await staff.get(path)) | {"s2.words.en": "Not saved: your name?", "phone.text": "94110"}
    answer = await staff.post(f"{path}/try", **form)
    assert "Not saved: your name?</p>" in answer.text
    assert form_of(answer)["s2.words.en"] == ["Not saved: your name?"]
    named = await staff.post(f"{path}/try", **(form_of(answer) | {"phone.text": "I'm Rosa"}))
    assert "Thank you, Rosa!" in named.text
    in_spanish = form_of(answer) | {"phone.language": "es", "phone.member": "present", "phone.text": "Rosa"}
    assert "Ya estas con nosotros" in (await staff.post(f"{path}/try", **in_spanish)).text
    stopped = await staff.post(f"{path}/try", **(form_of(answer) | {"phone.text": "stop"}))
    assert "That ends all texts" in stopped.text
    entered = await staff.post(path, **(form_of(answer) | {"phone.text": "stop", "do": "enter"}))
    assert "That ends all texts" in entered.text
    over = await staff.post(f"{path}/try", **(form_of(answer) | {"do": "over"}))
    assert "phone.said" not in over.text
    assert await town.query("select count(*) from message") == before
    assert "Not saved" not in (await staff.get(path)).text


async def test_strangers_of_another_organization_see_no_flow(office: Office) -> None:
    staff, stranger = await office.signed_in("organizer"), await office.stranger()
    path = await made(staff, "series", list_id=office.town.list_id)
    for way in ("", "/publish"):
        assert (await stranger.get(f"{path}{way}")).status == 404
    for way in ("", "/try", "/publish", "/unpublish", "/archive", "/restore"):
        assert (await stranger.post(f"{path}{way}", name="Mine")).status == 404
    assert "No flow yet" in (await stranger.get("/flows")).text
