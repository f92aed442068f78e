"""What a row of the ledger says, sorted into who, where, which words and which rule. Pure.

Payloads differ with what they record (a keyword, a form, an import, a text); whoever reads a consent file
wants the same answers of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Who = Literal["person", "member", "carrier", "file", "unknown"]
Way = Literal["text", "keyword", "web", "import", "hand", "carrier", "other"]

_WHERE: Final = (
    "keyword", "url", "page", "ip", "user_agent", "referrer", "our_number", "sid", "source", "agreed_on",
    "file", "line", "import_id", "campaign_id", "carrier_error", "file_date",
)  # fmt: skip
_WORDS: Final = ("words_shown", "confirmation", "question", "statement", "words", "answer")
_RULE: Final = ("rule", "rules", "form_version", "flow_version", "keyword_version")
_SAID_ELSEWHERE: Final = frozenset(
    (
        *_WHERE,
        *_WORDS,
        *_RULE,
        "by",
        "by_name",
        "cause",
        "at",
        "imported_at",
        "list_id",
        "sender_id",
        "message_id",
    )
)


@dataclass(frozen=True, slots=True)
class Told:
    """The answers, each empty where the row has none."""

    who: Who
    by_name: str
    way: Way
    where: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    """What the person read: on a page, on a sheet, in a text of ours."""
    stated: str = ""
    """What whoever recorded it put their name to."""
    received: str = ""
    """What came from the person, as it came."""
    answered: str = ""
    """What we sent in answer."""
    rule: str = ""
    version: str = ""
    rest: Mapping[str, str] = field(default_factory=dict)


def tell_event(payload: Mapping[str, Any] | None) -> Told:
    """Read one payload; an erased one tells nothing."""
    if payload is None:
        return Told("unknown", "", "other")
    if isinstance(asked := payload.get("asked"), dict):
        # Of a double opt-in: what they were shown and did first stands within what they answered.
        payload = {**asked, **payload}
    way = _way(payload)
    return Told(
        who=_who(way, payload),
        by_name="" if payload.get("by") == "person" else _text(payload, "by_name") or _text(payload, "by"),
        way=way,
        where={name: _text(payload, name) for name in _WHERE if _text(payload, name)},
        shown=_text(payload, "words_shown") or _text(payload, "question"),
        stated=_text(payload, "statement"),
        received=_text(payload, "words") or _text(payload, "answer"),
        answered=_text(payload, "confirmation"),
        rule=_text(payload, "rule"),
        version=next((_text(payload, name) for name in _RULE[1:] if _text(payload, name)), ""),
        rest={
            name: text
            for name in sorted(payload)
            if name not in _SAID_ELSEWHERE and (text := _text(payload, name))
        },
    )


def _way(payload: Mapping[str, Any]) -> Way:
    by = payload.get("by")
    if payload.get("cause") == "carrier_block" or by == "carrier":
        return "carrier"
    if "file" in payload:
        return "import"
    if "url" in payload or "ip" in payload:
        return "web"
    if by and by != "person":
        return "hand"
    if payload.get("keyword"):
        return "keyword"
    # Where nobody decided, the words are the person's, but nobody said that they mean a stop.
    texted = (payload.get("sid") or payload.get("words")) and payload.get("cause") != "undecided"
    return "text" if texted else "other"


def _who(way: Way, payload: Mapping[str, Any]) -> Who:
    if way == "carrier":
        return "carrier"
    if payload.get("by") == "person":
        return "person"
    if payload.get("by"):
        return "member"
    if way == "import":
        return "file"
    return "person" if way in ("text", "keyword", "web") else "unknown"


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if value is None or value == "" or isinstance(value, list | dict):
        return ""
    return str(value)
