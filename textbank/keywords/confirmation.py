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
