"""Promise 7, for campaigns: who has no recorded basis is in no blast, whichever of its lists they are on; a
volunteer's first text may rest on an admin's statement instead, and on nothing else; and no first text is
queued without who it is from, the way out, and what the law of the recipient's state may want.
"""

from itertools import product

import pytest
import sqlalchemy as sa

from tests.promises.desk import Desk
from textbank.campaigns.draft import change_audience, make_draft, state_basis
from textbank.campaigns.launch import launch
from textbank.campaigns.queue_audience import queue_audience
from textbank.errors import Conflict, InvalidInput

ANN = "+15105550123"
BEN = "+12125550142"
TOLL_FREE = "+18005550199"
REASON = "They signed our petition on paper in May and asked to be kept informed."
STATES = ("subscribed", "no_basis", "unsubscribed", "pending", "paused")


async def second_list(desk: Desk) -> int:
    async with desk.database.transaction(desk.organization_id) as session:
        made: int = await session.scalar(
            sa.text("insert into contact_list (organization_id, name) values (:o, 'Second') returning id"),
            {"o": desk.organization_id},
        )
        return made


async def put_on(desk: Desk, phone: str, list_id: int, state: str) -> int:
    """Somebody's subscription to a list, in this state."""
    recipient = await desk.subscribe(phone)
    await desk.execute(
        "insert into subscription "
        "(organization_id, list_id, contact_id, recipient_id, state, basis_event_id) "
        "select organization_id, :list, contact_id, recipient_id, :state, basis_event_id from subscription "
        "where recipient_id = :r order by id limit 1 "
        "on conflict (organization_id, list_id, recipient_id, contact_id) "
        "do update set state = excluded.state",
        list=list_id,
        state=state,
        r=recipient,
    )
    return recipient


async def campaign_to(desk: Desk, lists: list[int], *, kind: str = "blast", words: str = "Hearing") -> int:
    async with desk.database.transaction(desk.organization_id) as session:
        return await make_draft(
            session,
            desk.organization_id,
            kind=kind,  # type: ignore[arg-type]
            name="Hearing",
            lists=lists,
            words=words,
        )


async def start(desk: Desk, campaign: int) -> None:
    async with desk.database.transaction(desk.organization_id) as session:
        await launch(session, desk.organization_id, campaign)
    queued = 1
    while queued:
        async with desk.database.transaction(desk.organization_id) as session:
            queued = await queue_audience(session, desk.organization_id, campaign)


async def audience(desk: Desk, campaign: int) -> set[int]:
    rows = await desk.query("select recipient_id from audience_member where campaign_id = :c", c=campaign)
    return {row[0] for row in rows}


async def an_admin(desk: Desk) -> int:
    async with desk.database.transaction(desk.organization_id) as session:
        made: int = await session.scalar(
            sa.text(
                "insert into member (organization_id, name, role) values (:o, 'Ana', 'admin') returning id"
            ),
            {"o": desk.organization_id},
        )
        return made


async def state(desk: Desk, campaign: int) -> None:
    by = await an_admin(desk)
    async with desk.database.transaction(desk.organization_id) as session:
        await state_basis(session, desk.organization_id, campaign, REASON, by=by)


async def other_lists(desk: Desk, campaign: int, lists: list[int]) -> None:
    async with desk.database.transaction(desk.organization_id) as session:
        await change_audience(session, desk.organization_id, campaign, name="Renamed", lists=lists)


# Whom a blast reaches


async def test_a_blast_to_two_lists_reaches_who_has_a_basis_for_one_of_them_and_nobody_else(
    desk: Desk,
) -> None:
    second = await second_list(desk)
    reached = set()
    for number, (one, other) in enumerate(product(STATES, STATES)):
        phone = f"+1510555{number:04d}"
        recipient = await put_on(desk, phone, desk.list_id, one)
        await put_on(desk, phone, second, other)
        await put_on(desk, phone, desk.list_id, one)
        if "subscribed" in (one, other):
            reached.add(recipient)
    campaign = await campaign_to(desk, [desk.list_id, second])
    await start(desk, campaign)
    assert await audience(desk, campaign) == reached
    answer = await desk.permit_all()
    assert {one.recipient_id for one in answer.permits} == reached
    assert answer.refused == {}


async def test_a_basis_for_a_third_list_is_none_for_these_two(desk: Desk) -> None:
    second = await second_list(desk)
    await put_on(desk, ANN, desk.list_id, "subscribed")
    ben = await put_on(desk, BEN, second, "subscribed")
    await put_on(desk, BEN, desk.list_id, "unsubscribed")
    campaign = await campaign_to(desk, [desk.list_id])
    await start(desk, campaign)
    assert ben not in await audience(desk, campaign)


async def test_a_basis_lost_after_the_launch_stops_the_text_at_the_permit(desk: Desk) -> None:
    second = await second_list(desk)
    await put_on(desk, ANN, desk.list_id, "subscribed")
    await put_on(desk, ANN, second, "subscribed")
    campaign = await campaign_to(desk, [desk.list_id, second])
    await start(desk, campaign)
    await desk.execute("update subscription set state = 'no_basis'")
    answer = await desk.permit_all()
    assert list(answer.refused.values()) == ["no_basis"]
    assert answer.permits == []


async def test_a_statement_cannot_be_given_for_a_blast_not_even_past_the_code(desk: Desk) -> None:
    await put_on(desk, ANN, desk.list_id, "no_basis")
    campaign = await campaign_to(desk, [desk.list_id])
    with pytest.raises(Conflict):
        await state(desk, campaign)
    with pytest.raises(sa.exc.IntegrityError, match="statement_is_for_people"):
        await desk.execute("update campaign set statement = 'because'")
    with pytest.raises(Conflict, match="Nobody on these lists"):
        await start(desk, campaign)


