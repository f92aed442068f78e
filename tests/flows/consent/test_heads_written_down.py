"""Heads of the chain are written down outside the database, and a chain made anew does not pass them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.office import Office
from tests.factories.town import Town
from textbank import clock
from textbank.backup.write_heads import heads_file, read_heads, write_heads
from textbank.consent.seal import seal
from textbank.consent.verify import Verification, verify
from textbank.errors import InvalidInput

ANN = "+15105550123"


async def sealed(town: Town) -> int:
    async with town.database.transaction(town.organization_id) as session:
        return await seal(session, town.organization_id)


async def checked(town: Town, path: Path) -> Verification:
    async with town.database.transaction(town.organization_id) as session:
        return await verify(session, town.organization_id, read_heads(path))


async def test_a_chain_made_anew_does_not_pass_the_head_that_was_written_down(
    town: Town, admin: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = heads_file(tmp_path, town.organization_id)
    assert await write_heads(town.database, tmp_path) == 0, "nothing is sealed yet"
    await town.text(ANN, "join")
    await sealed(town)
    assert await write_heads(town.database, tmp_path) == 1
    assert await write_heads(town.database, tmp_path) == 0, "once a day is enough"
    await town.text(ANN, "stop")
    await sealed(town)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert await write_heads(town.database, tmp_path) == 1
    monkeypatch.undo()
    assert [head.position for head in read_heads(path)] == [1, 2]
    assert [head.position for head in read_heads(path, most=1)] == [2]
    found = await checked(town, path)
    assert (found.holds, found.compared, found.unsealed) == (True, 2, 0)

    # Somebody with the database in hand changes a moment, and seals everything anew.
    async with admin.begin() as connection:
        await connection.execute(sa.text("set session_replication_role = replica"))
        await connection.execute(
            sa.text("update consent_event set recorded_at = recorded_at - interval '1 day'")
        )
        await connection.execute(
            sa.text(
                "insert into consent_unsealed (organization_id, event_id) "
                "select organization_id, id from consent_event"
            )
        )
        await connection.execute(sa.text("delete from consent_link"))
    await sealed(town)
    async with town.database.transaction(town.organization_id) as session:
        assert (await verify(session, town.organization_id)).holds, "by itself it looks whole"
    faults = (await checked(town, path)).faults
    assert len(faults) == 2
    assert "the chain was made anew" in faults[0]


async def test_a_chain_that_lost_its_end_is_shorter_than_what_was_written_down(
    town: Town, admin: AsyncEngine, tmp_path: Path
) -> None:
    await town.text(ANN, "join")
    await town.text(ANN, "stop")
    await sealed(town)
    await write_heads(town.database, tmp_path)
    async with admin.begin() as connection:
        await connection.execute(sa.text("set session_replication_role = replica"))
        await connection.execute(sa.text("delete from consent_link where position = 2"))
        await connection.execute(
            sa.text(
                "insert into consent_unsealed (organization_id, event_id) "
                "select organization_id, max(id) from consent_event group by 1"
            )
        )
    [fault] = (await checked(town, heads_file(tmp_path, town.organization_id))).faults
    assert fault.startswith("the chain ends at link 1, but the head of link 2 was written down")


async def test_the_unsealed_tail_is_reported_and_its_words_are_checked(
    town: Town, admin: AsyncEngine, tmp_path: Path
) -> None:
    await town.text(ANN, "join")
    found = await checked(town, tmp_path / "none")
    assert (found.holds, found.sealed, found.unsealed) == (True, 0, 1)
    assert found.unsealed_since is not None
    async with admin.begin() as connection:
        await connection.execute(sa.text("set session_replication_role = replica"))
        await connection.execute(
            sa.text('update consent_payload set payload = payload || \'{"words": "no"}\'')
        )
    assert "are not the ones" in (await checked(town, tmp_path / "none")).faults[0]


async def test_admins_see_the_heads_and_take_them_away(office: Office, tmp_path: Path) -> None:
    town = office.town
    town.settings.textbank_data = town.web.state.parts.settings.textbank_data = tmp_path
    staff = await office.signed_in("admin")
    assert "No head yet" in (await staff.get("/settings/ledger")).text
    assert (await staff.get("/settings/ledger/heads.jsonl")).text == ""
    await town.text(ANN, "join")
    await sealed(town)
    await write_heads(town.database, tmp_path)
    [line] = (await staff.get("/settings/ledger/heads.jsonl")).text.splitlines()
    said = json.loads(line)
    assert (said["organization"], said["position"]) == ("Riverside Tenants Union", 1)
    assert said["head"] in (await staff.get("/settings/ledger")).text


def test_a_half_written_line_is_no_head_and_a_strange_file_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    path.write_text('{"at": "2026-11-01T00:00:00+00:00", "position": 1, "head": "ab"}\n{"at": "2026-11-02T0')
    assert [head.position for head in read_heads(path)] == [1]
    path.write_text('{"colour": "red"}\n')
    with pytest.raises(InvalidInput, match="no file of heads"):
        read_heads(path)
