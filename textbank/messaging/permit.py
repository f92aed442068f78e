"""The last question before a text leaves, asked for a micro-batch in one statement.

Under a lock on the texts' outbox rows and on their recipients' rows (`no key`: what only refers to a
recipient need not wait) it reads everything that may forbid
a text, and writes the attempt. Three races end here:

* a STOP updates the recipient's row, so it either commits before this lock is granted, and is seen, or
  waits for this transaction, and then finds the attempt and waits for it (`wait_out_permits.py`);
* a worker that froze and lost its claim meets a changed token under the outbox row's lock, and gets
  nothing, even when it thaws in the middle of this statement;
* should both fail, `uq_attempt_live` refuses a second live attempt for the same text.

Caps are looked at and counted under the recipient's lock, money under its rows' locks, which are the last
that are taken: first the campaigns', then the month's (`messaging/spend.py` gives back in the same order).

The caller may write the first byte of a carrier call only until `protocol.PERMIT_WRITE_SECONDS` after it
*asked*, because that is what a STOP waits out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.messaging.protocol import (
    CAP_DAY,
    CAP_REST,
    CAP_TEXTS,
    FEEDING_ENDS,
    FEWER_REST,
    HEARING_GAP,
    VALIDITY_MAX,
    VALIDITY_MIN,
)
from textbank.messaging.purpose import (
    NEEDS_BASIS,
    NEEDS_BASIS_IN_CAMPAIGN,
    NEEDS_BASIS_OF_ITS_LIST,
    PASSES_EARLIER_SUPPRESSION,
    PASSES_SUPPRESSION,
)
from textbank.messaging.spend import LET_GO_WHEN_FROZEN, SEGMENT_PRICE, SPENT_THIS_MONTH, THIS_MONTH
from textbank.messaging.window import OVER_FROM
from textbank.sms.status import RANK

DROPPED = ("suppressed", "expired", "stopped", "no_basis", "dead_number")
"""Verdicts that end a text unsent; each is also its delivery status."""

# `coalesce`: texts are found by their ids, not by the index of all that anybody has claimed (decision 0031).
_PERMIT = sa.text(
    f"""
    with asked as (
      select message_id, recipient_id, group_id, segments, queued_at, exempt_until, expires_at
      from outbox where organization_id = :organization and message_id = any(:messages)
        and claim_token = :token and coalesce(attempt_id, 0) = 0
      order by message_id for update),
    person as (
      select id, e164, place, suppressed_at, review_since, dead_since, sticky_sender_id, started,
        rests_until, less_since
      from recipient
      where organization_id = :organization and id in (select recipient_id from asked)
      order by id for no key update),
    weighed as (
      select asked.*, person.e164, m.body, m.media, s.id as sender_id,
        person.sticky_sender_id as known_sender_id, g.lane, g.campaign_id, w.opens_at, w.closes_at,
        free.free_at, case when jsonb_array_length(m.media) > 0 then n.mms_price
          else asked.segments * {SEGMENT_PRICE} end as cost,
        coalesce(c.window_rule, '') || person.place as window_key,
        (g.place <> '' or asked.exempt_until < clock_timestamp()) as bound,
        case
          when a.restored_copy_of is not null then 'unheard'
          when person.suppressed_at is not null
            and not m.purpose = any(:passes_suppression)
            and not (m.purpose = any(:passes_earlier) and asked.queued_at > person.suppressed_at)
            then 'suppressed'
          when person.dead_since is not null and g.lane > 1 then 'dead_number'
          when asked.expires_at < clock_timestamp() or g.lane > 2 and w.opens_at >= '{OVER_FROM}'
            then 'expired'
          when c.state in ('stopped', 'done') then 'stopped'
          when (m.purpose = any(:needs_basis)
              or m.purpose = any(:needs_basis_in_campaign) and c.id is not null) and not exists (
            select from subscription b join campaign_list l on l.organization_id = :organization
              and l.campaign_id = c.id and l.list_id = b.list_id
            where b.organization_id = :organization and b.recipient_id = person.id
              and (b.state = 'subscribed'
                or b.state = 'no_basis' and m.purpose = any(:needs_basis_in_campaign) and c.statement <> ''))
            or m.purpose = any(:needs_basis_of_its_list) and not exists (
              select from subscription b where b.organization_id = :organization
                and b.recipient_id = person.id and b.list_id = m.list_id and b.state = 'subscribed')
            then 'no_basis'
          when g.lane > 2 and s.registration <> 'registered' then 'paused'
          when c.state <> 'running' or s.halted_at is not null or a.halted_at is not null then 'paused'
          when g.lane > 1 and person.review_since is not null then 'review'
          when g.lane > 1 and (a.held_since is not null
            or a.heard_at < clock_timestamp() - cast(:gap as interval))
            then 'unheard'
          when (g.place <> '' or asked.exempt_until < clock_timestamp()) and not coalesce(
            clock_timestamp() >= w.opens_at
            and clock_timestamp() < w.closes_at - cast(:feeding_ends as interval), false)
            then 'window'
          when g.lane > 2 and (free.free_at > clock_timestamp() or lag(asked.message_id) over (
            partition by asked.recipient_id, g.lane > 2 order by asked.message_id) is not null)
            then 'cap'
          when g.sender_id is null and theirs.id <> s.id then 'elsewhere'
          else 'go'
        end as verdict
      from asked
      join person on person.id = asked.recipient_id
      join message m on m.organization_id = :organization and m.id = asked.message_id
      join outbox_group g on g.organization_id = :organization and g.id = asked.group_id
      join sender s on s.organization_id = :organization and s.id = :sender
      left join sender theirs on theirs.organization_id = :organization
        and theirs.id = person.sticky_sender_id and theirs.halted_at is null
        and theirs.registration = 'registered'
      join carrier_account a on a.organization_id = :organization and a.id = s.carrier_account_id
      left join campaign c on c.organization_id = :organization and c.id = g.campaign_id
      left join sending_window w on w.organization_id = :organization
        and w.place = coalesce(c.window_rule, '') || person.place
      join organization n on n.id = :organization
      cross join lateral (select greatest(
        case when c.time_critical then null else person.started[1] + cast(:rest as interval) end,
        person.started[{CAP_TEXTS}] + cast(:day as interval), person.rests_until,
        case when person.less_since is not null then person.started[1] + cast(:fewer as interval) end
        ) as free_at) free),
    purse as materialized (
      select campaign_id, budget - spent as room from campaign_spend
      where organization_id = :organization and budget is not null
        and campaign_id = any(array(select campaign_id from weighed where verdict = 'go' and lane > 2))
      order by campaign_id for no key update),
    month as materialized (
      select b.budget - {SPENT_THIS_MONTH} as room from month_spend b
      where b.organization_id = :organization and b.budget is not null
        and (select count(*) from purse) >= 0 for no key update),
    priced as (
      select *, sum(cost) filter (where verdict = 'go' and lane > 2)
          over (partition by campaign_id order by message_id) as of_campaign,
        sum(cost) filter (where verdict = 'go' and lane > 2) over (order by message_id) as of_month
      from weighed),
    judged as (
      select priced.message_id, recipient_id, segments, exempt_until, expires_at, e164, body, media,
        sender_id, known_sender_id, lane, campaign_id, opens_at, closes_at, free_at, cost, window_key, bound,
        case when verdict <> 'go' or lane <= 2 then verdict
          when of_campaign > (select room from purse where purse.campaign_id = priced.campaign_id)
            then 'budget'
          when of_month > (select room from month) then 'month_budget'
          else 'go' end as verdict
      from priced),
    moment as materialized (
      select clock_timestamp() as now, {LET_GO_WHEN_FROZEN} from (select count(*) from judged) j),
    permitted as (
      insert into attempt (organization_id, message_id, recipient_id, sender_id, permit_at, cost)
      select :organization, message_id, recipient_id, sender_id, moment.now, cost
      from judged, moment where verdict = 'go' returning id, message_id),
    known_by as (
      update recipient set sticky_sender_id = :sender, started = case
          when id = any(array(select recipient_id from judged where verdict = 'go' and lane > 2))
          then ((select now from moment) || started)[1:{CAP_TEXTS}] else started end
      where organization_id = :organization
        and id = any(array(select recipient_id from judged
          where verdict = 'go' and (lane > 2 or known_sender_id is distinct from sender_id)))),
    booked as (
      insert into campaign_spend as b (organization_id, campaign_id, spent)
      select :organization, campaign_id, sum(cost) from judged
      where verdict = 'go' and lane > 2 and campaign_id is not null
      group by campaign_id order by campaign_id
      on conflict (organization_id, campaign_id) do update set spent = b.spent + excluded.spent
      returning b.campaign_id),
    booked_for_month as (
      insert into month_spend as b (organization_id, month, spent)
      select :organization, {THIS_MONTH}, t.cost from (
        select sum(cost) as cost from judged where verdict = 'go') t
      where t.cost > 0 and (select count(*) from booked) >= 0
      on conflict (organization_id) do update set month = excluded.month,
        spent = {SPENT_THIS_MONTH} + excluded.spent),
    marked as (
      update outbox o set attempt_id = permitted.id from permitted
      where o.organization_id = :organization and o.message_id = permitted.message_id
        and o.message_id = any(:messages)),
    ended as (
      delete from outbox o using judged where o.organization_id = :organization
        and o.message_id = judged.message_id and o.message_id = any(:messages)
        and judged.verdict = any(:dropped)),
    told as (
      insert into delivery (organization_id, message_id, rank, status)
      select :organization, message_id, {RANK["stopped"]}, verdict from judged
      where verdict = any(:dropped) on conflict do nothing),
    put_back as (
      update outbox o set claim_token = null, claimed_at = null,
        held = case when judged.verdict = 'cap' then 'cap' end, due_at = case judged.verdict
          when 'window' then case when judged.closes_at - cast(:feeding_ends as interval) > clock_timestamp()
            then greatest(judged.opens_at, o.due_at) else clock_timestamp() + interval '2 seconds' end
          when 'review' then clock_timestamp() + interval '15 minutes'
          when 'unheard' then clock_timestamp() + interval '2 seconds'
          when 'cap' then greatest(judged.free_at, clock_timestamp())
          else o.due_at end
      from judged where o.organization_id = :organization and o.message_id = judged.message_id
        and o.message_id = any(:messages)
        and judged.verdict in ('window', 'review', 'unheard', 'paused', 'elsewhere', 'cap',
          'budget', 'month_budget'))
    select judged.message_id, judged.recipient_id, judged.verdict, judged.window_key, judged.campaign_id,
      permitted.id as attempt_id, judged.e164, judged.body, judged.media, judged.lane,
      greatest({VALIDITY_MIN}, least({VALIDITY_MAX},
        floor(extract(epoch from coalesce(judged.expires_at, 'infinity') - clock_timestamp())),
        floor(extract(epoch from case
          when judged.bound then judged.closes_at
          when judged.exempt_until is not null then greatest(judged.exempt_until,
            case when judged.opens_at <= clock_timestamp() then judged.closes_at end)
        end - clock_timestamp()))))::int as validity
    from judged left join permitted using (message_id)
    """  # noqa: S608 - the interpolated values are our own integer constants
)


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to hand one text over, now."""

    attempt_id: int
    message_id: int
    recipient_id: int
    to: str
    body: str
    media: tuple[str, ...]
    validity_seconds: int


