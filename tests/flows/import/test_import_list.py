"""Importing lists against real PostgreSQL: what is taken, what a repeat does, and who is never revived."""

import asyncio
import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from textbank import clock
from textbank.consent.import_list import BATCH, Import, Imported, import_list
from textbank.consent.opt_back_in import opt_back_in
from textbank.consent.opt_out import opt_out
from textbank.consent.seal import seal
from textbank.consent.verify import verify
from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.contacts.models import ContactList
from textbank.database import Database
from textbank.errors import InvalidInput, NotFound

LIST = "Rent strike"
STATEMENT = "Signed the paper form at the May 1 fair: 'Text me about the rent strike'"


@pytest.fixture
async def rent_strike(database: Database, organization: int) -> str:
    async with database.transaction(organization) as session:
        session.add(ContactList(organization_id=organization, name=LIST))
    return LIST


class Office:
    """Staff at work: imports text as a file, asks the database."""

    def __init__(self, database: Database, organization: int, directory: Path) -> None:
        self.database, self.organization, self.directory = database, organization, directory

    async def imports(self, text: str, *, basis: Any = "form", **more: Any) -> Imported:
        path = self.directory / "contacts.csv"
        path.write_text(text, encoding="utf-8")
        statement = STATEMENT if basis else ""
        wanted = Import(path, LIST, basis=basis, statement=statement, **more)
        return await import_list(self.database, self.organization, wanted)

    async def rows(self, query: str) -> list[Mapping[str, Any]]:
        async with self.database.transaction(self.organization) as session:
            return [dict(row) for row in (await session.execute(sa.text(query))).mappings()]

    async def states(self) -> dict[str, str]:
        """Number and first name: state on the list."""
        rows = await self.rows(
            "select r.e164, c.first_name, s.state from subscription s "
            "join recipient r on r.id = s.recipient_id join contact c on c.id = s.contact_id"
        )
        return {f"{row['e164']} {row['first_name']}".strip(): row["state"] for row in rows}

    async def recipient(self, e164: str) -> int:
        return int((await self.rows(f"select id from recipient where e164 = '{e164}'"))[0]["id"])  # noqa: S608

    async def stops(self, e164: str) -> None:
        recipient = await self.recipient(e164)
        async with self.database.transaction(self.organization) as session:
            await opt_out(session, self.organization, recipient, "stop_text", evidence={"words": "STOP"})


@pytest.fixture
def office(database: Database, organization: int, rent_strike: str, tmp_path: Path) -> Office:
    return Office(database, organization, tmp_path)


HEAD = "VANID,First Name,Last Name,Cell,Zip,Precinct\n"
ANN = "1,Ann,Lee,(415) 555-0101,94110,P1\n"
BO = "2,Bo,Diaz,415-555-0102,,P2\n"


async def test_contacts_come_in_with_their_place_their_fields_and_a_sealed_basis(office: Office) -> None:
    done = await office.imports(HEAD + ANN + BO)
    assert (done.taken, done.added, done.subscribed, done.report) == (2, 2, 2, None)
    assert await office.states() == {"+14155550101 Ann": "subscribed", "+14155550102 Bo": "subscribed"}
    places = await office.rows("select place from recipient order by e164")
    assert [row["place"] for row in places] == ["CA/America/Los_Angeles", "CA?/America/Los_Angeles"]
    (event, _) = await office.rows(
        "select e.kind, p.payload from consent_event e join consent_payload p on p.event_id = e.id "
        "join subscription s on s.basis_event_id = e.id order by e.id"
    )
    payload = event["payload"]
    assert event["kind"] == "subscribed"
    assert (payload["basis"], payload["statement"], payload["line"]) == ("form", STATEMENT, 2)
    assert payload["file"] == "contacts.csv"
    assert payload["imported_at"] <= clock.now().isoformat()
    async with office.database.transaction(office.organization) as session:
        assert await seal(session, office.organization) == 2
        assert (await verify(session, office.organization)).faults == []


