"""Count whom a draft would reach, who is left out for what, what it costs and what would wait.

It reads the lists window by window, in a job where they are long, and keeps the result for the pages.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.campaigns.forecast import foresee
from textbank.campaigns.freeze_audience import AGAIN, REACHABLE, WINDOW, WINDOW_END
from textbank.campaigns.pace_of_senders import eased, others_waiting, pace_of_senders
from textbank.campaigns.people import PERSON_COLUMNS, disclaimers_of, organization_name, person_of
from textbank.campaigns.price import price_of
from textbank.campaigns.sample_audience import SAMPLE, margin_of, sample_audience
from textbank.campaigns.words import compose
from textbank.messaging.caps import CAPPED_UNTIL

SMALL = 5_000
"""Subscriptions that a page may count by itself."""

_DRAFT = sa.text(
    "select c.kind, c.statement, c.changed_at, c.window_rule, s.body from campaign c join script s "
    "on s.organization_id = c.organization_id and s.id = c.script_id "
    "where c.organization_id = :organization and c.id = :campaign and c.state = 'draft'"
)
_SIZE = sa.text(
    "select count(*) from (select 1 from campaign_list l join subscription s "
    "on s.organization_id = l.organization_id and s.list_id = l.list_id "
    "where l.organization_id = :organization and l.campaign_id = :campaign limit :most) t"
)
_COUNT = sa.text(
    f"""
    with upto as materialized (select coalesce(({WINDOW_END}), 9223372036854775807) as id),
    person as (
      select s.recipient_id, count(*) as times, bool_or(s.state = 'subscribed') as subscribed,
        bool_or(s.state = 'no_basis') as no_basis
      from campaign_list l
      join subscription s on s.organization_id = l.organization_id and s.list_id = l.list_id
      where l.organization_id = :organization and l.campaign_id = :campaign
        and s.recipient_id > :after and s.recipient_id <= (select id from upto) and {AGAIN}
      group by s.recipient_id)
    select (select id from upto) as upto, case when r.suppressed_at is not null then 'opted_out'
        when r.dead_since is not null then 'dead' when r.review_since is not null then 'review'
        when (person.subscribed or person.no_basis) and not {REACHABLE} then 'unreachable'
        when person.subscribed then 'reached' when person.no_basis then 'without_basis'
        else 'left_list' end as kind,
      r.place, theirs.kind as sender_kind, count(*) filter (where {CAPPED_UNTIL} > now()) as capped,
      count(*) as people, sum(person.times - 1) as twice,
      count(*) filter (where r.e164 not like '+1%') as abroad
    from person join recipient r on r.organization_id = :organization and r.id = person.recipient_id
    join campaign c on c.organization_id = :organization and c.id = :campaign
    left join sender theirs on theirs.organization_id = :organization and theirs.id = r.sticky_sender_id
      and theirs.registration = 'registered'
    group by 2, 3, 4
    """  # noqa: S608 - the interpolated fragments are our own constants
)
_SOME = sa.text(
    f"""
    select distinct on (s.recipient_id) s.recipient_id, {PERSON_COLUMNS}
    from campaign_list l
    join campaign c on c.organization_id = l.organization_id and c.id = l.campaign_id
    cross join lateral (
      select s.recipient_id, s.contact_id from subscription s
      join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
        and r.suppressed_at is null and r.dead_since is null and r.review_since is null and {REACHABLE}
      where s.organization_id = l.organization_id and s.list_id = l.list_id
        and (s.state = 'subscribed' or s.state = 'no_basis' and c.kind = 'p2p' and c.statement <> '')
        and {AGAIN}
      order by s.recipient_id limit :most) s
    join recipient r on r.organization_id = l.organization_id and r.id = s.recipient_id
    join contact p on p.organization_id = l.organization_id and p.id = s.contact_id
    where l.organization_id = :organization and l.campaign_id = :campaign
    order by s.recipient_id limit :most
    """  # noqa: S608 - the interpolated columns are our own constant
)
_KEEP = sa.text(
    """
    insert into campaign_preview (organization_id, campaign_id, of_change, reached, without_basis, opted_out,
      dead, review, left_list, duplicates, segments, exact, now, later, never, last_at,
      unreachable, abroad, capped, cost, kinds, cheaper_as_mms, margin, computed_at)
    values (:organization, :campaign, :of_change, :reached, :without_basis, :opted_out, :dead, :review,
      :left_list, :duplicates, :segments, :exact, :now, cast(:later as jsonb), :never, :last_at,
      :unreachable, :abroad, :capped, :cost, cast(:kinds as jsonb), :cheaper_as_mms, :margin,
      clock_timestamp())
    on conflict (organization_id, campaign_id) do update set of_change = excluded.of_change,
      reached = excluded.reached, without_basis = excluded.without_basis, opted_out = excluded.opted_out,
      dead = excluded.dead, review = excluded.review, left_list = excluded.left_list,
      duplicates = excluded.duplicates, segments = excluded.segments, exact = excluded.exact,
      now = excluded.now, later = excluded.later, never = excluded.never, last_at = excluded.last_at,
      unreachable = excluded.unreachable, abroad = excluded.abroad, capped = excluded.capped,
      cost = excluded.cost, kinds = excluded.kinds, cheaper_as_mms = excluded.cheaper_as_mms,
      margin = excluded.margin, computed_at = excluded.computed_at
    """
)
_LAST = 9_223_372_036_854_775_807


@dataclass(slots=True)
class _Counted:
    kinds: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    abroad: int = 0
    capped: int = 0
    senders: Counter[str | None] = field(default_factory=Counter)
    """People by the kind of number that they know us by; None: whichever has room."""
    places: Counter[str] = field(default_factory=Counter)
    windows: list[tuple[int, int]] = field(default_factory=list)
    """What was read at a time: from after one recipient to another."""


async def is_small(session: AsyncSession, organization_id: int, campaign_id: int) -> bool:
    """Whether a page may count this draft's lists by itself."""
    key = {"organization": organization_id, "campaign": campaign_id, "most": SMALL + 1}
    size: int = (await session.execute(_SIZE, key)).scalar_one()
    return size <= SMALL


