"""Captains answer texters' questions, see who waits for whom, take back and move."""

import re

from tests.factories.office import Office
from tests.factories.replying import begin_replying, come_on_shift, fall_silent
from tests.factories.texting import more_texters

CHANGES = "/texting/conversations/changes"


async def test_a_captain_answers_in_place_and_the_texter_reads_it_where_they_asked(office: Office) -> None:
    replying = await begin_replying(office)
    town = office.town
    for position in range(2):
        await town.text(replying.phones[position], "Is it legal?")
    texter, captain = await office.signed_in("texter"), await office.signed_in("captain")
    path, row = replying.path(0), replying.recipient(0)
    wrong = await texter.post(f"{path}/ask", question="w" * 501)
    assert wrong.status == 422
    assert "w" * 501 in wrong.text
    assert (await texter.post(f"{path}/ask", question="May I say yes?")).status == 303
    assert (await texter.post(f"{path}/ask", question="He is a lawyer.")).status == 303
    shown = (await captain.get("/captain")).text
    assert "Texter Rivera asks" in shown
    assert "May I say yes?\nHe is a lawyer." in shown
    assert "Is it legal?" in shown
    assert "(1 question waits for a captain)" in shown
    [(asked,)] = await town.query("select id from captain_question")
    assert (await captain.post(f"/captain/questions/{asked}", answer=" ")).status == 422
    too_long = await captain.post(f"/captain/questions/{asked}", answer="y" * 501)
    assert too_long.status == 422
    assert "y" * 501 in too_long.text
    assert (await captain.post(f"/captain/questions/{asked}", answer="Yes, say so.")).status == 303
    late = await captain.post(f"/captain/questions/{asked}", answer="No!")
    assert late.status == 409
    assert "Another captain has answered already" in late.text
    # Elsewhere: a mark on the row. Here: the words, and then no mark.
    elsewhere = (await texter.get(f"{CHANGES}?of={replying.recipient(1)}")).text
    assert f'<ul data-fresh-answers><li data-row="{row}">' in elsewhere
    assert "Yes, say so." not in elsewhere
    here = (await texter.get(f"{CHANGES}?of={row}")).text
    assert "Captain, captain:</strong> Yes, say so." in here
    assert "<ul data-fresh-answers></ul>" in (await texter.get(f"{CHANGES}?of=0")).text
    assert "Yes, say so." in (await texter.get(path)).text
    assert await town.query("select body from message where purpose = 'reply'") == []
    assert (await captain.get("/captain/count", **{"X-Fragment": "1"})).text.strip() == ""


async def test_nobody_asks_about_or_learns_of_what_is_not_theirs(office: Office) -> None:
    replying = await begin_replying(office)
    await office.town.text(replying.phones[0], "Hi")
    await office.town.execute(
        "update conversation set assigned_member_id = :m", m=office.members["organizer"]
    )
    texter = await office.signed_in("texter")
    assert (await texter.post(f"{replying.path(0)}/ask", question="Who is it?")).status == 404
    told = (await texter.get(f"{CHANGES}?of={replying.recipient(0)}")).text
    assert "Somebody else answers them now." in told
    assert "Organizer" not in told
    assert (await texter.get("/captain")).status == 403


async def test_a_captain_moves_replies_and_both_are_told(office: Office) -> None:
    replying = await begin_replying(office)
    town, me = office.town, office.members["texter"]
    [helper] = await more_texters(office, 1)
    await come_on_shift(office, helper)
    for position in range(3):
        await town.text(replying.phones[position], "Hi")
    texter, captain = await office.signed_in("texter"), await office.signed_in("captain")
    await texter.post(f"{replying.path(2)}/close")
    shift = (await captain.get("/captain")).text
    assert re.search(r"Texter Rivera</th>\s*<td[^>]*>0</td>\s*<td[^>]*>2</td>", shift)
    assert "Texter 1" in (await captain.get(f"/captain/{me}")).text
    moved = await captain.post(f"/captain/{me}/move", to=helper)
    assert (moved.status, moved.location) == (303, "/captain")
    assert (
        "2 people who waited for Texter Rivera wait for Texter 1 now." in (await captain.get("/captain")).text
    )
    held = await town.query("select assigned_member_id, count(*) from conversation group by 1 order by 1")
    assert held == [(me, 1), (helper, 2)]
    told = (await texter.get(f"{CHANGES}?of={replying.recipient(0)}")).text
    assert "Moved to Texter. Your words are kept here, and are not sent." in told
    assert (await texter.post(f"{replying.path(0)}/reply", body="Hello", key="k")).status == 404
    await town.execute("update member set approval = 'waiting' where id = :m", m=me)
    refused = await captain.post(f"/captain/{helper}/move", to=me)
    assert refused.status == 409
    assert "They may not text yet. Nothing was moved." in refused.text
    assert (await captain.post(f"/captain/{helper}/move", to=helper)).status == 404


async def test_a_captain_takes_back_first_texts_and_replies(office: Office) -> None:
    replying = await begin_replying(office)
    town, me = office.town, office.members["texter"]
    for position in range(2):
        await town.text(replying.phones[position], "Hi")
    await town.execute(
        "update audience_member set message_id = null where recipient_id = :r", r=replying.recipient(5)
    )
    captain = await office.signed_in("captain")
    assert (await captain.post(f"/captain/{me}/take-people")).status == 303
    assert "Texter Rivera: 1 first text goes to whoever asks next." in (await captain.get("/captain")).text
    assert (await captain.post(f"/captain/{me}/take-replies")).status == 303
    shown = (await captain.get("/captain")).text
    assert "Texter Rivera: 2 people wait for the team now." in shown
    assert re.search(r"<strong>2 people</strong> <span lang=\"en\">English", shown)
    # What was taken from somebody is not given back to them by the next text.
    await town.text(replying.phones[0], "Hello?")
    assert await town.query("select count(*) from conversation where assigned_member_id is not null") == [
        (0,)
    ]
    await fall_silent(office, me)
    assert "Texter Rivera" not in (await captain.get("/captain/shift", **{"X-Fragment": "1"})).text


async def test_how_long_people_wait_is_told_as_a_length_of_time(office: Office) -> None:
    replying = await begin_replying(office)
    town = office.town
    await town.text(replying.phones[0], "Hi")
    await town.text(replying.phones[1], "Hello")
    await town.execute("update conversation set needs_reply_since = now() - interval '3 minutes'")
    await town.execute(
        "update conversation set assigned_member_id = null where recipient_id = :r", r=replying.recipient(1)
    )
    captain = await office.signed_in("captain")
    shift = (await captain.get("/captain/shift", **{"X-Fragment": "1"})).text
    assert re.search(r'data-label="Longest wait"><time [^>]*>3 minutes</time>', shift)
    assert re.search(r"the longest for <time [^>]*>3 minutes</time>", shift)
    await captain.request("POST", "/language", data={"language": "es"})
    shift = (await captain.get("/captain/shift", **{"X-Fragment": "1"})).text
    assert re.search(r"quien más espera, <time [^>]*>3 minutos</time>", shift)