async def test_a_repeated_import_doubles_nothing(office: Office) -> None:
    text = HEAD + ANN + BO + ",Cy,Ng,4155550103,,\n,,,4155550104,,\n"
    await office.imports(text)
    done = await office.imports(text)
    assert (done.added, done.updated, done.unchanged) == (0, 0, 4)
    assert (done.subscribed, done.already) == (0, 4)
    (counts,) = await office.rows(
        "select (select count(*) from contact) as contacts, "
        "(select count(*) from contact_number) as numbers, "
        "(select count(*) from subscription) as subscriptions, "
        "(select count(*) from consent_event) as events"
    )
    assert set(counts.values()) == {4}


async def test_what_a_repeat_says_replaces_and_what_it_leaves_empty_stays(office: Office) -> None:
    await office.imports(HEAD + ANN)
    done = await office.imports("VANID,First Name,Cell,Zip,Shift\n1,Anna,4155550101,,Sunday\n")
    assert done.updated == 1
    (ann,) = await office.rows("select first_name, last_name, zip_code, fields from contact")
    assert ann == {
        "first_name": "Anna",
        "last_name": "Lee",
        "zip_code": "94110",
        "fields": {"Precinct": "P1", "Shift": "Sunday"},
    }


async def test_a_zip_code_is_better_evidence_than_an_area_code_and_is_not_undone_by_one(
    office: Office,
) -> None:
    await office.imports("phone,zip\n4155550101,\n")
    await office.imports("phone,zip\n4155550101,85001\n")
    await office.imports("phone,zip\n4155550101,\n")
    assert [row["place"] for row in await office.rows("select place from recipient")] == [
        "AZ/America/Phoenix"
    ]


async def test_the_zip_code_of_an_address_and_one_that_they_told_us_count_in_that_order(
    office: Office,
) -> None:
    head = "phone,Home Address,ZIP told\n"
    texas, utah = '"1 Elm St, Austin, TX 78701"', '"2 Oak St, Ogden UT 84401-1234"'
    await office.imports(f"{head}4155550101,{texas},85001\n4155550102,Elm St,85001\n4155550103,,\n")
    places = "select place from recipient order by e164"
    found = [row["place"] for row in await office.rows(places)]
    assert found == ["TX/America/Chicago", "AZ~/America/Phoenix", "CA?/America/Los_Angeles"]
    await office.imports(f"{head}4155550101,,85001\n4155550102,{utah},\n4155550103,,96813\n")
    found = [row["place"] for row in await office.rows(places)]
    assert found == ["TX/America/Chicago", "UT/America/Denver", "HI~/Pacific/Honolulu"]
    (ann, *_) = await office.rows("select fields from contact order by id")
    assert ann["fields"]["Home Address"].startswith("1 Elm St")


async def test_a_new_number_of_a_known_person_is_added_and_the_old_one_kept(office: Office) -> None:
    await office.imports(HEAD + ANN)
    done = await office.imports(HEAD + ANN.replace("0101", "0109"))
    assert (done.added, done.updated) == (0, 1)
    rows = await office.rows("select contact_id, until from contact_number")
    assert len(rows) == 2
    assert len({row["contact_id"] for row in rows}) == 1
    assert all(row["until"] is None for row in rows)


async def test_a_shared_number_is_one_recipient_with_two_contacts(office: Office) -> None:
    done = await office.imports("first,phone\nAnn,4155550101\nBo,4155550101\nann,(415) 555-0101\n")
    assert (done.added, done.not_taken["duplicate"]) == (2, 1)
    assert len(await office.rows("select id from recipient")) == 1


async def test_a_contact_that_only_a_keyword_made_gets_its_name_and_is_not_doubled(office: Office) -> None:
    await office.imports("phone\n4155550101\n")
    await office.imports("first,phone\nAnn,4155550101\n")
    await office.imports("phone\n4155550101\n")
    assert [row["first_name"] for row in await office.rows("select first_name from contact")] == ["Ann"]


