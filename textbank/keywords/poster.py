"""What a poster says beside a keyword: the call to action with the small print that carriers ask for."""

_LINE = {
    "en": "Text {word} to {number} for {programme} from {organization}.",
    "es": "Envía {word} al {number} para recibir {programme} de {organization}.",
}
_SMALL = {
    "en": "{frequency}. Msg&data rates may apply. Reply HELP for help, STOP to cancel. Questions: {contact}",
    "es": "{frequency}. Pueden aplicar cargos por mensajes y datos. "
    "Responde HELP para ayuda, STOP para cancelar. Preguntas: {contact}",
}
_ANY_FREQUENCY = {"en": "Recurring msgs", "es": "Mensajes recurrentes"}


def poster_line(word: str, number: str, programme: str, organization: str, language: str) -> str:
    """The large line."""
    return _LINE[language].format(word=word, number=number, programme=programme, organization=organization)


def small_print(frequency: str, contact: str, language: str) -> str:
    """What stands below it, large enough to be read."""
    how_often = frequency.strip().rstrip(".") or _ANY_FREQUENCY[language]
    return _SMALL[language].format(frequency=how_often, contact=contact)
