"""A person's own page: what they get, less of it, nothing; and only with a link that we signed for them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.office import Office
from textbank import clock
from textbank.consent.preference_token import VALID_FOR, Whose, make_token, read_token

ANN, BEN = "+15105550123", "+15105550124"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def link(office: Office, phone: str = ANN) -> str:
    town = office.town
    secret = town.settings.derived_secret("preferences")
    whose = Whose(town.organization_id, await town.recipient(phone))
    return f"/preferences/{make_token(secret, whose, clock.now())}"


async def state_of(office: Office, phone: str) -> tuple[object, ...]:
    [row] = await office.town.query(
        "select suppressed_at is not null, rests_until is not null, less_since is not null, "
        "array(select state from subscription s where s.recipient_id = r.id) "
        "from recipient r where e164 = :p",
        p=phone,
    )
    return tuple(row)


async def test_a_person_leaves_takes_a_break_and_stops_everything_by_their_link(office: Office) -> None:
    town, visitor = office.town, office.signed_out()
    await town.text(ANN, "join")
    await town.execute("update contact set first_name = 'Annabel', zip_code = '94110'")
    path = await link(office)
    page = await visitor.get(path)
    for words in ("Rent Alerts", "Annabel", "94110", "join", "(510) 555-0123"):
        assert words in page.text
    assert await state_of(office, ANN) == (False, False, False, ["subscribed"]), "looking changes nothing"

    async def press(what: str, **form: object) -> None:
        answer = await visitor.request("POST", f"{path}/{what}", data={k: str(v) for k, v in form.items()})
        assert (answer.status, answer.location) == (303, path)

    await press("pace", choice="rest", days=14)
    assert "End the break" in (await visitor.get(path)).text
    await press("pace", choice="resume")
    await press("pace", choice="fewer")
    assert await state_of(office, ANN) == (False, False, True, ["subscribed"])
    await press("pace", choice="as_many")
    await press("leave", list_id=town.list_id)
    assert await state_of(office, ANN) == (False, False, False, ["unsubscribed"])
    await press("stop")
    assert (await state_of(office, ANN))[0] is True
    assert "text START to" in (await visitor.get(path)).text
    kinds = await town.query(
        "select e.kind, p.payload ->> 'page', p.payload ->> 'cause' from consent_event e "
        "join consent_payload p on p.event_id = e.id order by e.id"
    )
    assert [tuple(row) for row in kinds][1:] == [
        ("paused", "preferences", None),
        ("resumed", "preferences", None),
        ("wants_fewer", "preferences", None),
        ("wants_all", "preferences", None),
        ("unsubscribed", "preferences", None),
        ("opt_out", "preferences", "page"),
    ]
    [(recipient,)] = await town.query("select id from recipient")
    staff = await office.signed_in("organizer")
    assert "Opted out on a web page" in (await staff.get(f"/consent-files/{recipient}")).text
    [(contact,)] = await town.query("select id from contact")
    assert "/preferences/" in (await staff.get(f"/people/{contact}")).text


async def test_only_a_link_that_we_signed_for_this_number_opens_a_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, visitor = office.town, office.signed_out()
    await town.subscribe(ANN, BEN)
    mine, other = await link(office), await link(office, BEN)
    body, _, signature = mine.rpartition(".")
    tampered = [
        other.rpartition(".")[0] + "." + signature,
        body + "." + signature[::-1],
        body.replace(f"/{town.organization_id}.", f"/{office.strangers_id}.") + "." + signature,
        "/preferences/",
        "/preferences/1.2",
        f"/preferences/{make_token('another secret', Whose(town.organization_id, 1), clock.now())[:-1]}",
    ]
    later = clock.now() + VALID_FOR + timedelta(minutes=1)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert (await visitor.get(mine)).status == 404, "it is over after a month"
    for path in tampered:
        assert (await visitor.get(path)).status == 404, path
        assert (await visitor.request("POST", f"{path}/stop")).status in (404, 405)
    for phone in (ANN, BEN):
        assert (await state_of(office, phone))[0] is False
    elsewhere = await visitor.request("POST", f"{mine}/stop", headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status == 403


def test_a_token_is_good_for_one_number_for_one_month() -> None:
    token = make_token("secret", Whose(7, 12), NOW)
    assert read_token("secret", token, NOW + VALID_FOR - timedelta(seconds=2)) == Whose(7, 12)
    assert read_token("secret", token, NOW + VALID_FOR) is None
    assert read_token("other", token, NOW) is None
    assert read_token("secret", token.replace("7.12.", "7.13."), NOW) is None
    assert read_token("secret", "", NOW) is None
