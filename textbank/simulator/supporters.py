"""Supporters who answer by themselves, as people do, so that a campaign can be rehearsed.

Each phone is one kind of person, always the same: who it is and what it says is drawn from its number. A
person answers campaign texts and what a texter writes back, up to a few turns; nobody answers a confirmation,
and whoever wanted out stays silent for good.
"""

import random
from dataclasses import dataclass
from typing import Final

from textbank.simulator.accounts import Account
from textbank.simulator.exchange import Exchange
from textbank.simulator.inbound import Inbound, Written
from textbank.simulator.records import Message

Turns = tuple[tuple[str, ...], ...]
"""For each turn of a conversation, the ways in which it may be said."""


@dataclass(frozen=True, slots=True)
class Person:
    """One kind of supporter: how common, and what they say."""

    share: int
    english: Turns
    spanish: Turns


PEOPLE: Final = {
    "yes": Person(
        30,
        (
            ("Yes!", "yes, I'll be there", "Sure, count me in", "Yep 👍", "Absolutely. What time?"),
            ("Great, thanks!", "Perfect, see you there", "Can I bring my neighbor?"),
            ("👍", "Thank you"),
        ),
        (
            ("¡Sí!", "Sí, ahí estaré", "Claro, cuenten conmigo", "Sí 👍"),
            ("Gracias, nos vemos", "¿Puedo llevar a mi vecina?"),
            ("👍", "Muchas gracias"),
        ),
    ),
    "question": Person(
        17,
        (
            ("When is it?", "Where is this happening?", "Who is this?", "How did you get my number?"),
            ("Ok thanks, I will try to come", "Is there parking?", "Is it wheelchair accessible?"),
            ("Thanks for the info",),
        ),
        (
            ("¿Cuándo es?", "¿Dónde va a ser?", "¿Quién es?", "¿De dónde tienen mi número?"),
            ("Ok gracias, voy a tratar de ir", "¿Hay estacionamiento?"),
            ("Gracias por la información",),
        ),
    ),
    "no": Person(
        15,
        (
            ("No", "Sorry, I can't make it", "no thanks", "I have to work that day"),
            ("Maybe next time",),
        ),
        (("No", "Lo siento, no puedo", "no gracias", "Ese día trabajo"), ("Quizás la próxima",)),
    ),
    "vague": Person(
        12,
        (("Maybe", "I'll see", "idk", "Let me check with my wife", "?"), ("ok",)),
        (("Tal vez", "Voy a ver", "no sé", "Déjame ver con mi esposo", "?"), ("ok",)),
    ),
    "reaction": Person(
        6,
        (("Liked “{text}”", "👍", "❤️"),),
        (("Le gustó “{text}”", "👍", "❤️"),),
    ),
    "wrong_number": Person(
        7,
        (("Wrong number", "You have the wrong person", "This is not {name}", "I'm not her. Wrong number"),),
        (("Número equivocado", "Se equivocó de persona", "No la conozco, número equivocado"),),
    ),
    "rude": Person(
        5,
        (
            ("Get a real job", "Not this again", "What a scam", "I hate these texts"),
            ("Whatever",),
        ),
        (("Otra vez esto", "Qué estafa", "Odio estos mensajes"), ("Como sea",)),
    ),
    "stop": Person(
        8,
        (
            (
                "STOP",
                "Stop.",
                "stop texting me",
                "UNSUBSCRIBE",
                "Please take me off your list",
                "remove me",
                "Leave me alone",
                "quit",
                "No more texts please",
            ),
        ),
        (("ALTO", "PARAR", "ya no me escriban", "no me manden más mensajes", "STOP por favor"),),
    ),
}
"""What organizers report: about a third of replies are glad, and two in fifteen want out."""

_SILENT_AFTER = frozenset({"stop", "wrong_number"})
_CONFIRMATIONS = ("data rates", "cargos por", "no more messages", "no recibirás", "opted out", "unsubscribed")
_SPANISH = ("¡", "¿", "á", "é", "í", "ó", "ú", "ñ", "hola", "gracias", "somos")


class Supporters:
    """Answers for the people behind the phones."""

    def __init__(self, exchange: Exchange, inbound: Inbound) -> None:
        self._exchange = exchange
        self._inbound = inbound
        exchange.delivered = self.read

    def read(self, account: Account, message: Message) -> None:
        """A text has arrived on a phone; perhaps somebody answers it in a while."""
        share = self._exchange.behaviour.supporters_answer
        if share <= 0 or message.by_carrier or any(part in message.body.lower() for part in _CONFIRMATIONS):
            return
        # Who somebody is must be repeatable, not unpredictable.
        who = random.Random(f"{self._exchange.settings.seed} {message.to}")  # noqa: S311
        if who.random() >= share:
            return
        kind = who.choices(list(PEOPLE), [person.share for person in PEOPLE.values()])[0]
        said = sum(1 for each in self._exchange.conversation(message.to) if each.inbound)
        words = _words(kind, said, message.body, random.Random(f"{message.to} {said}"))  # noqa: S311
        if words is None:
            return
        wait = self._exchange.behaviour.supporters_seconds * who.uniform(0.3, 2.0)
        self._exchange.agenda.after(wait, self._say, account, message, words)

    def _say(self, account: Account, message: Message, words: str) -> None:
        if message.sender is not None and not message.deleted:
            self._inbound.receive(account, Written(phone=message.to, to=message.sender, body=words))


def _words(kind: str, turn: int, text: str, chance: random.Random) -> str | None:
    """What this kind of person says at this turn, in the language of the text; None when they are done."""
    person = PEOPLE[kind]
    spanish = any(part in text.lower() for part in _SPANISH)
    turns = person.spanish if spanish else person.english
    if turn >= len(turns) or (turn and kind in _SILENT_AFTER):
        return None
    return chance.choice(turns[turn]).format(text=text, name="Maria")
