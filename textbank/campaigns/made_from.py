"""Whether a text that the carrier lists was made from a campaign's words, whatever stood in for its fields.

Around them may stand the organization's name, what the law wants added, and a way out
(`campaigns/words.py`). It errs to one side on purpose, as the normal form does: at worst somebody is
believed to have a text that they have not, and nobody gets it twice.
"""

import re
from functools import lru_cache

from textbank.campaigns.words import parse
from textbank.sms.normal_form import normal_form


def made_from(script: str, listed: str) -> bool:
    """Whether the listed text may be one of this script's."""
    return _pattern(script).search(_fixed(listed)) is not None


@lru_cache(maxsize=256)
def _pattern(script: str) -> re.Pattern[str]:
    words = [re.escape(_fixed(part)) if isinstance(part, str) else ".*" for part in parse(script).parts]
    return re.compile(".*".join(words), re.DOTALL)


def _fixed(words: str) -> str:
    """The normal form of a part: what would leave nothing of a whole text may vanish from a part of one."""
    return normal_form(f"x {words}").removeprefix("x").strip()
