"""Staff open a list's form; its address, its code and its HTML for other sites all lead to the same."""

import re
from html import unescape

from tests.factories.forms import opened
from tests.factories.office import Office
from tests.factories.qr_reader import read_picture
from textbank.keywords.create_keyword import create_keyword

ANN = "+15105550123"


def fields_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input[^>]*name="(\w+)"(?:[^>]*value="([^"]*)")?', html))


async def test_a_form_is_opened_used_on_another_site_and_noticed_when_it_is_old(office: Office) -> None:
    town = office.town
    staff, visitor = await office.signed_in("organizer"), office.signed_out()
    path = f"/lists/{town.list_id}/form"
    assert "Open the form" in (await staff.get(path)).text
    unsaid = await staff.post(path, open="yes", purpose="")
    assert unsaid.status == 422
    assert "Say what the texts are about" in unsaid.text
    assert (await staff.post(path, open="yes", purpose="news of your building")).status == 303
    page = (await staff.get(path)).text
    form = f"/sign-up/{town.organization_id}.{town.list_id}"
    assert read_picture(page) == [office.url + form]

    snippet = unescape(re.search(r'<textarea id="html-es"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])  # type: ignore[index]
    sent = fields_of(snippet) | {"phone": ANN, "agree": "yes"}
    assert "checked" not in snippet
    assert office.url + form in snippet
    elsewhere = {"Origin": "https://www.riverside.example", "Referer": "https://www.riverside.example/join"}
    answer = await visitor.request("POST", form, data=sent, headers=elsewhere)
    assert answer.location == f"{form}/thanks"
    [(said,)] = await town.query(
        "select p.payload from consent_event e join consent_payload p on p.event_id = e.id "
        "where e.kind = 'opt_in_requested'"
    )
    assert (said["way"], said["url"]) == ("web form, own site", "https://www.riverside.example/join")
    assert "Acepto recibir" in said["words_shown"]

    await staff.post(path, open="yes", purpose="news of your building and events")
    old = await visitor.request("POST", form, data=sent | {"phone": "+15105550124"}, headers=elsewhere)
    assert old.status == 422
    assert "the words have changed" in old.text
    await staff.post(path, open="no", purpose="news of your building")
    assert (await visitor.get(form)).status == 404


async def test_a_poster_has_a_code_for_each_language_that_reads_back(office: Office) -> None:
    town, staff = office.town, await office.signed_in("organizer")
    async with town.database.transaction(town.organization_id) as session:
        await create_keyword(session, town.organization_id, "UNETE", "Rent Alerts", language="es")
    [(keyword,)] = await town.query("select id from keyword where word = 'JOIN'")
    page = (await staff.get(f"/keywords/{keyword}/poster")).text
    assert read_picture(page) == [f"SMSTO:{town.number}:JOIN", f"SMSTO:{town.number}:UNETE"]
    assert "Pueden aplicar cargos" in page
    assert f"{office.url}/about/{town.organization_id}/terms" in page
    form = await opened(town)
    assert read_picture((await office.signed_out().get(form)).text) == [f"SMSTO:{town.number}:JOIN"]
