"""Lists, keywords and suppressed numbers on screens."""

import re
from urllib.parse import quote

from tests.factories.office import Office

GOOD = "Rent Alerts: welcome! Up to 6 msgs/month. Msg&data rates may apply. HELP for help, STOP to end."


async def test_a_list_is_made_and_renamed_and_a_taken_name_is_said_beside_what_was_typed(
    office: Office,
) -> None:
    staff = await office.signed_in("organizer")
    assert (await staff.post("/lists", name="")).status == 422
    answer = await staff.post("/lists", name="Rent Alerts", frequency="Weekly msgs")
    assert answer.status == 409
    assert 'value="Weekly msgs"' in answer.text
    path = (await staff.post("/lists", name="Night shift")).location
    assert (await staff.post(path, name="Rent Alerts")).status == 409
    assert (await staff.post(path, name="Day shift", frequency="2 msgs/week")).status == 303
    assert "Day shift" in (await staff.get("/lists")).text
    stranger = await office.stranger()
    assert (await stranger.get(path)).status == 404
    assert (await stranger.post(path, name="Mine")).status == 404


async def test_a_list_says_how_many_a_blast_reaches_and_why_others_are_left_out(office: Office) -> None:
    town = office.town
    await town.subscribe("+15105550101", "+15105550102", "+15105550103")
    await town.text("+15105550102", "STOP")
    await town.execute("update recipient set dead_since = now() where e164 = '+15105550103'")
    staff = await office.signed_in("organizer")
    page = await staff.get(f"/lists/{town.list_id}")
    values = re.findall(r'stat-value">([^<]+)<', page.text)
    assert values == ["1", "2"]
    left = await staff.get(f"/lists/{town.list_id}?state=unsubscribed")
    assert "(510) 555-0102" in left.text
    assert "(510) 555-0101" not in left.text


async def test_members_of_a_list_have_pages_with_everybody_once(office: Office) -> None:
    await office.town.subscribe(*(f"+1510555{i:04d}" for i in range(100, 220)))
    staff = await office.signed_in("organizer")
    path, seen = f"/lists/{office.town.list_id}", []
    while path:
        page = await staff.get(path)
        seen += re.findall(r'<a href="/people/(\d+)"', page.text)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert (len(seen), len(set(seen))) == (120, 120)


async def test_a_number_is_stopped_by_hand_and_found_with_the_words_of_others(office: Office) -> None:
    await office.town.text("+15105550101", "please STOP now")
    staff = await office.signed_in("organizer")
    assert (await staff.post("/suppressions", number="12", reason="asked")).status == 422
    answer = await staff.post("/suppressions", number="(415) 555-0123", reason="")
    assert answer.status == 422
    assert 'value="(415) 555-0123"' in answer.text
    assert (await staff.post("/suppressions", number="(415) 555-0123", reason="Rang us")).status == 303
    page = await staff.get("/suppressions")
    assert "Rang us" in page.text
    assert "please STOP now" in page.text
    assert page.text.index("Rang us") < page.text.index("please STOP now")
    found = await staff.get(f"/suppressions?q={quote('+1 415.555.0123')}")
    assert "Rang us" in found.text
    assert "please STOP now" not in found.text
    assert "Rang us" not in (await (await office.stranger()).get("/suppressions")).text


async def test_a_keyword_is_made_and_works_and_dangerous_words_are_refused_beside_the_field(
    office: Office,
) -> None:
    staff = await office.signed_in("organizer")
    list_id = office.town.list_id
    for word, said in (("stop", "already means"), ("JOIN", "is a keyword already"), ("!!", "cannot be")):
        answer = await staff.post("/keywords", word=word, list_id=list_id)
        assert answer.status in (409, 422), word
        assert said in answer.text
        assert f'value="{word}"' in answer.text
    assert (await staff.post("/keywords", word="RENT", list_id="")).status == 422
    assert (await staff.post("/keywords", word="renta", list_id=list_id, language="es")).status == 303
    warned = await staff.post("/keywords", word="rentas", list_id=list_id)
    assert warned.status == 422
    assert "one slip of the thumb away from your keyword RENTA" in warned.text
    assert (await staff.post("/keywords", word="rentas", list_id=list_id, sure="1")).status == 303
    await office.town.text("+15105550101", "Renta")
    await office.town.pump()
    assert "Gracias por unirte a Rent Alerts" in (await office.town.received("+15105550101"))[0]


async def test_a_keywords_own_words_are_sent_and_kept_in_the_ledger_only_with_all_five_elements(
    office: Office,
) -> None:
    staff = await office.signed_in("organizer")
    [(id_,)] = await office.town.query("select id from keyword")
    path = f"/keywords/{id_}"
    page = await staff.get(path)
    assert page.text.count("there</span>") == 5
    for missing in (
        "Rent Alerts",
        "HELP for help",
        "STOP to end",
        "Up to 6 msgs/month",
        "Msg&data rates may apply",
    ):
        words = GOOD.replace(missing, "so it is")
        answer = await staff.post(f"{path}/confirmation", words=words)
        assert answer.status == 422, missing
        assert "Nothing was changed" in answer.text
    assert await office.town.query("select confirmation from keyword") == [(None,)]
    assert (await staff.post(f"{path}/confirmation", words=GOOD)).status == 303
    await office.town.text("+15105550101", "JOIN")
    await office.town.pump()
    assert await office.town.received("+15105550101") == [GOOD]
    [(shown,)] = await office.town.query("select payload ->> 'confirmation' from consent_payload")
    assert shown == GOOD
    assert (await staff.post(f"{path}/confirmation", words="")).status == 303
    assert await office.town.query("select confirmation from keyword") == [(None,)]


async def test_a_poster_has_the_word_the_number_and_the_small_print(office: Office) -> None:
    staff = await office.signed_in("organizer")
    [(id_,)] = await office.town.query("select id from keyword")
    for path in (f"/keywords/{id_}", f"/keywords/{id_}/poster"):
        page = await staff.get(path)
        for words in (
            "JOIN",
            "Up to 6 msgs/month",
            "Msg&amp;data rates may apply",
            "STOP to cancel",
            "help@riverside",
        ):
            assert words in page.text, (path, words)
        assert (await (await office.stranger()).get(path)).status == 404


async def test_a_retired_keyword_joins_nobody_and_its_word_is_free(office: Office) -> None:
    staff = await office.signed_in("organizer")
    [(id_,)] = await office.town.query("select id from keyword")
    assert (await staff.post(f"/keywords/{id_}/retire")).status == 303
    assert (await staff.post(f"/keywords/{id_}/retire")).status == 409
    await office.town.text("+15105550101", "JOIN")
    assert await office.town.query("select 1 from subscription") == []
    assert (await staff.post("/keywords", word="JOIN", list_id=office.town.list_id)).status == 303


async def test_an_empty_keyword_form_says_all_that_is_missing_at_once(office: Office) -> None:
    answer = await (await office.signed_in("organizer")).post("/keywords", word=" ", list_id="")
    assert answer.status == 422
    assert "Type the word that people text to join." in answer.text
    assert "Choose the list that it leads to." in answer.text
