"""After a restore: learn from the carrier's list what was sent since the copy was made.

The copy knows nothing of the hours after it. A text that waits in its outbox may have left long ago, an
audience member without a text may have got one, and a texter may have answered somebody. So nothing at
all leaves for the account (`carrier_account.restored_copy_of`) until the list since then was read: what
is found is marked accepted and never sent again, and what is not known here at all is filed, so that
everybody sees in the conversation what the person got. Inbound texts are filed before this
(`reconcile.py`), so that the answers that they brought forth again are found among those sent, too.

Every page is a transaction of its own and harmless to repeat: what was filed is known by the carrier's id.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.made_from import made_from
from textbank.consent import wording
from textbank.contacts.place import place_of
from textbank.database import Database
from textbank.inbound.launched_since import members_of
from textbank.messaging.account_for import Untold, accept_attempts, accept_waiting, file_untold
from textbank.messaging.match_records import match
from textbank.messaging.protocol import ANSWER_TIMELY, VALIDITY_MAX
from textbank.sms.carrier import Carrier, CarrierRecord
from textbank.sms.normal_form import normal_form

OVERLAP = timedelta(minutes=5)
"""Read back this far beyond the copy: its last attempts are open in it, and two clocks are compared."""
PAGE = 500
LEASE = timedelta(seconds=60)

# Two readings of one account must not both find the same text waiting; and the one that reads goes on.
_TURN = sa.text("select pg_advisory_xact_lock(hashtextextended('settle restored copy', :account))")
_RENEW = sa.text(
    "update carrier_account set settling_until = clock_timestamp() + cast(:lease as interval) "
    "where organization_id = :organization and id = :account"
)
_FILED = sa.text("select sid from carrier_message where organization_id = :organization and sid = any(:sids)")
_PEOPLE = sa.text(
    "insert into recipient (organization_id, e164, place) select :organization, e164, place "
    "from unnest(cast(:numbers as text[]), cast(:places as text[])) as t (e164, place) order by e164 "
    "on conflict (organization_id, e164) do nothing"
)
_IDS = sa.text(
    "select e164, id from recipient where organization_id = :organization and e164 = any(:numbers)"
)
_OPEN = sa.text(
    """
    select a.id as attempt_id, a.message_id, r.e164, m.body, cast(null as text) as script,
      cast(null as timestamptz) as expires_at
    from attempt a
    join recipient r on r.organization_id = a.organization_id and r.id = a.recipient_id
    join message m on m.organization_id = a.organization_id and m.id = a.message_id
    join sender s on s.organization_id = a.organization_id and s.id = a.sender_id
      and s.carrier_account_id = :account
    where a.organization_id = :organization and a.recipient_id = any(:recipients)
      and (a.outcome is null or a.outcome = 'unknown') order by a.permit_at, a.id
    """
)
# Whoever it waits for: the pool, or another number because its own rested, may have sent it.
_WAITING = sa.text(
    """
    select cast(null as bigint) as attempt_id, o.message_id, r.e164, m.body, w.body as script,
      case when g.lane = 1 then o.expires_at end as expires_at
    from message m
    join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
    join outbox o on o.organization_id = m.organization_id and o.message_id = m.id and o.attempt_id is null
    join outbox_group g on g.organization_id = o.organization_id and g.id = o.group_id
    left join campaign c on c.organization_id = m.organization_id and c.id = m.campaign_id
    left join script w on w.organization_id = c.organization_id and w.id = c.script_id
    where m.organization_id = :organization and m.recipient_id = any(:recipients) and m.direction = 'out'
    order by g.lane, o.message_id
    """
)
_NAME = sa.text("select name from organization where id = :organization")
# Who got the confirmation of this STOP must not get another.
_CONFIRMED = sa.text(
    "update suppression set confirmation_queued = true where organization_id = :organization "
    "and recipient_id = any(:recipients) and lifted_at is null and not confirmation_queued"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """An account in a restored copy, and by which of the carrier's words its texts are known."""

    organization_id: int
    account_id: int
    copy_of: datetime
    numbers: Mapping[str, int]
    """Number that texts leave from → sender."""
    services: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unsure:
    """A text here that may have been sent since the copy; `attempt_id` is None where it waits."""

    attempt_id: int | None
    message_id: int
    e164: str
    body: str
    script: str | None
    """Of which campaign's words it was made."""
    expires_at: datetime | None
    """Of an automatic answer."""

    @property
    def not_before(self) -> datetime:
        """Since when it can have been sent: an answer not before the question, which may be a new one."""
        if self.expires_at is None:
            return datetime.min.replace(tzinfo=UTC)
        return self.expires_at - ANSWER_TIMELY - OVERLAP