# Whom a volunteer's first text may reach


async def test_a_peer_to_peer_campaign_leaves_out_who_has_no_basis_unless_an_admin_states_why(
    desk: Desk,
) -> None:
    ann = await put_on(desk, ANN, desk.list_id, "subscribed")
    ben = await put_on(desk, BEN, desk.list_id, "no_basis")
    without = await campaign_to(desk, [desk.list_id], kind="p2p")
    await start(desk, without)
    assert await audience(desk, without) == {ann}
    stated = await campaign_to(desk, [desk.list_id], kind="p2p")
    await state(desk, stated)
    await start(desk, stated)
    assert await audience(desk, stated) == {ann, ben}
    [(details,)] = await desk.query("select details from audit_event where action = 'campaign.statement'")
    assert (details["campaign_id"], details["statement"]) == (stated, REASON)


async def test_a_statement_counts_only_for_the_lists_that_it_was_made_for(desk: Desk) -> None:
    second = await second_list(desk)
    ann = await put_on(desk, ANN, desk.list_id, "subscribed")
    await put_on(desk, BEN, second, "no_basis")
    await put_on(desk, BEN, desk.list_id, "unsubscribed")
    campaign = await campaign_to(desk, [desk.list_id], kind="p2p")
    await state(desk, campaign)
    await other_lists(desk, campaign, [desk.list_id, second])
    await start(desk, campaign)
    assert await audience(desk, campaign) == {ann}
    [(details,)] = await desk.query(
        "select details from audit_event where action = 'campaign.statement_taken_back'"
    )
    assert (details["campaign_id"], details["because"]) == (campaign, "other lists")


async def test_another_name_alone_leaves_the_statement(desk: Desk) -> None:
    ben = await put_on(desk, BEN, desk.list_id, "no_basis")
    campaign = await campaign_to(desk, [desk.list_id], kind="p2p")
    await state(desk, campaign)
    await other_lists(desk, campaign, [desk.list_id])
    await start(desk, campaign)
    assert await audience(desk, campaign) == {ben}


@pytest.mark.parametrize("left", ["unsubscribed", "paused", "pending"])
async def test_no_statement_reaches_who_left_a_list_or_never_joined_it(desk: Desk, left: str) -> None:
    await put_on(desk, ANN, desk.list_id, "subscribed")
    ben = await put_on(desk, BEN, desk.list_id, left)
    campaign = await campaign_to(desk, [desk.list_id], kind="p2p")
    await state(desk, campaign)
    await start(desk, campaign)
    assert ben not in await audience(desk, campaign)


@pytest.mark.parametrize("stated", [True, False])
async def test_the_permit_asks_for_the_statement_again(desk: Desk, stated: bool) -> None:
    """Even where a first text got into the outbox past the audience."""
    await put_on(desk, BEN, desk.list_id, "subscribed")
    ann = await put_on(desk, ANN, desk.list_id, "no_basis")
    campaign = await campaign_to(desk, [desk.list_id], kind="p2p")
    if stated:
        await state(desk, campaign)
    await start(desk, campaign)
    await desk.queue(ann, "first_text", place="test/open")
    await desk.execute("update outbox_group set campaign_id = :c", c=campaign)
    answer = await desk.permit_all()
    assert list(answer.refused.values()) == ([] if stated else ["no_basis"])
    assert len(answer.permits) == stated


# What no first text leaves without


@pytest.mark.parametrize("words", ["Hearing on Tuesday", "STOP the evictions", "Reply YES, {first_name|you}"])
async def test_no_first_text_is_queued_without_name_way_out_and_due_disclaimer(
    desk: Desk, words: str
) -> None:
    for phone in (ANN, BEN, TOLL_FREE):
        await put_on(desk, phone, desk.list_id, "subscribed")
    await desk.execute(
        "insert into disclaimer (organization_id, state, words) "
        "values (:o, 'CA', 'Paid for by Fair Rent'), (:o, '', 'Paid for by us')",
        o=desk.organization_id,
    )
    await desk.execute("update recipient set place = '/America/Los_Angeles' where e164 = :a", a=ANN)
    campaign = await campaign_to(desk, [desk.list_id], words=words)
    await start(desk, campaign)
    [(name,)] = await desk.query("select name from organization where id = :o", o=desk.organization_id)
    bodies = {
        row.e164: row.body
        for row in await desk.query(
            "select r.e164, m.body from message m join recipient r on r.id = m.recipient_id"
        )
    }
    assert len(bodies) == 3
    # In these words themselves: asking the code whether there is a way out would believe what it believes.
    assert all(name in body and body.endswith("Reply STOP to opt out.") for body in bodies.values())
    assert "Paid for by Fair Rent" in bodies[ANN]
    assert "Paid for by us" in bodies[BEN]
    assert "Paid for by Fair Rent" in bodies[TOLL_FREE]
    assert "Paid for by us" in bodies[TOLL_FREE]


@pytest.mark.parametrize("words", ["", "Hi {first_name}", "Hi {nobody|x}", "Hi {first_name|x"])
async def test_words_that_could_print_a_hole_cannot_be_launched(desk: Desk, words: str) -> None:
    await put_on(desk, ANN, desk.list_id, "subscribed")
    campaign = await campaign_to(desk, [desk.list_id], words=words)
    with pytest.raises(InvalidInput):
        await start(desk, campaign)
    assert await desk.query("select 1 from message where direction = 'out'") == []
