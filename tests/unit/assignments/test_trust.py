"""What pauses a texter by itself, and what does not."""

import pytest

from textbank.assignments.trust import A_MINUTE, RUDE_WORDS, TOO_FAST, TOO_MANY_OPT_OUTS, Tally, trouble

USUAL = Tally(first_texts=1_000, opted_out=20)


@pytest.mark.parametrize(
    ("theirs", "others", "why"),
    [
        (Tally(50, 5), USUAL, TOO_MANY_OPT_OUTS),
        (Tally(49, 40), USUAL, None),
        (Tally(50, 4), USUAL, None),
        (Tally(100, 7), USUAL, None),
        (Tally(100, 9), Tally(1_000, 40), None),
        (Tally(100, 13), Tally(1_000, 40), TOO_MANY_OPT_OUTS),
        (Tally(100, 9), Tally(), TOO_MANY_OPT_OUTS),
        (Tally(900, 9, fastest=A_MINUTE), USUAL, None),
        (Tally(900, 9, fastest=A_MINUTE + 1), USUAL, TOO_FAST),
        (Tally(10, rude=1), USUAL, None),
        (Tally(10, rude=2), USUAL, RUDE_WORDS),
    ],
)
def test_only_what_is_far_from_usual_pauses_a_texter(theirs: Tally, others: Tally, why: str | None) -> None:
    assert trouble(theirs, others) == why
