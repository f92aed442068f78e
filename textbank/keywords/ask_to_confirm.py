"""Ask somebody who wants to be on a list to confirm it: a request that waits for their YES.

Whoever typed a number on a web page may have typed another's, so nothing but this question leaves before
the YES. A number that is opted out cannot even be asked: its request waits for the person's own START.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent import ledger
from textbank.consent.models import OPT_IN_OPEN
from textbank.errors import Conflict, NotFound
from textbank.keywords.opt_in_words import question
from textbank.language import N_
from textbank.messaging.enqueue import enqueue

EXPIRES_AFTER: Final = timedelta(hours=72)

Source = Literal["keyword", "web", "flow"]

_ABOUT = sa.text(
    """
    select r.suppressed_at, r.place, o.name as organization, l.name as programme, l.frequency,
      coalesce(r.sticky_sender_id, (select id from sender s where s.organization_id = :organization
        order by s.halted_at is not null, s.kind = 'messaging_service', s.id limit 1)) as sender_id,
      exists (select from subscription b where b.organization_id = :organization
        and b.recipient_id = r.id and b.list_id = l.id and b.state = 'subscribed') as already
    from recipient r
    join organization o on o.id = r.organization_id
    join contact_list l on l.organization_id = r.organization_id and l.id = :list
    where r.organization_id = :organization and r.id = :recipient for no key update of r
    """
)
_OPEN = sa.text(
    f"select id, expires_at from opt_in_request where organization_id = :organization "  # noqa: S608 - ours
    f"and recipient_id = :recipient and list_id = :list and {OPT_IN_OPEN}"
)
_WRITE = sa.text(
    f"""
    insert into opt_in_request (organization_id, recipient_id, contact_id, list_id, source, language,
      evidence, needs_start, expires_at)
    values (:organization, :recipient, :contact, :list, :source, :language, :evidence, :needs_start,
      :expires_at)
    on conflict (organization_id, recipient_id, list_id) where {OPT_IN_OPEN} do update
      set contact_id = excluded.contact_id, source = excluded.source, language = excluded.language,
        evidence = excluded.evidence, needs_start = excluded.needs_start, created_at = now(),
        expires_at = excluded.expires_at, reminded_at = null, reminder_id = null
    returning id
    """  # noqa: S608 - the interpolated fragment is our own constant
).bindparams(sa.bindparam("evidence", type_=sa.JSON))


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of it. `asked`: the question is on its way (from a page: at their daytime). `needs_start`:
    the number is opted out, show them "Text START to …". `waiting`: a page asked for them before, and the
    question is open still; nothing more is sent. `already`: they are on the list; nothing is sent.
    """

    state: Literal["asked", "needs_start", "waiting", "already"]
    request_id: int | None = None
    question: str = ""
    """The words of the text that asks; what a page may show as "you will get this"."""


async def ask_to_confirm(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    list_id: int,
    source: Source,
    language: str,
    evidence: dict[str, Any],
    contact_id: int | None = None,
    sender_id: int | None = None,
    answer_by: datetime | None = None,
) -> Asked:
    """Open the request, write `opt_in_requested` to the ledger and queue the question.

    `evidence`: who did what where, and the words they were shown (JSON values). From a keyword or a flow the
    question answers a text: it leaves at any hour until `answer_by` and not at all where that is None. From
    a page it is bound to the hours at their place, since anybody may type anybody's number.
    """
    key = {"organization": organization_id, "recipient": recipient_id, "list": list_id}
    about = (await session.execute(_ABOUT, key)).one_or_none()
    if about is None:
        raise NotFound(N_("There is no such list or number. Nothing was changed."))
    if about.already and about.suppressed_at is None:
        return Asked("already")
    sender_id = sender_id or about.sender_id
    if sender_id is None:
        raise Conflict(N_("No number is connected yet, so nobody can confirm. Nothing was changed."))
    asks = question(about.organization, about.programme, about.frequency, language)
    open_one = (await session.execute(_OPEN, key)).one_or_none()
    needs_start = about.suppressed_at is not None
    if open_one is not None and open_one.expires_at > clock.now() and source == "web":
        return Asked("needs_start" if needs_start else "waiting", open_one.id, asks)
    shown = {"source": source, "question": None if needs_start else asks, **evidence}
    event = await ledger.append(
        session, organization_id, recipient_id, "opt_in_requested", {"list_id": list_id, **shown}
    )
    given = {
        "contact": contact_id,
        "source": source,
        "language": language,
        "evidence": {**shown, "requested_event_id": event, "requested_at": clock.now().isoformat()},
        "needs_start": needs_start,
        "expires_at": clock.now() + EXPIRES_AFTER,
    }
    request_id: int = (await session.execute(_WRITE, key | given)).scalar_one()
    if needs_start:
        return Asked("needs_start", request_id, asks)
    if source == "web" or answer_by is not None:
        await enqueue(
            session,
            organization_id,
            recipient_id=recipient_id,
            sender_id=sender_id,
            purpose="opt_in_question",
            body=asks,
            place=about.place if source == "web" else "",
            expires_at=clock.now() + EXPIRES_AFTER if source == "web" else answer_by,
        )
    return Asked("asked", request_id, asks)