async def test_two_external_ids_are_two_people(office: Office) -> None:
    await office.imports("vanid,first,phone\n1,Ann,4155550101\n")
    await office.imports("vanid,first,phone\n2,Ann,4155550101\n")
    assert len(await office.rows("select id from contact")) == 2


async def test_whoever_opted_out_stays_out_whatever_is_imported(office: Office) -> None:
    await office.imports(HEAD + ANN + BO)
    await office.stops("+14155550101")
    # Once more, under another name, and on another list: none of it may reach the number.
    async with office.database.transaction(office.organization) as session:
        session.add(ContactList(organization_id=office.organization, name="Other"))
    done = await office.imports(HEAD + ANN + "9,Annie,L,4155550101,,\n")
    assert (done.opted_out, done.subscribed) == (2, 0)
    path = office.directory / "contacts.csv"
    other = Import(path, "Other", basis="form", statement=STATEMENT)
    assert (await import_list(office.database, office.organization, other)).opted_out == 2
    states = await office.rows(
        "select s.state, r.suppressed_at from subscription s join recipient r on r.id = s.recipient_id "
        "where r.e164 = '+14155550101'"
    )
    assert len(states) == 4
    assert all(row["state"] == "unsubscribed" and row["suppressed_at"] for row in states)


async def test_a_start_after_an_import_brings_nobody_onto_a_list(office: Office) -> None:
    await office.imports(HEAD + ANN)
    await office.stops("+14155550101")
    await office.imports(HEAD + ANN + "9,Annie,L,4155550101,,\n")
    recipient = await office.recipient("+14155550101")
    (row,) = await office.rows("select suppressed_at from recipient")
    async with office.database.transaction(office.organization) as session:
        allowed = await opt_back_in(
            session,
            office.organization,
            recipient,
            started_at=clock.now(),
            stopped_at=row["suppressed_at"],
            suppressed_at=row["suppressed_at"],
            evidence={},
        )
    assert allowed == "allowed"
    assert (await office.imports(HEAD + ANN + "8,An,L,4155550101,,\n")).opted_out == 2
    assert set((await office.states()).values()) == {"unsubscribed"}


async def test_without_a_basis_nobody_is_subscribed_and_a_later_basis_is_recorded(office: Office) -> None:
    done = await office.imports(HEAD + ANN, basis=None)
    assert done.no_basis == 1
    assert await office.states() == {"+14155550101 Ann": "no_basis"}
    assert await office.rows("select id from consent_event") == []
    assert (await office.imports(HEAD + ANN)).subscribed == 1
    assert (await office.imports(HEAD + ANN, basis=None)).already == 1
    assert await office.states() == {"+14155550101 Ann": "subscribed"}


async def test_every_row_not_taken_is_reported_and_the_corrected_report_is_taken(office: Office) -> None:
    bad = '3,Cy,Ng,555-01,,P3\n4,Di,Ek,,,\n"5,Ed\n6,F,G,4155550106,,,too,many\n'
    done = await office.imports(HEAD + ANN + bad + BO)
    assert done.taken == 2
    assert done.not_taken == {"not a number": 1, "no number": 1, "unreadable": 2}
    assert done.report == office.directory / "contacts.csv.not-taken.csv"
    text = done.report.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["not taken: line"] for row in rows] == ["3", "4", "5", "6"]
    assert rows[0]["First Name"] == "Cy"
    assert rows[0]["not taken: reason"] == "the number '555-01' has 5 digits, a US number has 10"
    assert rows[2]["not taken: as written"] == '"5,Ed'
    assert rows[3]["not taken: as written"] == "6 | F | G | 4155550106 |  |  | too | many"
    again = await office.imports(text.replace("555-01,", "415-555-0199,"))
    assert (again.added, again.not_taken.total()) == (1, 3)
    (cy,) = await office.rows("select fields from contact where first_name = 'Cy'")
    assert cy["fields"] == {"Precinct": "P3"}


