"""What we say by ourselves when somebody texts STOP, HELP or START.

The opt-out confirmation may say nothing else (47 CFR 64.1200(a)(12)); the answer to HELP names us, a way
to reach us and the way out (CTIA Short Code Monitoring Handbook v1.8).
"""

from typing import Final

from textbank.sms.answer_language import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "es")

_OPTED_OUT: Final = {
    "en": "{name}: You are unsubscribed and will get no more texts from us.",
    "es": "{name}: Cancelaste y no te enviaremos nada nuevo.",
}
_HELP: Final = {
    "en": "{name}: For help, contact {contact}. Msg&data rates may apply. Reply STOP to cancel.",
    "es": "{name}: Para ayuda, {contact}. Pueden aplicar cargos. Responde STOP para cancelar.",
}
_BACK_IN: Final = {
    "en": "{name}: You can get texts from us again. Msg&data rates may apply. "
    "Reply HELP for help, STOP to cancel.",
    "es": "{name}: Puedes recibir nuestros mensajes otra vez. Pueden aplicar cargos. "
    "Responde HELP para ayuda, STOP para cancelar.",
}


def opted_out(name: str, language: Language = "en") -> str:
    """The one confirmation of an opt-out."""
    return _OPTED_OUT[language].format(name=name)


def help_answer(name: str, contact: str, language: Language = "en") -> str:
    """The answer to HELP."""
    return _HELP[language].format(name=name, contact=contact)


def back_in(name: str, language: Language = "en") -> str:
    """The answer to a START that ended a suppression."""
    return _BACK_IN[language].format(name=name)
