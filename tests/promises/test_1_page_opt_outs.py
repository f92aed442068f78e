"""Promise 1 for opt-outs by a page: nothing is handed over once the page has answered."""

import pytest

from tests.factories.office import Office
from tests.promises.desk import Desk

PHONE = "+15105550123"


@pytest.mark.parametrize("page", ["/inbox/{recipient}/opt-out", "/people/{contact}/opt-out"])
async def test_a_page_answers_only_when_what_was_permitted_before_is_over(office: Office, page: str) -> None:
    desk = Desk.of(office.town)
    recipient = await desk.subscribe(PHONE)
    await office.town.text(PHONE, "When is it?")
    [(contact,)] = await desk.query(
        "select contact_id from contact_number where recipient_id = :r", r=recipient
    )
    await desk.launch()
    staff = await office.signed_in("organizer")
    await staff.get("/me")
    answer = await desk.permit_all()
    assert [each for each in answer.permits if each.recipient_id == recipient]
    form = {"why": "asked", "reason": "They told us at the door.", "recipient_id": recipient}
    # The permit is not used up yet, so its worker may be writing just now: the page must wait for it.
    assert (await staff.post(page.format(recipient=recipient, contact=contact), **form)).status == 303
    [(usable,)] = await desk.query(
        "select count(*) from attempt where recipient_id = :r and outcome is null "
        "and permit_at > clock_timestamp() - interval '2 seconds'",
        r=recipient,
    )
    assert usable == 0


async def test_what_was_said_in_a_conversation_is_on_record_as_that_with_the_words(office: Office) -> None:
    """A captain who writes down what somebody asked for speaks for them; no captain undoes it."""
    [recipient] = await office.town.subscribe(PHONE)
    await office.town.text(PHONE, "hello who is this")
    captain = await office.signed_in("captain")
    assert (await captain.post(f"/inbox/{recipient}/opt-out", why="asked")).status == 303
    [(contact,)] = await office.town.query(
        "select contact_id from contact_number where recipient_id = :r", r=recipient
    )
    path = f"/people/{contact}/opt-out/undo"
    assert (await captain.post(path, recipient_id=recipient, reason="We need turnout")).status == 403
    organizer = await office.signed_in("organizer")
    person = await organizer.get(f"/people/{contact}")
    assert "Captain Rivera opted them out." in person.text
    assert "hello who is this" in person.text
    assert await office.town.query(
        "select suppressed_at is not null, s.cause from recipient r "
        "join suppression s on s.recipient_id = r.id where r.id = :r and s.lifted_at is null",
        r=recipient,
    ) == [(True, "texter")]


@pytest.mark.parametrize("page", ["/inbox/{recipient}/opt-out", "/people/{contact}/opt-out", "/suppressions"])
async def test_a_page_that_cannot_know_whether_a_text_is_under_way_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """It must not say that they get no more texts; the opt-out is kept, and pressing again waits again."""
    desk = Desk.of(office.town)
    recipient = await desk.subscribe(PHONE)
    await office.town.text(PHONE, "When is it?")
    [(contact,)] = await desk.query(
        "select contact_id from contact_number where recipient_id = :r", r=recipient
    )
    await desk.launch()
    staff = await office.signed_in("organizer")
    await staff.get("/me")
    path = page.format(recipient=recipient, contact=contact)
    form = {"why": "asked", "reason": "They told us at the door.", "recipient_id": recipient, "number": PHONE}
    assert [each.recipient_id for each in (await desk.permit_all()).permits] == [recipient]
    with monkeypatch.context() as patience:
        # No time to look: as where the database hangs.
        patience.setattr("textbank.messaging.wait_out_permits.STOP_WAIT_LIMIT_SECONDS", 0.0)
        answer = await staff.post(path, **form)
    assert answer.status == 503
    assert "The opt-out is recorded" in answer.text
    assert await desk.query("select suppressed_at is not null from recipient where id = :r", r=recipient) == [
        (True,)
    ]
    assert (await staff.post(path, **form)).status == 303
