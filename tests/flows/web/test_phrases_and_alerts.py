"""Staff teach it phrases; a text with an alert word stands on top until somebody answers it."""

from tests.factories.office import Office, Staff

ANA = "+14155550101"
BO = "+14155550102"
PHRASE = "Déjame en blanco"


async def add(staff: Staff, phrase: str, meaning: str) -> int:
    return (await staff.post("/phrases", phrase=phrase, meaning=meaning)).status


async def test_a_phrase_of_staff_opts_out_silently_and_staff_can_undo_it(office: Office) -> None:
    [recipient] = await office.town.subscribe(ANA)
    await office.town.execute("update sender set carrier_confirms_stop = false")
    staff = await office.signed_in("organizer")
    await office.town.text(ANA, f"oye, {PHRASE}")
    assert await office.town.query("select 1 from recipient where suppressed_at is not null") == []
    assert await add(staff, PHRASE, "stop") == 303
    [(id_,)] = await office.town.query("select id from own_phrase")
    tried = await staff.get("/phrases?text=dejame+en+blanco+ya")
    assert 'data-tried="stop"' in tried.text
    assert f"own:{id_}" in tried.text
    await office.town.text(ANA, f"oye, {PHRASE}")
    await office.town.pump()
    assert await office.town.received(ANA) == []
    [(rule, by)] = await office.town.query(
        "select p.payload ->> 'rule', p.payload ->> 'cause' from consent_event e "
        "join consent_payload p on p.event_id = e.id where e.kind = 'opt_out'"
    )
    assert (rule, by) == (f"own:{id_}", "stop_text")
    [(contact,)] = await office.town.query("select contact_id from contact_number")
    page = (await staff.get(f"/people/{contact}")).text
    assert PHRASE in page
    assert "Undo the opt-out" in page
    undone = await staff.post(
        f"/people/{contact}/opt-out/undo", recipient_id=recipient, reason="They meant a form"
    )
    assert undone.status == 303
    assert await office.town.query("select state from subscription") == [("subscribed",)]


async def test_no_phrase_takes_a_stop_a_help_or_a_keyword_away(office: Office) -> None:
    staff = await office.signed_in("organizer")
    await office.town.execute("update own_phrase set retired_at = now()")
    [(keyword,)] = await office.town.query("select word from keyword order by id limit 1")
    for phrase in ("Stop", "please stop texting me", "Ayuda", keyword):
        answer = await staff.post("/phrases", phrase=phrase, meaning="review")
        assert answer.status == 409, phrase
        assert f'value="{phrase}"' in answer.text
    assert (await staff.post("/phrases", phrase="ok", meaning="review")).status == 422
    assert (await staff.post("/phrases", phrase="not so fast", meaning="what")).status == 422
    assert await add(staff, "not so fast", "review") == 303
    assert await add(staff, "NOT so fast!", "review") == 409
    assert await office.town.query("select phrase from own_phrase where retired_at is null") == [
        ("not so fast",)
    ]


async def test_a_phrase_that_is_taken_away_is_not_used_but_stays_on_record(office: Office) -> None:
    staff = await office.signed_in("organizer")
    await add(staff, PHRASE, "stop")
    [(id_,)] = await office.town.query("select id from own_phrase")
    assert (await staff.post(f"/phrases/{id_}/remove")).status == 303
    assert (await staff.post(f"/phrases/{id_}/remove")).status == 404
    await office.town.text(ANA, PHRASE)
    assert await office.town.query("select 1 from recipient where suppressed_at is not null") == []
    assert await office.town.query(
        "select retired_at is not null, retired_by_id = member_id from own_phrase"
    ) == [(True, True)]


async def test_an_alert_word_stands_on_top_with_its_reason_until_somebody_answers(office: Office) -> None:
    await office.town.text(BO, "When is the meeting?")
    await office.town.text(ANA, "The marshal changed the locks, my kids are outside")
    captain, organizer = await office.signed_in("captain"), await office.signed_in("organizer")
    recipient, other = await office.town.recipient(ANA), await office.town.recipient(BO)
    inbox = (await captain.get("/inbox")).text
    assert inbox.index(f"/inbox/{recipient}") < inbox.index(f"/inbox/{other}")
    assert inbox.count(f'"/inbox/{recipient}') == 1
    assert "alert: changed the locks" in inbox
    alerts = (await captain.get("/inbox?by=alerts")).text
    assert f"/inbox/{recipient}" in alerts
    assert f"/inbox/{other}" not in alerts
    assert "1 person wrote an alert word" in (await organizer.get("/")).text
    thread = (await captain.get(f"/inbox/{recipient}/thread")).text
    assert "They wrote “changed the locks”" in thread
    assert (await captain.post(f"/inbox/{recipient}/close")).status == 303
    assert "alert:" not in (await captain.get("/inbox")).text
    assert "wrote an alert word" not in (await organizer.get("/")).text


async def test_an_alert_word_goes_first_in_its_texters_queue(office: Office) -> None:
    for phone, words in ((BO, "When is it?"), (ANA, "nos quieren desalojar hoy")):
        await office.town.text(phone, words)
    me = "(select id from member where role = 'texter' order by id limit 1)"
    await office.town.execute(f"update conversation set assigned_member_id = {me}")  # noqa: S608
    texter = await office.signed_in("texter")
    page = (await texter.get("/texting/conversations")).text
    recipient, other = await office.town.recipient(ANA), await office.town.recipient(BO)
    assert page.index(f"/texting/conversations/{recipient}") < page.index(f"/texting/conversations/{other}")
    assert page.count(f'conversations/{recipient}"') == 1
    assert "alert: desalojar" in page


async def test_an_organization_turns_an_alert_word_off_and_on_again(office: Office) -> None:
    staff = await office.signed_in("organizer")
    assert await add(staff, "eviction", "no_alert") == 303
    await office.town.text(ANA, "I got an eviction notice")
    assert await office.town.query("select 1 from conversation where alert_since is not null") == []
    [(id_,)] = await office.town.query("select id from own_phrase")
    assert f"/phrases/{id_}/remove" in (await staff.get("/phrases")).text
    assert (await staff.post(f"/phrases/{id_}/remove")).status == 303
    await office.town.text(ANA, "I got an eviction notice")
    assert await office.town.query("select alert_word from conversation where alert_since is not null") == [
        ("eviction",)
    ]
