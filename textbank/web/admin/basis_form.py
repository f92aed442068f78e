"""The basis question as it comes from a form; templates/admin/_basis.html asks it."""

from typing import Annotated

from fastapi import Depends, Form

from textbank.consent.add_person import NewPerson
from textbank.consent.basis import Answer, answer_of


def _answer(
    kind: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    agreed_on: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
    stated: Annotated[bool, Form()] = False,
) -> Answer:
    return answer_of(kind, source, agreed_on, words, stated=stated)


def _person(
    number: Annotated[str, Form()] = "",
    first_name: Annotated[str, Form()] = "",
    last_name: Annotated[str, Form()] = "",
    zip_code: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "en",
) -> NewPerson:
    clean = [each.replace("\0", "") for each in (first_name, last_name, number, zip_code, email, language)]
    return NewPerson(*clean)


Answered = Annotated[Answer, Depends(_answer)]
TypedPerson = Annotated[NewPerson, Depends(_person)]
