"""A texter on a new phone texts us a word from their own number: only they, that browser, and texters."""

import re

import pytest

from tests.factories.office import Office, Staff
from tests.flows.web.test_starting_to_text import link_of
from textbank.accounts.come_back import AN_HOUR, word_in

PHONE = "+15105550177"


async def texter_with_phone(office: Office, name: str = "Ana Ruiz") -> int:
    first = office.signed_out()
    await first.request("POST", await link_of(office), data={"name": name, "phone": PHONE})
    [(member,)] = await office.town.query("select max(id) from member")
    return int(member)


async def shown(office: Office, browser: Staff) -> str:
    """The text that a new browser is asked to send."""
    path = f"/back/{office.town.organization_id}"
    assert (await browser.request("POST", path)).status == 303
    text = (await browser.get(path)).text
    word = re.search(r'class="the-word">(BACK \d{4})<', text)
    assert word
    assert f"body={word[1].replace(' ', '%20')}" in text
    return word[1]


async def enters(office: Office, browser: Staff) -> bool:
    answer = await browser.request("POST", f"/back/{office.town.organization_id}/in")
    return answer.location == "/texting"


async def test_a_text_from_their_own_phone_lets_the_waiting_browser_in_once(office: Office) -> None:
    member = await texter_with_phone(office)
    new = office.signed_out()
    word = await shown(office, new)
    assert not await enters(office, new)
    await office.town.text(PHONE, word.lower() + " ")
    here = (await new.get(f"/back/{office.town.organization_id}/here")).text
    assert '"known":true' in here
    assert await enters(office, new)
    assert (await new.get("/texting")).status == 200
    [(whose,)] = await office.town.query("select member_id from sign_in order by id desc limit 1")
    assert whose == member
    # It was theirs to answer, and nobody's conversation.
    assert await office.town.query("select 1 from conversation") == []
    await office.town.pump()
    assert await office.town.received(PHONE) == []
    assert not await enters(office, office.signed_out())


async def test_only_the_browser_that_was_shown_the_word_is_let_in(office: Office) -> None:
    await texter_with_phone(office)
    new, other = office.signed_out(), office.signed_out()
    word = await shown(office, new)
    await shown(office, other)
    await office.town.text(PHONE, word)
    assert not await enters(office, other)
    assert await enters(office, new)
    assert not await enters(office, new)


async def test_who_once_texted_stop_comes_back_all_the_same(office: Office) -> None:
    await texter_with_phone(office)
    await office.town.text(PHONE, "STOP")
    new = office.signed_out()
    await office.town.text(PHONE, await shown(office, new))
    assert await enters(office, new)
    assert await office.town.query("select count(*) from suppression where lifted_at is null") == [(1,)]


async def test_a_wrong_word_or_a_strangers_phone_is_an_ordinary_text(office: Office) -> None:
    await texter_with_phone(office)
    new = office.signed_out()
    word = await shown(office, new)
    await office.town.text("+15105550178", word)
    wrong = "BACK 1000" if word != "BACK 1000" else "BACK 1001"
    await office.town.text(PHONE, wrong)
    assert not await enters(office, new)
    waiting = await office.town.query("select count(*) from conversation where needs_reply_since is not null")
    assert waiting == [(2,)]


@pytest.mark.parametrize("role", ["captain", "organizer", "owner"])
async def test_a_text_never_lets_captains_or_staff_in(office: Office, role: str) -> None:
    await office.town.execute(
        "update member set phone = :phone where id = :m", phone=PHONE, m=office.members[role]
    )
    new = office.signed_out()
    await office.town.text(PHONE, await shown(office, new))
    assert not await enters(office, new)


@pytest.mark.parametrize(
    "change", ["role = 'captain'", "email = 'ana@riverside.example'", "disabled_at = now()"]
)
async def test_what_was_a_texter_when_the_word_came_is_let_in_as_nothing_more(
    office: Office, change: str
) -> None:
    member = await texter_with_phone(office)
    new = office.signed_out()
    await office.town.text(PHONE, await shown(office, new))
    await office.town.execute(f"update member set {change} where id = :m", m=member)  # noqa: S608
    assert not await enters(office, new)


async def test_a_word_is_good_for_ten_minutes_and_a_phone_for_five_times_an_hour(office: Office) -> None:
    await texter_with_phone(office)
    late = office.signed_out()
    word = await shown(office, late)
    await office.town.execute("update waiting_browser set expires_at = now() - interval '1 second'")
    await office.town.text(PHONE, word)
    assert not await enters(office, late)
    for _ in range(AN_HOUR):
        new = office.signed_out()
        await office.town.text(PHONE, await shown(office, new))
        assert await enters(office, new)
    await office.town.execute("update waiting_browser set expires_at = now() - interval '20 minutes'")
    once_more = office.signed_out()
    await office.town.text(PHONE, await shown(office, once_more))
    assert not await enters(office, once_more)


def test_what_is_such_a_word() -> None:
    assert [word_in(text) for text in ("BACK 4821", "back4821", " Volver: 4821. ")] == ["4821"] * 3
    for text in ("Back at 4821", "4821", "BACK 48213", "I am back 4821", "BACK"):
        assert word_in(text) is None, text
