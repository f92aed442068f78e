"""What a text that leaves is for, and what each purpose is free from.

The exemptions of promises 1 and 4 stand here by name, and nowhere else.
"""

from typing import Final, Literal

from textbank.messaging.models import Lane

Purpose = Literal[
    "opt_out_confirmation",
    "help_answer",
    "start_answer",
    "keyword_answer",
    "preference_answer",
    "flow_answer",
    "away_answer",
    "series",
    "opt_in_question",
    "opt_in_reminder",
    "reply",
    "test",
    "first_text",
    "blast",
]

LANES: Final[dict[Purpose, Lane]] = {
    "opt_out_confirmation": Lane.ANSWER,
    "help_answer": Lane.ANSWER,
    "start_answer": Lane.ANSWER,
    "keyword_answer": Lane.ANSWER,
    "preference_answer": Lane.ANSWER,
    "flow_answer": Lane.ANSWER,
    "away_answer": Lane.ANSWER,
    "series": Lane.BLAST,
    "opt_in_question": Lane.ANSWER,
    "opt_in_reminder": Lane.BLAST,
    "reply": Lane.REPLY,
    "test": Lane.REPLY,
    "first_text": Lane.FIRST_TEXT,
    "blast": Lane.BLAST,
}

PASSES_SUPPRESSION: Final[tuple[Purpose, ...]] = ("opt_out_confirmation",)
"""May leave although the number is suppressed: the one confirmation of the STOP itself."""

PASSES_EARLIER_SUPPRESSION: Final[tuple[Purpose, ...]] = ("help_answer",)
"""May leave if it was queued *after* the latest STOP: the answer to a HELP that came later."""

NEEDS_BASIS: Final[tuple[Purpose, ...]] = ("blast",)
"""Leaves only to a number subscribed, on a recorded basis, to one of the campaign's lists (promise 7)."""

NEEDS_BASIS_IN_CAMPAIGN: Final[tuple[Purpose, ...]] = ("first_text",)
"""The same where a campaign is its reason; an admin's recorded statement may stand in for the basis."""

NEEDS_BASIS_OF_ITS_LIST: Final[tuple[Purpose, ...]] = ("series",)
"""Leaves only to a number subscribed, on a recorded basis, to the list that the text names."""
