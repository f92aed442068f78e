"""Questions to captains: those of one conversation, those that wait, and answers that nobody has read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

PAGE: Final = 10
_SHOWN: Final = 5
_THREAD: Final = 6

_OF = sa.text(
    """
    select q.id, q.question, q.asked_at, q.answer, q.answered_at,
      coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1), '') as captain
    from captain_question q
    left join member w on w.organization_id = q.organization_id and w.id = q.answered_by_id
    where q.organization_id = :organization and q.recipient_id = :recipient and q.asked_by_id = :member
    order by q.id desc limit :most
    """
)
_OPEN = sa.text(
    """
    select q.id, q.recipient_id, q.question, q.asked_at, w.name as texter, p.first_name, k.name as campaign,
      t.said
    from (select * from captain_question where organization_id = :organization and answered_at is null
      and id > :after order by id limit :most) q
    join member w on w.organization_id = q.organization_id and w.id = q.asked_by_id
    left join conversation v on v.organization_id = q.organization_id and v.recipient_id = q.recipient_id
    left join campaign k on k.organization_id = v.organization_id and k.id = v.campaign_id
    left join lateral (
      select c.first_name from contact_number n
      join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
      where n.organization_id = q.organization_id and n.recipient_id = q.recipient_id and n.until is null
      order by n.id limit 1) p on true
    left join lateral (
      select json_agg(json_build_object('direction', direction, 'body', body) order by id) as said from (
        select id, direction, body from message where organization_id = q.organization_id
          and recipient_id = q.recipient_id and purpose <> 'taken_back' order by id desc limit :thread) m
      ) t on true
    order by q.id
    """
)
_UNSEEN = sa.text(
    "select distinct recipient_id from captain_question where organization_id = :organization "
    "and asked_by_id = :member and answered_at is not null and seen_at is null limit 50"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a texter's own, with the answer if there is one."""

    id: int
    question: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    captain: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits for a captain, with the end of the thread that it is about."""

    id: int
    recipient_id: int
    question: str
    asked_at: datetime
    texter: str
    first_name: str | None
    campaign: str | None
    said: list[dict[str, Any]] | None


async def asked_by(
    session: AsyncSession, organization_id: int, recipient_id: int, member_id: int
) -> list[Asked]:
    """What a texter asked about one conversation, oldest first."""
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id, "most": _SHOWN}
    return [Asked(*row) for row in await session.execute(_OF, key)][::-1]


async def open_questions(
    session: AsyncSession, organization_id: int, *, after: int = 0
) -> tuple[list[Waiting], int | None]:
    """One page of what waits, oldest first, and where the next one begins."""
    key = {"organization": organization_id, "after": after, "most": PAGE + 1, "thread": _THREAD}
    rows = [Waiting(*row) for row in await session.execute(_OPEN, key)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def answers_unseen(session: AsyncSession, organization_id: int, member_id: int) -> list[int]:
    """The conversations in which a captain has answered and the texter has not looked."""
    key = {"organization": organization_id, "member": member_id}
    return list((await session.execute(_UNSEEN, key)).scalars())