async def test_the_report_runs_no_formula_and_is_read_again_as_it_was(office: Office) -> None:
    done = await office.imports(HEAD + "1,=1+1,@Lee,12,94110,P1\n")
    assert done.report is not None
    text = done.report.read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith("1,'=1+1,'@Lee,12,")
    await office.imports(text.replace(",12,", ",415-555-0199,"))
    [ann] = await office.rows("select first_name, last_name from contact")
    assert (ann["first_name"], ann["last_name"]) == ("=1+1", "@Lee")


async def test_an_import_that_cannot_be_done_says_so_before_it_writes(office: Office) -> None:
    with pytest.raises(InvalidInput, match="basis needs a statement"):
        await import_list(office.database, office.organization, Import(Path("x"), LIST, basis="form"))
    with pytest.raises(NotFound, match="textbank list 'Nobody'"):
        await import_list(office.database, office.organization, Import(Path("x"), "Nobody"))
    with pytest.raises(InvalidInput, match="report"):
        await office.imports(HEAD + ANN, report=Path("/proc/none/report.csv"))
    assert await office.rows("select id from contact") == []


async def test_people_are_found_again_across_batches(office: Office) -> None:
    numbers = [f"415{200 + n // 10_000}{n % 10_000:04d}" for n in range(BATCH + 500)]
    lines = [f"{n},Name {n},{number}" for n, number in enumerate(numbers)]
    done = await office.imports("\n".join(["vanid,first,phone", *lines, "0,Name 0,2125550100"]))
    assert (done.rows, done.added, done.updated) == (BATCH + 501, BATCH + 500, 1)
    assert done.bytes_read == done.size


async def test_a_keywords_contact_and_an_imported_one_are_the_same(office: Office) -> None:
    await office.imports("first,phone\nAnn,4155550101\n")
    recipient = await office.recipient("+14155550101")
    async with office.database.transaction(office.organization) as session:
        await contact_of_recipient(session, office.organization, recipient)
    assert len(await office.rows("select id from contact")) == 1


async def test_one_organizations_contacts_are_not_anothers(office: Office, database: Database) -> None:
    from textbank.accounts.create_organization import create_organization

    await office.imports(HEAD + ANN)
    other = (await create_organization(database, "Hillside", "x@y")).organization_id
    async with database.transaction(other) as session:
        session.add(ContactList(organization_id=other, name=LIST))
    done = await import_list(database, other, Import(office.directory / "contacts.csv", LIST))
    assert (done.added, done.no_basis) == (1, 1)


async def test_two_imports_of_one_file_at_once_double_nobody(office: Office) -> None:
    path = office.directory / "same.csv"
    path.write_text(HEAD + "".join(f",A{n},B,41555501{n:02d},,\n" for n in range(100)), encoding="utf-8")
    both = [
        Import(path, LIST, basis="form", statement=STATEMENT, report=office.directory / f"{n}.csv")
        for n in range(2)
    ]
    one, two = await asyncio.gather(
        *(import_list(office.database, office.organization, wanted) for wanted in both)
    )
    assert (one.added + two.added, one.subscribed + two.subscribed) == (100, 100)
    (count,) = await office.rows("select count(*) as contacts from contact")
    assert count["contacts"] == 100


async def test_a_stop_that_comes_while_a_batch_is_written_is_not_overtaken(
    office: Office, admin: AsyncEngine
) -> None:
    await office.imports("first,phone\nAnn,4155550101\n", basis=None)
    recipient = await office.recipient("+14155550101")
    async with office.database.transaction(office.organization) as session:
        await opt_out(session, office.organization, recipient, "stop_text", evidence={"words": "STOP"})
        importing = asyncio.create_task(office.imports("first,phone\nBo,4155550101\n"))
        waiting = sa.text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database()"
        )
        async with asyncio.timeout(20), admin.connect() as connection:
            while not (await connection.execute(waiting)).scalar_one():
                await connection.rollback()
                await asyncio.sleep(0.02)
    done = await importing
    assert (done.opted_out, done.subscribed) == (1, 0)
    assert set((await office.states()).values()) == {"unsubscribed"}
