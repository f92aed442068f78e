"""Plain JOINs of different people that came in together, each as `act_on.py` does it for one, but in one
statement each for all: after a speech, thousands text the same word within a minute.

Plain is a text that is nothing but a keyword in use, without a flow behind it and with single opt-in, from
somebody who has neither opted out nor taken a break. Any other is acted on by itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.subscribe_texted import Joining, subscribe_texted
from textbank.conversations.touch import Touched
from textbank.driver import rows_of
from textbank.inbound.act_on import Filed, answer_until, evidence_of
from textbank.inbound.inbound_text import InboundText
from textbank.keywords.confirmation import confirmation
from textbank.keywords.match import normal_words
from textbank.messaging.enqueue import enqueue_alike

# Whether they were on a list before is told as `flows/person.py` tells it, from all lists of theirs: asked
# about one, PostgreSQL without statistics reads through everybody on it.
_PLAIN = sa.text(
    """
    select given.recipient_id, k.id as keyword_id, k.word, k.list_id, k.language, k.confirmation,
      o.name as organization, l.name as programme, l.frequency,
      coalesce(k.list_id = any(was.on_lists), false) as present, was.ever
    from unnest(cast(:recipients as bigint[]), cast(:words as text[])) as given (recipient_id, word)
    join keyword k on k.organization_id = :organization and k.word = given.word and k.retired_at is null
    join contact_list l on l.organization_id = :organization and l.id = k.list_id
    join organization o on o.id = :organization
    join recipient r on r.organization_id = :organization and r.id = given.recipient_id
    cross join lateral (
      select array_agg(s.list_id) filter (where s.state = 'subscribed') as on_lists,
        count(*) filter (where s.state in ('subscribed', 'unsubscribed')) > 0 as ever
      from subscription s where s.organization_id = :organization and s.recipient_id = given.recipient_id) was
    where k.flow_id is null and not l.double_opt_in
      and r.suppressed_at is null and coalesce(r.rests_until <= now(), true)
    """
)


def word_of(text: InboundText) -> str:
    """The keyword that a text may be; empty where it is more than one word."""
    words = normal_words(text.body)
    return words[0] if len(words) == 1 else ""


async def join_together(
    session: AsyncSession, organization_id: int, asking: Sequence[Filed]
) -> tuple[list[Touched], frozenset[int]]:
    """Subscribe those whose JOIN is plain, and confirm it to each.

    Returns what is left to do about their conversations, and whose JOIN was plain, by recipient.
    """
    key = {
        "recipients": [one.stored.recipient_id for one in asking],
        "words": [word_of(one.text) for one in asking],
    }
    rows = await rows_of(session, _PLAIN, {"organization": organization_id, **key})
    plain = {row["recipient_id"]: row for row in rows}
    if not plain:
        return [], frozenset()
    joining: list[Joining] = []
    answers: dict[tuple[int, str], list[tuple[int, datetime]]] = defaultdict(list)
    touched: list[Touched] = []
    for one in asking:
        row = plain.get(one.stored.recipient_id)
        if row is None:
            continue
        words = row["confirmation"] or confirmation(
            row["organization"], row["programme"], row["frequency"], row["language"]
        )
        answer_by = answer_until(one.text)
        evidence = _evidence(one, row, words if answer_by else None)
        joining.append(Joining(row["recipient_id"], row["list_id"], row["language"], evidence))
        if answer_by is not None:
            answers[one.at.sender_id, words].append((row["recipient_id"], answer_by))
        touched.append(Touched(row["recipient_id"], False, one.text.carrier_time, alert=one.understood.alert))
    await subscribe_texted(session, organization_id, joining)
    await _confirm(session, organization_id, answers)
    return touched, frozenset(plain)


async def _confirm(
    session: AsyncSession,
    organization_id: int,
    answers: Mapping[tuple[int, str], Sequence[tuple[int, datetime]]],
) -> None:
    for (sender_id, words), recipients in sorted(answers.items()):  # as another group does at once
        await enqueue_alike(
            session,
            organization_id,
            sender_id=sender_id,
            purpose="keyword_answer",
            body=words,
            recipients=recipients,
        )


def _evidence(one: Filed, row: Any, confirmed: str | None) -> dict[str, Any]:
    """The same as one JOIN alone leaves (`keywords/join.py`)."""
    return {
        "basis": "keyword",
        "confirmation": confirmed,
        "keyword": row["word"],
        "keyword_id": row["keyword_id"],
        **evidence_of(one),
        "member": "present" if row["present"] else "returning" if row["ever"] else "new",
        "flow_id": None,
    }
