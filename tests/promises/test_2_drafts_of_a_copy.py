"""Promise 2 after a restore, for what the copy has as a draft or half launched: nobody is texted twice."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.office import Office
from tests.factories.texting import make_campaign
from tests.factories.town import Town
from tests.promises.restored_copy import forget_the_queue, goes_on, read_the_list, restored, sent_since
from textbank.accounts.connect_carrier_account import connect_carrier_account
from textbank.assignments.first_texts import first_texts
from textbank.assignments.press import Press, Verdict, press
from textbank.assignments.take_batch import take_batch
from textbank.campaigns import launch
from textbank.campaigns.draft import make_draft
from textbank.inbound import settle_restored

ANN = "+15105550123"
BEN = "+15105550124"
RALLY = "Riverside Tenants Union: Rally on Saturday. Reply STOP to opt out."
Forget = Callable[[], Awaitable[None]]


@pytest.fixture
def restore(town: Town, admin: AsyncEngine) -> Forget:
    return partial(restored, town, admin)


async def make_drafts(town: Town, *words: str) -> list[int]:
    async with town.database.transaction(town.organization_id) as session:
        return [
            await make_draft(
                session, town.organization_id, kind="blast", name="Rally", lists=[town.list_id], words=each
            )
            for each in words
        ]


async def launches(town: Town, campaign: int) -> None:
    async with town.database.transaction(town.organization_id) as session:
        await launch.launch(session, town.organization_id, campaign)
    await goes_on(town)


async def test_a_draft_that_was_launched_since_texts_only_who_has_no_text_of_it(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    [draft] = await make_drafts(town, "Hi {first_name|friend}, rally on Saturday.")
    await restore()
    got = "Riverside Tenants Union: Hi Ann, rally on Saturday. Reply STOP to opt out."
    await sent_since(town, ANN, got)
    await read_the_list(town)
    await launches(town, draft)
    assert await town.received(ANN) == [got]
    assert await town.received(BEN) == [got.replace("Ann", "friend")]


async def test_who_was_imported_and_texted_since_gets_no_second_text_when_imported_again(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(BEN)
    [draft] = await make_drafts(town, RALLY)
    await restore()
    await sent_since(town, ANN, RALLY)
    await read_the_list(town)
    await town.subscribe(ANN)
    await launches(town, draft)
    assert await town.received(ANN) == [RALLY]
    assert await town.received(BEN) == [RALLY]


async def test_a_text_in_other_words_keeps_nobody_from_a_draft_and_one_without_words_takes_none(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    _, draft = await make_drafts(town, " ", RALLY)
    await restore()
    await sent_since(town, ANN, "See you there, Ann!")
    await read_the_list(town)
    await launches(town, draft)
    assert await town.received(ANN) == ["See you there, Ann!", RALLY]
    assert await town.query("select count(*) from audience_member") == [(2,)]


async def test_two_like_texts_to_one_whom_a_launch_had_not_frozen_count_as_one_of_it(
    town: Town, restore: Forget, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await forget_the_queue(town)
    await town.execute("delete from audience_member")
    await town.execute("update campaign set frozen_to = 0, frozen_at = null")
    await restore()
    monkeypatch.setattr(settle_restored, "PAGE", 1)
    await sent_since(town, ANN, RALLY)
    await sent_since(town, ANN, RALLY)
    assert (await read_the_list(town)).hold_lifted
    await goes_on(town)
    assert await town.received(ANN) == [RALLY] * 2
    assert await town.received(BEN) == [RALLY]
    assert await town.query(
        "select r.e164, m.purpose from message m join recipient r on r.id = m.recipient_id order by 1, 2"
    ) == [(ANN, "blast"), (ANN, "reply"), (BEN, "blast")]


async def test_nobody_is_pressed_for_before_the_lists_of_all_accounts_are_read(office: Office) -> None:
    town, member = office.town, office.members["texter"]
    texting = await make_campaign(town, 1, texters=(member,))
    other = await connect_carrier_account(
        town.database, town.organization_id, account_sid="AC" + "9" * 32, stored_token=b"", senders=[]
    )
    await town.execute("update carrier_account set restored_copy_of = now() where id = :id", id=other)
    async with town.database.transaction(town.organization_id) as session:
        await take_batch(session, town.organization_id, texting.campaign_id, member)
        [text] = await first_texts(
            session, town.organization_id, texting.campaign_id, member, secret="of no interest"
        )

    one = Press(texting.campaign_id, text.recipient_id, member, text.script_id, text.composed.body)

    async def verdict() -> Verdict:
        async with town.database.transaction(town.organization_id) as session:
            [pressed] = await press(session, town.organization_id, [one])
        return pressed.verdict

    assert await verdict() == "no_sender"
    await town.execute("update carrier_account set restored_copy_of = null where id = :id", id=other)
    assert await verdict() == "sent"
