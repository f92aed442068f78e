"""Promise 7 for every way in: whoever came without a basis never gets a blast, however they came.

Each way ends with a real blast to the list through the simulated carrier, and what stands on the phone.
"""

from typing import Any

import aiohttp
import pytest

from tests.factories.office import Office, Staff
from textbank.consent.run_import import run_imports

ANN = "+14155550101"
BASIS = {
    "kind": "told_us",
    "source": "May 1 fair",
    "agreed_on": "May 2026",
    "words": "Text me",
    "stated": "true",
}
NONE = {"kind": "none"}


async def by_hand(office: Office, staff: Staff, basis: dict[str, Any]) -> str:
    """Add Ann by hand; the path of her page."""
    form = {"number": ANN, "first_name": "Ann", "list_id": office.town.list_id, **basis}
    answer = await staff.post("/people/add", **form)
    assert answer.status == 303, answer.text
    return answer.location


async def by_file(office: Office, staff: Staff, basis: dict[str, Any]) -> None:
    """Import Ann from a file."""
    form = aiohttp.FormData()
    form.add_field("file", b"phone,first name\n(415) 555-0101,Ann\n", filename="a.csv")
    path = (await staff.post("/people/import", form)).location.removesuffix("/columns")
    await staff.post(f"{path}/columns", phone="0", first_name="1")
    await staff.post(f"{path}/basis", **basis)
    await staff.post(f"{path}/list", list_id=office.town.list_id)
    await run_imports(office.town.database, office.town.organization_id)
    await staff.post(f"{path}/start")
    await run_imports(office.town.database, office.town.organization_id)
    assert await office.town.query("select state from contact_import order by id desc limit 1") == [("done",)]


async def blast(office: Office) -> list[str]:
    """Send a blast to the list, which somebody else is on as well; returns what Ann got of it."""
    town = office.town
    await town.subscribe("+14155550199")
    await town.execute("update recipient set place = 'test/open'")
    await town.launch("Rally on Saturday. Reply STOP to opt out.")
    await town.pump()
    assert any("Rally" in words for words in await town.received("+14155550199"))
    return [words for words in await town.received(ANN) if "Rally" in words]


async def recipient(office: Office) -> int:
    [(id_,)] = await office.town.query("select id from recipient where e164 = :e", e=ANN)
    return int(id_)


@pytest.mark.parametrize("way", [by_hand, by_file])
async def test_with_a_basis_a_blast_reaches_them(office: Office, way: Any) -> None:
    """Or the tests below would prove nothing."""
    await way(office, await office.signed_in("organizer"), BASIS)
    assert len(await blast(office)) == 1


@pytest.mark.parametrize("way", [by_hand, by_file])
async def test_without_a_basis_no_blast_reaches_them(office: Office, way: Any) -> None:
    await way(office, await office.signed_in("organizer"), NONE)
    assert await office.town.query("select state from subscription") == [("no_basis",)]
    assert await blast(office) == []


async def test_a_basis_for_one_list_is_none_for_another(office: Office) -> None:
    staff = await office.signed_in("organizer")
    other = (await staff.post("/lists", name="Night shift")).location.rpartition("/")[2]
    await by_hand(office, staff, {**BASIS, "list_id": other})
    await by_file(office, staff, NONE)
    assert await blast(office) == []


async def test_an_answer_without_the_statement_puts_nobody_on_a_list(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = await by_hand(office, staff, NONE)
    id_ = await recipient(office)
    for basis in (NONE, {**BASIS, "stated": ""}, {**BASIS, "source": ""}, {}):
        answer = await staff.post(f"{path}/lists", recipient_id=id_, list_id=office.town.list_id, **basis)
        assert answer.status == 422, basis
    assert await blast(office) == []


async def test_whoever_was_taken_off_comes_back_only_on_a_new_basis(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = await by_hand(office, staff, BASIS)
    id_, list_id = await recipient(office), office.town.list_id
    await staff.post(f"{path}/lists/{list_id}/leave", recipient_id=id_)
    for way in (by_hand, by_file):
        await way(office, staff, BASIS)  # an old list brings nobody back
    assert (await staff.post(f"{path}/lists", recipient_id=id_, list_id=list_id, **NONE)).status == 422
    assert await blast(office) == []
    await staff.post(f"{path}/lists", recipient_id=id_, list_id=list_id, **BASIS)
    assert await office.town.query(
        "select s.state, p.payload ->> 'basis' from subscription s "
        "join consent_payload p on p.event_id = s.basis_event_id where s.recipient_id = :r",
        r=id_,
    ) == [("subscribed", "told_us")]
    assert len(await blast(office)) == 1


async def test_no_basis_of_ours_puts_somebody_who_opted_out_on_a_list(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = await by_hand(office, staff, BASIS)
    await office.town.text(ANN, "STOP")
    id_ = await recipient(office)
    answer = await staff.post(f"{path}/lists", recipient_id=id_, list_id=office.town.list_id, **BASIS)
    assert answer.status == 409
    for way in (by_hand, by_file):
        await way(office, staff, BASIS)
    assert await blast(office) == []


async def test_undoing_an_opt_out_brings_back_what_was_and_no_basis_beyond_it(office: Office) -> None:
    staff = await office.signed_in("organizer")
    path = await by_hand(office, staff, NONE)
    id_ = await recipient(office)
    await staff.post(f"{path}/opt-out", recipient_id=id_, reason="By mistake")
    await staff.post(f"{path}/opt-out/undo", recipient_id=id_, reason="It was Bo")
    assert await office.town.query("select state from subscription") == [("no_basis",)]
    assert await blast(office) == []
