"""Practice: each supporter has a right move, each mistake a reason of its own, and no tap counts twice."""

import pytest

from textbank.assignments.practice import (
    ANSWERS,
    DONE,
    EXCHANGES,
    OPT_OUTS,
    QUICK,
    moved,
    name_of,
    step_of,
)

MOVES = (*ANSWERS, *OPT_OUTS, "done")


def test_the_right_moves_lead_through_all_six_and_each_step_has_its_name() -> None:
    progress, names = "", []
    for exchange in EXCHANGES:
        for move in ("send", exchange.right[0]):
            step = step_of(progress)
            assert step is not None
            assert step.exchange == exchange
            names.append(name_of(step))
            assert step_of(name_of(step)) == step
            progress = moved(step, move).progress
    assert progress == DONE
    assert step_of(progress) is None
    assert len(set(names)) == 2 * len(EXCHANGES)


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda each: each.key)
def test_every_other_move_is_a_mistake_with_a_reason_and_stays_where_it_is(exchange: object) -> None:
    number = EXCHANGES.index(exchange)  # type: ignore[arg-type]
    step = step_of(str(2 * number + 1))
    assert step is not None
    for move in MOVES:
        done = moved(step, move)
        assert done.right is (move in step.exchange.right)
        if not done.right:
            assert done.progress == name_of(step)
            assert done.words


def test_the_short_round_has_three_answers_and_a_mistake_leads_to_all_six() -> None:
    progress = "q0"
    for exchange in QUICK:
        step = step_of(progress)
        assert step is not None
        assert step.quick
        assert not step.sends
        assert moved(step, "great").progress == "0"
        progress = moved(step, exchange.right[0]).progress
    assert progress == DONE


@pytest.mark.parametrize("kept", ["", "skipped", "-1", "99", "q99", "x", "٣"])
def test_what_cannot_be_read_begins_somewhere(kept: str) -> None:
    assert step_of(kept) is not None
