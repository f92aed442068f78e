"""Unclear texts: a person decides, or a day of silence does. And which opt-outs staff may undo."""

import pytest

from tests.factories.office import Office, Staff
from textbank.consent.opt_out import Cause, opt_out
from textbank.conversations.decide_review import end_undecided

ANA = "+14155550101"
BO = "+14155550102"
UNCLEAR = "Why do you keep texting me"


async def unclear(office: Office) -> int:
    """Somebody on the list who wrote what a person must read."""
    [recipient] = await office.town.subscribe(ANA)
    await office.town.text(ANA, UNCLEAR)
    return recipient


async def ledger(office: Office, recipient: int) -> list[dict[str, object]]:
    rows = await office.town.query(
        "select e.kind, p.payload from consent_event e join consent_payload p on p.event_id = e.id "
        "where e.recipient_id = :r order by e.id",
        r=recipient,
    )
    return [{"kind": row.kind, **row.payload} for row in rows]


async def suppressed(office: Office, recipient: int) -> bool:
    [(at,)] = await office.town.query("select suppressed_at from recipient where id = :r", r=recipient)
    return at is not None


async def contact_of(office: Office, recipient: int) -> str:
    [(contact,)] = await office.town.query(
        "select contact_id from contact_number where recipient_id = :r", r=recipient
    )
    return f"/people/{contact}"


async def test_the_texter_sees_the_words_and_says_that_they_want_out(office: Office) -> None:
    recipient = await unclear(office)
    texter = await office.signed_in("texter")
    me = "(select id from member where role = 'texter' order by id limit 1)"
    await office.town.execute(f"update conversation set assigned_member_id = {me}")  # noqa: S608
    path = f"/texting/conversations/{recipient}"
    page = await texter.get(path)
    assert UNCLEAR in page.text
    assert "They want out" in page.text
    assert "Keep talking" in page.text
    assert (await texter.post(f"{path}/opt-out", why="review")).status == 303
    assert await suppressed(office, recipient)
    last = (await ledger(office, recipient))[-1]
    assert (last["kind"], last["cause"], last["words"], last["reason"]) == (
        "opt_out",
        "texter",
        UNCLEAR,
        "review",
    )
    assert last["by_name"]


async def test_keep_talking_is_on_the_ledger_with_who_and_which_words(office: Office) -> None:
    recipient = await unclear(office)
    captain = await office.signed_in("captain")
    assert UNCLEAR in (await captain.get(f"/inbox/{recipient}")).text
    for _ in range(2):
        assert (await captain.post(f"/inbox/{recipient}/go-on")).status == 303
    last = [event for event in await ledger(office, recipient) if event["kind"] == "kept_talking"]
    assert [(event["words"], event["by_name"]) for event in last] == [(UNCLEAR, "Captain Rivera")]
    assert not await suppressed(office, recipient)
    assert "data-review" not in (await captain.get(f"/inbox/{recipient}/thread")).text


async def test_what_nobody_decides_within_a_day_counts_as_a_stop_and_staff_can_undo_it(
    office: Office,
) -> None:
    recipient = await unclear(office)
    [younger] = await office.town.subscribe(BO)
    await office.town.text(BO, UNCLEAR)
    database, organization = office.town.database, office.town.organization_id
    late = "update recipient set review_since = now() - interval '24 hours 1 second' where id = :r"
    await office.town.execute(late, r=recipient)
    async with database.transaction(organization) as session:
        assert await end_undecided(session, organization) == 1
        assert await end_undecided(session, organization) == 0
    assert (await suppressed(office, recipient), await suppressed(office, younger)) == (True, False)
    last = (await ledger(office, recipient))[-1]
    assert (last["cause"], last["rule"], last["words"]) == ("undecided", "review:undecided", UNCLEAR)
    staff, path = await office.signed_in("organizer"), await contact_of(office, recipient)
    page = (await staff.get(path)).text
    assert "nobody decided within a day" in page
    assert UNCLEAR in page
    assert (await undo(staff, path, recipient)) == 303
    assert not await suppressed(office, recipient)
    assert await office.town.query("select state from subscription where recipient_id = :r", r=recipient) == [
        ("subscribed",)
    ]


async def undo(staff: Staff, path: str, recipient: int) -> int:
    answer = await staff.post(f"{path}/opt-out/undo", recipient_id=recipient, reason="It was a mistake")
    return answer.status


@pytest.mark.parametrize(
    ("cause", "rule"),
    [
        ("staff", ""),
        ("texter", ""),
        ("import", ""),
        ("undecided", "review:undecided"),
        ("stop_text", "own:3"),
        ("stop_text", "stop:phrase:en"),
        ("wrong_number", "wrong_number:name"),
    ],
)
async def test_what_others_recorded_or_a_phrase_rule_read_is_undone_for_a_reason(
    office: Office, cause: Cause, rule: str
) -> None:
    [recipient] = await office.town.subscribe(ANA)
    await record(office, recipient, cause, rule)
    staff, path = await office.signed_in("organizer"), await contact_of(office, recipient)
    page = (await staff.get(path)).text
    assert "Undo the opt-out" in page
    assert "the words received" in page
    assert await undo(staff, path, recipient) == 303
    assert not await suppressed(office, recipient)
    last = (await ledger(office, recipient))[-1]
    assert (last["kind"], last["reason"], last["words"]) == (
        "staff_opt_out_undone",
        "It was a mistake",
        "the words received",
    )
    assert await office.town.query("select state from subscription") == [("subscribed",)]


async def record(office: Office, recipient: int, cause: Cause, rule: str = "") -> None:
    organization = office.town.organization_id
    async with office.town.database.transaction(organization) as session:
        said = {"words": "the words received", "rule": rule}
        await opt_out(session, organization, recipient, cause, evidence=said)


@pytest.mark.parametrize(
    ("cause", "rule", "says"),
    [
        ("stop_text", "stop:exact", "they said it themselves"),
        ("stop_text", "stop:polite", "they said it themselves"),
        ("stop_text", "carrier:opt_out_type", "they said it themselves"),
        ("page", "", "they said it themselves"),
        ("erased", "", "they said it themselves"),
        ("carrier_block", "", "the carrier blocks the number"),
    ],
)
@pytest.mark.parametrize("staff_first", [True, False])
async def test_what_the_person_or_the_carrier_said_is_not_undone(
    office: Office, cause: Cause, rule: str, says: str, staff_first: bool
) -> None:
    [recipient] = await office.town.subscribe(ANA)
    for each in ("staff", cause) if staff_first else (cause, "staff"):
        await record(office, recipient, each, rule)
    staff, path = await office.signed_in("organizer"), await contact_of(office, recipient)
    page = (await staff.get(path)).text
    assert says in page
    assert f'id="undo-{recipient}"' not in page
    assert await undo(staff, path, recipient) == 409
    assert await suppressed(office, recipient)


async def test_what_was_confirmed_to_the_person_is_not_undone(office: Office) -> None:
    [recipient] = await office.town.subscribe(ANA)
    await office.town.execute("update sender set carrier_confirms_stop = false")
    await office.town.text(ANA, "please take my number off your list")
    await office.town.pump()
    assert any("no more texts" in text for text in await office.town.received(ANA))
    staff, path = await office.signed_in("organizer"), await contact_of(office, recipient)
    assert "it was confirmed to them" in (await staff.get(path)).text
    assert await undo(staff, path, recipient) == 409
    assert await suppressed(office, recipient)


async def test_undoing_needs_a_reason_and_something_to_undo(office: Office) -> None:
    [recipient] = await office.town.subscribe(ANA)
    staff, path = await office.signed_in("organizer"), await contact_of(office, recipient)
    assert await undo(staff, path, recipient) == 409
    await record(office, recipient, "staff")
    answer = await staff.post(f"{path}/opt-out/undo", recipient_id=recipient, reason=" ")
    assert answer.status == 422
    assert await suppressed(office, recipient)