async def count_preview(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Count a draft and keep the result."""
    key: dict[str, Any] = {"organization": organization_id, "campaign": campaign_id}
    draft = (await session.execute(_DRAFT, key)).one_or_none()
    if draft is None:
        return
    counted = await _count(session, key, with_statement=draft.kind == "p2p" and bool(draft.statement))
    reached = counted.kinds["reached"]
    lengths = await _segments(session, key, draft.body, counted)
    segments, composed = sum(lengths), len(lengths)
    each = segments / composed if composed else 1.0
    price = await price_of(session, organization_id, counted.senders, lengths)
    pace = await pace_of_senders(session, organization_id) if draft.kind == "blast" else None
    waiting = {draft.window_rule + place: float(people) for place, people in counted.places.items()}
    others = await others_waiting(session, organization_id, campaign_id) if pace else 0
    pace = await eased(session, organization_id, campaign_id, pace and pace.in_texts(each))
    ahead = foresee(waiting, pace, clock.now(), others=others)
    await session.execute(
        _KEEP,
        {
            **key,
            "of_change": draft.changed_at,
            **{kind: counted.kinds[kind] for kind in _KINDS},
            "duplicates": counted.twice,
            "abroad": counted.abroad,
            "capped": counted.capped,
            "cost": price.dollars,
            "kinds": json.dumps(price.kinds),
            "cheaper_as_mms": price.cheaper_as_mms,
            "segments": round(segments * reached / composed) if composed else 0,
            "exact": composed >= reached,
            "margin": margin_of(lengths, reached),
            "now": ahead.now,
            "later": json.dumps([[opens.isoformat(), people] for opens, people in ahead.later]),
            "never": ahead.never,
            "last_at": ahead.last_at,
        },
    )


_KINDS = ("reached", "without_basis", "opted_out", "dead", "review", "left_list", "unreachable")


async def some_people(session: AsyncSession, organization_id: int, campaign_id: int, most: int) -> Any:
    """Rows of people whom a draft reaches, for `person_of`."""
    key = {"organization": organization_id, "campaign": campaign_id, "most": most}
    return (await session.execute(_SOME, key)).all()


async def _count(session: AsyncSession, key: dict[str, Any], *, with_statement: bool) -> _Counted:
    counted = _Counted()
    after = 0
    while after < _LAST:
        rows = (await session.execute(_COUNT, {**key, "after": after, "window": WINDOW})).all()
        if not rows:
            break
        for row in rows:
            kind = "reached" if with_statement and row.kind == "without_basis" else row.kind
            counted.kinds[kind] += row.people
            if kind == "reached":
                counted.places[row.place] += row.people
                counted.abroad += row.abroad
                counted.capped += row.capped
                counted.senders[row.sender_kind] += row.people
            counted.twice += int(row.twice)
        counted.windows.append((after, rows[0].upto))
        after = rows[0].upto
    return counted


async def _segments(session: AsyncSession, key: dict[str, Any], words: str, counted: _Counted) -> list[int]:
    """Segments of everybody's texts, each, or of those of a sample."""
    organization_id = key["organization"]
    reached = counted.kinds["reached"]
    if reached <= SAMPLE:
        rows = await some_people(session, organization_id, key["campaign"], SAMPLE)
    else:
        rows = await sample_audience(session, key, counted.windows, reached)
    name = await organization_name(session, organization_id)
    disclaimers = await disclaimers_of(session, organization_id)
    texts = (compose(words, person_of(row), organization=name, disclaimers=disclaimers) for row in rows)
    return [text.segments for text in texts]
