"""Texters who are away are told that replies wait: a number, once in a quarter of an hour, never by night."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio

from tests.factories.office import Office
from tests.factories.push import PushService
from tests.factories.texting import make_campaign
from textbank import across
from textbank.accounts.sign_in import end_sign_ins
from textbank.assignments.tell_who_is_away import awake_zones, signer_of, tell_who_is_away
from textbank.public_web import post_sealed


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushService]:
    push = PushService()
    runner = await push.start()
    yield push
    await runner.cleanup()


def zone_at(hour: int) -> str:
    """A time zone in which it is this hour now."""
    west = datetime.now(UTC).hour - hour
    return f"Etc/GMT{west if -14 <= west <= 12 else west - 24 if west > 12 else west + 24:+d}"


async def turn(office: Office) -> int:
    """What the chore does, with a push service on this machine."""

    async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        return await post_sealed(url, body, headers, also_here=True)

    town = office.town
    signer = signer_of("ab" * 32, "https://texts.example.org")
    return await tell_who_is_away(town.database, town.organization_id, signer, post)


async def away(office: Office, service: PushService, waiting: int = 3) -> None:
    """The texter's browser asked to be told, and was closed a while ago; this many people wrote since."""
    town, texter = office.town, office.members["texter"]
    browser = await office.signed_in("texter")
    assert (await browser.post("/me/push", **service.subscription)).status == 200
    texting = await make_campaign(town, waiting, texters=(texter,))
    await wrote(office, *texting.people)
    await town.execute("update sign_in set seen_at = now() - interval '20 minutes'")
    await town.execute("update member set time_zone = :zone", zone=zone_at(12))


async def wrote(office: Office, *phones: str) -> None:
    town = office.town
    for phone in phones:
        await town.text(phone, "Where do we meet?")
    await town.execute(
        "update conversation set assigned_member_id = :m, campaign_id = (select min(id) from campaign), "
        "needs_reply_since = now() - interval '3 minutes'",
        m=office.members["texter"],
    )


async def later(office: Office, minutes: int) -> None:
    for what, since in (("member", "told_at"), ("conversation", "needs_reply_since")):
        await office.town.execute(
            f"update {what} set {since} = {since} - cast(:n as int) * interval '1 minute'",  # noqa: S608
            n=minutes,
        )


async def test_one_digest_says_how_many_wait_and_nothing_else(office: Office, service: PushService) -> None:
    await away(office, service)
    assert (office.town.organization_id, "replies") in await across.way_in_chores(office.town.database)
    # Two workers at once, and one after them: one digest.
    assert sum(await asyncio.gather(turn(office), turn(office))) == 1
    assert await turn(office) == 0
    assert service.opened == [{"waiting": 3}]
    headers = service.headers[0]
    assert headers["Authorization"].startswith("vapid t=")
    assert headers["Topic"] == "replies"
    # Somebody new is said after a quarter of an hour; the same three again after two hours: nobody is nagged.
    await later(office, 14)
    await office.town.execute("update conversation set needs_reply_since = now() - interval '130 seconds'")
    assert await turn(office) == 0
    await later(office, 2)
    assert await turn(office) == 1
    await later(office, 100)
    assert await turn(office) == 0
    await later(office, 21)
    assert await turn(office) == 1
    assert len(service.bodies) == 3


async def test_who_is_here_or_asleep_or_answered_or_does_not_want_it_is_told_nothing(
    office: Office, service: PushService
) -> None:
    await away(office, service)
    town, texter = office.town, office.members["texter"]
    for spoils, mends in (
        (
            f"update member set time_zone = '{zone_at(23)}'",  # noqa: S608
            f"update member set time_zone = '{zone_at(12)}'",  # noqa: S608
        ),
        ("update member set reminders = false", "update member set reminders = true"),
        ("update member set suspended_at = now()", "update member set suspended_at = null"),
        ("update sign_in set seen_at = now()", "update sign_in set seen_at = now() - interval '20 minutes'"),
        ("update sign_in set shared = true", "update sign_in set shared = false"),
        (
            "update conversation set snoozed_until = now() + interval '1 hour'",
            "update conversation set snoozed_until = null",
        ),
        (
            "update conversation set needs_reply_since = now() - interval '1 minute'",
            "update conversation set needs_reply_since = now() - interval '3 minutes'",
        ),
    ):
        await town.execute(spoils)
        assert await turn(office) == 0, spoils
        await town.execute(mends)
        await town.execute("update member set told_at = null")
    assert service.bodies == []
    assert await turn(office) == 1
    async with town.database.transaction(town.organization_id) as session:
        await end_sign_ins(session, town.organization_id, texter)
    assert await town.query("select 1 from push_subscription") == []


def test_the_night_is_the_members_own() -> None:
    def is_awake(hour: int, minute: int) -> bool:
        # New York is four hours behind in July.
        return "America/New_York" in awake_zones(datetime(2027, 7, 1, (hour + 4) % 24, minute, tzinfo=UTC))

    assert not is_awake(7, 59)
    assert is_awake(8, 0)
    assert is_awake(20, 59)
    assert not is_awake(21, 0)
    assert "America/New_York" in awake_zones(datetime(2027, 1, 1, 13, 0, tzinfo=UTC))
    assert "Pacific/Honolulu" not in awake_zones(datetime(2027, 1, 1, 13, 0, tzinfo=UTC))


async def test_a_browser_that_wants_it_no_more_is_forgotten_and_one_that_is_busy_is_not(
    office: Office, service: PushService
) -> None:
    await away(office, service)
    for status, kept in ((503, 1), (429, 1), (410, 0)):
        service.status = status
        await office.town.execute("update member set told_at = null")
        assert await turn(office) == 1
        assert len(await office.town.query("select 1 from push_subscription")) == kept, status


async def test_signing_out_forgets_the_browser_and_a_shared_computer_is_never_kept(
    office: Office, service: PushService
) -> None:
    town = office.town
    browser = await office.signed_in("texter")
    told = await browser.get("/me/push")
    assert '"on":false' in told.text
    assert (await browser.post("/me/push", **service.subscription)).status == 200
    # Asked twice, and from a second browser after the first: one address, one row, the last one's.
    assert (await browser.post("/me/push", **service.subscription)).status == 200
    other = await office.signed_in("captain")
    assert (await other.post("/me/push", **service.subscription)).status == 200
    assert await town.query("select member_id from push_subscription") == [(office.members["captain"],)]
    assert (await other.post("/me/push/stop")).status == 200
    assert await town.query("select 1 from push_subscription") == []
    assert (await browser.post("/me/push", **service.subscription)).status == 200
    await browser.post("/sign-out")
    assert await town.query("select 1 from push_subscription") == []
    shared = await office.signed_in("texter")
    await town.execute("update sign_in set shared = true")
    assert (await shared.post("/me/push", **service.subscription)).status == 403
    for wrong in ({"p256dh": "x"}, {"auth": "é"}, {"endpoint": "x" * 1_001}):
        again = await office.signed_in("organizer")
        assert (await again.post("/me/push", **{**service.subscription, **wrong})).status == 422
    assert await town.query("select 1 from push_subscription") == []


async def test_nothing_inside_our_walls_is_called() -> None:
    push = PushService()
    runner = await push.start()
    try:
        for url in (f"{push.url}/one", push.url.replace("http:", "https:") + "/one", "https://localhost/one"):
            assert await post_sealed(url, b"x", {}) == 0
    finally:
        await runner.cleanup()
    assert push.bodies == []
