"""Somebody begins a flow: after a keyword, after their YES, or because they wrote for the first time."""

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.carry_out import Going, carry_out
from textbank.flows.document import read_document
from textbank.flows.person import read_person_of_flow
from textbank.flows.walk import walk_from

AFTER_THE_CONFIRMATION: Final = timedelta(seconds=1)
"""The confirmation must be the first text that they get (CTIA 5.1.2.1), and carriers keep no order."""

# A new flow takes the place of an open question, and of an earlier run of the same flow.
_BEGIN = sa.text(
    """
    with now_live as (
      select f.id as flow_id, v.id as version_id, v.version, v.document from flow f
      join flow_version v on v.organization_id = f.organization_id and v.flow_id = f.id
        and v.version = f.published
      where f.organization_id = :organization and f.id = :flow),
    replaced as (
      update flow_run r set ended_at = now(), ended_because = 'replaced', asked_at = null
      where r.organization_id = :organization and r.recipient_id = :recipient and r.ended_at is null
        and exists (select from now_live)
        and (r.asked_at is not null or r.version_id in (select id from flow_version
          where organization_id = :organization and flow_id = :flow))),
    made as (
      insert into flow_run (organization_id, version_id, recipient_id, sender_id, language, member)
      select :organization, version_id, :recipient, :sender, :language, :member from now_live returning id)
    select made.id as run_id, l.flow_id, l.version, l.document,
      (select e164 from recipient where organization_id = :organization and id = :recipient) as e164
    from made, now_live l
    """
)
_STRANGERS = sa.text(
    """
    select f.id from flow f where f.organization_id = :organization and f.for_strangers
      and f.published is not null
      and not exists (select from contact_number n where n.organization_id = :organization
        and n.recipient_id = :recipient and n.until is null)
      and not exists (select from message m where m.organization_id = :organization
        and m.recipient_id = :recipient and m.direction = 'out')
    """
)


async def begin_flow(
    session: AsyncSession,
    organization_id: int,
    flow_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    language: str | None,
    member: str,
    answer_by: datetime | None,
    evidence: dict[str, Any],
    after_confirmation: bool = True,
) -> bool:
    """Begin its published version; false where none is, or where it is too late to answer. The caller holds
    the recipient's row. `language` None: what we know of them."""
    if answer_by is None:
        return False
    person = await read_person_of_flow(session, organization_id, recipient_id)
    language = language or person.language
    language = language if language in ("en", "es") else "en"
    given = {
        "organization": organization_id,
        "flow": flow_id,
        "recipient": recipient_id,
        "sender": sender_id,
        "language": language,
        "member": member,
    }
    run = (await session.execute(_BEGIN, given)).one_or_none()
    if run is None:
        return False
    going = Going(
        organization_id,
        run.run_id,
        run.flow_id,
        run.version,
        recipient_id,
        sender_id,
        run.e164,
        language,
        person.first_name,
        answer_by,
        evidence,
        later_by=AFTER_THE_CONFIRMATION if after_confirmation else timedelta(),
    )
    walk = walk_from(read_document(run.document), 0, person.facts(going.language, member, {}))
    await carry_out(session, going, walk)
    return True


async def greet_stranger(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> bool:
    """Begin the flow for whoever is not known and never had a text of ours, if there is one."""
    key = {"organization": organization_id, "recipient": recipient_id}
    flow_id: int | None = await session.scalar(_STRANGERS, key)
    if flow_id is None:
        return False
    return await begin_flow(
        session,
        organization_id,
        flow_id,
        recipient_id=recipient_id,
        sender_id=sender_id,
        language=None,
        member="new",
        answer_by=answer_by,
        evidence=evidence,
        after_confirmation=False,
    )
