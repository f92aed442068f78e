"""The basis question, asked once: where did these people agree to get texts? Its answer becomes evidence."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from textbank import clock
from textbank.language import N_

Kind = Literal["form", "told_us", "members", "none"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
STATEMENT: Final = (
    "These people agreed to get texts from us in the way stated here, and we can show it if asked."
)
STATEMENT_OF_ONE: Final = (
    "This person agreed to get texts from us in the way stated here, and we can show it if asked."
)
"""What whoever answers the question puts their name to; kept in the ledger in these words."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered. `none`: no consent is on record, as in a voter file."""

    kind: str = ""
    source: str = ""
    """Where: "sign-up sheet at the May 1 fair"."""
    agreed_on: str = ""
    """When, in their own words: a day, or "March to May 2026"."""
    words: str = ""
    """What these people were shown or told."""
    stated: bool = False

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Answer":
        """An answer that was stored."""
        return cls(**stored) if stored else cls()

    def to_json(self) -> dict[str, Any]:
        """For storing it."""
        return asdict(self)

    @property
    def faults(self) -> dict[str, str]:
        """What is missing, by the name of its field, in words to show."""
        if self.kind not in KINDS:
            return {"kind": N_("Choose one of these answers.")}
        if self.kind == "none":
            return {}
        found = {}
        if len(self.source) < 3:
            found["source"] = N_("Say where they agreed, so that you can show it later.")
        if self.kind != "members" and len(self.agreed_on) < 4:
            found["agreed_on"] = N_("Say when they agreed: a day, a month or a year.")
        if self.kind != "members" and len(self.words) < 3:
            found["words"] = N_("Write down the words they read or heard when they agreed.")
        if not self.stated:
            found["stated"] = N_("Without this, choose that no consent is on record.")
        return found

    def evidence(self, *, by: str, by_name: str, **more: Any) -> dict[str, Any] | None:
        """What goes to the ledger with each person; None where there is no basis."""
        if self.kind == "none" or self.faults:
            return None
        return {
            "basis": self.kind,
            "source": self.source,
            "agreed_on": self.agreed_on,
            "words_shown": self.words,
            "statement": STATEMENT,
            "by": by,
            "by_name": by_name,
            "imported_at": clock.now().isoformat(),
            **more,
        }


def answer_of(kind: str, source: str, agreed_on: str, words: str, *, stated: bool) -> Answer:
    """An answer from a form's fields."""
    return Answer(
        kind.strip(),
        " ".join(source.split())[:_LONGEST],
        " ".join(agreed_on.split())[:_LONGEST],
        words.strip()[: 4 * _LONGEST],
        stated,
    )
