"""The books after a fault: the carrier's, the proxy's and ours, compared line by line."""

from collections import Counter, defaultdict
from typing import Any

from tests.factories.city import BLAST, City, until
from textbank.sms.status import ENDED_HERE, RANK

_OURS = """
select m.id, m.purpose, m.body, r.e164, d.status, d.rank,
  a.accepted, c.sids
from message m join recipient r on r.id = m.recipient_id
left join delivery d on d.message_id = m.id
left join (select message_id, count(*) filter (where outcome = 'accepted') as accepted from attempt
  group by message_id) a on a.message_id = m.id
left join (select message_id, array_agg(sid) as sids from carrier_message group by message_id) c
  on c.message_id = m.id
where m.direction = 'out'
"""
_KNOWN_NOT_THERE = ("not_sent", "refused", "absent")


async def assert_nothing_lost_or_doubled(city: City, *, callbacks_arrive: bool = True) -> Counter[str]:
    """Compare everything; returns how many of our texts ended in which status.

    `callbacks_arrive=False` is for runs in which callbacks were lost: a status may then stand behind the
    carrier's, but never before it.
    """
    assert await city.waiting() == {"outbox": 0, "open": 0, "campaigns": 0}
    at_carrier = [one for one in await city.dump() if one["direction"] == "outbound-api"]
    log = await city.wire.log()
    ours = await city.rows(_OURS)
    _no_number_got_the_same_words_twice(at_carrier)
    await _no_attempt_was_written_twice(city, log)
    _every_text_of_ours_is_accounted_for(ours, at_carrier)
    assert {one["e164"] for one in ours if one["purpose"] == "blast"} == set(city.audience)
    if callbacks_arrive:
        await _statuses_agree(city)
    else:
        _no_status_runs_ahead(ours, {one["sid"]: one for one in at_carrier})
    moved_back = await city.rows(
        "select * from watched_moves where rank < old_rank or (old_rank >= 4 and rank <= old_rank)"
    )
    assert not moved_back, moved_back
    return Counter(one["status"] for one in await city.rows(_OURS))


def _no_number_got_the_same_words_twice(at_carrier: list[dict[str, Any]]) -> None:
    times = Counter((one["to"], one["body"]) for one in at_carrier)
    doubled = {what: count for what, count in times.items() if count > 1}
    assert not doubled, doubled


async def _no_attempt_was_written_twice(city: City, log: list[dict[str, Any]]) -> None:
    """Two requests for one text are right only if the earlier one is known not to have arrived."""
    assert all(seen["attempt_id"] for seen in log if seen["ended"] and seen["forwarded"])
    by_message: dict[int, list[int]] = defaultdict(list)
    for seen in log:
        if seen["attempt_id"]:  # else it was torn before its body came
            by_message[seen["message_id"]].append(seen["attempt_id"])
    written = [attempt for attempts in by_message.values() for attempt in attempts]
    assert len(written) == len(set(written)), "one permit was used twice"
    outcomes = {
        row["id"]: row["outcome"]
        for row in await city.rows("select id, outcome from attempt where id = any($1)", written)
    }
    assert set(outcomes) == set(written), "a call was made without a permit on record"
    for message, attempts in by_message.items():
        for earlier in attempts[:-1]:
            assert outcomes[earlier] in _KNOWN_NOT_THERE, (message, attempts, outcomes[earlier])


def _every_text_of_ours_is_accounted_for(ours: list[Any], at_carrier: list[dict[str, Any]]) -> None:
    carriers = {one["sid"]: one for one in at_carrier}
    filed = [sid for one in ours for sid in one["sids"] or ()]
    assert len(filed) == len(set(filed)), "one of the carrier's ids is filed twice"
    assert set(filed) == set(carriers), {
        "filed, not at the carrier": len(set(filed) - set(carriers)),
        "at the carrier, not filed": [carriers[sid] for sid in set(carriers) - set(filed)][:5],
    }
    for one in ours:
        if one["accepted"]:
            assert one["accepted"] == 1
            assert len(one["sids"] or ()) == 1, dict(one)
            theirs = carriers[one["sids"][0]]
            assert (theirs["to"], theirs["body"]) == (one["e164"], one["body"])
            assert f"&m={one['id']}&" in theirs["callback"], (dict(one), theirs)
        else:
            assert not one["sids"], dict(one)
            assert one["status"] in ENDED_HERE, dict(one)


async def _statuses_agree(city: City) -> None:
    different: list[Any] = []

    async def agree() -> bool:
        carriers = {one["sid"]: one for one in await city.dump()}
        different[:] = [
            (dict(one), carriers[one["sids"][0]]["history"])
            for one in await city.rows(_OURS)
            if one["sids"] and carriers[one["sids"][0]]["status"] != one["status"]
        ]
        return not different

    try:
        await until(agree, seconds=60, every=0.5)
    except TimeoutError:
        raise AssertionError(f"{len(different)} statuses differ: {different[:3]}") from None


def _no_status_runs_ahead(ours: list[Any], carriers: dict[str, dict[str, Any]]) -> None:
    for one in ours:
        if one["sids"]:
            assert one["rank"] <= RANK[carriers[one["sids"][0]]["status"]], dict(one)


def blasts_to(log: list[dict[str, Any]]) -> dict[str, list[float]]:
    """When the first byte of each blast text left, by number."""
    times: dict[str, list[float]] = defaultdict(list)
    for seen in log:
        if seen["body"] == BLAST:
            times[seen["to"]].append(seen["first_byte_at"])
    return times
