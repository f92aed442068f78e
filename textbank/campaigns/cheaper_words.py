"""The same words for fewer segments: typographic look-alikes as the plain characters they stand for. Pure."""

from dataclasses import dataclass

from textbank.sms.segments import count, smart_encode


@dataclass(frozen=True, slots=True)
class Hint:
    """That look-alikes of plain characters make a text dearer, and by how much."""

    before: int
    after: int
    characters: str


def straighten(words: str) -> str:
    """The words with typographic look-alikes (curly quotes, long dashes) as plain characters."""
    return smart_encode(words)


def hint(words: str) -> Hint | None:
    """What straightening would save; None where it would save nothing."""
    plain = smart_encode(words)
    before, after = count(words), count(plain)
    if (after.segments, after.encoding) == (before.segments, before.encoding):
        return None
    changed = "".join(
        dict.fromkeys(c for c in words if smart_encode(c) != c and count(c).encoding == "UCS-2")
    )
    return Hint(before.segments, after.segments, changed)
