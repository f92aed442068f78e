"""Plain STOPs of different people, or of one, as `act_on.py` does it for a STOP that staff could undo, but in
one statement each for all. Thousands may come within seconds of a blast, and each waits for its answer.
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
from textbank.driver import rows_of
from textbank.inbound.act_on import Filed, answer_until, evidence_of
from textbank.inbound.understand import Understood
from textbank.messaging.enqueue import enqueue_alike
from textbank.sms.answer_language import answer_language

_ONE_CONFIRMATION = sa.text(
    f"""
    update suppression set confirmation_queued = true
    from unnest(cast(:suppressions as bigint[]), cast(:senders as bigint[])) as given (id, sender_id)
    join sender s on s.organization_id = :organization and s.id = given.sender_id
      and not s.carrier_confirms_stop
    join organization o on o.id = :organization
    where suppression.organization_id = :organization and suppression.id = given.id
      and suppression.id = any(cast(:suppressions as bigint[])) and not confirmation_queued
    returning recipient_id, o.name, {LANGUAGE_OF.format(recipient="suppression.recipient_id")} as language
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
    if not timely:
        return
    asked = {
        "organization": organization_id,
        "suppressions": [suppressions[id_] for id_ in timely],
        "senders": [sender for sender, _ in timely.values()],
    }
    said = {one.stored.recipient_id: one.text.body for one in stops}
    alike: dict[tuple[int, str], list[tuple[int, datetime]]] = defaultdict(list)
    for row in await rows_of(session, _ONE_CONFIRMATION, asked):
        sender, until = timely[row["recipient_id"]]
        language = answer_language(said[row["recipient_id"]], row["language"])
        alike[sender, wording.opted_out(row["name"], language)].append((row["recipient_id"], until))
    for (sender, words), recipients in sorted(alike.items()):  # as another group does at once
        await enqueue_alike(
            session,
            organization_id,
            sender_id=sender,
            purpose="opt_out_confirmation",
            body=words,
            recipients=recipients,
        )
