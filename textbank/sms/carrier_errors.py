"""What to do about a carrier's error, whatever number that carrier gives it.

Sending and settling act on these classes; each carrier's own package keeps the table of its numbers.
"""

from enum import StrEnum


class ErrorClass(StrEnum):
    """The action that an error asks for."""

    HALT_ACCOUNT = "halt_account"
    """Nothing of this account can leave: stop all of it and tell staff."""
    HALT_SENDER = "halt_sender"
    """This sender or its set-up is at fault, not the recipient: it rests until somebody has mended it."""
    REST_SENDER = "rest_sender"
    """This sender cannot send just now, and it will pass: it rests for some minutes."""
    SUPPRESS = "suppress"
    """The recipient opted out at the carrier: opt them out here, at once."""
    SUPPRESS_ON_REPEAT = "suppress_on_repeat"
    """Blocked at the handset or by a carrier; an opt-out when it comes again, at once on toll-free."""
    DEAD_NUMBER = "dead_number"
    """This number cannot get texts, ever."""
    DEAD_ON_REPEAT = "dead_on_repeat"
    """Probably dead; certainly after two or three."""
    SLOW_DOWN = "slow_down"
    """Too fast: requeue by our own pace, which is halved for a while."""
    DAY_FULL = "day_full"
    """A carrier's daily cap is reached: nothing more that we start until its next day."""
    DAY_MOSTLY_USED = "day_mostly_used"
    """A warning that seven tenths of a daily cap are used; the text itself went out."""
    DAY_HALF_USED = "day_half_used"
    """A warning that half of a daily cap is used."""
    RETRY_ONCE = "retry_once"
    """Unreachable for now: one later try, never a loop."""
    CONTENT = "content"
    """The text itself is refused: never again as it is."""
    FILTERED = "filtered"
    """A carrier took the text for unwanted: pause its campaign on every number when they mount up, because
    more of the same from other numbers is what carriers shut all of them for."""
    ROUTE = "route"
    """Not from this sender to that number: one other sender may try."""
    LEGAL = "legal"
    """The carrier's own rule of law (quiet hours, litigators) stopped it: reschedule or suppress."""
    OUR_WEBHOOK = "our_webhook"
    """Our endpoint failed the carrier: the operator's to repair, no fault of the text."""
    REGISTRATION = "registration"
    """The organization's registration with the carriers lacks something: pause the campaign, for staff."""
    AMBIGUOUS = "ambiguous"
    """The carrier may have it: look before anything is sent again."""
    GIVE_UP = "give_up"
    """Ended, and nothing is known that would help."""