async def settle_restored(database: Database, restored: Restored, carrier: Carrier) -> None:
    """Read the list since the copy, and account for all of it. Raises CarrierUnavailable: the hold stays."""
    since = restored.copy_of - OVERLAP
    page: list[tuple[CarrierRecord, int]] = []
    async for record in carrier.list_everything():
        # As in `settle_unknown`: the list may be in the order of sending, and a text may have waited.
        if (record.date_sent or record.date_created) < since - timedelta(seconds=VALIDITY_MAX):
            break
        if record.direction == "inbound" or record.date_created < since:
            continue
        sender_id = restored.numbers.get(record.from_ or "") or restored.services.get(record.service or "")
        if sender_id is not None:
            page.append((record, sender_id))
        if len(page) == PAGE:
            await _settle_page(database, restored, page)
            page = []
    await _settle_page(database, restored, page)


async def _settle_page(
    database: Database, restored: Restored, page: Sequence[tuple[CarrierRecord, int]]
) -> None:
    organization_id = restored.organization_id
    key = {"organization": organization_id, "account": restored.account_id}
    async with database.transaction(organization_id) as session:
        await session.execute(_TURN, {"account": restored.account_id})
        await session.execute(_RENEW, {**key, "lease": LEASE})
        sids = {"organization": organization_id, "sids": [record.sid for record, _ in page]}
        filed = set((await session.scalars(_FILED, sids)).all())
        found = {record.sid: (record, sender) for record, sender in page if record.sid not in filed}
        if not found:
            return
        people = await _people(session, organization_id, {record.to for record, _ in found.values()})
        for statement in (_OPEN, _WAITING):
            rows = await session.execute(statement, {**key, "recipients": list(people.values())})
            unsure = [Unsure(*row) for row in rows]
            records = [record for record, _ in found.values()]
            matched = match(unsure, records, not_before=lambda one: one.not_before)
            _match_by_script(unsure, records, matched)
            senders = {record.sid: found[record.sid][1] for record in matched.values()}
            await _accept(session, organization_id, matched, senders)
            for record in matched.values():
                del found[record.sid]
        await _file_the_rest(session, organization_id, people, list(found.values()))


def _match_by_script(
    unsure: Sequence[Unsure], records: Sequence[CarrierRecord], matched: dict[Unsure, CarrierRecord]
) -> None:
    """A campaign's text may have been made anew since, for the same person in other words."""
    taken = {record.sid for record in matched.values()}
    free = defaultdict(list)
    for record in records:
        if record.sid not in taken:
            free[record.to].append(record)
    for one in unsure:
        if one.script is None or one in matched:
            continue
        found = next((record for record in free[one.e164] if made_from(one.script, record.body)), None)
        if found is not None:
            matched[one] = found
            free[one.e164].remove(found)


async def _people(session: AsyncSession, organization_id: int, numbers: set[str]) -> dict[str, int]:
    """Number → recipient; those that the copy does not know yet are made."""
    key = {"organization": organization_id, "numbers": list(numbers)}
    known = {row.e164: row.id for row in await session.execute(_IDS, key)}
    new = sorted(numbers - set(known))
    if new:
        places = [place_of(None, number).key for number in new]
        await session.execute(_PEOPLE, {"organization": organization_id, "numbers": new, "places": places})
        known = {row.e164: row.id for row in await session.execute(_IDS, key)}
    return known


async def _accept(
    session: AsyncSession,
    organization_id: int,
    matched: Mapping[Unsure, CarrierRecord],
    senders: Mapping[str, int],
) -> None:
    attempts = [
        (one.attempt_id, one.message_id, record)
        for one, record in matched.items()
        if one.attempt_id is not None
    ]
    waiting = [
        (one.message_id, record, senders[record.sid])
        for one, record in matched.items()
        if one.attempt_id is None
    ]
    if attempts:
        await accept_attempts(session, organization_id, attempts)
    if waiting:
        await accept_waiting(session, organization_id, waiting)


async def _file_the_rest(
    session: AsyncSession,
    organization_id: int,
    people: Mapping[str, int],
    rest: Sequence[tuple[CarrierRecord, int]],
) -> None:
    """What was sent to audience members without a text here counts as theirs; the rest as what it says."""
    if not rest:
        return
    rest = sorted(rest, key=lambda pair: pair[0].date_created)
    texts = [(people[record.to], record.body) for record, _ in rest]
    members = await members_of(session, organization_id, texts)
    name = (await session.execute(_NAME, {"organization": organization_id})).scalar_one()
    confirmations = {normal_form(wording.opted_out(name, language)) for language in wording.LANGUAGES}
    untold = []
    for (record, sender_id), member in zip(rest, members, strict=True):
        recipient_id = people[record.to]
        if member is not None:
            purpose = "blast" if member.kind == "blast" else "first_text"
            untold.append(
                Untold(recipient_id, sender_id, purpose, record, member.campaign_id, member.contact_id)
            )
        else:
            said = normal_form(record.body) in confirmations
            untold.append(
                Untold(recipient_id, sender_id, "opt_out_confirmation" if said else "reply", record)
            )
    await file_untold(session, organization_id, untold)
    confirmed = [one.recipient_id for one in untold if one.purpose == "opt_out_confirmation"]
    await session.execute(_CONFIRMED, {"organization": organization_id, "recipients": confirmed})
