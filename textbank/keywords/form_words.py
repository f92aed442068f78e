"""The words beside the box of a web form, in two languages, and their version. Pure.

CTIA's Messaging Principles (May 2023, 5.1.1) ask a call to action for the programme, what it is about, how
often, what it costs, the way out and help; 47 CFR 64.1200(f)(9) that agreeing is no condition of anything.
Every word that somebody agreed to is kept with the agreement, and named by its version.
"""

import hashlib
from typing import Final

_AGREE: Final = {
    "en": (
        "I agree to get recurring texts from {organization} at this number: {programme}{about}. {frequency}. "
        "Message and data rates may apply. Reply HELP for help, STOP to stop. Agreeing is no condition of "
        "anything."
    ),
    "es": (
        "Acepto recibir mensajes de texto recurrentes de {organization} en este número: {programme}{about}. "
        "{frequency}. Pueden aplicar cargos por mensajes y datos. Responde HELP para ayuda, STOP para "
        "terminar. Aceptar no es condición de nada."
    ),
}
_ANY_FREQUENCY: Final = {"en": "Message frequency varies", "es": "La frecuencia de los mensajes varía"}
LANGUAGES: Final = ("en", "es")


def agreement(organization: str, programme: str, purpose: str, frequency: str, language: str) -> str:
    """What stands beside the unticked box."""
    return _AGREE[language].format(
        organization=organization,
        programme=programme,
        about=f", {about}" if (about := purpose.strip().rstrip(".")) else "",
        frequency=frequency.strip().rstrip(".") or _ANY_FREQUENCY[language],
    )


def version_of(words: str) -> str:
    """A name for exactly these words: a form elsewhere that still has older ones is noticed by it."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]
