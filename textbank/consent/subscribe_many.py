"""Subscribe a batch of contacts' numbers to a list, each on its own ledger row, reviving nobody.

A number that left the list, or that must not be texted at all, stays out for whichever of its contacts a
file names: permits ask for a subscription of the number, so a second contact's would bring it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger

Subscribed = Literal["subscribed", "already", "opted_out", "no_basis"]

_STATES = sa.text(
    "select recipient_id, contact_id, state from subscription where organization_id = :organization "
    "and list_id = :list and recipient_id = any(cast(:recipients as bigint[]))"
)
# Only what had no basis is raised to something better; a state that the person chose is never touched.
_WRITE = sa.text(
    """
    insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id)
    select :organization, :list, contact_id, recipient_id, state, event_id
    from unnest(cast(:contacts as bigint[]), cast(:recipients as bigint[]), cast(:states as text[]),
      cast(:events as bigint[])) as given (contact_id, recipient_id, state, event_id)
    on conflict (organization_id, list_id, recipient_id, contact_id) do update
      set state = excluded.state, basis_event_id = excluded.basis_event_id, since = now()
      where subscription.state = 'no_basis'
    """
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact's number for the list, and what its basis is; None: none is known."""

    recipient_id: int
    contact_id: int
    suppressed: bool
    evidence: dict[str, Any] | None


async def subscribe_many(
    session: AsyncSession, organization_id: int, list_id: int, candidates: Sequence[Candidate]
) -> list[Subscribed]:
    """One answer per candidate, in order. The caller holds the recipients' rows."""
    key = {"organization": organization_id, "list": list_id}
    states: dict[tuple[int, int], str] = {}
    left = {one.recipient_id for one in candidates if one.suppressed}
    known = await session.execute(_STATES, key | {"recipients": [one.recipient_id for one in candidates]})
    for recipient_id, contact_id, state in known:
        states[recipient_id, contact_id] = state
        if state == "unsubscribed":
            left.add(recipient_id)
    answers: list[Subscribed] = []
    write: dict[tuple[int, int], str] = {}
    bases: dict[tuple[int, int], dict[str, Any]] = {}
    for one in candidates:
        pair = (one.recipient_id, one.contact_id)
        state = write.get(pair) or states.get(pair)
        answer = _decide(one, state, one.recipient_id in left)
        answers.append(answer)
        if answer == "subscribed" and one.evidence is not None:
            write[pair] = "subscribed"
            bases[pair] = {"list_id": list_id, **one.evidence}
        elif state is None:
            write[pair] = "unsubscribed" if answer == "opted_out" else "no_basis"
    if not write:
        return answers
    appended = await ledger.append_many(
        session, organization_id, "subscribed", [(pair[0], payload) for pair, payload in bases.items()]
    )
    events = dict(zip(bases, appended, strict=True))
    rows = {
        "recipients": [recipient for recipient, _ in write],
        "contacts": [contact for _, contact in write],
        "states": list(write.values()),
        "events": [events.get(pair) for pair in write],
    }
    await session.execute(_WRITE, key | rows)
    return answers


def _decide(one: Candidate, state: str | None, left: bool) -> Subscribed:
    if left:
        return "opted_out"
    if state is None or state == "no_basis":
        return "no_basis" if one.evidence is None else "subscribed"
    return "already"
