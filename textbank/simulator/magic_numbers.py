"""Supporters' numbers that always behave badly, each in one way, so that a demo or a test can ask for it.

They are valid to every check of a number, and lie in the range 555-0100 to 555-0199 that is reserved for
fiction. The wall of phones lists them.
"""

from dataclasses import dataclass

from textbank.simulator.configuration import CreateFault


@dataclass(frozen=True, slots=True)
class Magic:
    """What happens to a text to this number."""

    e164: str
    says: str
    """For people, on the wall."""
    refused: int = 0
    """Error code answered at once."""
    fault: CreateFault | None = None
    once: bool = False
    """The fault happens only the first time."""
    status: str = ""
    """The last status, where it is not `delivered`."""
    code: int = 0
    """The error code that goes with `status`."""
    delay: float = 0.0
    """Seconds added before the last status."""
    callbacks: str = ""
    """`doubled`, `reversed`, `lost` or `late`."""
    line_type: str = "mobile"


_ALL = (
    Magic("+12025550111", "Not a valid number (21211), at once", refused=21211),
    Magic("+12025550112", "Cannot be reached from this sender (21612), at once", refused=21612),
    Magic("+12025550113", "Region not permitted (21408), at once", refused=21408),
    Magic("+12025550114", "Landline (21614), at once", refused=21614, line_type="landline"),
    Magic("+12025550110", "Opted out at the carrier (21610), at once", refused=21610),
    Magic("+12025550120", "Opted out at the carrier (21610), told later", status="failed", code=21610),
    Magic("+12025550103", "Phone off or roaming (30003)", status="undelivered", code=30003),
    Magic("+12025550104", "Blocked by the handset (30004)", status="undelivered", code=30004),
    Magic("+12025550105", "Handset unknown (30005)", status="undelivered", code=30005),
    Magic(
        "+12025550106",
        "Landline, found out late (30006)",
        status="undelivered",
        code=30006,
        line_type="landline",
    ),
    Magic("+12025550107", "Filtered by its carrier (30007)", status="undelivered", code=30007),
    Magic("+12025550108", "Unknown error (30008)", status="undelivered", code=30008),
    Magic("+12025550130", "Delivered after 60 seconds", delay=60.0),
    Magic(
        "+12025550131", "Unreachable (30003) after 60 seconds", status="undelivered", code=30003, delay=60.0
    ),
    Magic("+12025550132", "Stays “sent”, no receipt ever", status="sent"),
    Magic("+12025550129", "Too many requests (20429) once, then fine", fault="too_many_requests", once=True),
    Magic("+12025550150", "HTTP 500, text not accepted", fault="error_500_before"),
    Magic("+12025550151", "HTTP 500, text accepted all the same", fault="error_500_after"),
    Magic("+12025550152", "Time-out, text accepted", fault="timeout_after"),
    Magic("+12025550155", "Time-out, text not accepted", fault="timeout_before"),
    Magic("+12025550153", "Connection reset, text not accepted", fault="reset_before"),
    Magic("+12025550154", "Connection reset, text accepted", fault="reset_after"),
    Magic("+12025550160", "Every status callback comes twice", callbacks="doubled"),
    Magic("+12025550161", "Status callbacks come in reverse order", callbacks="reversed"),
    Magic("+12025550162", "Status callbacks are lost", callbacks="lost"),
    Magic("+12025550163", "Status callbacks come 30 seconds late", callbacks="late"),
)

MAGIC: dict[str, Magic] = {magic.e164: magic for magic in _ALL}
LATE_CALLBACK_SECONDS = 30.0
