"""Promise 4: what we start leaves only inside the window at the recipient's place, and waits nowhere past it.

Windows are rows that the product computes from places (`messaging/window.py` has its own tests); here the
rows are set to open and to close at moments that suit the test.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories.town import Town
from tests.promises.desk import OPEN, Desk
from textbank import clock
from textbank.accounts.add_member import add_member
from textbank.contacts.place import Place
from textbank.conversations.reply import Sent, reply
from textbank.messaging.permit import Answer
from textbank.messaging.purpose import Purpose
from textbank.messaging.refresh_windows import refresh_stale_windows
from textbank.messaging.window import evaluate

ANN = "+15105550123"
CLOSED = "test/closed"
STARTED: list[Purpose] = ["blast", "first_text"]


async def close(desk: Desk, place: str = CLOSED) -> None:
    await desk.set_window(place, "now() + interval '9 hours'", "now() + interval '20 hours'")


async def open_for(desk: Desk, place: str, seconds: float) -> None:
    """The window has been open for hours, and closes in `seconds`."""
    closes = f"clock_timestamp() + interval '{seconds} seconds'"
    await desk.set_window(place, "now() - interval '5 hours'", closes)


async def start_text(desk: Desk, purpose: Purpose, recipient: int, place: str) -> int:
    """Queue a text that we start, in the group of `place`, due now."""
    if purpose == "blast":
        await desk.launch()
        [(message,)] = await desk.query("select message_id from outbox where recipient_id = :r", r=recipient)
        return int(message)
    return await desk.queue(recipient, purpose, place=place)


def verdicts(answer: Answer) -> list[str]:
    return ["go"] * len(answer.permits) + list(answer.refused.values())


# Nothing that we start leaves outside the window


@pytest.mark.parametrize("purpose", STARTED)
async def test_nothing_that_we_start_is_claimed_while_the_window_is_closed(
    desk: Desk, purpose: Purpose
) -> None:
    await close(desk)
    message = await start_text(desk, purpose, await desk.subscribe(ANN, place=CLOSED), CLOSED)
    assert (await desk.claim()).messages == []
    assert await desk.waiting() == [message]


@pytest.mark.parametrize("purpose", STARTED)
async def test_a_window_that_closed_after_the_claim_forbids_at_the_permit(
    desk: Desk, purpose: Purpose
) -> None:
    await open_for(desk, CLOSED, 3_600)
    message = await start_text(desk, purpose, await desk.subscribe(ANN, place=CLOSED), CLOSED)
    claimed = await desk.claim()
    assert claimed.messages == [message]
    await close(desk)
    assert (await desk.ask(claimed)).refused == {message: "window"}
    [(token, hours)] = await desk.query(
        "select claim_token, extract(epoch from due_at - now())::float8 / 3600 from outbox"
    )
    assert token is None
    assert 8.9 < hours < 9.1  # moved forward to the opening, so that it is not looked at before


async def test_the_persons_place_decides_even_where_the_groups_is_open(desk: Desk) -> None:
    """Somebody moved, or we learned better, after the text was queued."""
    await desk.subscribe(ANN, place=OPEN)
    await desk.launch()
    await close(desk)
    await desk.person(ANN, place=CLOSED)
    claimed = await desk.claim()
    assert len(claimed.messages) == 1
    answer = await desk.ask(claimed)
    assert verdicts(answer) == ["window"]
    assert answer.stale_places == {CLOSED}


async def test_a_place_without_a_window_is_closed(desk: Desk) -> None:
    await desk.subscribe(ANN, place=OPEN)
    await desk.launch()
    await desk.person(ANN, place="test/never computed")
    assert verdicts(await desk.permit_all()) == ["window"]


async def test_a_held_text_is_released_when_its_window_opens(town: Town) -> None:
    desk = Desk.of(town)
    await close(desk)
    await desk.subscribe(ANN, place=CLOSED)
    await desk.launch()
    await town.pump()
    assert await town.received(ANN) == []
    await open_for(desk, CLOSED, 7_200)
    await desk.execute("update outbox set due_at = now()")
    await town.pump()
    assert len(await town.received(ANN)) == 1


async def test_feeding_ends_a_minute_before_the_window_closes(desk: Desk) -> None:
    await open_for(desk, CLOSED, 3_600)
    await desk.subscribe(ANN, place=CLOSED)
    await desk.launch()
    claimed = await desk.claim()
    await open_for(desk, CLOSED, 59)
    assert verdicts(await desk.ask(claimed)) == ["window"]
    assert (await desk.claim()).messages == []
    await open_for(desk, CLOSED, 65)
    await desk.execute("update outbox set due_at = now()")
    assert verdicts(await desk.permit_all()) == ["go"]


# Nothing waits in the carrier's queue past the window's end


@pytest.mark.parametrize(("closes_in", "longest"), [(65, 65), (300, 300), (3_599, 3_599), (90_000, 3_600)])
async def test_the_carrier_may_keep_a_text_until_the_window_closes_and_an_hour_at_most(
    town: Town, closes_in: int, longest: int
) -> None:
    desk = Desk.of(town)
    await open_for(desk, CLOSED, closes_in)
    await desk.subscribe(ANN, place=CLOSED)
    await desk.launch()
    await town.pump()
    [text] = await town.phone(ANN)
    assert longest - 4 <= text["validity_period"] <= longest
    left_at = datetime.fromtimestamp(text["created_at"], UTC)
    [(closes_at,)] = await desk.query("select closes_at from sending_window where place = :p", p=CLOSED)
    assert left_at + timedelta(seconds=text["validity_period"]) <= closes_at + timedelta(seconds=1)


async def test_the_shortest_validity_is_half_a_minute(desk: Desk) -> None:
    """An answer that is dropped in five seconds still gets what the carrier needs at least."""
    recipient = await desk.person(ANN)
    soon = clock.now() + timedelta(seconds=5)
    await desk.queue(recipient, "help_answer", expires_at=soon)
    [one] = (await desk.permit_all()).permits
    assert one.validity_seconds == 30


# The exemptions, by name


@pytest.mark.parametrize("purpose", ["opt_out_confirmation", "help_answer", "start_answer", "keyword_answer"])
async def test_answers_to_what_somebody_just_sent_leave_at_night(desk: Desk, purpose: Purpose) -> None:
    await close(desk)
    await desk.queue(await desk.person(ANN, place=CLOSED), purpose)
    assert verdicts(await desk.permit_all()) == ["go"]


async def test_stop_help_and_a_keyword_are_answered_at_night(town: Town) -> None:
    desk = Desk.of(town)
    await close(desk)
    await desk.person(ANN, place=CLOSED)
    for body in ("JOIN", "HELP"):
        await town.text(ANN, body)
    await town.pump()
    await town.text(ANN, "STOP")
    await town.pump()
    assert len(await town.received(ANN)) == 3


async def test_a_reply_leaves_at_night_within_an_hour_of_what_they_wrote(desk: Desk) -> None:
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    within = clock.now() + timedelta(minutes=10)
    await desk.queue(ann, "reply", exempt_until=within)
    assert verdicts(await desk.permit_all()) == ["go"]


async def test_a_reply_at_night_may_wait_at_the_carrier_until_its_hour_ends_and_no_longer(desk: Desk) -> None:
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    await desk.queue(ann, "reply", exempt_until=clock.now() + timedelta(minutes=10))
    [one] = (await desk.permit_all()).permits
    assert 590 <= one.validity_seconds <= 600


async def test_a_reply_in_the_window_may_wait_at_the_carrier_until_it_closes(desk: Desk) -> None:
    await open_for(desk, CLOSED, 1_200)
    ann = await desk.person(ANN, place=CLOSED)
    await desk.queue(ann, "reply", exempt_until=clock.now() + timedelta(minutes=10))
    [one] = (await desk.permit_all()).permits
    assert 1_190 <= one.validity_seconds <= 1_200


async def test_a_reply_past_its_hour_waits_for_the_window(desk: Desk) -> None:
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    past = clock.now() - timedelta(seconds=1)
    message = await desk.queue(ann, "reply", exempt_until=past)
    assert (await desk.permit_all()).refused == {message: "window"}
    await open_for(desk, CLOSED, 600)
    await desk.execute("update outbox set due_at = now()")
    [one] = (await desk.permit_all()).permits
    assert 590 <= one.validity_seconds <= 600


async def test_a_reply_whose_hour_ends_between_claim_and_permit_waits(desk: Desk) -> None:
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    message = await desk.queue(ann, "reply", exempt_until=clock.now() + timedelta(minutes=10))
    claimed = await desk.claim()
    await desk.execute("update outbox set exempt_until = now() - interval '1 second'")
    assert (await desk.ask(claimed)).refused == {message: "window"}


async def answer_by_hand(desk: Desk, recipient: int) -> int:
    """A member's reply through the product, which decides whether it is exempt; the message's id."""
    async with desk.database.transaction(desk.organization_id) as session:
        maria = await add_member(session, desk.organization_id, name="Maria Rivera", role="texter")
        done = await reply(
            session,
            desk.organization_id,
            recipient,
            body="Yes, at six.",
            member_id=maria.id,
            key="once",
            seen=2**60,
        )
    assert isinstance(done, Sent)
    return done.message_id


async def test_a_text_filed_hours_late_opens_no_hour_at_night(desk: Desk) -> None:
    """The hour runs from when they wrote, as the carrier says, not from when we got to know of it."""
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    await desk.hear(ANN, "Is the meeting on?", carrier_time=clock.now() - timedelta(hours=5))
    message = await answer_by_hand(desk, ann)
    assert verdicts(await desk.permit_all()) == []
    assert await desk.waiting() == [message]


async def test_a_text_filed_a_little_late_has_what_is_left_of_its_hour(desk: Desk) -> None:
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    await desk.hear(ANN, "Is the meeting on?", carrier_time=clock.now() - timedelta(minutes=40))
    await answer_by_hand(desk, ann)
    [one] = (await desk.permit_all()).permits
    assert 1_190 <= one.validity_seconds <= 1_200


async def test_an_older_text_filed_late_does_not_shorten_the_hour_of_a_newer_one(desk: Desk) -> None:
    await close(desk)
    ann = await desk.person(ANN, place=CLOSED)
    await desk.hear(ANN, "Is the meeting on?")
    await desk.hear(ANN, "Hello?", carrier_time=clock.now() - timedelta(hours=5))
    await answer_by_hand(desk, ann)
    assert verdicts(await desk.permit_all()) == ["go"]


# Nobody is without a place


async def test_nobody_can_have_an_empty_place(desk: Desk) -> None:
    with pytest.raises(IntegrityError, match="place_known"):
        await desk.person(ANN, place="")


@pytest.mark.parametrize("purpose", STARTED)
async def test_no_text_that_we_start_can_be_queued_without_a_place(desk: Desk, purpose: Purpose) -> None:
    ann = await desk.person(ANN)
    with pytest.raises(IntegrityError, match="what_we_start_has_a_place"):
        await desk.queue(ann, purpose, place="")


async def test_a_stranger_is_placed_by_the_number_they_write_from(desk: Desk) -> None:
    await desk.hear(ANN, "hello")
    [(place,)] = await desk.query("select place from recipient")
    assert Place.from_key(place).zones == ("America/Los_Angeles",)


# The rows that are compared are what the rules of places say


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "America/Puerto_Rico", "America/New_York"])
async def test_a_computed_window_is_the_one_at_the_place(desk: Desk, zone: str) -> None:
    place = Place((zone,), None, "area_code")
    await desk.subscribe(ANN, place=place.key)
    await desk.launch()
    await refresh_stale_windows(desk.database)
    state = evaluate(place, clock.now() + timedelta(seconds=60))
    [(opens, closes)] = await desk.query(
        "select opens_at, closes_at from sending_window where place = :key", key=place.key
    )
    assert state.opens_at in (None, opens)
    assert state.until in (None, closes)
    assert closes.astimezone(ZoneInfo(zone)).time() == time(20)
    assert verdicts(await desk.permit_all()) == ["go"] * (opens <= clock.now())
