"""Which text of ours is which record of the carrier's: by number and words.

The carrier knows no id of ours. Words are compared in a normal form. Each record counts for at most one
text, so that of k alike with m found, m were accepted; which of them matters to nobody: they are alike.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from textbank.sms.carrier import CarrierRecord
from textbank.sms.normal_form import normal_form


class Sought(Protocol):
    """A text that may be with the carrier."""

    @property
    def e164(self) -> str:
        """The number it was for."""
        ...

    @property
    def body(self) -> str:
        """Its words."""
        ...


S = TypeVar("S", bound=Sought)


def match(
    sought: Iterable[S],
    records: Iterable[CarrierRecord],
    *,
    not_before: Callable[[S], datetime] | None = None,
) -> dict[S, CarrierRecord]:
    """Give each record to at most one text with the same words, oldest to oldest; `sought` is in order.

    `not_before` says since when a text can have been made, where that is known.
    """
    by_words: dict[tuple[str, str], list[CarrierRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.date_created, reverse=True):
        by_words[record.to, normal_form(record.body)].append(record)
    matched = {}
    for one in sought:
        same = by_words.get((one.e164, normal_form(one.body)))
        if same and not_before is not None:
            fitting = [record for record in same if record.date_created >= not_before(one)]
            if fitting:
                matched[one] = fitting[-1]
                same.remove(fitting[-1])
        elif same:
            matched[one] = same.pop()
    return matched
