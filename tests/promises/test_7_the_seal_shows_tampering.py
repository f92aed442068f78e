"""Promise 7, second half: the chain over the ledger shows every change, whoever made it."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import phones
from tests.promises.desk import Desk
from textbank.consent.seal import next_head, seal
from textbank.consent.verify import Verification, verify

ANN = "+15105550123"
LEDGER = ("consent_event", "consent_link", "audit_event")

FIFTH = "(select event_id from consent_link where position = 5)"
TAMPERING = {
    "the words": "update consent_payload set payload = payload - 'rule' where event_id = FIFTH",
    "the salt": r"update consent_payload set salt = '\x00' where event_id = FIFTH",
    "the digest": r"update consent_event set digest = '\x00' where id = FIFTH",
    "the kind": "update consent_event set kind = 'subscribed' where id = FIFTH",
    "the moment": "update consent_event set recorded_at = recorded_at - interval '1 day' where id = FIFTH",
    "the person": "update consent_event set recipient_id = recipient_id + 1 where id = FIFTH",
    "a link's head": r"update consent_link set head = '\x00' where position = 5",
    "a link's event": "delete from consent_link where position = 12; "
    "update consent_link set event_id = (select max(id) - 1 from consent_event) where position = 5",
    "the first link removed": "delete from consent_link where position = 1",
    "a link in the middle removed": "delete from consent_link where position = 5",
    "the last link removed": "delete from consent_link where position = 12",
    "an event in the middle removed with everything of it": "create temp table gone as select FIFTH as id; "
    "delete from suppression where event_id in (select id from gone); "
    "delete from consent_payload where event_id in (select id from gone); "
    "delete from consent_link where position = 5; "
    "delete from consent_event where id in (select id from gone); "
    "update consent_link set position = position - 1 where position > 5",
    "an event taken out of the sealer's queue": "delete from consent_unsealed",
}


async def sealed(desk: Desk) -> int:
    async with desk.database.transaction(desk.organization_id) as session:
        return await seal(session, desk.organization_id)


async def verified(desk: Desk) -> Verification:
    async with desk.database.transaction(desk.organization_id) as session:
        return await verify(session, desk.organization_id)


async def filled(desk: Desk, people: int = 12) -> None:
    for phone in phones(people):
        await desk.hear(phone, "STOP")


async def test_many_sealers_at_once_make_one_chain_without_gaps(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textbank.consent.seal.BATCH", 5)

    async def work(number: int) -> None:
        if number % 2:
            await desk.hear(phones(1, start=number)[0], "STOP")
        else:
            await sealed(desk)

    await asyncio.gather(*(work(number) for number in range(60)))
    while await sealed(desk):
        pass
    positions = await desk.query("select position from consent_link order by position")
    assert [row[0] for row in positions] == list(range(1, 31))
    found = await verified(desk)
    assert (found.holds, found.sealed, found.unsealed) == (True, 30, 0)


async def test_the_unsealed_tail_is_reported_and_no_fault(desk: Desk) -> None:
    await filled(desk, 3)
    await sealed(desk)
    await desk.hear(ANN, "STOP")
    found = await verified(desk)
    assert (found.holds, found.sealed, found.unsealed) == (True, 3, 1)


async def test_erasing_somebodys_words_keeps_the_proof_of_all_the_rest(desk: Desk) -> None:
    await filled(desk)
    await sealed(desk)
    before = await verified(desk)
    assert (
        await desk.execute(
            "delete from consent_payload where event_id = (select min(event_id) from consent_payload)"
        )
        == 1
    )
    found = await verified(desk)
    assert (found.holds, found.sealed, found.erased, found.head) == (True, 12, 1, before.head)


async def test_another_organizations_chain_is_its_own(desk: Desk) -> None:
    other = await Desk.found(desk.database, "Hillside Mutual Aid", address="+12125550142")
    for one in (desk, other, desk):
        await one.hear(ANN, "STOP")
        await sealed(one)
    assert ((await verified(desk)).sealed, (await verified(other)).sealed) == (2, 1)


@pytest.mark.parametrize("change", TAMPERING.values(), ids=TAMPERING)
async def test_tampering_is_found(desk: Desk, admin: AsyncEngine, change: str) -> None:
    """By somebody with all rights, who has switched the triggers off."""
    await filled(desk)
    await sealed(desk)
    await desk.hear(ANN, "STOP")
    assert (await verified(desk)).holds
    async with admin.begin() as connection:
        for table in LEDGER:
            await connection.execute(sa.text(f"alter table {table} disable trigger written_once"))
        for statement in change.replace("FIFTH", FIFTH).split("; "):
            await connection.exec_driver_sql(statement)
    assert not (await verified(desk)).holds


async def rewritten(admin: AsyncEngine, links: int) -> None:
    """Somebody with all rights changes what the fifth row says, and makes so many links fit it."""
    async with admin.begin() as connection:
        await connection.execute(sa.text("set local session_replication_role = replica"))
        await connection.exec_driver_sql(TAMPERING["the kind"].replace("FIFTH", FIFTH))
        rows = await connection.execute(
            sa.text(
                "select l.position, e.id, e.recipient_id, e.kind, e.recorded_at, e.digest, p.head "
                "from consent_link l join consent_event e on e.id = l.event_id "
                "join consent_link p on p.position = l.position - 1 "
                "where l.position >= 5 order by l.position limit :links"
            ),
            {"links": links},
        )
        head = b""
        for row in rows.all():
            head = next_head(head or row.head, *row[:6])
            await connection.execute(
                sa.text("update consent_link set head = :head where position = :position"),
                {"head": head, "position": row.position},
            )


@pytest.mark.parametrize("links", [1, 7])
async def test_a_changed_row_whose_link_was_made_to_fit_is_found_at_the_next(
    desk: Desk, admin: AsyncEngine, links: int
) -> None:
    await filled(desk)
    await sealed(desk)
    await rewritten(admin, links)
    assert (await verified(desk)).faults == [f"link {5 + links} does not follow from the one before it"]


async def test_a_chain_rewritten_to_its_end_has_another_head(desk: Desk, admin: AsyncEngine) -> None:
    """Whoever has all rights and knows how can do that; the head written down elsewhere convicts them."""
    await filled(desk)
    await sealed(desk)
    before = await verified(desk)
    await rewritten(admin, 8)
    after = await verified(desk)
    assert after.holds
    assert after.head != before.head


async def test_a_chain_cut_short_with_its_rows_has_another_head(desk: Desk, admin: AsyncEngine) -> None:
    """No database can tell that its newest rows are gone; the head that was written down elsewhere can."""
    await filled(desk)
    await sealed(desk)
    before = await verified(desk)
    async with admin.begin() as connection:
        await connection.execute(sa.text("set local session_replication_role = replica"))
        for statement in (
            "delete from suppression where event_id = (select max(id) from consent_event)",
            "delete from consent_payload where event_id = (select max(id) from consent_event)",
            "delete from consent_link where position = 12",
            "delete from consent_event where id = (select max(id) from consent_event)",
        ):
            await connection.execute(sa.text(statement))
    after = await verified(desk)
    assert (after.sealed, after.head) != (before.sealed, before.head)
