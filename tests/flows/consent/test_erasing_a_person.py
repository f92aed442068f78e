"""Erasing a person in the browser: admins only, asked first, and said what stays."""

from tests.factories.office import Office

ANN = "+15105550123"


async def test_an_admin_erases_a_person_after_being_told_what_stays(office: Office) -> None:
    town = office.town
    await town.subscribe(ANN)
    [(contact,)] = await town.query("update contact set first_name = 'Annabel' returning id")
    organizer, admin = await office.signed_in("organizer"), await office.signed_in("admin")
    assert f"/people/{contact}/erase" not in (await organizer.get(f"/people/{contact}")).text
    assert (await organizer.get(f"/people/{contact}/erase")).status == 403
    assert f"/people/{contact}/erase" in (await admin.get(f"/people/{contact}")).text

    asked = await admin.get(f"/people/{contact}/erase")
    assert "(510) 555-0123" in asked.text
    assert "It cannot be undone." in asked.text
    unsure = await admin.post(f"/people/{contact}/erase")
    assert unsure.status == 422
    assert "Nothing was erased" in unsure.text
    assert await town.query("select 1 from recipient where e164 = :p", p=ANN)

    assert (await admin.post(f"/people/{contact}/erase", sure="yes")).status == 303
    assert not await town.query("select 1 from recipient where e164 = :p", p=ANN)
    page = await admin.get("/people")
    assert "Annabel" not in page.text
    assert "555-0123" not in page.text
    assert "Erased a person for good" in (await admin.get("/settings/audit")).text
    [(recipient,)] = await town.query("select id from recipient")
    file = await admin.get(f"/consent-files/{recipient}")
    assert file.status == 200
    assert "The words were erased" in file.text
    assert (await admin.post(f"/people/{contact}/erase", sure="yes")).status in (303, 404)
