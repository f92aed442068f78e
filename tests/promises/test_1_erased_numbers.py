"""Promise 1 outlives the person: whoever was erased is not texted again, whichever way they come."""

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town
from textbank.campaigns.text_oneself import _RECIPIENT as OF_A_TEST
from textbank.consent.add_person import NewPerson, Who, add_person
from textbank.consent.basis import answer_of
from textbank.consent.erase_person import BLANKED, GONE, KEPT, erase_person
from textbank.consent.seal import seal
from textbank.consent.verify import verify
from textbank.inbound.come_back import come_back
from textbank.keywords.ask_to_confirm import ask_to_confirm
from textbank.tables import metadata

ANN, BEN = "+15105550123", "+15105550124"
ADMIN = Who("member 1", "Ana Admin")


async def erased(town: Town, phone: str = ANN) -> int:
    """Somebody who joined, wrote, stopped and was erased; returns the recipient as it was."""
    [recipient] = await town.subscribe(phone)
    await town.text(phone, "my name is Ann and I live at 12 Elm St")
    await town.text(phone, "STOP")
    [(contact,)] = await town.query(
        "update contact set first_name = 'Ann', email = 'ann@elm.example' where id in "
        "(select contact_id from contact_number where recipient_id = :r) returning id",
        r=recipient,
    )
    async with town.database.transaction(town.organization_id) as session:
        gone = await erase_person(session, town.organization_id, contact, by=ADMIN)
    assert gone.recipients == [recipient]
    return recipient


async def imported(town: Town, becomes: str = "opted_out") -> None:
    answer = answer_of("form", "the fair", "May 2026", "I agree", stated=True)
    async with town.database.transaction(town.organization_id) as session:
        added = await add_person(
            session,
            town.organization_id,
            NewPerson(first_name="Ann", number=ANN),
            list_id=town.list_id,
            answer=answer,
            by=ADMIN,
        )
    assert added.subscribed == becomes


async def by_keyword(town: Town) -> None:
    assert await town.text(ANN, "join") == 200


async def by_text(town: Town) -> None:
    assert await town.text(ANN, "hello, who is this?") == 200


async def by_test(town: Town) -> None:
    async with town.database.transaction(town.organization_id) as session:
        given = {"organization": town.organization_id, "e164": ANN, "place": "test/open"}
        assert (await session.execute(OF_A_TEST, given)).one().suppressed


async def by_web(town: Town) -> None:
    recipient = await town.recipient(ANN)
    async with town.database.transaction(town.organization_id) as session:
        asked = await ask_to_confirm(
            session,
            town.organization_id,
            recipient_id=recipient,
            list_id=town.list_id,
            source="web",
            language="en",
            evidence={"ip": "203.0.113.9"},
        )
    assert asked.state == "needs_start"


@pytest.mark.parametrize("comes_back", [imported, by_keyword, by_text, by_test, by_web])
async def test_an_erased_number_meets_its_suppression_again(
    town: Town, comes_back: Callable[[Town], Awaitable[None]]
) -> None:
    await erased(town)
    await town.pump()
    before = await town.received(ANN)
    await comes_back(town)
    [(suppressed, cause, carrier_time)] = await town.query(
        "select r.suppressed_at, s.cause, s.carrier_time from recipient r "
        "join suppression s on s.recipient_id = r.id where r.e164 = :p and s.lifted_at is null",
        p=ANN,
    )
    assert suppressed is not None
    assert (cause, carrier_time is not None) == ("erased", True)
    assert not await town.query("select 1 from subscription where state = 'subscribed'")
    await town.subscribe(BEN)
    await town.launch()
    await town.pump()
    assert len(await town.received(BEN)) == 1
    assert await town.received(ANN) == before
    async with town.database.transaction(town.organization_id) as session:
        await seal(session, town.organization_id)
        assert (await verify(session, town.organization_id)).holds, (
            "the database's own row is sealed like others"
        )


async def test_only_their_own_start_brings_an_erased_number_back(town: Town) -> None:
    await erased(town)
    await town.execute("update erased_number set carrier_time = now() - interval '1 hour'")
    await by_text(town)
    assert await town.query("select 1 from recipient where e164 = :p and suppressed_at is not null", p=ANN)
    await town.text(ANN, "START")
    await come_back(town.database, town.organization_id, town.carriers)
    assert await town.query("select 1 from recipient where e164 = :p and suppressed_at is null", p=ANN)
    await imported(town, "subscribed")


async def test_nothing_readable_is_left_and_the_chain_still_holds(town: Town, admin: AsyncEngine) -> None:
    await town.subscribe(BEN)
    await erased(town)
    async with town.database.transaction(town.organization_id) as session:
        await seal(session, town.organization_id)
        found = await verify(session, town.organization_id)
    assert found.holds
    assert found.erased >= 2
    left = []
    async with admin.connect() as connection:
        for table in metadata.tables.values():
            if table.name == "number_key":
                continue
            rows = await connection.execute(sa.text(f"select t::text from {table.name} t"))  # noqa: S608
            left += [
                f"{table.name}: {row[0]}"
                for row in rows
                for word in ("5105550123", "Elm", "ann@", '"Ann"', "(Ann")
                if word in row[0]
            ]
    assert left == []
    assert await town.query("select 1 from recipient where e164 = :p", p=BEN), "others are untouched"


async def test_another_organization_may_still_text_the_number(town: Town) -> None:
    await erased(town)
    from textbank.accounts.create_organization import create_organization

    other = await create_organization(town.database, "Hillside Mutual Aid", "help@hillside.example")
    async with town.database.transaction(other.organization_id) as session:
        made = await session.execute(
            sa.text(
                "insert into recipient (organization_id, e164, place) values (:o, :p, 'test/open') "
                "returning suppressed_at"
            ),
            {"o": other.organization_id, "p": ANN},
        )
        assert made.scalar_one() is None


async def test_a_shared_number_stays_with_whoever_else_has_it(town: Town) -> None:
    [recipient] = await town.subscribe(ANN)
    await town.execute(
        "with c as (insert into contact (organization_id, first_name) values (:o, 'Bo') returning id) "
        "insert into contact_number (organization_id, contact_id, recipient_id) select :o, id, :r from c",
        o=town.organization_id,
        r=recipient,
    )
    [(contact,)] = await town.query("select min(contact_id) from contact_number")
    async with town.database.transaction(town.organization_id) as session:
        gone = await erase_person(session, town.organization_id, contact, by=ADMIN)
    assert (gone.recipients, gone.shared) == ([], 1)
    assert await town.query("select 1 from recipient where e164 = :p and suppressed_at is null", p=ANN)
    assert len(await town.query("select 1 from contact_number")) == 1


def test_every_table_that_knows_a_number_or_a_person_is_thought_of() -> None:
    """A new table that points at one must be named in `erase_person`: gone, blanked or kept for a reason."""
    thought_of = {*GONE, *BLANKED, *KEPT, "recipient", "contact"}
    pointing = {"recipient", "contact"}
    for _ in range(5):  # from table to table: a call belongs to a run, which belongs to a number
        pointing |= {
            table.name
            for table in metadata.tables.values()
            for key in table.foreign_key_constraints
            if key.referred_table.name in pointing
        }
    assert pointing - thought_of == set()
    assert thought_of - set(metadata.tables) == set()
