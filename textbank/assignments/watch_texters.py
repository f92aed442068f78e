"""Count what texters' texts bring, a few seconds behind them, and pause whose go clearly wrong.

Each text and each opt-out is read once, by its id, so that the cost grows with what happens and not with the
tables. An id that is committed after a later one may be missed: a tally is a hint for captains, no account.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.assignments.suspend import suspend
from textbank.assignments.trust import Tally, trouble
from textbank.errors import Conflict
from textbank.sms.abusive import is_abusive

AT_ONCE: Final = 5_000
"""Texts, in or out, and opt-outs that one turn counts; the next one goes on."""

# The first time it begins with what comes from now on.
_MARK = sa.text(
    """
    insert into tally_mark (organization_id, message_id, suppression_id)
    select :organization,
      coalesce((select max(id) from message where organization_id = :organization), 0),
      coalesce((select max(id) from suppression where organization_id = :organization), 0)
    on conflict (organization_id) do update set counted_at = now()
    returning message_id, suppression_id
    """
)
_TEXTS = sa.text(
    """
    select id, purpose, sent_by, created_at, case when purpose = 'reply' then body end as words from (
      select * from message where organization_id = :organization and id > :after order by id limit :most) m
    order by id
    """
)
# By who answers them: whoever took the conversation over, else whoever sent the first text, and may be away.
_OPT_OUTS = sa.text(
    """
    select s.id, coalesce(c.assigned_member_id, a.assigned_member_id) as assigned_member_id from (
      select id, recipient_id from suppression where organization_id = :organization and id > :after
        and lifted_at is null and cause in ('stop_text', 'texter', 'carrier_block')
      order by id limit :most) s
    left join conversation c on c.organization_id = :organization and c.recipient_id = s.recipient_id
    left join audience_member a on a.organization_id = :organization and a.campaign_id = c.campaign_id
      and a.recipient_id = s.recipient_id
    """
)
_ADD = sa.text(
    """
    insert into texter_tally as t
      (organization_id, member_id, first_texts, replies, rude, opted_out, fastest)
    select :organization, m.id, g.first_texts, g.replies, g.rude, g.opted_out, g.fastest
    from unnest(cast(:members as bigint[]), cast(:first_texts as int[]), cast(:replies as int[]),
        cast(:rude as int[]), cast(:opted_out as int[]), cast(:fastest as int[]))
      as g (member_id, first_texts, replies, rude, opted_out, fastest)
    join member m on m.organization_id = :organization and m.id = g.member_id
    on conflict (organization_id, member_id) do update set
      since = case when t.since < now() - interval '1 day' then now() else t.since end,
      first_texts = excluded.first_texts
        + case when t.since < now() - interval '1 day' then 0 else t.first_texts end,
      replies = excluded.replies + case when t.since < now() - interval '1 day' then 0 else t.replies end,
      rude = excluded.rude + case when t.since < now() - interval '1 day' then 0 else t.rude end,
      opted_out = excluded.opted_out
        + case when t.since < now() - interval '1 day' then 0 else t.opted_out end,
      fastest = greatest(excluded.fastest,
        case when t.since < now() - interval '1 day' then 0 else t.fastest end)
    """
)
_JUDGE = sa.text(
    """
    select t.member_id, t.first_texts, t.opted_out, t.rude, t.fastest,
      a.first_texts - t.first_texts as others_texts, a.opted_out - t.opted_out as others_out
    from texter_tally t cross join (
      select coalesce(sum(first_texts), 0) as first_texts, coalesce(sum(opted_out), 0) as opted_out
      from texter_tally where organization_id = :organization and since > now() - interval '1 day') a
    join organization o on o.id = t.organization_id and o.pauses_texters
    join member m on m.organization_id = t.organization_id and m.id = t.member_id
      and m.role = 'texter' and m.suspended_at is null and m.disabled_at is null
    where t.organization_id = :organization and t.member_id = any(cast(:members as bigint[]))
    """
)
_MOVE = sa.text(
    "update tally_mark set message_id = :message, suppression_id = :suppression "
    "where organization_id = :organization"
)


async def watch_texters(session: AsyncSession, organization_id: int) -> None:
    """Count on, and pause whom the thresholds say (`trust.py`)."""
    key = {"organization": organization_id}
    mark = (await session.execute(_MARK, key)).one()
    texts = (await session.execute(_TEXTS, {**key, "after": mark.message_id, "most": AT_ONCE})).all()
    outs = (await session.execute(_OPT_OUTS, {**key, "after": mark.suppression_id, "most": AT_ONCE})).all()
    if not texts and not outs:
        return
    tallies = _counted(texts, outs)
    columns = {
        name: [tally[name] for tally in tallies.values()]
        for name in ("first_texts", "replies", "rude", "opted_out", "fastest")
    }
    if tallies:
        await session.execute(_ADD, {**key, "members": list(tallies), **columns})
    ends = {
        "message": texts[-1].id if texts else mark.message_id,
        "suppression": max((row.id for row in outs), default=mark.suppression_id),
    }
    await session.execute(_MOVE, {**key, **ends})
    await _judge(session, organization_id, list(tallies))


def _counted(texts: Any, outs: Any) -> dict[int, dict[str, int]]:
    tallies: dict[int, dict[str, int]] = {}
    minutes: dict[tuple[int, Any], int] = {}

    def of(member_id: int) -> dict[str, int]:
        empty = {"first_texts": 0, "replies": 0, "rude": 0, "opted_out": 0, "fastest": 0}
        return tallies.setdefault(member_id, empty)

    for row in texts:
        member = (row.sent_by or "").removeprefix("member ")
        if not member.isdigit() or row.purpose not in ("first_text", "reply"):
            continue
        tally = of(int(member))
        if row.purpose == "reply":
            tally["replies"] += 1
            tally["rude"] += is_abusive(row.words or "")
            continue
        tally["first_texts"] += 1
        minute = (int(member), row.created_at.replace(second=0, microsecond=0))
        minutes[minute] = minutes.get(minute, 0) + 1
        tally["fastest"] = max(tally["fastest"], minutes[minute])
    for row in outs:
        if row.assigned_member_id is not None:
            of(row.assigned_member_id)["opted_out"] += 1
    return tallies


async def _judge(session: AsyncSession, organization_id: int, members: list[int]) -> None:
    rows = await session.execute(_JUDGE, {"organization": organization_id, "members": members})
    for row in rows.all():
        theirs = Tally(row.first_texts, row.opted_out, row.rude, row.fastest)
        because = trouble(theirs, Tally(row.others_texts, row.others_out))
        if because is None:
            continue
        try:
            await suspend(session, organization_id, row.member_id, because=because, actor=audit.SCHEDULE)
        except Conflict:
            continue  # a captain was quicker
