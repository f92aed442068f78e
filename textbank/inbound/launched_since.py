"""After a restore: whose first text it was, where only the carrier's list tells of it.

The copy may be of the middle of a launch, when not all of the audience was frozen or queued yet. And what is
a draft in it may have been launched since: who got its text then is put into its audience here, and the next
launch leaves them out. That goes also for people whom the copy does not have on its lists, because they
may be imported again before that launch.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.made_from import made_from
from textbank.contacts.contact_of_recipient import contact_of_recipient

_UNQUEUED = sa.text(
    """
    select m.recipient_id, c.id as campaign_id, c.kind, s.body, m.contact_id
    from campaign c
    join script s on s.organization_id = c.organization_id and s.id = c.script_id
    join audience_member m on m.organization_id = c.organization_id and m.campaign_id = c.id
    where c.organization_id = :organization and c.state in ('running', 'paused', 'stopped')
      and m.recipient_id = any(:recipients) and m.message_id is null
    union all
    select b.recipient_id, c.id, c.kind, s.body, min(b.contact_id)
    from campaign c
    join script s on s.organization_id = c.organization_id and s.id = c.script_id
    join campaign_list l on l.organization_id = c.organization_id and l.campaign_id = c.id
    join subscription b on b.organization_id = l.organization_id and b.list_id = l.list_id
    where c.organization_id = :organization and c.state in ('running', 'paused', 'stopped')
      and c.frozen_at is null and b.recipient_id > c.frozen_to and b.recipient_id = any(:recipients)
      and not exists (select from audience_member m where m.organization_id = c.organization_id
        and m.campaign_id = c.id and m.recipient_id = b.recipient_id)
    group by b.recipient_id, c.id, c.kind, s.body
    order by campaign_id
    """
)
# Every text would be one of a draft without words; and without words it was not launched.
_DRAFTS = sa.text(
    "select c.id, c.kind, s.body from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.state = 'draft' "
    "and btrim(s.body) <> '' order by c.id"
)
_REACHED = sa.text(
    "select campaign_id, recipient_id from audience_member where organization_id = :organization "
    "and campaign_id = any(:drafts) and recipient_id = any(:recipients)"
)
_CONTACTS = sa.text(
    "select distinct on (recipient_id) recipient_id, contact_id from contact_number "
    "where organization_id = :organization and recipient_id = any(:recipients) and until is null "
    "order by recipient_id, id"
)
_HOLD = sa.text(
    "select id from recipient where organization_id = :organization and id = :recipient for no key update"
)


@dataclass(frozen=True, slots=True)
class Member:
    """In which campaign's audience somebody is, and as whom."""

    campaign_id: int
    kind: str
    contact_id: int


async def members_of(
    session: AsyncSession, organization_id: int, texts: Sequence[tuple[int, str]]
) -> list[Member | None]:
    """For each (recipient, words), which campaign's first text it was; None where it was none's."""
    recipients = sorted({recipient for recipient, _ in texts})
    unqueued = defaultdict(list)
    key = {"organization": organization_id, "recipients": recipients}
    for row in await session.execute(_UNQUEUED, key):
        unqueued[row.recipient_id].append(row)
    found: list[Member | None] = []
    left: dict[int, tuple[int, str]] = {}
    for at, (recipient_id, words) in enumerate(texts):
        mine = unqueued[recipient_id]
        member = next((row for row in mine if made_from(row.body, words)), None)
        if member is None:
            left[at] = (recipient_id, words)
            found.append(None)
        else:
            mine.remove(member)
            found.append(Member(member.campaign_id, member.kind, member.contact_id))
    for at, launched in (await _of_drafts(session, organization_id, left)).items():
        found[at] = launched
    return found


async def _of_drafts(
    session: AsyncSession, organization_id: int, texts: dict[int, tuple[int, str]]
) -> dict[int, Member]:
    drafts = (await session.execute(_DRAFTS, {"organization": organization_id})).all()
    if not drafts or not texts:
        return {}
    key = {
        "organization": organization_id,
        "drafts": [draft.id for draft in drafts],
        "recipients": sorted({recipient for recipient, _ in texts.values()}),
    }
    reached = {(row.campaign_id, row.recipient_id) for row in await session.execute(_REACHED, key)}
    chosen = {}
    for at, (recipient_id, words) in texts.items():
        for draft in drafts:
            if (draft.id, recipient_id) not in reached and made_from(draft.body, words):
                reached.add((draft.id, recipient_id))
                chosen[at] = (draft, recipient_id)
                break
    contacts = await _contacts(session, organization_id, {recipient for _, recipient in chosen.values()})
    return {
        at: Member(draft.id, draft.kind, contacts[recipient]) for at, (draft, recipient) in chosen.items()
    }


async def _contacts(session: AsyncSession, organization_id: int, recipients: set[int]) -> dict[int, int]:
    """Recipient → contact; those of whom the copy knows the number only are made."""
    key = {"organization": organization_id, "recipients": list(recipients)}
    known = {row.recipient_id: row.contact_id for row in await session.execute(_CONTACTS, key)}
    for recipient_id in sorted(recipients - set(known)):
        await session.execute(_HOLD, {"organization": organization_id, "recipient": recipient_id})
        known[recipient_id] = await contact_of_recipient(session, organization_id, recipient_id)
    return known
