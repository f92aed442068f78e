"""When a texter is paused without anybody's doing: the thresholds, and the reasons they stand on. Pure.

A pause costs a good volunteer some minutes and a word with a captain; not pausing costs a number its standing
with the carriers. So each limit is far beyond what practised people reach, and few texts judge nobody.
"""

from dataclasses import dataclass
from typing import Final

from textbank.campaigns.own_batches import MOST_IN_A_BATCH
from textbank.language import N_

AT_LEAST: Final = 50
"""First texts; below, one family that has had enough is a percentage."""
OPT_OUTS_AT_LEAST: Final = 5
OPTED_OUT: Final = 0.08
"""A campaign as a whole is paused at 3 % (`campaigns/watch.py`); one texter's share of it swings more."""
TIMES_OTHERS: Final = 3.0
"""Where everybody has many, the words are to blame, and the campaign is paused, not its texters."""
A_MINUTE: Final = MOST_IN_A_BATCH + 40
"""First texts. Practised texters send one a second for a while; four a second are read by nobody. What waited
on a phone without a network comes all at once, and is at most the largest batch."""
RUDE: Final = 2
"""Replies with abuse in them: once may be a quotation."""

TOO_MANY_OPT_OUTS: Final = N_("Far more people than usual opted out after these texts.")
TOO_FAST: Final = N_("More texts in a minute than anybody can read.")
RUDE_WORDS: Final = N_("Words in replies that may hurt somebody.")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a texter's texts of the last day brought."""

    first_texts: int = 0
    opted_out: int = 0
    rude: int = 0
    fastest: int = 0


def trouble(theirs: Tally, others: Tally) -> str | None:
    """Why a texter should be paused, as a sentence that they read; None for nobody's trouble."""
    if theirs.rude >= RUDE:
        return RUDE_WORDS
    if theirs.fastest > A_MINUTE:
        return TOO_FAST
    if theirs.first_texts >= AT_LEAST and theirs.opted_out >= OPT_OUTS_AT_LEAST:
        usual = others.opted_out / others.first_texts if others.first_texts >= AT_LEAST else 0.0
        if theirs.opted_out / theirs.first_texts >= max(OPTED_OUT, TIMES_OTHERS * usual):
            return TOO_MANY_OPT_OUTS
    return None
