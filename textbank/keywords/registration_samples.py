"""The texts that a registration form asks for, made of the organization's own name, lists and keywords."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.wording import help_answer, opted_out
from textbank.keywords.confirmation import confirmation

_ORGANIZATION = sa.text("select name, help_contact from organization where id = :organization")
_KEYWORDS = sa.text(
    "select k.word, k.confirmation, l.name, l.frequency from keyword k join contact_list l "
    "on l.organization_id = k.organization_id and l.id = k.list_id "
    "where k.organization_id = :organization and k.retired_at is null and k.language = 'en' "
    "order by k.id limit 5"
)
_DESCRIPTION = (
    "{name} texts supporters who asked for it: news, events and calls to action of {list}, and personal "
    "replies to what they write. Nothing is sold."
)
_FLOW = (
    "People join by texting {word} to {number}. The keyword and the number stand on our leaflets, sign-up "
    'sheets and website, beside these words: "Text {word} to {number} for {list} from {name}. {often}. Msg & '
    'data rates may apply. Reply HELP for help, STOP to cancel. Consent is no condition of anything." People '
    "who sign up on paper or by a form tick a box with the same words."
)
_MESSAGES = (
    "{name}: The meeting is on Thursday at 7 pm in the library. Can you come? Reply STOP to opt out.",
    "Hi Ana, this is Sam with {name}. The council votes on Monday. Will you join us? Reply STOP to opt out.",
)


@dataclass(frozen=True, slots=True)
class Samples:
    """What goes into which field. The form is read by people who speak English."""

    description: str
    message_flow: str
    keywords: str
    opt_in: str
    help: str
    opt_out: str
    messages: tuple[str, ...]


async def registration_samples(session: AsyncSession, organization_id: int, number: str) -> Samples:
    """The fields of Twilio's form, filled for this organization. A reviewer must find the same in use."""
    key = {"organization": organization_id}
    name, contact = (await session.execute(_ORGANIZATION, key)).one()
    rows = (await session.execute(_KEYWORDS, key)).all()
    words = [row.word.upper() for row in rows] or ["JOIN"]
    programme = rows[0].name if rows else "our updates"
    frequency = rows[0].frequency if rows else ""
    own = rows[0].confirmation if rows else None
    how_often = frequency or "Message frequency varies"
    about = {"name": name, "word": words[0], "number": number, "list": programme, "often": how_often}
    return Samples(
        description=_DESCRIPTION.format(**about),
        message_flow=_FLOW.format(**about),
        keywords=", ".join(words),
        opt_in=own or confirmation(name, programme, frequency, "en"),
        help=help_answer(name, contact),
        opt_out=opted_out(name),
        messages=tuple(each.format(**about) for each in _MESSAGES),
    )
