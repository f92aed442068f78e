"""Files of numbers that must not be texted only ever take consent away, however often they are taken."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import hypothesis
import pytest
from hypothesis import strategies as st

from tests.factories.office import Office
from tests.factories.town import Town
from textbank.consent.add_person import NewPerson, Who, add_person
from textbank.consent.basis import answer_of
from textbank.consent.read_stop_file import Kind, Line, NotRead, read_stop_file
from textbank.consent.take_stop_file import Taken, take_stop_file
from textbank.errors import InvalidInput
from textbank.inbound.come_back import come_back

ANN, BEN, CAM, DEE = (f"+1510555012{n}" for n in (3, 4, 5, 6))
STAFF = Who("member 1", "Sam Rivera")
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date()
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date()


async def take(town: Town, path: Path, words: str, kind: Kind = "opt_outs") -> tuple[Taken, list[NotRead]]:
    path = path / "stops.csv"
    path.write_text(words)
    left: list[NotRead] = []
    taken = await take_stop_file(
        town.database, town.organization_id, path, kind, by=STAFF, report=left.append
    )
    return taken, left


async def standing(town: Town, phone: str) -> tuple[bool, bool, set[str]]:
    """Suppressed, dead, and the states of its subscriptions."""
    [(suppressed, dead, states)] = await town.query(
        "select suppressed_at is not null, dead_since is not null, array(select state from subscription s "
        "where s.recipient_id = r.id) from recipient r where e164 = :p",
        p=phone,
    )
    return suppressed, dead, set(states)


async def events(town: Town, kind: str) -> list[dict[str, object]]:
    rows = await town.query(
        "select p.payload from consent_event e join consent_payload p on p.event_id = e.id "
        "where e.kind = :k order by e.id",
        k=kind,
    )
    return [row[0] for row in rows]


async def test_opt_outs_are_taken_once_with_date_and_reason_and_bad_lines_are_told(
    town: Town, tmp_path: Path
) -> None:
    await town.subscribe(ANN, BEN)
    words = (
        "Phone Number,Opted Out At,Notes\n"
        f"(510) 555-0123,2026-03-01,asked by mail\n{DEE},,\n123,2026-01-01,\n{BEN},soon,\n{BEN},{TOMORROW},\n"
    )
    taken, left = await take(town, tmp_path, words)
    assert (taken.lines, dict(taken.became), taken.not_taken) == (5, {"stopped": 2}, 3)
    assert [one.line for one in left] == [4, 5, 6]
    assert "date cannot be read" in left[1].reason
    assert "future" in left[2].reason
    assert await standing(town, ANN) == (True, False, {"unsubscribed"})
    assert await standing(town, BEN) == (False, False, {"subscribed"})
    assert (await standing(town, DEE))[0], "a number that is new here is stopped before anybody adds it"
    said = (await events(town, "opt_out"))[0]
    assert said.items() >= {
        "cause": "import", "file": "stops.csv", "file_date": "2026-03-01", "reason": "asked by mail",
        "line": 2, "by": "member 1", "by_name": "Sam Rivera",
    }.items()  # fmt: skip
    again, _ = await take(town, tmp_path, words)
    assert dict(again.became) == {"already": 2}
    assert len(await events(town, "opt_out")) == 2


async def test_an_old_file_does_not_stop_who_came_back_by_text_and_a_newer_one_does(
    town: Town, tmp_path: Path
) -> None:
    await town.text(ANN, "join")
    old, left = await take(town, tmp_path, f"phone,date\n{ANN},{YESTERDAY}\n")
    assert dict(old.became) == {"came_back": 1}
    assert "came back by a text" in left[0].reason
    assert await standing(town, ANN) == (False, False, {"subscribed"})
    undated, _ = await take(town, tmp_path, f"phone\n{ANN}\n")
    assert dict(undated.became) == {"stopped": 1}


async def test_no_import_of_contacts_and_no_file_revives_anybody(town: Town, tmp_path: Path) -> None:
    await take(town, tmp_path, f"{ANN}\n{BEN}\n")
    answer = answer_of("form", "the fair", "May 2026", "I agree", stated=True)
    for _ in range(2):
        async with town.database.transaction(town.organization_id) as session:
            added = await add_person(
                session, town.organization_id, NewPerson(number=ANN), list_id=town.list_id, answer=answer,
                by=STAFF,
            )  # fmt: skip
        assert added.subscribed == "opted_out"
        for kind, words in (
            ("opt_outs", f"phone,date\n{ANN},2020-01-01\n"),
            ("reassigned", f"phone,date,answer\n{ANN},{YESTERDAY},no\n"),
            ("deactivated", f"{ANN}\n"),
        ):
            await take(town, tmp_path, words, kind)  # type: ignore[arg-type]
        assert await standing(town, ANN) == (True, True, {"unsubscribed"})


async def test_only_their_own_start_ends_what_a_file_began(town: Town, tmp_path: Path) -> None:
    await take(town, tmp_path, f"{ANN}\n")
    await town.execute("update suppression set carrier_time = now() - interval '1 hour'")
    await town.text(ANN, "START")
    await come_back(town.database, town.organization_id, town.carriers)
    assert (await standing(town, ANN))[0] is False


async def test_deactivated_numbers_are_dead_and_off_their_lists_and_unknown_ones_are_not_made(
    town: Town, tmp_path: Path
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch()
    taken, _ = await take(town, tmp_path, f"{ANN}\n{DEE}\n", "deactivated")
    assert dict(taken.became) == {"dead": 1, "unknown": 1}
    assert await standing(town, ANN) == (False, True, {"unsubscribed"})
    assert not await town.query("select 1 from recipient where e164 = :p", p=DEE)
    [said] = await events(town, "dead_number")
    assert (said["file"], said["line"]) == ("stops.csv", 1)
    await town.pump()
    assert await town.received(ANN) == []
    assert len(await town.received(BEN)) == 1
    again, _ = await take(town, tmp_path, f"{ANN}\n", "deactivated")
    assert dict(again.became) == {"already": 1}


async def test_a_reassigned_number_is_a_wrong_one_unless_the_consent_is_newer(
    town: Town, tmp_path: Path
) -> None:
    await town.subscribe(ANN, BEN, CAM)
    await town.execute(
        "update suppression set lifted_at = now()"  # nothing is open; the consent of all three is of today
    )
    words = (
        f"phone,date,reassigned\n{ANN},{TOMORROW - timedelta(days=1)},Yes\n{BEN},{YESTERDAY},yes\n"
        f"{CAM},{YESTERDAY},no data\n{DEE},{YESTERDAY},no\n{CAM},,yes\n{CAM},{YESTERDAY},perhaps\n"
    )
    taken, left = await take(town, tmp_path, words, "reassigned")
    assert dict(taken.became) == {"stopped": 1, "consent_is_newer": 1, "checked": 1, "unknown": 1}
    assert [one.line for one in left] == [6, 7, 3]
    assert await standing(town, ANN) == (True, False, {"unsubscribed"})
    assert await standing(town, BEN) == (False, False, {"subscribed"})
    [stopped] = await events(town, "opt_out")
    assert (stopped["cause"], stopped["rule"]) == ("wrong_number", "reassigned numbers database")
    assert [said["registry_answer"] for said in await events(town, "reassignment_checked")] == [
        "yes",
        "no data",
    ]


async def test_staff_take_a_file_in_and_take_all_stops_away_as_one_that_can_be_taken_again(
    office: Office, tmp_path: Path
) -> None:
    staff, boss = await office.signed_in("organizer"), await office.signed_in("admin")

    def form(words: str, kind: str = "opt_outs") -> aiohttp.FormData:
        sent = aiohttp.FormData()
        sent.add_field("kind", kind)
        sent.add_field("file", words.encode(), filename="old.csv", content_type="text/csv")
        return sent

    assert "Choose a file first" in (await staff.post("/suppressions/file", kind="opt_outs")).text
    nameless = await staff.post("/suppressions/file", form(f"phone\n{ANN}\n", "nothing"))
    assert nameless.status == 422
    no_column = await staff.post("/suppressions/file", form("name,town\nAnn,Oakland\n"))
    assert "Nothing was taken" in no_column.text
    done = await staff.post("/suppressions/file", form(f"phone,reason\n{ANN},=2+2\n12,\n"))
    assert done.status == 200
    assert "stopped now" in done.text
    assert "Lines that were not taken" in done.text
    assert "old.csv" in (await boss.get("/settings/audit")).text

    assert (await staff.get("/suppressions/export.csv")).status == 403
    given = (await boss.get("/suppressions/export.csv")).text
    assert ANN in given
    assert "'=2+2" in given, "a cell must not run as a formula"
    (tmp_path / "given.csv").write_text(given)
    [line] = list(read_stop_file(tmp_path / "given.csv", "opt_outs"))
    assert isinstance(line, Line)
    assert (line.e164, line.reason) == (ANN, "=2+2")


@hypothesis.settings(max_examples=60)
@hypothesis.given(st.text(max_size=200))
def test_any_file_is_read_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, words: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(f"phone,date\n{words}", encoding="utf-8", errors="replace")
    for kind in ("opt_outs", "deactivated"):
        with suppress(InvalidInput):
            assert all(isinstance(one, Line | NotRead) for one in read_stop_file(path, kind))  # type: ignore[arg-type]
