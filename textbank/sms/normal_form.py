"""The form in which a body we sent and a body the carrier lists are compared.

An unclear hand-over is settled by finding the text in the carrier's list, and the carrier may show it
changed: look-alikes put in by Smart Encoding, links shortened, spaces of another width or number, a
letter composed another way, "?" where some encoding on the way had no place for a character. The form
leaves out all that may change, so that the same text is always found. Case stays: nothing on the way
changes it.

It errs to one side on purpose. Two texts that differ only in a link, an emoji, a question mark or the
accent of an "á" compare as alike, so at worst a text is believed to be with the carrier that is not, and
is not sent twice. Letters of other scripts stay: those texts always travel as UTF-16, unharmed, and
without their letters all of them would be alike.
"""

import re
import unicodedata

from textbank.sms.segments import smart_encode

_LINK = re.compile(
    r"(?:https?://|www\.)\S+"  # as written
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/\S*",  # as shortened: a host, a slash, a token
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[ -_a-~\n]*")  # not the backtick, which is no GSM-7 character
_WHITESPACE = re.compile(r"\s+")
_LATIN = re.compile("[\u0000-\u024f\u1e00-\u1eff]")
_GSM_LETTERS = frozenset("@£$¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€ΔΦΓΛΩΠΨΣΘΞ")


def normal_form(body: str) -> str:
    """What two listings of one text have in common; a text of emoji alone is compared as it stands."""
    folded = body
    if _PLAIN.fullmatch(body) is None:
        folded = smart_encode(unicodedata.normalize("NFKC", smart_encode(body)))
    kept = _LINK.sub("", folded)
    kept = "".join(filter(_survives, kept)) if not kept.isascii() else kept.replace("?", "")
    return _WHITESPACE.sub(" ", kept).strip() or _WHITESPACE.sub(" ", folded).strip()


def _survives(character: str) -> bool:
    """Whether every encoding on the way has a place for it, or none on its way would be asked to."""
    if character == "?":
        return False
    if character.isascii() or character in _GSM_LETTERS:
        return True
    if _LATIN.match(character):
        return False
    return unicodedata.category(character)[0] in "LMN" and character != "\ufe0f"
