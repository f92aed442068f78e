"""How many segments a text is billed as, and the look-alikes that Twilio's Smart Encoding puts in.

A text whose every character is in the GSM 03.38 alphabet travels as septets, 160 in one segment or 153
in each of several; any other character turns the whole text into UTF-16 units, 70 or 67 (3GPP TS 23.038
and 23.040). This is an estimate to plan and pace by: the carrier's own count is kept as the truth.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑ\u00dc\u00a7¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"

_ALL_BASIC = re.compile(f"[{re.escape(_BASIC)}]*")
_ALL_GSM = re.compile(f"[{re.escape(_BASIC + _EXTENSION)}]*")
# Latin letters with accents and typographic signs: one unit each, and nothing joins them to another.
_ALL_SINGLE_UNITS = re.compile("[\0-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u4e00-\u9fff]*")
_EXTENDED = re.compile(f"[{re.escape(_EXTENSION)}]")

_ZERO_WIDTH_JOINER = "\u200d"
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")


class Segments(NamedTuple):
    """What a text costs to send."""

    encoding: Encoding
    segments: int
    units_per_segment: tuple[int, ...]
    """Septets (an extension character is two) or UTF-16 units of each segment, headers not counted."""


def count(text: str) -> Segments:
    """Segments of a text as it stands: nothing is substituted first."""
    if _ALL_BASIC.fullmatch(text) is not None:
        units = _cut(len(text), single=160, part=153)
        return Segments("GSM-7", len(units), units)
    if _ALL_GSM.fullmatch(text) is not None:
        units = _packed(_septets(text), len(text) + len(_EXTENDED.findall(text)), single=160, part=153)
        return Segments("GSM-7", len(units), units)
    if _ALL_SINGLE_UNITS.fullmatch(text) is not None:
        units = _cut(len(text), single=70, part=67)
    else:
        units = _packed(_cluster_units(text), _utf16_units(text), single=70, part=67)
    return Segments("UCS-2", len(units), units)


def smart_encode(text: str) -> str:
    """The text after Twilio's Smart Encoding: typographic look-alikes become GSM-7 characters.

    Accents, emoji and other scripts stay. Spaces of any width become one space; what Twilio's own
    encoder does with them is not documented, so an estimate can be off by the odd septet.
    https://www.twilio.com/docs/messaging/services/smart-encoding-char-list
    """
    return text if _ALL_GSM.fullmatch(text) is not None else text.translate(_LOOK_ALIKES)


def _cut(total: int, *, single: int, part: int) -> tuple[int, ...]:
    """Fill segments with units that may be divided anywhere."""
    if total <= single:
        return (total,)
    full, rest = divmod(total, part)
    return (part,) * full + ((rest,) if rest else ())


def _packed(pieces: Iterator[int], total: int, *, single: int, part: int) -> tuple[int, ...]:
    """Fill segments with pieces that must not be divided."""
    if total <= single:
        return (total,)
    units: list[int] = []
    used = 0
    for piece in pieces:
        if used + piece > part:
            units.append(used)
            used = 0
        used += piece
    if used:
        units.append(used)
    return tuple(units)


def _septets(text: str) -> Iterator[int]:
    return (2 if character in _EXTENSION else 1 for character in text)


def _utf16_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _cluster_units(text: str) -> Iterator[int]:
    """UTF-16 units of each grapheme cluster: a phone never shows half a flag or half a family.

    A cluster that would not fit one segment (accents piled up as a joke) is divided after all.
    """
    cluster: list[int] = []
    previous = ""
    open_flag = False
    for character in text:
        if cluster and not _belongs(character, previous, open_flag=open_flag):
            yield from _whole_or_divided(cluster)
            cluster = []
            open_flag = False
        cluster.append(2 if character > "\uffff" else 1)
        is_flag_letter = _FLAG_LETTERS[0] <= character <= _FLAG_LETTERS[1]
        open_flag = is_flag_letter and not open_flag
        previous = character
    yield from _whole_or_divided(cluster)


def _whole_or_divided(cluster: list[int]) -> list[int]:
    total = sum(cluster)
    return [total] if total <= 67 else cluster


def _belongs(character: str, previous: str, *, open_flag: bool) -> bool:
    """Whether a character continues the cluster before it (the rules of UAX #29 that texts meet)."""
    if character < "\u0300" or previous in "\r\n":
        return False
    if character == _ZERO_WIDTH_JOINER or unicodedata.category(character) in {"Mn", "Me", "Mc"}:
        return True
    if _SKIN_TONES[0] <= character <= _SKIN_TONES[1] or _TAGS[0] <= character <= _TAGS[1]:
        return True
    if _FLAG_LETTERS[0] <= character <= _FLAG_LETTERS[1]:
        return open_flag
    if previous == _ZERO_WIDTH_JOINER:
        return unicodedata.category(character) == "So"
    return _continues_a_syllable(character, previous)


def _continues_a_syllable(character: str, previous: str) -> bool:
    """Korean typed as separate letters: leading, vowel and trailing jamo are one syllable block."""
    if not "\u1160" <= character <= "\u11ff" and not "\u1100" <= character <= "\u115f":
        return False
    if character <= "\u115f":
        return "\u1100" <= previous <= "\u115f"
    return "\u1100" <= previous <= "\u11ff" or "\uac00" <= previous <= "\ud7a3"


def _look_alikes() -> dict[int, str]:
    groups = {
        '"': "«»“”„‟ʺˮ〝〞〟″‶❝❞＂",
        "'": "‘’‚‛ʹʻʼʽˈˊˋ`´′‵❛❜＇",
        "-": "‐‑‒–—―−⁃•‧·∙﹘﹣－",
        "...": "…",
        "/": "÷⁄∕／",
        "<": "‹＜",
        ">": "›＞",
        ",": "¸、，﹐",
        ".": "。．﹒",
        "!": "ǃ！﹗",
        "?": "？﹖",
        ":": "：﹕",
        ";": "；﹔",
        "(": "（﹙",
        ")": "）﹚",
        "#": "＃﹟",
        "$": "＄﹩",
        "%": "٪％﹪",
        "&": "＆﹠",
        "*": "∗⁎＊﹡",
        "+": "＋﹢",
        "=": "＝﹦",
        "@": "＠﹫",
        "_": "‗＿",
        "~": "˜∼～",
        "^": "ˆ＾",
        "[": "［",
        "]": "］",
        "{": "｛﹛",
        "}": "｝﹜",
        "|": "｜",
        "\\": "＼",
        "1/2": "½",
        "1/4": "¼",
        "3/4": "¾",
        " ": "\t\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u202f\u205f\u3000",
        "\n": "\u0085\u2028\u2029",
        "": "\u00ad\u200b\u200c\u2060\ufeff",
    }
    return {ord(character): plain for plain, characters in groups.items() for character in characters}


_LOOK_ALIKES = _look_alikes()
