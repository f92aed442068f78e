"""Columns by the names that other tools give them, and contacts made of rows."""

from pathlib import Path

import pytest

from textbank.contacts.map_columns import map_columns, recognised
from textbank.contacts.read_contacts import NewContact, NotTaken, read_contacts
from textbank.contacts.read_csv import Table
from textbank.errors import InvalidInput


def contacts(tmp_path: Path, text: str, chosen: dict[str, str] | None = None) -> list[NewContact | NotTaken]:
    path = tmp_path / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    with Table(path, recognised) as table:
        return list(read_contacts(table, map_columns(table.header, chosen)))


def one(tmp_path: Path, text: str, chosen: dict[str, str] | None = None) -> NewContact:
    (contact,) = contacts(tmp_path, text, chosen)
    assert isinstance(contact, NewContact), contact
    return contact


@pytest.mark.parametrize(
    "header",
    [
        "VANID,FirstName,LastName,CellPhone,Zip5",
        "external_id,first_name,last_name,cell,zip",
        "Voter File VANID,First Name,Last Name,Mobile Phone,Zip/Postal",
        "Member ID,fn,SURNAME,phone_number,Postal Code",
    ],
)
def test_the_names_of_the_field_are_known(tmp_path: Path, header: str) -> None:
    contact = one(tmp_path, f"{header}\n77,Ann,Lee,(415) 555-0123,85001\n")
    assert (contact.external_id, contact.first_name, contact.last_name) == ("77", "Ann", "Lee")
    assert (contact.e164, contact.place, contact.fields) == ("+14155550123", "AZ/America/Phoenix", "{}")


def test_unknown_columns_become_custom_fields_and_empty_ones_do_not(tmp_path: Path) -> None:
    contact = one(tmp_path, "phone,Precinct,Turf,Turf,\n4155550123,12,,North,x\n")
    assert contact.fields == '{"Precinct": "12", "Turf (2)": "North", "column 5": "x"}'


def test_the_best_number_of_a_row_counts(tmp_path: Path) -> None:
    head = "HomePhone,IsHomePhoneACellExchange,CellPhone\n"
    rows = contacts(tmp_path, f"{head}4155550101,1,4155550102\n4155550103,1,\n4155550104,0,\n")
    assert [row.e164 if isinstance(row, NewContact) else row.cause for row in rows] == [
        "+14155550102",
        "+14155550103",
        "no number",
    ]


def test_a_column_can_be_chosen_by_hand(tmp_path: Path) -> None:
    contact = one(tmp_path, "cell,Text me\n4155550101,4155550102\n", {"phone": "text me"})
    assert contact.e164 == "+14155550102"


def test_without_numbers_the_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"'Name', 'Town'.*--map phone="):
        contacts(tmp_path, "Name,Town\nAnn,Ajo\n")
    with pytest.raises(InvalidInput, match="should name the columns"):
        contacts(tmp_path, "4155550123,Ann\n4155550124,Bo\n")
    with pytest.raises(InvalidInput, match="no column 'Handy'"):
        contacts(tmp_path, "phone\n1\n", {"phone": "Handy"})


def test_each_row_not_taken_says_why(tmp_path: Path) -> None:
    rows = contacts(
        tmp_path,
        "phone,name\n,Ann\n415555,Bo\n4.15555E+09,Cy\n4155550123,Di\n(415) 555-0123, di \n4155550123,Ed\n"
        "4155550124,Fay,more\n",
    )
    reasons = [row.reason if isinstance(row, NotTaken) else row.e164 for row in rows]
    assert reasons[0] == "has no phone number"
    assert reasons[1] == "the number '415555' has 6 digits, a US number has 10"
    assert "rounded by a spreadsheet" in reasons[2]
    assert reasons[4] == "has the same number and name as line 5"
    assert reasons[3] == reasons[5] == "+14155550123"  # a shared number is a second contact
    assert reasons[6] == "has 3 fields, but the first line names 2"


def test_languages_are_codes_and_what_is_none_is_kept_as_it_is(tmp_path: Path) -> None:
    rows = contacts(tmp_path, "phone,language\n4155550101,Español\n4155550102,es-MX\n4155550103,sign\n")
    assert [(row.language, row.fields) for row in rows if isinstance(row, NewContact)] == [
        ("es", "{}"),
        ("es", "{}"),
        (None, '{"language": "sign"}'),
    ]


def test_ten_thousand_rows_have_no_duplicate_among_them_and_each_repeated_one_is_found(
    tmp_path: Path,
) -> None:
    lines = [f"415{200 + number // 10_000}{number % 10_000:04d},N" for number in range(10_000)]
    rows = contacts(tmp_path, "\n".join(["phone,name", *lines, *lines[::100]]))
    assert [type(row) for row in rows] == [NewContact] * 10_000 + [NotTaken] * 100
    assert rows[10_001].reason.endswith("line 102")  # type: ignore[union-attr]
