"""Somebody asked on the web to be on a list: record exactly what they were shown, and ask the phone itself.

Anybody can type anybody's number, so a form never subscribes: it opens a request that the phone must confirm
(`ask_to_confirm`), and it says the same to everybody. How often a number is asked is counted here, in
PostgreSQL, because that protects the person; how often a network address tries is the page's to count.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.place import place_of
from textbank.errors import InvalidInput, TooManyTries
from textbank.keywords.ask_to_confirm import Asked, ask_to_confirm
from textbank.keywords.web_forms import WebForm
from textbank.language import N_
from textbank.sms.phone_number import NotANumber, parse

ASKED_A_DAY: Final = 3
"""Lists for which one number is asked in a day, whoever types it."""
ASKED_AN_HOUR: Final = 300
"""Of an organization's forms together: more is a program, and every question is a text to a person."""

_RECIPIENT = sa.text(
    "insert into recipient (organization_id, e164, place) values (:organization, :e164, :place) "
    "on conflict (organization_id, e164) do update set e164 = excluded.e164 returning id"
)
_ASKED = sa.text(
    "select count(*) from (select from opt_in_request where organization_id = :organization "
    "and recipient_id = :recipient and source = 'web' and created_at > now() - cast(:ago as interval) "
    "limit :most) asked"
)
_ASKED_BY_ALL = sa.text(
    "select count(*) from (select from opt_in_request where organization_id = :organization "
    "and confirmed_at is null and declined_at is null and expired_at is null "
    "and created_at > now() - cast(:ago as interval) limit :most) asked"
)

Shown = Literal["page", "own site"]


@dataclass(frozen=True, slots=True)
class FromTheWeb:
    """What arrived, and from where."""

    number: str
    language: str
    shown_by: Shown
    url: str
    """The page that the form stood on."""
    ip: str
    user_agent: str


async def join_by_web(session: AsyncSession, form: WebForm, given: FromTheWeb) -> Asked | None:
    """Open the request and ask the phone; None where the number has been asked often enough today.

    Raises InvalidInput for what is no number, TooManyTries where all forms together are asked too often.
    The caller has seen the box ticked under the words of `form` in this language.
    """
    organization_id = form.organization_id
    number = parse(given.number[:60])
    if isinstance(number, NotANumber):
        raise InvalidInput(N_("This is no phone number that can be texted. A US number has ten digits."))
    key = {"organization": organization_id}
    hour = {"ago": timedelta(hours=1), "most": ASKED_AN_HOUR}
    if (await session.execute(_ASKED_BY_ALL, key | hour)).scalar_one() >= ASKED_AN_HOUR:
        raise TooManyTries(N_("Many people are signing up just now. Please try again in an hour."))
    who = {"e164": number.e164, "place": place_of(None, number.e164).key}
    recipient_id: int = (await session.execute(_RECIPIENT, key | who)).scalar_one()
    day = {"recipient": recipient_id, "ago": timedelta(days=1), "most": ASKED_A_DAY}
    if (await session.execute(_ASKED, key | day)).scalar_one() >= ASKED_A_DAY:
        return None
    return await ask_to_confirm(
        session,
        organization_id,
        recipient_id=recipient_id,
        list_id=form.list_id,
        source="web",
        language=given.language,
        evidence=_evidence(form, given),
    )


def _evidence(form: WebForm, given: FromTheWeb) -> dict[str, Any]:
    return {
        "way": f"web form, {given.shown_by}",
        "words_shown": form.words(given.language),
        "form_version": form.version(given.language),
        "language": given.language,
        "url": given.url[:500],
        "ip": given.ip[:100],
        "user_agent": given.user_agent[:500],
    }
