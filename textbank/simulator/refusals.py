"""The error codes this carrier answers with, their HTTP status and text.

Codes are Twilio's (https://www.twilio.com/docs/api/errors); the sentences are ours, because Twilio warns
against relying on its wording.
"""

from dataclasses import dataclass

_TEXTS: dict[int, tuple[int, str]] = {
    20001: (400, "A parameter of this request cannot be read"),
    20003: (401, "Authentication failed: the account or its token is wrong"),
    20004: (405, "This method is not allowed here"),
    20009: (409, "The message is not complete yet, so it cannot be changed or deleted"),
    20005: (401, "The account is not active"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too many requests at once"),
    20500: (500, "An internal error occurred"),
    21211: (400, "The 'To' number is not a valid phone number"),
    21212: (400, "The 'From' number is not a valid phone number"),
    21266: (400, "'To' and 'From' cannot be the same number"),
    21408: (400, "This account may not send texts to the region of the 'To' number"),
    21603: (400, "'From' or 'MessagingServiceSid' is required"),
    21604: (400, "'To' is required"),
    21606: (400, "The 'From' number is not one of this account's numbers that can send texts"),
    21609: (400, "'StatusCallback' is not a valid URL"),
    21602: (400, "The message has no body"),
    21610: (400, "The recipient has opted out of texts from this sender"),
    21611: (429, "The queue of this 'From' number is full"),
    21612: (400, "The 'To' number cannot be reached from this 'From' number"),
    21614: (400, "The 'To' number is not a mobile number"),
    21617: (400, "The body is longer than 1600 characters"),
    21620: (400, "A media URL is not valid"),
    21623: (400, "There are more than ten media files"),
    21701: (404, "There is no such messaging service"),
    21703: (400, "The messaging service has no number that can send this text"),
    21704: (400, "The messaging service has no phone numbers"),
    21705: (400, "The messaging service sid is not valid"),
    21710: (409, "The phone number is already in this messaging service"),
    21712: (409, "The phone number is in another messaging service, or not in this one"),
    21714: (412, "The messaging service holds as many numbers as it may"),
    30001: (400, "Queue overflow"),
    30003: (400, "The handset cannot be reached"),
    30004: (400, "The message was blocked"),
    30005: (400, "The handset is unknown or no longer exists"),
    30006: (400, "Landline or carrier that cannot be reached"),
    30007: (400, "The message was filtered by the carrier"),
    30008: (400, "Unknown error of the carrier"),
    30032: (400, "The toll-free number has not been verified"),
    30034: (400, "The number is not registered for texts to groups (A2P 10DLC)"),
    30036: (400, "The validity period expired before the message could be sent"),
    30409: (400, "This message cannot be canceled"),
    35111: (400, "'SendAt' is missing"),
    35114: (400, "'SendAt' must be from 300 seconds to 35 days ahead"),
    35118: (400, "'MessagingServiceSid' is required to schedule a message"),
    60200: (400, "A parameter is not valid"),
    90007: (400, "The validity period must be from 1 to 36000 seconds"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The carrier said no; nothing was created."""

    code: int

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return _TEXTS[self.code][0]

    def as_twilio(self) -> dict[str, object]:
        """The body of the answer, in Twilio's shape."""
        return {
            "code": self.code,
            "message": text_of(self.code),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def text_of(code: int) -> str:
    """The sentence for a code, also for those that reach a message only by its status."""
    known = _TEXTS.get(code)
    return known[1] if known else "Unknown error"
