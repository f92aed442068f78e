"""Marks English words in Python that a page shows, so that they are found and translated there."""


def N_(message: str) -> str:
    """The words themselves; `web/language.py` translates them when they are shown."""
    return message
