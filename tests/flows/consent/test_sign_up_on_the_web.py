"""Signing up on the web: never without a ticked box and a YES of the phone, and the same answer for all."""

import re
import uuid

import pytest

from tests.factories.forms import opened
from tests.factories.office import Answer, Office, Staff
from tests.factories.town import Town
from textbank.keywords import join_by_web
from textbank.keywords.elements import elements
from textbank.keywords.form_words import agreement, version_of
from textbank.web.public import sign_up

ANN, BEN = "+15105550123", "+15105550124"


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where this test's requests come from."""
    own = f"2001:db8::{uuid.uuid4().hex[:4]}"
    monkeypatch.setattr(sign_up, "address_of", lambda _: own)
    return own


async def signs_up(visitor: Staff, path: str, *, language: str = "en", **more: str) -> Answer:
    page = await visitor.request("GET", path, headers={"Accept-Language": language})
    found = re.search(r'name="version" value="(\w+)"', page.text)
    assert found is not None
    form = {"phone": ANN, "agree": "yes", "language": language, "version": found[1], **more}
    return await visitor.request(
        "POST", path, data=form, headers={"Accept-Language": language, "User-Agent": "Phone/1"}
    )


async def asked(town: Town) -> list[dict[str, object]]:
    rows = await town.query(
        "select p.payload from consent_event e join consent_payload p on p.event_id = e.id "
        "where e.kind = 'opt_in_requested' order by e.id"
    )
    return [row[0] for row in rows]


async def test_the_box_the_words_the_page_and_the_yes_are_on_the_ledger(office: Office, address: str) -> None:
    town, visitor = office.town, office.signed_out()
    path = await opened(town)
    page = await visitor.get(path)
    assert re.search(r'<input[^>]*name="agree"[^>]*>', page.text)
    assert "checked" not in page.text, "a box that is ticked before is no agreement"
    answer = await signs_up(visitor, path)
    assert (answer.status, answer.location) == (303, f"{path}/thanks")
    thanks = await visitor.get(answer.location)
    assert "Reply YES" in thanks.text
    assert "Text START to" in thanks.text

    assert not await town.query("select 1 from subscription where state = 'subscribed'")
    [said] = await asked(town)
    words = agreement(
        "Riverside Tenants Union",
        "Rent Alerts",
        "news about your building and rent",
        "Up to 6 msgs/month",
        "en",
    )
    assert said["words_shown"] == words
    assert said["form_version"] == version_of(words)
    assert (said["ip"], said["user_agent"], said["language"]) == (address, "Phone/1", "en")
    assert str(said["url"]).endswith(path)
    await town.pump()
    [question] = await town.received(ANN)
    assert "Reply YES" in question
    await town.text(ANN, "Yes")
    [(state, payload)] = await town.query(
        "select s.state, p.payload from subscription s "
        "join consent_payload p on p.event_id = s.basis_event_id"
    )
    assert state == "subscribed"
    assert payload["basis"] == "double_opt_in"
    assert payload["asked"]["words_shown"] == words


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"agree": ""}, "Tick the box"),
        ({"agree": "on"}, "Tick the box"),
        ({"version": "of last year"}, "the words have changed"),
        ({"version": ""}, "the words have changed"),
        ({"phone": "12"}, "no phone number"),
    ],
)
async def test_without_the_box_the_words_or_a_number_nothing_is_kept(
    office: Office, more: dict[str, str], says: str
) -> None:
    path = await opened(office.town)
    answer = await signs_up(office.signed_out(), path, **more)
    assert answer.status == 422
    assert says in answer.text
    assert (more.get("phone") or ANN) in answer.text, "what was typed stays"
    assert await asked(office.town) == []
    assert not await office.town.query("select 1 from recipient")


async def test_the_answer_tells_nobody_whose_number_is_known(office: Office) -> None:
    town, visitor = office.town, office.signed_out()
    path = await opened(town)
    await town.subscribe(BEN)
    await town.text(ANN, "STOP")
    answers = [
        await signs_up(visitor, path, phone=phone) for phone in (ANN, BEN, "+15105550125", "+15105550125")
    ]
    assert {(one.status, one.location, one.text) for one in answers} == {(303, f"{path}/thanks", "")}
    await town.pump()
    assert len(await town.received(BEN)) == 0, "who is on the list gets nothing"
    assert len(await town.received("+15105550125")) == 1, "and who was asked is not asked again"
    assert len(await town.received(ANN)) == 1, "only the confirmation of the STOP"
    waiting = await town.query(
        "select q.needs_start from opt_in_request q join recipient r on r.id = q.recipient_id "
        "where r.e164 = :p", p=ANN
    )  # fmt: skip
    assert [tuple(row) for row in waiting] == [(True,)]


async def test_programs_and_storms_are_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    town, visitor = office.town, office.signed_out()
    path = await opened(town)
    trapped = await signs_up(visitor, path, website="https://spam.example")
    assert trapped.location == f"{path}/thanks"
    assert await asked(town) == []

    monkeypatch.setattr(join_by_web, "ASKED_AN_HOUR", 2)
    for number in range(2):
        assert (await signs_up(visitor, path, phone=f"+1510555013{number}")).status == 303
    many = await signs_up(visitor, path, phone="+15105550139")
    assert many.status == 429
    assert "+15105550139" in many.text
    monkeypatch.setattr(join_by_web, "ASKED_AN_HOUR", 1000)
    statuses = {(await signs_up(visitor, path, phone="12")).status for _ in range(25)}
    assert statuses == {422, 429}


async def test_one_number_is_asked_three_times_a_day_at_most(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, visitor = office.town, office.signed_out()
    path = await opened(town)
    monkeypatch.setattr(join_by_web, "ASKED_A_DAY", 1)
    for _ in range(3):
        await signs_up(visitor, path)
        await town.execute("update opt_in_request set expired_at = now()")
    assert len(await asked(town)) == 1


async def test_a_closed_or_made_up_form_is_no_page(office: Office) -> None:
    town, visitor = office.town, office.signed_out()
    path = f"/sign-up/{town.organization_id}.{town.list_id}"
    for link in (path, "/sign-up/1", "/sign-up/1.9999", "/sign-up/x.y", f"/sign-up/{'9' * 30}.1"):
        assert (await visitor.get(link)).status == 404, link
        assert (await visitor.request("POST", link, data={"phone": ANN, "agree": "yes"})).status == 404


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_words_of_the_box_have_all_that_is_required(language: str) -> None:
    words = agreement("Riverside Tenants Union", "Rent Alerts", "news of your building", "", language)
    assert all(elements(words, "Riverside Tenants Union", "Rent Alerts").values())
    assert "news of your building" in words
    assert ("no condition" if language == "en" else "no es condición") in words
