"""What a texter's batch says, person by person, exactly as it will be sent."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.own_batches import MOST_IN_A_BATCH
from textbank.campaigns.words import Composed, Person, compose
from textbank.messaging.protocol import FEEDING_ENDS

_WORDS = sa.text(
    """
    select c.script_id, s.body, o.name as organization,
      coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1)) as texter,
      w.role = 'texter' and w.approval = 'trial' as on_trial,
      coalesce((select jsonb_object_agg(d.state, d.words) from disclaimer d
        where d.organization_id = :organization), '{}') as disclaimers
    from campaign c join script s on s.organization_id = c.organization_id and s.id = c.script_id
    join organization o on o.id = c.organization_id
    join member w on w.organization_id = c.organization_id and w.id = :member
    where c.organization_id = :organization and c.id = :campaign
    """
)
_HELD = sa.text(
    """
    select m.recipient_id, m.undone,
      extract(epoch from w.closes_at - cast(:feeding_ends as interval) - now())::bigint as open_for,
      r.place, r.e164, p.first_name, p.last_name, p.zip_code, p.language, p.fields
    from audience_member m
    join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
    join contact p on p.organization_id = m.organization_id and p.id = m.contact_id
    join campaign c on c.organization_id = m.organization_id and c.id = m.campaign_id
    join sending_window w on w.organization_id = m.organization_id and w.place = c.window_rule || r.place
      and now() >= w.opens_at and now() < w.closes_at - cast(:feeding_ends as interval)
    where m.organization_id = :organization and m.campaign_id = :campaign
      and m.assigned_member_id = :member and m.message_id is null
      and (cast(:only as bigint) is null or m.recipient_id = :only)
    order by m.recipient_id limit :most
    """
)


@dataclass(frozen=True, slots=True)
class FirstText:
    """One person's text. `seal` proves to the press that it is ours, and for whom."""

    recipient_id: int
    name: str
    composed: Composed
    script_id: int
    open_for: int
    """Seconds until it is too late where they live."""
    undone: int
    """How many presses for them were taken back before this was shown."""
    seal: str


async def first_texts(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    member_id: int,
    *,
    secret: str,
    only: int | None = None,
) -> list[FirstText]:
    """The texts of whom this texter holds and may text now; `only` of one person."""
    key = {"organization": organization_id, "campaign": campaign_id, "member": member_id}
    words = (await session.execute(_WORDS, key)).one()
    found = []
    for row in await session.execute(
        _HELD, {**key, "most": MOST_IN_A_BATCH, "only": only, "feeding_ends": FEEDING_ENDS}
    ):
        composed = compose(
            words.body,
            _person(row, first_name_only=words.on_trial),
            organization=words.organization,
            disclaimers=_by_state(words.disclaimers),
            texter=words.texter,
        )
        sealed = seal_of(
            secret, campaign_id, row.recipient_id, member_id, words.script_id, composed.body, row.undone
        )
        found.append(
            FirstText(
                row.recipient_id, row.first_name, composed, words.script_id, row.open_for, row.undone, sealed
            )
        )
    return found


def seal_of(
    secret: str,
    campaign_id: int,
    recipient_id: int,
    member_id: int,
    script_id: int,
    body: str,
    undone: int = 0,
) -> str:
    """What only we can make of these words for this person. A texter sends what was shown, or nothing."""
    what = f"{campaign_id}.{recipient_id}.{member_id}.{script_id}.{undone}.{body}"
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()[:32]


def _by_state(given: Mapping[str, str]) -> Mapping[str, str]:
    return dict(given)


def _person(row: Any, *, first_name_only: bool) -> Person:
    """Whom it is for. A texter on trial is told no more: the rest is filled in as if it were blank."""
    return Person(
        first_name=row.first_name,
        last_name="" if first_name_only else row.last_name,
        zip_code="" if first_name_only else row.zip_code or "",
        language=row.language,
        place=row.place,
        e164=row.e164,
        fields={} if first_name_only else row.fields,
    )
