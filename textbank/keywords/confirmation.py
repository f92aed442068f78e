"""The words that confirm an opt-in by keyword.

They carry the five elements that CTIA's Messaging Principles (May 2023, 5.1.2.1) require before any
other text of a recurring programme: its name, where help is, how to stop, how often, and the cost.
"""

_WORDS = {
    "en": (
        "{organization}: Thanks for joining {programme}! {frequency}. Msg&data rates may apply. "
        "Reply HELP for help, STOP to cancel."
    ),
    "es": (
        "{organization}: Gracias por unirte a {programme}! {frequency}. Pueden aplicar cargos por "
        "mensajes y datos. Responde HELP para ayuda, STOP para cancelar."
    ),
}
_ANY_FREQUENCY = {"en": "Recurring msgs", "es": "Mensajes recurrentes"}


def confirmation(organization: str, programme: str, frequency: str, language: str) -> str:
    """The confirmation for one list, in the keyword's language."""
    how_often = frequency.strip().rstrip(".") or _ANY_FREQUENCY[language]
    return _WORDS[language].format(organization=organization, programme=programme, frequency=how_often)


def missing_elements(text: str, programme: str) -> list[str]:
    """Which of the five required elements a confirmation lacks; empty when it is complete."""
    lower = text.lower()
    present = {
        "the programme's name": programme.lower() in lower,
        "where help is (HELP)": "help" in lower,
        "how to stop (STOP)": "stop" in lower,
        "how often": any(word in lower for word in ("month", "week", "recurring", "day", "mes", "semana")),
        "the cost": "rates" in lower or "cargos" in lower,
    }
    return [element for element, there in present.items() if not there]
