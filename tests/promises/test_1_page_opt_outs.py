"""Promise 1 for opt-outs by a page: nothing is handed over once the page has answered."""

import asyncio

import pytest

from tests.factories.office import Office
from tests.factories.town import eventually
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
    answer = await desk.permit_all()
    [permit] = [each for each in answer.permits if each.recipient_id == recipient]
    staff = await office.signed_in("organizer")
    await staff.get("/me")
    form = {"why": "asked", "reason": "They told us at the door.", "recipient_id": recipient}
    opting_out = asyncio.create_task(staff.post(page.format(recipient=recipient, contact=contact), **form))

    async def suppressed() -> bool:
        rows = await desk.query(
            "select 1 from recipient where id = :r and suppressed_at is not null", r=recipient
        )
        return bool(rows)

    await eventually(suppressed, every=0.01)
    # The permit is not used up yet, so its worker may be writing just now: the page must not have answered.
    assert not opting_out.done()
    assert permit is not None
    assert (await opting_out).status == 303
    [(usable,)] = await desk.query(
        "select count(*) from attempt where recipient_id = :r and outcome is null "
        "and permit_at > clock_timestamp() - interval '2 seconds'",
        r=recipient,
    )
    assert usable == 0
