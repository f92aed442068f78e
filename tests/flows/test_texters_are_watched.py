"""A texter whose texts go clearly wrong is paused, reads why, and goes on when a captain lets them."""

from tests.factories.office import Office
from tests.factories.texting import Texting, make_campaign
from textbank.assignments.suspend import let_go_on
from textbank.assignments.trust import A_MINUTE, TOO_FAST, TOO_MANY_OPT_OUTS
from textbank.assignments.watch_texters import watch_texters


async def watch(office: Office) -> None:
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        await watch_texters(session, town.organization_id)


async def sent(office: Office, texting: Texting, member: int, minutes: int) -> None:
    """First texts of a texter to everybody in the campaign, spread over so many minutes."""
    await office.town.execute(
        "insert into message (organization_id, recipient_id, campaign_id, direction, purpose, body, sent_by, "
        "created_at) select :o, r, :c, 'out', 'first_text', 'Hi', cast(:who as text), "
        "date_trunc('minute', now()) - (n % cast(:minutes as int)) * interval '1 minute' "
        "from unnest(cast(:r as bigint[])) with ordinality as t (r, n)",
        o=office.town.organization_id,
        c=texting.campaign_id,
        who=f"member {member}",
        minutes=minutes,
        r=list(texting.people.values()),
    )
    await office.town.execute(
        "update audience_member set assigned_member_id = :m where campaign_id = :c",
        m=member,
        c=texting.campaign_id,
    )


async def suspended(office: Office) -> list[tuple[int, str]]:
    rows = await office.town.query(
        "select id, suspended_because from member where suspended_at is not null order by id"
    )
    return [(row[0], row[1]) for row in rows]


async def test_many_opt_outs_pause_a_texter_and_a_captain_lets_them_go_on_anew(office: Office) -> None:
    texter, town = office.members["texter"], office.town
    texting = await make_campaign(town, 60, texters=(texter,))
    await watch(office)
    await sent(office, texting, texter, 30)
    phones = list(texting.people)
    for phone in phones[:4]:
        await town.text(phone, "STOP")
    await watch(office)
    assert await suspended(office) == []
    await town.text(phones[4], "STOP")
    await watch(office)
    assert await suspended(office) == [(texter, TOO_MANY_OPT_OUTS)]
    assert "Far more people than usual" in (await (await office.signed_in("texter")).get("/texting")).text
    async with town.database.transaction(town.organization_id) as session:
        await let_go_on(session, town.organization_id, texter, actor="member 1")
    # What was counted before counts no more, and nothing is counted twice.
    await town.text(phones[5], "STOP")
    await watch(office)
    assert await suspended(office) == []


async def test_more_texts_than_anybody_reads_pause_a_texter_but_no_captain(office: Office) -> None:
    texter, captain = office.members["texter"], office.members["captain"]
    texting = await make_campaign(office.town, A_MINUTE + 1, texters=(texter, captain))
    await watch(office)
    await sent(office, texting, captain, 1)
    await watch(office)
    assert await suspended(office) == []
    await sent_again(office, texting, texter)
    await watch(office)
    assert await suspended(office) == [(texter, TOO_FAST)]


async def sent_again(office: Office, texting: Texting, member: int) -> None:
    """The same people once more, as another campaign would."""
    other = await make_other_campaign(office, texting)
    await sent(office, other, member, 1)


async def make_other_campaign(office: Office, texting: Texting) -> Texting:
    [(campaign,)] = await office.town.query(
        "insert into campaign (organization_id, kind, name, script_id, state, launched_at, frozen_at) "
        "select organization_id, kind, 'Another', script_id, state, now(), now() from campaign where id = :c "
        "returning id",
        c=texting.campaign_id,
    )
    return Texting(campaign, texting.people)


async def test_where_staff_do_not_want_it_nobody_is_paused(office: Office) -> None:
    texter = office.members["texter"]
    texting = await make_campaign(office.town, A_MINUTE + 1, texters=(texter,))
    await office.town.execute("update organization set pauses_texters = false")
    await watch(office)
    await sent(office, texting, texter, 1)
    await watch(office)
    assert await suspended(office) == []
