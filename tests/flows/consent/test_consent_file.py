"""The consent file of a number: complete, checkable, and the same on a page, on paper and for a program."""

import json

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.long_story import BEA, SHOWN, long_story
from tests.factories.office import Office
from textbank.consent.tell_event import tell_event


async def test_a_file_tells_of_each_event_who_when_where_which_words_and_which_seal(
    office: Office, admin: AsyncEngine
) -> None:
    recipient = await long_story(office.town)
    staff = await office.signed_in("organizer")
    found = await staff.get("/consent-files?number=(510) 555-0177")
    assert found.location == f"/consent-files/{recipient}"

    file = json.loads((await staff.get(f"/consent-files/{recipient}/consent.json")).text)
    assert file["number"] == BEA
    assert file["complete"] is True
    assert len(file["events"]) == 30
    assert file["chain"] == {
        "holds": True,
        "faults": [],
        "not_sealed_yet": 1,
        "newest_position": 29,
        "newest_head": file["events"][28]["seal"]["head"],
    }
    joined, signed, stopped = file["events"][0], file["events"][28], file["events"][29]
    assert (joined["who"], joined["way"], joined["received"]) == ("person", "keyword", "join")
    assert "Msg&data rates" in joined["answered"]
    assert joined["rule"]
    assert (signed["shown"], signed["version"]) == (SHOWN, "3")
    assert signed["where"]["ip"] == "203.0.113.9"
    assert (stopped["received"], stopped["rule"]) == ("please stop texting me", "phrase:stop texting")
    assert stopped["seal"] is None
    assert file["suppressed_since"] is not None
    assert [text["direction"] for day in file["texts"] for text in day["texts"]].count("out") == 2

    for path in ("", "/paper"):
        shown = await staff.get(f"/consent-files/{recipient}{path}")
        assert shown.status == 200
        assert shown.text.count('class="consent-event"') == 30
        assert "please stop texting me" in shown.text
        assert "Not sealed yet" in shown.text

    async with admin.begin() as connection:
        await connection.execute(sa.text("alter table consent_payload disable trigger all"))
        await connection.execute(
            sa.text(
                'update consent_payload set payload = payload || \'{"words": "yes please"}\' '
                "where event_id = :event"
            ),
            {"event": joined["event"]},
        )
    changed = json.loads((await staff.get(f"/consent-files/{recipient}/consent.json")).text)
    assert changed["chain"]["faults"] == [
        f"event {joined['event']}: the words are not the ones that were recorded"
    ]
    assert "something here was changed" in (await staff.get(f"/consent-files/{recipient}")).text


async def test_a_number_that_nobody_knows_has_no_file(office: Office) -> None:
    staff = await office.signed_in("organizer")
    answer = await staff.get("/consent-files?number=5105550199")
    assert answer.status == 404
    assert "never texted and never wrote" in answer.text
    assert (await staff.get("/consent-files/999999")).status == 404
    assert (await (await office.stranger()).get("/consent-files/1")).status == 404


def test_an_event_says_by_whom_and_which_way_it_came() -> None:
    assert tell_event({"words": "STOP", "sid": "SM1", "rule": "word"}).way == "text"
    assert tell_event({"keyword": "JOIN", "words": "join"}).who == "person"
    assert tell_event({"ip": "203.0.113.9", "url": "https://a.example"}).way == "web"
    assert tell_event({"file": "a.csv", "by": "member 1", "by_name": "Sam"}).way == "import"
    assert tell_event({"by": "member 1", "by_name": "Sam", "reason": "phone"}).by_name == "Sam"
    assert tell_event({"cause": "carrier_block", "carrier_error": 21610}).who == "carrier"
    assert tell_event({"reason": "phone", "by": "x"}).rest == {"reason": "phone"}
    assert tell_event(None).who == "unknown"
