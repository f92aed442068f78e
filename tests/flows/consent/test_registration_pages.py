"""The pages that registration demands say what the texts really say, in both languages."""

import re
from html import unescape

import pytest

from tests.factories.forms import opened
from tests.factories.office import Office
from textbank.keywords.elements import elements

ANN = "+15105550123"


def plain(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_the_pages_hold_the_words_that_the_texts_really_use(office: Office) -> None:
    town, visitor = office.town, office.signed_out()
    form = await opened(town)
    for words in ("join", "help", "stop"):
        await town.text(ANN, words)
        await town.pump()
    joined, helped, stopped = await town.received(ANN)
    about = f"/about/{town.organization_id}"
    program, terms, privacy = [
        plain((await visitor.get(f"{about}/{what}")).text) for what in ("program", "terms", "privacy")
    ]
    assert joined in program
    assert helped in terms
    assert stopped in terms
    assert "Text" in program
    assert "JOIN" in program
    assert "No mobile information is shared with third parties" in privacy
    for page in (program, terms):
        assert all(elements(page, "Riverside Tenants Union", "Rent Alerts").values())
    assert "help@riverside.example" in privacy
    assert f'href="{form}"' in (await visitor.get(f"{about}/program")).text


@pytest.mark.parametrize("what", ["program", "terms", "privacy"])
async def test_they_speak_spanish_and_need_no_sign_in(office: Office, what: str) -> None:
    visitor = office.signed_out()
    path = f"/about/{office.town.organization_id}/{what}"
    page = await visitor.request("GET", path, headers={"Accept-Language": "es"})
    assert page.status == 200
    assert 'lang="es"' in page.text
    assert "STOP" in page.text
    assert (await visitor.get(f"/about/999999/{what}")).status == 404
    assert (await visitor.get(f"/about/{office.town.organization_id}/nothing")).status in (404, 422)
