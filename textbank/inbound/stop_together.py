"""Plain STOPs of different people that came in together, each as `act_on.py` does it for one, but in one
statement each for all. Thousands may come within seconds of a blast, and each waits for its answer.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import wording
from textbank.consent.opt_out import PHRASE_RULES, opt_out_texted
from textbank.contacts.contact_of_recipient import LANGUAGE_OF
from textbank.conversations.touch import Touched
from textbank.inbound.act_on import Filed, answer_until, evidence_of
from textbank.inbound.understand import Understood
from textbank.messaging.enqueue import enqueue_alike
from textbank.sms.answer_language import Language, answer_language

_CONFIRM = sa.text(
    "select s.id, o.name from sender s join organization o on o.id = s.organization_id "
    "where s.organization_id = :organization and s.id = any(cast(:senders as bigint[])) "
    "and not s.carrier_confirms_stop"
)
_ONE_CONFIRMATION = sa.text(
    f"""
    update suppression set confirmation_queued = true where organization_id = :organization
      and id = any(cast(:suppressions as bigint[])) and not confirmation_queued
    returning recipient_id, {LANGUAGE_OF.format(recipient="suppression.recipient_id")} as language
    """  # noqa: S608 - a part of our own
)


def is_plain_stop(understood: Understood) -> bool:
    """Whether nothing of it can be undone, and all of it is meant."""
    meaning = understood.meaning
    plain = meaning.kind == "stop" and understood.leaving is None
    return plain and not meaning.rule.startswith(PHRASE_RULES)


async def stop_together(session: AsyncSession, organization_id: int, stops: Sequence[Filed]) -> list[Touched]:
    """Suppress all and queue their confirmations; what is left is to keep their conversations up."""
    suppressions = await opt_out_texted(
        session,
        organization_id,
        [
            (
                one.stored.recipient_id,
                one.text.carrier_time,
                evidence_of(one),
            )
            for one in stops
        ],
    )
    await _confirm(session, organization_id, stops, suppressions)
    return [
        Touched(one.stored.recipient_id, False, one.text.carrier_time, True, one.understood.alert)
        for one in stops
    ]


async def _confirm(
    session: AsyncSession, organization_id: int, stops: Sequence[Filed], suppressions: dict[int, int]
) -> None:
    timely = {
        one.stored.recipient_id: (one.at.sender_id, by) for one in stops if (by := answer_until(one.text))
    }
    senders = sorted({sender for sender, _ in timely.values()})
    key = {"organization": organization_id}
    confirming = {row.id: row.name for row in await session.execute(_CONFIRM, key | {"senders": senders})}
    asked = [suppressions[id_] for id_, (sender, _) in timely.items() if sender in confirming]
    if not asked:
        return
    first = await session.execute(_ONE_CONFIRMATION, key | {"suppressions": asked})
    said = {one.stored.recipient_id: one.text.body for one in stops}
    alike: dict[tuple[int, Language], list[tuple[int, datetime]]] = defaultdict(list)
    for row in first:
        sender, until = timely[row.recipient_id]
        alike[sender, answer_language(said[row.recipient_id], row.language)].append((row.recipient_id, until))
    for (sender, language), recipients in alike.items():
        await enqueue_alike(
            session,
            organization_id,
            sender_id=sender,
            purpose="opt_out_confirmation",
            body=wording.opted_out(confirming[sender], language),
            recipients=recipients,
        )
