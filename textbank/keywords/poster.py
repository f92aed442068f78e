"""What a poster says beside a keyword: the call to action with the small print that carriers ask for."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.keywords.read_keywords import KeywordShown, read_keyword

_OTHERS = sa.text(
    "select k.id from keyword k where k.organization_id = :organization and k.retired_at is null "
    "and k.list_id = (select list_id from keyword where organization_id = :organization and id = :keyword) "
    "and k.language <> (select language from keyword where organization_id = :organization "
    "and id = :keyword) order by k.id limit 1"
)
_NUMBER = sa.text(
    "select address from sender where organization_id = :organization and kind <> 'messaging_service' "
    "order by halted_at is not null, id limit 1"
)
_DO = {"en": ("Text", "to"), "es": ("Envía", "al")}
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


@dataclass(frozen=True, slots=True)
class Poster:
    """One language's part of a sheet."""

    keyword: KeywordShown
    number: str | None
    """In E.164, or a short code; None before one is connected."""

    @property
    def text(self) -> str:
        return _DO[self.keyword.language][0]

    @property
    def to(self) -> str:
        return _DO[self.keyword.language][1]

    @property
    def small(self) -> str:
        return small_print(self.keyword.frequency, self.keyword.help_contact, self.keyword.language)

    @property
    def code(self) -> str:
        """What the QR code says: cameras make a text of it, ready to be sent."""
        return f"SMSTO:{self.number}:{self.keyword.word}"


async def read_posters(session: AsyncSession, organization_id: int, keyword_id: int) -> Sequence[Poster]:
    """The sheet of a keyword: its own language first, then the other one if the list has a word in it."""
    key = {"organization": organization_id, "keyword": keyword_id}
    number = await session.scalar(_NUMBER, key)
    ids = [keyword_id, *(await session.execute(_OTHERS, key)).scalars()]
    return [Poster(await read_keyword(session, organization_id, id_), number) for id_ in ids]
