"""Twilio's error numbers by what to do about them.

Twilio advises against copying its whole dictionary (https://www.twilio.com/docs/api/errors); this holds the
numbers that a text bank acts on, and every other number is given up on and kept for the report.
"""

from typing import Final

from textbank.sms.carrier_errors import ErrorClass

_CODES: Final[dict[ErrorClass, tuple[int, ...]]] = {
    ErrorClass.HALT_ACCOUNT: (
        20003,  # authentication failed
        20005,  # account not active
        30002,  # account suspended
        30033,  # 10DLC campaign suspended
        63038,  # account's daily limit, rolling 24 h
    ),
    ErrorClass.HALT_SENDER: (
        21212,  # From is not a number
        21601,  # From cannot send SMS
        21603,  # no From
        21606,  # From is not ours, or not for SMS
        21701,  # messaging service, set-up (21701 to 21705)
        21702,
        21704,
        21705,
        21714,  # sender pool full
        21609,  # status callback's address refused
        30024,  # not provisioned
        30032,  # toll-free number not verified
        90007,  # validity period out of range
    ),
    ErrorClass.REST_SENDER: (
        21703,  # no sender available in the service
        30035,  # number being configured
    ),
    ErrorClass.SUPPRESS: (21610,),
    ErrorClass.SUPPRESS_ON_REPEAT: (30004,),
    ErrorClass.DEAD_NUMBER: (
        21211,  # To is not a number
        21614,  # not a mobile
        21635,  # landline
        30006,  # landline or unreachable carrier
    ),
    ErrorClass.DEAD_ON_REPEAT: (30005,),  # unknown handset
    ErrorClass.RETRY_ONCE: (
        30003,  # off or roaming
        30008,  # unknown
        30017,  # congestion
        30410,  # provider's time-out, which Twilio does not retry
    ),
    ErrorClass.SLOW_DOWN: (
        20429,  # too many requests
        21611,  # sender's queue full
        30001,  # queue overflow
        30022,  # rate exceeded
        30036,  # validity period passed in the queue
        63017,
        63018,
    ),
    ErrorClass.DAY_FULL: (
        30023,  # T-Mobile's daily cap, until midnight Pacific
        30027,  # 100 % of it
    ),
    ErrorClass.DAY_MOSTLY_USED: (30026,),  # 70 %
    ErrorClass.DAY_HALF_USED: (30025,),  # 50 %
    ErrorClass.FILTERED: (30007,),
    ErrorClass.CONTENT: (
        21602,  # empty
        21617,  # over 1,600 characters
        21620,  # media address
        21623,  # media
        30019,  # too large
        30038,  # taken for a one-time password
        30450,  # taken for SMS pumping
    ),
    # 21408, a country that may not be texted, is about this recipient: no reason to halt the sender.
    ErrorClass.ROUTE: (21408, 21612),
    ErrorClass.LEGAL: (
        30047,  # rescheduling failed
        30610,  # quiet hours of Twilio's Compliance Toolkit
        30640,  # known litigator
    ),
    ErrorClass.OUR_WEBHOOK: (11200, 11205, 11751, 12100, 12200, 12300),
    ErrorClass.REGISTRATION: (
        30034,  # number not registered for 10DLC
        30501,
        30502,
        30541,
        30542,
        30826,
    ),
    ErrorClass.AMBIGUOUS: (20500, 20503),
}

_CLASS_OF: Final[dict[int, ErrorClass]] = {code: kind for kind, codes in _CODES.items() for code in codes}


def classify_error(code: int) -> ErrorClass:
    """What to do about an error of Twilio's."""
    return _CLASS_OF.get(code, ErrorClass.GIVE_UP)
