"""Flows to begin with: what most groups ask and say, to be reworded. Pure.

Each can be published as it is; a test holds that.
"""

from typing import Any, Final

from textbank.flows.document import Document, read_document
from textbank.language import N_

STARTERS: Final[dict[str, str]] = {
    "join": N_("Join: ask for ZIP and name, say thanks"),
    "series": N_("Welcome series: three texts over a week"),
    "strangers": N_("Greeting for whoever writes for the first time"),
    "empty": N_("Begin with nothing"),
}
NEED_A_LIST: Final = frozenset({"series"})

_JOIN: Final[list[dict[str, Any]]] = [
    {
        "id": "s1",
        "kind": "ask",
        "about": "zip",
        "words": {
            "en": "What is your ZIP code? Then we text you what happens near you.",
            "es": "Cual es tu codigo postal? Asi te escribimos lo que pasa cerca de ti.",
        },
    },
    {
        "id": "s2",
        "kind": "ask",
        "about": "name",
        "words": {"en": "And what is your name?", "es": "Y como te llamas?"},
    },
    {
        "id": "s3",
        "kind": "say",
        "words": {
            "en": "Thank you, {first_name}! You hear from us soon.",
            "es": "Gracias, {first_name}! Pronto te escribimos.",
        },
        "words_for": {
            "present": {
                "en": "You are with us already. Thank you for staying!",
                "es": "Ya estas con nosotros. Gracias por seguir!",
            }
        },
    },
]
_SERIES: Final[list[dict[str, Any]]] = [
    {
        "id": "s1",
        "kind": "say",
        "words": {
            "en": "Good to have you with us, {first_name}. In the next days you get two short texts about "
            "who we are.",
            "es": "Que bueno tenerte, {first_name}. En estos dias te mandamos dos textos sobre quienes "
            "somos.",
        },
    },
    {"id": "s2", "kind": "wait", "days": 2},
    {
        "id": "s3",
        "kind": "say",
        "words": {
            "en": "{organization}: we are neighbors who help each other. Questions? Just write back, a "
            "person reads it.",
            "es": "{organization}: somos vecinos que se ayudan. Preguntas? Escribenos, lo lee una persona.",
        },
    },
    {"id": "s4", "kind": "wait", "days": 5},
    {
        "id": "s5",
        "kind": "say",
        "words": {
            "en": "{organization}: do you know somebody who should get these texts, too? Tell them which "
            "word you sent us.",
            "es": "{organization}: conoces a alguien que tambien quiera estos mensajes? Dile que palabra "
            "nos enviaste.",
        },
    },
]
_STRANGERS: Final[list[dict[str, Any]]] = [
    {
        "id": "s1",
        "kind": "ask",
        "about": "choice",
        "name": "topic",
        "words": {
            "en": "Hello, this is {organization}. What is it about? Answer 1 for your home, 2 for joining "
            "us, 3 for something else.",
            "es": "Hola, somos {organization}. De que se trata? Responde 1 por tu casa, 2 para unirte, 3 por "
            "otra cosa.",
        },
        "choices": [
            {"value": "home", "words": ["rent", "repairs", "casa", "renta"]},
            {"value": "joining", "words": ["member", "unirme"]},
            {"value": "other", "words": ["something else", "otra cosa"]},
        ],
    },
    {
        "id": "s2",
        "kind": "hand_over",
        "words": {
            "en": "Thank you. Somebody of us reads this and writes back.",
            "es": "Gracias. Alguien de nosotros lo lee y te responde.",
        },
    },
]
_STEPS: Final = {"join": _JOIN, "series": _SERIES, "strangers": _STRANGERS}


def starter(name: str, organization: str) -> Document:
    """The steps of one of them, in the organization's name; none where there is no such starter."""
    named = organization.replace("{", "(").replace("}", ")")
    return read_document({"steps": [_filled(step, named) for step in _STEPS.get(name, [])]})


def _filled(step: dict[str, Any], organization: str) -> dict[str, Any]:
    words = {
        language: said.replace("{organization}", organization)
        for language, said in step.get("words", {}).items()
    }
    return step | {"words": words} if words else step
