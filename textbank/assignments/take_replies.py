"""Hand people who wait for somebody to a texter: those who wait longest first, each to one texter.

Whom: who answered on a campaign that the texter is on (by its link, by a team, or put there), whom nobody
holds and who was not handed to staff. Who writes in a language goes to who speaks it; the others get them
only after a while. Nobody holds more people unanswered than staff set.
"""

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.assignments.keep_practice import standing_of
from textbank.assignments.may_text import come_to_campaigns

OTHERS_AFTER: Final = timedelta(minutes=10)
"""So long somebody waits for a speaker of their language, before anybody may answer."""
MOST_COUNTED: Final = 99
_SCAN: Final = 200
"""Of each campaign, whom one looks through; those of another language leave it after ten minutes."""

# A team answers in its language, too. Ten minutes run from when they became nobody's: who was just handed
# over has often waited longer than that already. English is what a contact has whose language nobody knows:
# it keeps nobody out.
_FREE: Final = """
    me as materialized (
      select w.id, case when w.languages = '{}' then array[w.language] else w.languages end
        || array(select t.language from team_member m
          join team t on t.organization_id = m.organization_id and t.id = m.team_id
          where m.organization_id = w.organization_id and m.member_id = w.id and t.language <> '') as speaks
      from member w where w.organization_id = :organization and w.id = :member
        and w.disabled_at is null and w.suspended_at is null),
    mine as materialized (
      select k.id, k.reply_batch_size as size from campaign_texter t
      join campaign k on k.organization_id = t.organization_id and k.id = t.campaign_id
      where t.organization_id = :organization and t.member_id = :member and t.removed_at is null
        and k.kind = 'p2p' and k.state not in ('draft', 'scheduled')
      order by k.id desc limit 50),
    free as materialized (
      select f.recipient_id, mine.size from me cross join mine cross join lateral (
        select v.recipient_id, v.needs_reply_since, v.moved_at, v.wants, v.wants_language, v.left_by_id
        from conversation v where v.organization_id = :organization and v.campaign_id = mine.id
          and v.assigned_member_id is null and v.needs_reply_since is not null and v.wants <> 'staff'
        order by v.needs_reply_since, v.recipient_id limit :scan) f
      left join lateral (
        select p.language from contact_number n
        join contact p on p.organization_id = n.organization_id and p.id = n.contact_id
        where n.organization_id = :organization and n.recipient_id = f.recipient_id and n.until is null
        order by n.id limit 1) p on true
      where f.left_by_id is distinct from me.id
        and (f.wants <> 'language' and coalesce(p.language, 'en') = 'en'
          or case when f.wants = 'language' then f.wants_language else p.language end = any(me.speaks)
          or greatest(f.needs_reply_since, f.moved_at) < now() - cast(:others_after as interval)))
"""
_COUNT = sa.text(f"with {_FREE} select count(*) from (select from free limit :most) n")  # noqa: S608
# Two presses of one texter come one after the other: the second one counts what the first has taken.
_TURN = sa.text("select from member where organization_id = :organization and id = :member for no key update")
_TAKE = sa.text(
    f"""
    with {_FREE},
    room as (
      select greatest(0, (select min(size) from free) - (
        select count(*) from conversation where organization_id = :organization
          and assigned_member_id = :member and needs_reply_since is not null)) as people),
    next as materialized (
      select v.recipient_id from free join conversation v on v.organization_id = :organization
        and v.recipient_id = free.recipient_id
      where v.assigned_member_id is null and v.needs_reply_since is not null and v.wants <> 'staff'
        and v.left_by_id is distinct from :member
      order by v.needs_reply_since, v.recipient_id limit (select people from room)
      for update of v skip locked),
    taken as (
      update conversation c set assigned_member_id = :member, moved_at = now(), left_by_id = null,
        wants = '', wants_language = '', snoozed_until = null, seen_to = 0, state = 'open'
      from next where c.organization_id = :organization and c.recipient_id = next.recipient_id
      returning c.recipient_id, c.needs_reply_since)
    select recipient_id from taken order by needs_reply_since, recipient_id
    """  # noqa: S608 - the interpolated fragment is our own constant
)


async def count_free_replies(session: AsyncSession, organization_id: int, member_id: int) -> int:
    """How many people this texter could take; `MOST_COUNTED` for any more, none for who may not text."""
    if (await standing_of(session, organization_id, member_id)).state != "free":
        return 0
    values = {**_of(organization_id, member_id), "most": MOST_COUNTED}
    found: int = (await session.execute(_COUNT, values)).scalar_one()
    return found


async def take_replies(session: AsyncSession, organization_id: int, member_id: int) -> list[int]:
    """Take some, as far as there is room; whoever waits longest stands first. Empty: nobody, or no room."""
    key = {"organization": organization_id, "member": member_id}
    await session.execute(_TURN, key)
    await come_to_campaigns(session, organization_id, member_id)
    if (await standing_of(session, organization_id, member_id)).state != "free":
        return []  # on trial they answer whom they have texted, and nobody else's people
    taken = list((await session.execute(_TAKE, _of(organization_id, member_id))).scalars())
    for recipient_id in taken:
        changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    if taken:
        changes.announce(session, organization_id, changes.of_member(member_id))
        changes.announce(session, organization_id, changes.SHIFT)
    return taken


def _of(organization_id: int, member_id: int) -> dict[str, Any]:
    return {
        "organization": organization_id,
        "member": member_id,
        "scan": _SCAN,
        "others_after": OTHERS_AFTER,
    }
