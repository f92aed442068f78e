"""Which hints a browser's event stream passes on."""

from textbank.web.events import hears
from textbank.web.visitor import Visitor

HINTS = [
    *("alert", "conversation 4", "deliveries", "everything", "hello", "member 7", "member 70"),
    *("questions", "shift"),
]


def visitor(role: str) -> Visitor:
    return Visitor(7, 1, "Ana", role, 1, "Riverside", "en", "UTC", "")


def test_a_texter_hears_of_their_own_conversations_and_of_nobody_elses() -> None:
    heard = [each for each in HINTS if hears(visitor("texter"))(each)]
    assert heard == ["alert", "everything", "hello", "member 7"]


def test_who_sees_the_inbox_hears_of_every_conversation() -> None:
    heard = [each for each in HINTS if hears(visitor("captain"))(each)]
    assert heard == [each for each in HINTS if each != "member 70"]
