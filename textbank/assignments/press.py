"""One press, one first text (promise 6): judged, queued and written down in one statement for many presses.

Each person's row in the audience is locked, so of several presses for one person the first that gets it
sends, and the others are told so; `uq_message_first_text` would refuse a second text even if this did not.
What the permit asks again just before a text leaves (opted out, window, caps, campaign) is asked here too,
so that the texter learns it at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.driver import rows_of
from textbank.messaging.caps import CAPPED_UNTIL
from textbank.messaging.models import Lane
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.sms.segments import count

Verdict = Literal[
    "sent", "already", "by_another", "given_back", "opted_out", "unreachable", "paused", "over", "changed",
    "window", "cap", "no_sender", "unknown", "too_old", "taken_back", "suspended", "unapproved",
]  # fmt: skip
SENT: Final[tuple[Verdict, ...]] = ("sent", "already")

UNDO: Final = timedelta(seconds=5)
"""How long a text waits in the outbox, so that whoever pressed can take it back (`undo.py`)."""
LATEST: Final = timedelta(minutes=15)
"""A text that waited for longer on a phone without a network is not sent any more."""

# A text that waited on a phone without signal may come after its batch was given back: it counts as long as
# nobody else holds that person, and not after a quarter of an hour.
# Big tables are read row by row (`lateral … limit 1`, `= any`), never by a join: right after a launch
# PostgreSQL has no statistics, and would read the whole audience to find a few.
# Whom a captain suspended sends nothing, and whom none has approved no more than the trial: their own rows
# are locked (approved members' are not), so that two presses at once cannot both be the last of it.
# In a restored copy a person may have got the text through another account: nothing is sent until the lists
# of all are read.
_PRESS = sa.text(
    f"""
    with asked as materialized (
      select * from unnest(cast(:campaigns as bigint[]), cast(:recipients as bigint[]),
        cast(:members as bigint[]), cast(:scripts as bigint[]), cast(:bodies as text[]),
        cast(:segments as smallint[]), cast(:in_time as bool[]), cast(:undone as smallint[]))
        as t (campaign_id, recipient_id, member_id, script_id, body, segments, in_time, undone)
      order by campaign_id, recipient_id),
    best as (
      select s.id from sender s join carrier_account a on a.organization_id = s.organization_id
        and a.id = s.carrier_account_id
      where s.organization_id = :organization and s.halted_at is null and a.halted_at is null
        and not exists (select from carrier_account c where c.organization_id = :organization
          and c.restored_copy_of is not null)
      limit 1),
    held as materialized (
      select asked.*, m.message_id, m.assigned_member_id, m.undone as undone_now
      from asked cross join lateral (
        select message_id, assigned_member_id, undone from audience_member
        where organization_id = :organization and campaign_id = asked.campaign_id
          and recipient_id = asked.recipient_id for update) m),
    watched as materialized (
      select id, suspended_at, approval, trial_left from member where organization_id = :organization
        and id = any(:members) and (suspended_at is not null or approval <> 'approved')
      order by id for no key update),
    weighed as materialized (
      select held.*, watched.trial_left, c.window_rule || r.place as place, theirs.id as sender_id,
        case
          when held.message_id is not null and held.assigned_member_id = held.member_id then 'already'
          when held.message_id is not null then 'by_another'
          when watched.suspended_at is not null then 'suspended'
          when watched.approval = 'waiting' then 'unapproved'
          when c.state = 'paused' then 'paused'
          when c.state <> 'running' then 'over'
          when t.member_id is null or held.assigned_member_id <> held.member_id then 'given_back'
          when held.undone_now <> held.undone then 'taken_back'
          when r.suppressed_at is not null then 'opted_out'
          when r.dead_since is not null or r.review_since is not null then 'unreachable'
          when not held.in_time then 'too_old'
          when c.script_id <> held.script_id then 'changed'
          when not coalesce(clock_timestamp() >= w.opens_at
            and clock_timestamp() < w.closes_at - cast(:feeding_ends as interval), false) then 'window'
          when {CAPPED_UNTIL} > clock_timestamp() then 'cap'
          when best.id is null then 'no_sender'
          else 'sent'
        end as verdict
      from held
      cross join lateral (
        select place, suppressed_at, dead_since, review_since, sticky_sender_id, started, rests_until,
          less_since
        from recipient where organization_id = :organization and id = held.recipient_id limit 1) r
      join campaign c on c.organization_id = :organization and c.id = held.campaign_id and c.kind = 'p2p'
      left join sender theirs on theirs.organization_id = :organization and theirs.id = r.sticky_sender_id
        and theirs.registration = 'registered'
      left join campaign_texter t on t.organization_id = :organization and t.campaign_id = held.campaign_id
        and t.member_id = held.member_id and t.removed_at is null
      left join sending_window w on w.organization_id = :organization and w.place = c.window_rule || r.place
      left join watched on watched.id = held.member_id
      left join best on true),
    judged as materialized (
      select campaign_id, recipient_id, member_id, script_id, body, segments, in_time, undone, message_id,
        place, sender_id, case when verdict = 'sent' and row_number() over (
          partition by member_id, verdict order by recipient_id) > trial_left then 'unapproved'
          else verdict end as verdict
      from weighed),
    spent as (
      update member m set trial_left = greatest(m.trial_left - s.sent, 0)
      from watched join (select member_id, count(*) as sent from judged where verdict = 'sent'
        group by member_id) s on s.member_id = watched.id
      where m.organization_id = :organization and m.id = any(:members) and m.id = watched.id),
    wanted as (select distinct sender_id, campaign_id, place from judged where verdict = 'sent'),
    known as (
      select wanted.*, g.id from wanted cross join lateral (
        select id from outbox_group where organization_id = :organization
          and (sender_id = wanted.sender_id or sender_id is null and wanted.sender_id is null)
          and campaign_id = wanted.campaign_id and lane = cast(:lane as smallint) and place = wanted.place
        limit 1) g),
    made as (
      insert into outbox_group as g (organization_id, sender_id, campaign_id, lane, place)
      select :organization, sender_id, campaign_id, cast(:lane as smallint), place from wanted
      where not exists (select from known where known.campaign_id = wanted.campaign_id
        and known.place = wanted.place and known.sender_id is not distinct from wanted.sender_id)
      on conflict (organization_id, sender_id, lane, campaign_id, place)
        do update set place = excluded.place
      returning sender_id, campaign_id, place, g.id),
    groups as (select * from known union all select * from made),
    text as (
      insert into message
        (organization_id, recipient_id, sender_id, campaign_id, direction, purpose, body, sent_by)
      select :organization, recipient_id, sender_id, campaign_id, 'out', 'first_text', body,
        'member ' || member_id
      from judged where verdict = 'sent' returning id, campaign_id, recipient_id),
    waiting as (
      insert into outbox (organization_id, message_id, group_id, recipient_id, segments, due_at)
      select :organization, text.id, g.id, text.recipient_id, judged.segments,
        now() + cast(:undo as interval)
      from text join judged using (campaign_id, recipient_id)
      join groups g on g.campaign_id = judged.campaign_id and g.place = judged.place
        and g.sender_id is not distinct from judged.sender_id),
    marked as (
      update audience_member m
      set message_id = text.id, assigned_member_id = judged.member_id, skipped_by_id = null
      from text join judged using (campaign_id, recipient_id)
      where m.organization_id = :organization and m.campaign_id = any(:campaigns)
        and m.recipient_id = any(:recipients)
        and m.campaign_id = text.campaign_id and m.recipient_id = text.recipient_id),
    let_go as (
      update audience_member m set assigned_member_id = null, assigned_at = null from judged
      where judged.verdict in ('opted_out', 'unreachable', 'window', 'cap', 'too_old')
        and m.organization_id = :organization and m.campaign_id = any(:campaigns)
        and m.recipient_id = any(:recipients)
        and m.campaign_id = judged.campaign_id and m.recipient_id = judged.recipient_id),
    idle as (
      select campaign_id, member_id from campaign_texter
      where organization_id = :organization and campaign_id = any(:campaigns)
        and member_id = any(:members) and active_at < now() - interval '10 seconds'
      for no key update skip locked),
    active as (
      update campaign_texter t set active_at = now() from idle where t.organization_id = :organization
        and t.campaign_id = idle.campaign_id and t.member_id = idle.member_id)
    select judged.campaign_id, judged.recipient_id, judged.verdict,
      coalesce(text.id, judged.message_id) as message_id
    from judged left join text using (campaign_id, recipient_id)
    """  # noqa: S608 - the interpolated fragment is our own constant
)


@dataclass(frozen=True, slots=True)
class Press:
    """A texter's press for a person; `body` is what was shown to them, of that script.

    `waited` is how long it lay on a device that had no network, and `undone` how often a press for this
    person had been taken back when they were shown: what comes again after an undo counts for nothing.
    """

    campaign_id: int
    recipient_id: int
    member_id: int
    script_id: int
    body: str
    undone: int = 0
    waited: timedelta = timedelta()

    @property
    def is_in_time(self) -> bool:
        """An age below nothing is that of a clock which was set back: nobody knows how old it is."""
        return timedelta() <= self.waited <= LATEST

    @property
    def person(self) -> tuple[int, int]:
        """Whose first text it is, in which campaign."""
        return self.campaign_id, self.recipient_id


@dataclass(frozen=True, slots=True)
class Pressed:
    """What became of a press. A repeated one is `already`, which is as good as `sent`."""

    verdict: Verdict
    message_id: int | None

    @property
    def is_sent(self) -> bool:
        return self.verdict in SENT


async def press(session: AsyncSession, organization_id: int, presses: Sequence[Press]) -> list[Pressed]:
    """Queue the first texts that were just pressed for; one answer each, in their order.

    Raises ValueError where two presses are for one person: they must come one after the other.
    """
    if len({one.person for one in presses}) < len(presses):
        raise ValueError("two presses for one person cannot be judged together")
    rows = await rows_of(
        session,
        _PRESS,
        {
            "organization": organization_id,
            "campaigns": [one.campaign_id for one in presses],
            "recipients": [one.recipient_id for one in presses],
            "members": [one.member_id for one in presses],
            "scripts": [one.script_id for one in presses],
            "bodies": [one.body for one in presses],
            "segments": [count(one.body).segments for one in presses],
            "in_time": [one.is_in_time for one in presses],
            "undone": [one.undone for one in presses],
            "undo": UNDO,
            "lane": int(Lane.FIRST_TEXT),
            "feeding_ends": FEEDING_ENDS,
        },
    )
    # Nobody is rung: nothing of it may leave before it could be taken back, and then the schedule sees it.
    found = {(row[0], row[1]): Pressed(row[2], row[3]) for row in rows}
    return [found.get(one.person, Pressed("unknown", None)) for one in presses]
