"""Promise 1: what the carrier took for a STOP is one, and what we read as a STOP stays one."""

import pytest

from tests.promises.desk import Desk

ANN = "+15105550123"


async def suppressed(desk: Desk) -> bool:
    [(since,)] = await desk.query("select suppressed_at from recipient")
    return since is not None


async def test_a_stop_in_words_that_only_the_carrier_knows_is_a_stop(desk: Desk) -> None:
    received = await desk.hear(ANN, "NOMAS", carrier_class="stop")
    assert received.forbids
    assert await suppressed(desk)


@pytest.mark.parametrize("taken_for", ["help", "start"])
async def test_a_stop_that_we_can_read_stays_one_whatever_the_carrier_took_it_for(
    desk: Desk, taken_for: str
) -> None:
    received = await desk.hear(ANN, "STOP", carrier_class=taken_for)
    assert received.forbids
    assert await suppressed(desk)


async def test_what_the_carrier_has_answered_is_not_answered_again(desk: Desk) -> None:
    await desk.hear(ANN, "STOP", carrier_class="stop")
    await desk.hear(ANN, "HELP", carrier_class="help")
    assert await desk.waiting() == []
