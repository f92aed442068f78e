"""A text that may mean "leave me alone": a person reads it and decides, and after a day it counts as a stop.

Until then nothing is sent (every permit asks `review_since`). Both answers and the silence go to the ledger
with the words that were in question, so that it can be shown later who decided what, and on which words.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.consent import ledger
from textbank.consent.add_person import Who
from textbank.consent.opt_out import opt_out_many

BATCH: Final = 200
RULE: Final = "review:undecided"

_IN_QUESTION = """
    select q.id, q.body, q.rule from (select id, body, rule, purpose from message
      where organization_id = :organization and recipient_id = {recipient} and direction = 'in'
      order by id desc limit 50) q
    order by (q.purpose = 'review') desc, q.id desc limit 1
"""
_WORDS = sa.text(_IN_QUESTION.format(recipient=":recipient"))
_NO_WISH = sa.text(
    "update recipient set review_since = null where organization_id = :organization and id = :recipient "
    "and review_since is not null and suppressed_at is null"
)
# In the order of their ids, as whoever locks many of them does; who is just being decided about is left.
_OVERDUE = sa.text(
    f"""
    with overdue as (
      select id, review_since from recipient where organization_id = :organization
        and review_since < now() - interval '24 hours' order by id limit :batch for update skip locked)
    select o.id as recipient_id, o.review_since, w.id as message_id, w.body, w.rule from overdue o
    left join lateral ({_IN_QUESTION.format(recipient="o.id")}) w on true order by o.id
    """  # noqa: S608 - our own words
)
_NOBODY_WAITS = sa.text(
    "update conversation set state = 'closed', needs_reply_since = null "
    "where organization_id = :organization and recipient_id = any(cast(:recipients as bigint[]))"
)


async def words_in_question(session: AsyncSession, organization_id: int, recipient_id: int) -> dict[str, Any]:
    """The words to decide about, as the ledger keeps them; empty where nothing came in."""
    key = {"organization": organization_id, "recipient": recipient_id}
    row = (await session.execute(_WORDS, key)).one_or_none()
    return {} if row is None else {"words": row.body, "message_id": row.id, "read_as": row.rule or ""}


async def keep_talking(session: AsyncSession, organization_id: int, recipient_id: int, *, by: Who) -> bool:
    """It was no wish to be left alone: texts may leave again. False where nothing was to be decided."""
    key = {"organization": organization_id, "recipient": recipient_id}
    if not (await session.execute(_NO_WISH, key)).rowcount:  # type: ignore[attr-defined]
        return False
    said = await words_in_question(session, organization_id, recipient_id)
    await ledger.append(session, organization_id, recipient_id, "kept_talking", {**said, **by.evidence})
    audit.record(session, organization_id, "conversation.reviewed", actor=by.actor, recipient_id=recipient_id)
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    return True


async def end_undecided(session: AsyncSession, organization_id: int) -> int:
    """What nobody decided within a day counts as a stop; returns how many, at most a batch."""
    given = {"organization": organization_id, "batch": BATCH}
    rows = (await session.execute(_OVERDUE, given)).all()
    people = [
        (
            row.recipient_id,
            {
                "rule": RULE,
                "words": row.body or "",
                "message_id": row.message_id,
                "read_as": row.rule or "",
                "unclear_since": row.review_since.isoformat(),
            },
        )
        for row in rows
    ]
    await opt_out_many(session, organization_id, "undecided", people)
    recipients = [row.recipient_id for row in rows]
    await session.execute(_NOBODY_WAITS, {"organization": organization_id, "recipients": recipients})
    for recipient_id in recipients:
        changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    return len(rows)
