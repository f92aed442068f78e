"""When windows open, what was held leaves in order, and no place waits for another one's thousands."""

from collections import Counter

from tests.factories.town import phones
from tests.promises.desk import Desk

MANY = {"test/big": 90, "test/middle": 12, "test/small": 2}


async def held_overnight(desk: Desk) -> dict[int, str]:
    """A blast to three places whose windows open in the same moment; text → place."""
    for place in MANY:
        await desk.set_window(place, "now() + interval '9 hours'", "now() + interval '20 hours'")
    people = iter(phones(sum(MANY.values())))
    for place, many in MANY.items():
        for _ in range(many):
            await desk.subscribe(next(people), place=place)
    await desk.launch()
    assert (await desk.claim()).messages == []
    await desk.execute("update sending_window set opens_at = now() where place like 'test/%'")
    rows = await desk.query(
        "select o.message_id, r.place from outbox o join recipient r on r.id = o.recipient_id"
    )
    return {row.message_id: row.place for row in rows}


async def test_places_that_open_together_take_turns_and_each_keeps_its_order(desk: Desk) -> None:
    place_of = await held_overnight(desk)
    took: list[list[int]] = []
    while claimed := (await desk.claim(texts=12)).messages:
        took.append(claimed)
    assert Counter(place_of[text] for text in took[0]) == {
        "test/big": 4, "test/middle": 4, "test/small": 2
    }  # fmt: skip
    left_by = {place: max(n for n, texts in enumerate(took) for t in texts if place_of[t] == place)
               for place in MANY}  # fmt: skip
    assert left_by["test/small"] == 0
    assert left_by["test/middle"] <= 3
    for place in MANY:
        texts = [text for claimed in took for text in sorted(claimed) if place_of[text] == place]
        assert texts == sorted(texts)
    assert sum(map(len, took)) == sum(MANY.values())


async def test_a_claim_takes_no_more_in_the_first_second_than_the_pace_grants(desk: Desk) -> None:
    """Thousands that become due in one moment leave as their number's pace lets them, and no faster."""
    await held_overnight(desk)
    claimed = await desk.claim(texts=25)
    assert len(claimed.messages) <= 25
    [(waits,)] = await desk.query("select count(*) from outbox where claim_token is null and due_at <= now()")
    assert waits == sum(MANY.values()) - len(claimed.messages)
