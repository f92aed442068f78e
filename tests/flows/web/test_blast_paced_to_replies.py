"""A blast may wait for the people who answer: then it leaves only as fast as they can."""

from tests.factories.campaigning import draft, people, press_launch, queue
from tests.factories.office import Office


async def queued(office: Office, campaign: int) -> int:
    """Queue what may be, and say how many texts there are now."""
    await queue(office, campaign)
    [(texts,)] = await office.town.query("select count(*) from message where purpose = 'blast'")
    return int(texts)


async def a_minute_later(office: Office) -> None:
    await office.town.execute("update campaign set eased_at = eased_at - interval '1 minute'")


async def wait(office: Office, replies: int, minutes: int = 1) -> None:
    await office.town.execute(
        "insert into conversation (organization_id, recipient_id, needs_reply_since) "
        "select organization_id, id, now() - make_interval(mins => :m) from recipient order by id limit :n "
        "on conflict (organization_id, recipient_id) "
        "do update set needs_reply_since = excluded.needs_reply_since",
        m=minutes,
        n=replies,
    )


async def test_a_paced_blast_leaves_as_fast_as_one_person_can_answer(office: Office) -> None:
    await people(office, 30)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/pace", paced="true")).status == 303
    assert "As fast as the people on hand" in (await staff.get(f"/campaigns/{campaign}/limits")).text
    assert (await press_launch(staff, campaign)).status == 303
    # One person, two minutes an answer, one reply of ten texts: five a minute.
    assert await queued(office, campaign) == 5
    await a_minute_later(office)
    assert await queued(office, campaign) == 5  # the first five have not left
    await office.town.pump()
    assert await queued(office, campaign) == 10
    await office.town.pump()
    assert await queued(office, campaign) == 10
    await a_minute_later(office)
    await wait(office, 10)
    assert await queued(office, campaign) == 10
    await office.town.execute("update conversation set needs_reply_since = null")
    await wait(office, 1, minutes=21)
    assert await queued(office, campaign) == 10
    await office.town.execute("update conversation set needs_reply_since = null")
    await a_minute_later(office)
    assert await queued(office, campaign) == 15
    await office.town.pump()
    await a_minute_later(office)
    await office.town.execute("update sign_in set seen_at = now() - interval '1 hour'")
    assert await queued(office, campaign) == 15  # nobody is on hand
    [(state,)] = await office.town.query("select state from campaign where id = :c", c=campaign)
    assert state == "running"
    assert (await staff.post(f"/campaigns/{campaign}/pace", paced="false")).status == 303
    assert await queued(office, campaign) == 30


async def test_only_a_blast_that_has_not_begun_can_be_paced(office: Office) -> None:
    await people(office)
    staff = await office.signed_in("organizer")
    by_hand = await draft(office, kind="p2p")
    assert (await staff.post(f"/campaigns/{by_hand}/pace", paced="true")).status == 409
    campaign = await draft(office)
    assert (await press_launch(staff, campaign)).status == 303
    assert (await staff.post(f"/campaigns/{campaign}/pace", paced="true")).status == 409
