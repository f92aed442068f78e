"""Cells of a file that spreadsheet programs open: words of strangers must not run there as formulas.

A cell that begins like a formula gets an apostrophe before it, which reading a table takes off again.
"""

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*(?:\s*[=@+\-]|[\t\r])")
_NUMBER: Final = re.compile(r"[+-][\d ().,]+")
_GUARDED: Final = re.compile(r"'+(?:\s*[=@+\-]|[\t\r])")


def guarded(cell: object) -> str:
    """A cell as it may stand in a file for spreadsheet programs."""
    words = str(cell)
    return f"'{words}" if _FORMULA.match(words) and not _NUMBER.fullmatch(words) else words


def unguarded(cell: str) -> str:
    """A cell as it was before `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell
