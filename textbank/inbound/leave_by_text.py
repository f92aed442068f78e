"""STOP and something after it: exactly a list that they are on is left; anything else is a full STOP.

A person who writes STOP wants peace. So only a name that we can be sure of makes it less: a list that this
number is subscribed to now, by its name or a keyword of it. A list that they were on, or one of ours that
they never joined, is a full STOP too: whoever stops what they do not get means something that they do.
What is plainly about something else ("stop by the office") is what `sms/classify.py` makes of it.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.leave_one_list import OnList, lists_of
from textbank.keywords.match import normal_word
from textbank.keywords.preferences import named_after_stop, plain_words
from textbank.sms.classify import Classification, classify

_FULL_STOP = Classification("stop", "stop:not_a_list")
_LEFT = Classification("none", "preference:leave_list")
_LONGEST_FULL_STOP = 4
# "Alto" is high, too: alto costo, alto riesgo, alto a los desalojos.
_ALTO_OTHERWISE = frozenset(
    {"a", "al", "el", "y", "de", "en", "costo", "costos", "precio", "precios", "riesgo", "nivel", "voltaje"}
    | {"rendimiento", "impacto", "ahi", "fuego"}
)

_RECIPIENT = sa.text("select id from recipient where organization_id = :organization and e164 = :e164")
_OURS = sa.text(
    """
    select 1 from keyword where organization_id = :organization and word = any(:named)
    union all
    select 1 from contact_list l where l.organization_id = :organization
      and upper(regexp_replace(folded(l.name), '[^[:alnum:]]', '', 'g')) = any(:named)
      and l.id in (select list_id from subscription
        where organization_id = :organization and recipient_id = :recipient)
    limit 1
    """
)


@dataclass(frozen=True, slots=True)
class Leaving:
    """The list that a text leaves, and in which language it was said."""

    list: OnList
    language: str


async def after_stop(
    session: AsyncSession, organization_id: int, e164: str, body: str, meaning: Classification
) -> tuple[Classification, Leaving | None]:
    """What the text means once what follows its STOP is known. Asks the database only for such a text."""
    said = named_after_stop(body) if meaning.kind in ("review", "none") else None
    if said is None:
        return meaning, None
    named, language = said
    key = {"organization": organization_id, "e164": e164}
    recipient_id = await session.scalar(_RECIPIENT, key)
    if recipient_id is not None:
        for one in await lists_of(session, organization_id, recipient_id):
            if named & {normal_word(one.name), *one.words}:
                return _LEFT, Leaving(one, language)
    known = {"organization": organization_id, "named": sorted(named), "recipient": recipient_id}
    if is_full_stop(body, meaning) or (await session.execute(_OURS, known)).one_or_none() is not None:
        return _FULL_STOP, None
    return meaning, None


def is_full_stop(body: str, meaning: Classification) -> bool:
    """Whether a STOP with a few words behind it, none of them a list, is a STOP for everything."""
    words = plain_words(body)
    if not 2 <= len(words) <= _LONGEST_FULL_STOP:
        return False
    if meaning.kind == "review":
        return meaning.rule == "review:stray_stop"
    return words[0] == "alto" and len(words) == 2 and words[1] not in _ALTO_OTHERWISE


def leave_word(one: OnList) -> str | None:
    """What to write after STOP to leave a list; None where every such text would be a full STOP."""
    words = [*one.words, one.name.upper()]
    return next((word for word in words if classify(f"STOP {word}").kind in ("review", "none")), None)
