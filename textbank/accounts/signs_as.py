"""What a member's name or alias may be, for it stands in texts that nobody looks at once more.

A volunteer comes by a link with any name. Were a web address one, every first text of theirs would carry it.
"""

import re
from typing import Final

from textbank.errors import InvalidInput
from textbank.language import N_

_NO_NAME: Final = re.compile(r"[@/\\<>{}\[\]|]|(?i:www\.)|\w\.[^\W\d_]{2,}|(?:\d\W*){4,}")


class NotAName(InvalidInput):
    """It would carry more than a name into a text."""


def check_name(*names: str) -> None:
    """Raises NotAName where one has an address or a number in it."""
    if any(_NO_NAME.search(name) for name in names):
        raise NotAName(
            N_(
                "Supporters read this name in your texts, so it has no web address and no phone number in it."
                " Nothing was kept."
            )
        )
