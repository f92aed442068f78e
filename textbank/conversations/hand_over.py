"""Give a conversation back for somebody else to answer: staff, a speaker of a language, or the team."""

from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.accounts.speaks import SPOKEN
from textbank.conversations.take_note import take_note
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

Wants = Literal["staff", "language", "team"]
_MOST_TOLD: Final = 50

# Only by the one who answers it: whom it was taken from meanwhile hands nothing over. It is not offered to
# them again: else whoever gives it back and asks for some gets the very same.
_GIVE = sa.text(
    """
    update conversation set assigned_member_id = null, wants = :wants, wants_language = :language,
      state = 'open', snoozed_until = null, needs_reply_since = coalesce(needs_reply_since, now()),
      moved_at = now(), left_by_id = :member
    where organization_id = :organization and recipient_id = :recipient and assigned_member_id = :member
    returning campaign_id
    """
)
# Speakers on the campaign whose page is open now: they are told, the others see it when they look.
_SPEAKERS = sa.text(
    """
    select w.id from campaign_texter t
    join member w on w.organization_id = t.organization_id and w.id = t.member_id
      and w.disabled_at is null and w.suspended_at is null
    where t.organization_id = :organization and t.campaign_id = :campaign and t.removed_at is null
      and w.id <> :member and (:language = any(w.languages) or w.languages = '{}' and w.language = :language)
      and exists (select from sign_in g where g.organization_id = w.organization_id and g.member_id = w.id
        and g.ended_at is null and g.seen_at > now() - interval '10 minutes')
    limit :most
    """
)


async def hand_over(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    wants: Wants,
    *,
    member_id: int,
    language: str = "",
    note: str = "",
) -> None:
    """It is nobody's now and waits for whom it wants. Raises InvalidInput, NotFound."""
    if wants == "language" and language not in SPOKEN:
        raise InvalidInput(N_("Choose the language that they write in. Nothing was changed."))
    key = {
        "organization": organization_id,
        "recipient": recipient_id,
        "member": member_id,
        "wants": "" if wants == "team" else wants,
        "language": language if wants == "language" else "",
    }
    given = (await session.execute(_GIVE, key)).one_or_none()
    if given is None:
        raise NotFound(N_("There is no such conversation, or it is somebody else's by now."))
    if note.strip():
        await take_note(session, organization_id, recipient_id, note, member_id=member_id)
    audit.record(
        session,
        organization_id,
        "conversation.handed_over",
        actor=f"member {member_id}",
        recipient_id=recipient_id,
        wants=wants,
    )
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    if wants == "staff":
        changes.announce(session, organization_id, changes.ALERT)
    elif wants == "language":
        of = {name: key[name] for name in ("organization", "member", "language")}
        told = await session.execute(_SPEAKERS, {**of, "campaign": given.campaign_id, "most": _MOST_TOLD})
        for speaker in told.scalars():
            changes.announce(session, organization_id, changes.of_member(speaker))
