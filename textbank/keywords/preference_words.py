"""What we answer when somebody chose by text what they get. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

_MONTHS: Final = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),  # noqa: SIM905 - a table
    "es": "ene feb mar abr may jun jul ago sep oct nov dic".split(),  # noqa: SIM905 - a table
}
_LISTS: Final = {
    "en": "{org}: You get {lists}.{leave} PAUSE 2 WEEKS: a break. LESS: at most one a week. "
    "STOP: no more texts.",
    "es": "{org}: Recibes {lists}.{leave} PAUSA 2 SEMANAS: un descanso. MENOS: uno por semana. "
    "STOP: no recibir nada.",
}
_LEAVE: Final = {"en": " Leave one: STOP {word}.", "es": " Dejar una: ALTO {word}."}
_NO_LISTS: Final = {
    "en": "{org}: You are on none of our lists. Reply HELP for help, STOP for no more texts.",
    "es": "{org}: No te has unido a ninguna lista. Responde HELP para ayuda, STOP para no recibir nada.",
}
_LEFT: Final = {
    "en": "{org}: You left {left} and get no more of it.{rest} Reply STOP to stop all texts from us.",
    "es": "{org}: Dejaste {left} y ya no lo recibes.{rest} Responde STOP para no recibir nada.",
}
_STILL: Final = {"en": " You still get {lists}.", "es": " Sigues recibiendo {lists}."}
_REST: Final = {
    "en": "{org}: OK, we start no texts to you until {day}. Reply RESUME to end the break, STOP to stop all.",
    "es": "{org}: Listo, no te escribimos hasta el {day}. Responde REANUDAR para volver, STOP para no "
    "recibir nada.",
}
_RESUMED: Final = {
    "en": "{org}: Your break is over, you get our texts again. Reply STOP to stop all.",
    "es": "{org}: Tu descanso termina, recibes otra vez. Responde STOP para no recibir nada.",
}
_FEWER: Final = {
    "en": "{org}: OK, at most one text a week from now on. Reply MORE to undo this, STOP to stop all.",
    "es": "{org}: Listo, a lo sumo uno por semana. Responde MAS para deshacerlo, STOP para no recibir nada.",
}
_AS_MANY: Final = {
    "en": "{org}: OK, you get all that you signed up for. LESS: at most one a week. STOP: no more texts.",
    "es": "{org}: Listo, recibes todo lo que pediste. MENOS: uno por semana. STOP: no recibir nada.",
}
_NAMED: Final = 5


def lists_answer(org: str, language: str, lists: Sequence[str], leave_word: str | None) -> str:
    """The answer to LIST."""
    if not lists:
        return _NO_LISTS[language].format(org=org)
    leave = _LEAVE[language].format(word=leave_word) if leave_word else ""
    return _LISTS[language].format(org=org, lists=_named(lists, language), leave=leave)


def left_answer(org: str, language: str, left: str, remaining: Sequence[str]) -> str:
    """The answer to STOP and a list."""
    rest = _STILL[language].format(lists=_named(remaining, language)) if remaining else ""
    return _LEFT[language].format(org=org, left=left, rest=rest)


def rest_answer(org: str, language: str, until: date) -> str:
    """The answer to PAUSE."""
    month = _MONTHS[language][until.month - 1]
    day = f"{until.day} {month}" if language == "es" else f"{month} {until.day}"
    return _REST[language].format(org=org, day=f"{day}, {until.year}" if language == "en" else day)


def resumed_answer(org: str, language: str) -> str:
    """The answer to RESUME."""
    return _RESUMED[language].format(org=org)


def fewer_answer(org: str, language: str) -> str:
    """The answer to LESS."""
    return _FEWER[language].format(org=org)


def as_many_answer(org: str, language: str) -> str:
    """The answer to MORE."""
    return _AS_MANY[language].format(org=org)


def _named(lists: Sequence[str], language: str) -> str:
    shown = ", ".join(lists[:_NAMED])
    more = len(lists) - _NAMED
    return shown if more <= 0 else f"{shown} +{more}"
