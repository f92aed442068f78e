"""Numbers that must not be texted: newest first, or found by number; and one added by hand."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.add_person import Who
from textbank.consent.staff_opt_out import staff_opt_out
from textbank.contacts.place import place_of
from textbank.contacts.search_words import understand
from textbank.errors import InvalidInput
from textbank.language import N_
from textbank.sms.phone_number import NotANumber, parse

PAGE = 50
NEWEST = 2**62

_SHOWN = """
    select s.id, s.cause, s.recorded_at, s.recipient_id, r.e164, p.payload,
      (select n.contact_id from contact_number n where n.organization_id = s.organization_id
        and n.recipient_id = s.recipient_id and n.until is null order by n.id limit 1) as contact_id
    from suppression s
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    left join consent_payload p on p.organization_id = s.organization_id and p.event_id = s.event_id
    where s.organization_id = :organization and s.lifted_at is null
"""
_PAGE = sa.text(f"{_SHOWN} and s.id < :before order by s.id desc limit :limit")
_FOUND = sa.text(
    f"{_SHOWN} and s.recipient_id in (select id from recipient where organization_id = :organization "  # noqa: S608
    "and e164 >= :begins and e164 < :begins || ':' and suppressed_at is not null order by e164 limit :limit) "
    "order by r.e164 limit :limit"
)
_RECIPIENT = sa.text(
    "insert into recipient (organization_id, e164, place) values (:organization, :e164, :place) "
    "on conflict (organization_id, e164) do update set e164 = excluded.e164 returning id"
)


async def list_suppressions(
    session: AsyncSession, organization_id: int, *, before: int = NEWEST
) -> tuple[Sequence[sa.Row[Any]], int | None]:
    """A page of them, and where to go on."""
    given = {"organization": organization_id, "before": before, "limit": PAGE + 1}
    rows = (await session.execute(_PAGE, given)).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def find_suppressions(session: AsyncSession, organization_id: int, typed: str) -> Sequence[sa.Row[Any]]:
    """Those whose number begins as typed."""
    wanted = understand(typed)
    if wanted.kind != "number":
        return []
    given = {"organization": organization_id, "begins": wanted.begins, "limit": PAGE}
    return (await session.execute(_FOUND, given)).all()


async def suppress_number(
    session: AsyncSession, organization_id: int, number: str, *, reason: str, by: Who
) -> int:
    """Forbid every text to a number, known or not; returns its recipient. Raises InvalidInput."""
    parsed = parse(number)
    if isinstance(parsed, NotANumber):
        raise InvalidInput(N_("This is no phone number that can be texted. A US number has ten digits."))
    given = {
        "organization": organization_id,
        "e164": parsed.e164,
        "place": place_of(None, parsed.e164).key,
    }
    recipient_id: int = (await session.execute(_RECIPIENT, given)).scalar_one()
    await staff_opt_out(session, organization_id, recipient_id, reason=reason, by=by)
    return recipient_id
