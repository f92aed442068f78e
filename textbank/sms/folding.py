"""A text folded to what its words are: no accents, no capitals, no dress."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_QUOTES = re.compile("[‘’‚‛′`´ʼ“”„‟″«»]")
_FOLDED_QUOTES = str.maketrans("‘’‚‛′`´ʼ“”„‟″«»", "''''''''\"\"\"\"\"\"\"")
_MARKS = re.compile("[\u0300-\u036f]")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_NOT_A_WORD = re.compile(r"[^\w#]+|_+")
# Lower case, and what is no word is a space. Bytes are translated in a tenth of the time that letters take.
_PLAIN = bytes(code if chr(code).isalnum() or chr(code) == "#" else 32 for code in range(256)).lower()


def folded(body: str) -> str:
    """Compatibility forms, accents, quotes and invisible characters folded; capitals and lines kept."""
    if body.isascii():
        return body.strip()
    text = _straight(_INVISIBLE.sub("", body))
    return _straight(_MARKS.sub("", unicodedata.normalize("NFKD", text))).strip()


def _straight(text: str) -> str:
    """With typewriter quotes. Looked for first: to translate a text takes many times longer."""
    return text if _QUOTES.search(text) is None else text.translate(_FOLDED_QUOTES)


def words_of(text: str) -> str:
    """Lower-case words with single spaces: what keywords and phrases are looked up as."""
    if "'" in text:
        text = _APOSTROPHE.sub("", text)
    if text.isascii() and "_" not in text:  # the same, in a tenth of the time: a text is asked for it often
        return " ".join(text.replace("#", " # ").encode().translate(_PLAIN).decode().split())
    return _NOT_A_WORD.sub(" ", text.lower().replace("#", " # ")).strip()
