"""What we say while somebody confirms that they want to be on a list, and which answers mean yes or no. Pure.

The question carries the five elements that a recurring programme's call to action must have (CTIA's
Messaging Principles, May 2023, 5.1.1), because for somebody who filled in a form it is the first text.
"""

import re
import unicodedata
from typing import Final, Literal

_QUESTION: Final = {
    "en": "{organization}: Reply YES to get {programme} texts. {frequency}. Msg&data rates may apply. "
    "Reply HELP for help, STOP to cancel.",
    "es": "{organization}: Responde SI para recibir {programme}. {frequency}. Pueden aplicar cargos por "
    "mensajes y datos. Responde HELP para ayuda, STOP para cancelar.",
}
_REMINDER: Final = {
    "en": "{organization}: You asked for {programme} texts. Reply YES to get them, or ignore this and you "
    "hear no more of it. Msg&data rates may apply. STOP to cancel.",
    "es": "{organization}: Pediste recibir {programme}. Responde SI para confirmar; si no respondes, no "
    "insistimos. Pueden aplicar cargos. STOP para cancelar.",
}
_DECLINED: Final = {
    "en": "{organization}: OK, we will not send you {programme}. Thank you for telling us.",
    "es": "{organization}: Listo, no te enviaremos {programme}. Gracias por avisarnos.",
}
_ANY_FREQUENCY: Final = {"en": "Recurring msgs", "es": "Mensajes recurrentes"}

# Not OK or SURE: what proves consent must not be a courtesy to somebody else's question.
_YES: Final = frozenset(
    {"yes", "y", "yea", "yeah", "yep", "yup", "yess", "si", "s", "sii", "claro"}
    | {"confirm", "confirmed", "confirmo", "confirmar", "start", "empezar"}
)
_NO: Final = frozenset(
    {"no", "n", "nope", "nah", "no thanks", "no thank you", "no thx", "no gracias", "not now", "ahora no"}
    | {"not interested", "no me interesa", "no quiero", "never mind", "nevermind"}
)
_COURTESY: Final = frozenset(
    ["please", "pls", "plz", "thanks", "thank", "you", "thx", "por", "favor", "porfa", "gracias"]
)
_MARKS = re.compile("[\u0300-\u036f]")
_NOT_A_WORD = re.compile(r"[\W_]+")


def question(organization: str, programme: str, frequency: str, language: str) -> str:
    """The text that asks for a YES."""
    how_often = frequency.strip().rstrip(".") or _ANY_FREQUENCY[language]
    return _QUESTION[language].format(organization=organization, programme=programme, frequency=how_often)


def reminder(organization: str, programme: str, language: str) -> str:
    """The one reminder, a day later."""
    return _REMINDER[language].format(organization=organization, programme=programme)


def declined(organization: str, programme: str, language: str) -> str:
    """What answers a NO."""
    return _DECLINED[language].format(organization=organization, programme=programme)


def yes_or_no(body: str) -> Literal["yes", "no"] | None:
    """Whether a whole text says yes or no, with courtesies forgiven; None if it says anything else."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", body)).casefold()
    words = _NOT_A_WORD.sub(" ", folded.replace("'", "")).split()
    if " ".join(words) in _NO:
        return "no"
    bare = [word for word in words if word not in _COURTESY]
    if bare and len(set(bare)) == 1:  # "yes yes"
        return "yes" if bare[0] in _YES else "no" if bare[0] in _NO else None
    return None
