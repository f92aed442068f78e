"""Whether a text that the carrier lists was made from a campaign's words, whatever stood in for its fields.

Around them may stand the organization's name, what the law wants added, and a way out
(`campaigns/words.py`). It errs to one side on purpose, as the normal form does: at worst somebody is
believed to have a text that they have not, and nobody gets it twice.
"""

from functools import lru_cache

from textbank.campaigns.words import parse
from textbank.sms.normal_form import normal_form


def made_from(script: str, listed: str) -> bool:
    """Whether the listed text may be one of this script's: whether all its plain parts follow each other."""
    # Each part where it stands first leaves most of the text to the rest, so nothing is tried twice. As a
    # regular expression with a gap for each field this could take hours for one text.
    text, at = _fixed(listed), 0
    for part in _plain_parts(script):
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


@lru_cache(maxsize=256)
def _plain_parts(script: str) -> tuple[str, ...]:
    return tuple(_fixed(part) for part in parse(script).parts if isinstance(part, str))


@lru_cache(maxsize=1024)
def _fixed(words: str) -> str:
    """The normal form of a part: what would leave nothing of a whole text may vanish from a part of one."""
    return normal_form(f"x {words}").removeprefix("x").strip()
