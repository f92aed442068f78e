"""A copy made in mid-blast becomes the installation again, hours (here: seconds) after it was made.

What was sent and heard since the copy is lost here, and stands at the carrier: nobody may get a text a
second time, no STOP and no reply may be lost, and the rest of the blast leaves when somebody resumes it.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.factories import forge
from tests.factories.audit import blasts_to
from tests.factories.build_city import ORGANIZATION, running_city
from tests.factories.city import BLAST, City, until
from textbank.campaigns import queue_audience
from textbank.consent.wording import opted_out
from textbank.sms.status import ENDED_HERE

PARTS = ("web", "sending", "chores", "schedule")
REPLY = "Who is this?"
OURS = """
select m.id, m.body, m.purpose, r.e164, d.status,
  array(select c.sid from carrier_message c where c.message_id = m.id) as sids,
  (select count(*) from attempt a where a.message_id = m.id and a.outcome = 'accepted') as accepted
from message m join recipient r on r.id = m.recipient_id
left join delivery d on d.message_id = m.id where m.direction = 'out'
"""


@pytest.mark.timeout(300)
async def test_a_copy_restored_in_mid_blast_doubles_nothing_and_forgets_no_stop(
    cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that at the moment of the copy some of the audience have no text here yet.
    monkeypatch.setattr(queue_audience, "BATCH", 500)
    async with running_city(cluster, audience=1600, pace=60) as city:
        city.kill(city.parts["chores"].pid)  # who would queue the rest
        await city.launch(queued_here=1000)
        await until(lambda: sent(city, 150), seconds=60, every=0.2)
        copy = city.directory / "night.backup"
        await run(city, "backup", str(copy))
        known = len(await city.dump())
        # The lost hour.
        city.start_part("chores")
        await city.execute("update sender set segments_per_second = 120")
        await until(lambda: sent(city, 1050), seconds=60, every=0.2)
        await city.execute("update sender set segments_per_second = 10")  # the end finds calls under way
        stopped, replied = city.audience[100:120] + city.audience[1550:1580], city.audience[130:160]
        texts = [(one, "STOP") for one in stopped] + [(one, REPLY) for one in replied]
        await asyncio.gather(*(city.text(phone, words, wait=True) for phone, words in texts))
        await everything_dies(city)
        # Nobody hears these two at all.
        stopped.append(city.audience[1590])
        await city.text(city.audience[1590], "STOP")
        await city.text(city.audience[170], REPLY)
        lost = len(await city.dump()) - known
        assert lost > 300, lost
        assert await unqueued_that_got_it(city, copy), "no audience member was texted only after the copy"
        before = len(await city.wire.log())
        # Everything comes back but the one that reads the carrier's list.
        for part in ("web", "sending", "schedule"):
            city.start_part(part)
        assert await city.text(city.audience[0], "HELP", wait=True)
        await schedule_has_looked(city, times=6)
        assert len(await city.wire.log()) == before, "something left before the list was read"
        city.start_part("chores")
        await until(lambda: hold_is_lifted(city), seconds=90, every=0.5)
        assert BLAST not in {call["body"] for call in (await city.wire.log())[before:]}
        [campaign] = await city.rows("select state, paused_because from campaign")
        assert tuple(campaign) == ("paused", "restored_copy")
        await city.execute("update campaign set state = 'running', paused_because = null")
        await city.hurry()
        await city.until_settled(seconds=90)
        await nothing_is_doubled_or_lost(city, stopped)
        await every_stop_holds(city, stopped)


async def sent(city: City, at_least: int) -> bool:
    return len(blasts_to(await city.wire.log())) >= at_least


async def run(city: City, *arguments: str) -> str:
    code, said = await asyncio.to_thread(
        forge.run, *arguments, environment=city.environment, cwd=city.directory
    )
    assert code == 0, said
    return said


async def everything_dies(city: City) -> None:
    """All but the carrier, in the middle of its calls."""
    await city.calls_in_flight(at_least=1)
    for part in PARTS:
        city.kill(city.parts[part].pid)
    for part in PARTS:
        await asyncio.to_thread(city.parts[part].stop)
    await city.restart_postgres_after_kill()
    await city.restart_valkey_after_kill()


async def unqueued_that_got_it(city: City, copy: Path) -> int:
    """Restore, and count whom the copy does not know to have been given a text, and who has it."""
    await run(city, "restore", str(copy), "--yes")
    rows = await city.rows(
        "select r.e164 from audience_member m join recipient r on r.id = m.recipient_id "
        "where m.message_id is null"
    )
    return len({row["e164"] for row in rows} & set(blasts_to(await city.wire.log())))


async def schedule_has_looked(city: City, times: int) -> None:
    """Wait until the schedule has looked for work that often."""
    beats = set()

    async def looked() -> bool:
        beats.update(await city.rows("select beat_at from part_heartbeat where part = 'schedule'"))
        return len(beats) > times

    await until(looked, seconds=40, every=0.1)


async def hold_is_lifted(city: City) -> bool:
    [account] = await city.rows("select restored_copy_of, held_since from carrier_account")
    return account["restored_copy_of"] is None and account["held_since"] is None


async def nothing_is_doubled_or_lost(city: City, stopped: list[str]) -> None:
    """The carrier's books and ours, line by line."""
    at_carrier = [one for one in await city.dump() if one["direction"] == "outbound-api"]
    got = [(one["to"], one["body"]) for one in at_carrier]
    assert len(got) == len(set(got)), "somebody got the same words twice"
    reached = {to for to, body in got if body == BLAST}
    assert set(city.audience) - set(stopped) <= reached
    carriers = {one["sid"]: one for one in at_carrier}
    ours = await city.rows(OURS)
    filed = [sid for one in ours for sid in one["sids"]]
    assert len(filed) == len(set(filed))
    assert set(filed) == set(carriers)
    for one in ours:
        if one["accepted"]:
            [sid] = one["sids"]
            assert (carriers[sid]["to"], carriers[sid]["body"]) == (one["e164"], one["body"])
        else:
            assert not one["sids"]
            assert one["status"] in ENDED_HERE, dict(one)
    members = await city.rows(
        "select count(*) as all, count(m.message_id) as texts, count(distinct m.message_id) as different "
        "from audience_member m"
    )
    assert [tuple(row) for row in members] == [(1600, 1600, 1600)]


async def every_stop_holds(city: City, stopped: list[str]) -> None:
    """Each text that came in is filed once; who stopped is suppressed, with a reason that can be shown."""
    everything = await city.dump()
    inbound = [one for one in everything if one["direction"] == "inbound"]
    filed = await city.rows(
        "select c.sid from carrier_message c join message m on m.id = c.message_id where m.direction = 'in'"
    )
    assert sorted(row["sid"] for row in filed) == sorted(one["sid"] for one in inbound)
    proven = await city.rows(
        "select r.e164 from suppression s join recipient r on r.id = s.recipient_id "
        "join consent_event e on e.id = s.event_id "
        "where s.lifted_at is null and r.suppressed_at is not null and s.cause = 'stop_text'"
    )
    assert sorted(row["e164"] for row in proven) == sorted(stopped)
    stopped_at = {one["from"]: created(one) for one in inbound if one["body"] == "STOP"}
    late = [
        one
        for one in everything
        if one["direction"] == "outbound-api"
        and created(one) > stopped_at.get(one["to"], float("inf"))
        and one["body"] != opted_out(ORGANIZATION)
    ]
    assert not late, late


def created(one: dict[str, Any]) -> float:
    return float(one["history"][0]["at"])
