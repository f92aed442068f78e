"""What to do about a carrier's error, whatever number that carrier gives it.

Sending and settling act on these classes; each carrier's own package keeps the table of its numbers.
"""

from enum import StrEnum


class ErrorClass(StrEnum):
    """The action that an error asks for."""

    HALT_ACCOUNT = "halt_account"
    """Nothing of this account can leave: stop all of it and tell staff."""
    HALT_SENDER = "halt_sender"
    """This sender or its set-up is at fault, not the recipient: stop it and tell staff."""
    SUPPRESS = "suppress"
    """The recipient opted out at the carrier: opt them out here, at once."""
    SUPPRESS_ON_REPEAT = "suppress_on_repeat"
    """Blocked at the handset or by a carrier; an opt-out when it comes again, at once on toll-free."""
    DEAD_NUMBER = "dead_number"
    """This number cannot get texts, ever."""
    DEAD_ON_REPEAT = "dead_on_repeat"
    """Probably dead; certainly after two or three."""
    SLOW_DOWN = "slow_down"
    """Too fast or a cap reached: requeue by our own pace, drop when the window has closed."""
    THROTTLE = "throttle"
    """A warning that a daily cap comes near; the text itself went out."""
    RETRY_ONCE = "retry_once"
    """Unreachable for now: one later try, never a loop."""
    CONTENT = "content"
    """The text itself is refused: never again as it is, and stop the campaign when they mount up."""
    ROUTE = "route"
    """Not from this sender to that number: one other sender may try."""
    LEGAL = "legal"
    """The carrier's own rule of law (quiet hours, litigators) stopped it: reschedule or suppress."""
    OUR_WEBHOOK = "our_webhook"
    """Our endpoint failed the carrier: the operator's to repair, no fault of the text."""
    REGISTRATION = "registration"
    """The organization's registration with the carriers lacks something: for staff."""
    AMBIGUOUS = "ambiguous"
    """The carrier may have it: look before anything is sent again."""
    GIVE_UP = "give_up"
    """Ended, and nothing is known that would help."""