@dataclass(slots=True)
class Answer:
    """What became of each text that a permit was asked for."""

    permits: list[Permit] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    """message id → verdict: one of `DROPPED`, or of what keeps it: `window`, `review`, `unheard`, `paused`,
    `cap`, `elsewhere`, `budget`, `month_budget`."""
    over_budget: dict[int | None, str] = field(default_factory=dict)
    """campaign id → which budget has no room for its next text."""
    stale_places: set[str] = field(default_factory=set)
    """Keys of the windows that hold texts; their `sending_window` may need computing."""


async def permit(
    session: AsyncSession,
    organization_id: int,
    sender_id: int,
    token: UUID,
    message_ids: Sequence[int],
) -> Answer:
    """Ask leave for texts that were claimed for this sender, which their recipients will know us by.

    A text whose claim was lost is in neither part of the answer. `elsewhere`: since it was queued for the
    pool, the person has come to know another number of ours (`move_to_their_numbers.py`).
    """
    rows = await session.execute(
        _PERMIT,
        {
            "organization": organization_id,
            "messages": list(message_ids),
            "sender": sender_id,
            "token": token,
            "passes_suppression": list(PASSES_SUPPRESSION),
            "passes_earlier": list(PASSES_EARLIER_SUPPRESSION),
            "needs_basis": list(NEEDS_BASIS),
            "needs_basis_in_campaign": list(NEEDS_BASIS_IN_CAMPAIGN),
            "needs_basis_of_its_list": list(NEEDS_BASIS_OF_ITS_LIST),
            "gap": HEARING_GAP,
            "feeding_ends": FEEDING_ENDS,
            "dropped": list(DROPPED),
            "rest": CAP_REST,
            "day": CAP_DAY,
            "fewer": FEWER_REST,
        },
    )
    answer = Answer()
    for row in rows:
        if row.attempt_id is not None:
            answer.permits.append(
                Permit(
                    row.attempt_id,
                    row.message_id,
                    row.recipient_id,
                    row.e164,
                    row.body,
                    tuple(row.media),
                    row.validity,
                )
            )
            continue
        answer.refused[row.message_id] = row.verdict
        if row.verdict == "window":
            answer.stale_places.add(row.window_key)
        elif row.verdict in ("budget", "month_budget"):
            answer.over_budget[row.campaign_id] = row.verdict
    return answer
