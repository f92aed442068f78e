"""Embedded PostgreSQL keeps its data through every way of ending, and never outlives its runner."""

import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from textbank.embedded import postgres
from textbank.embedded.postgres import RunningPostgres
from textbank.errors import Conflict, WrongSetup


async def run(url: str, *statements: str) -> list[int]:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(text(statement))
            result = await connection.execute(text(statements[-1]))
            return [row[0] for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


async def keep_a_row(server: RunningPostgres) -> None:
    await run(server.url(), "create table kept (id int)", "insert into kept values (7)")


async def test_data_survive_a_stop_and_a_start(tmp_path: Path) -> None:
    server = postgres.start(tmp_path / "pg")
    await keep_a_row(server)
    assert server.stop() == 0
    again = postgres.start(tmp_path / "pg")
    try:
        assert await run(again.url(), "select id from kept") == [7]
    finally:
        again.stop()


async def test_committed_data_survive_a_killed_postmaster_and_it_can_be_started_at_once(
    tmp_path: Path,
) -> None:
    server = postgres.start(tmp_path / "pg")
    await keep_a_row(server)
    os.kill(server.pid, signal.SIGKILL)
    again = postgres.start(tmp_path / "pg")
    try:
        assert await run(again.url(), "select id from kept") == [7]
    finally:
        again.stop()
        server.stop()


async def test_a_killed_keeper_takes_the_server_with_it_and_leaves_the_data(tmp_path: Path) -> None:
    server = postgres.start(tmp_path / "pg")
    await keep_a_row(server)
    os.kill(server._process.keeper_pid, signal.SIGKILL)
    again = postgres.start(tmp_path / "pg")
    try:
        assert await run(again.url(), "select id from kept") == [7]
    finally:
        again.stop()
        server.stop()


async def test_a_process_id_that_now_belongs_to_somebody_else_does_not_keep_it_from_starting(
    tmp_path: Path,
) -> None:
    server = postgres.start(tmp_path / "pg")
    await keep_a_row(server)
    pid_file = tmp_path / "pg" / "cluster" / "postmaster.pid"
    left_behind = pid_file.read_text().splitlines()
    server.stop()
    # As after a reboot: the file names a process of ours that is alive, and no shared memory is left.
    pid_file.write_text("\n".join([str(os.getppid()), *left_behind[1:]]) + "\n")
    again = postgres.start(tmp_path / "pg", patience=3)
    try:
        assert await run(again.url(), "select id from kept") == [7]
    finally:
        again.stop()


async def test_it_is_utf8_durable_and_reached_by_its_socket_only(tmp_path: Path) -> None:
    server = postgres.start(tmp_path / "pg")
    try:
        for setting, value in {
            "server_encoding": "UTF8",
            "fsync": "on",
            "synchronous_commit": "on",
            "listen_addresses": "",
            "TimeZone": "UTC",
            "data_checksums": "on",
        }.items():
            assert await run(server.url(), f"select current_setting('{setting}')") == [value]
        assert server.socket_directory.stat().st_mode & 0o077 == 0
    finally:
        server.stop()


async def test_a_tcp_port_opens_only_on_request(tmp_path: Path, free_tcp_port: int) -> None:
    server = postgres.start(tmp_path / "pg", fast=True, listen_tcp_port=free_tcp_port)
    try:
        assert await run(server.tcp_url(), "select 1") == [1]
        assert await run(server.url(), "select 1") == [1]
    finally:
        server.stop()


async def test_a_data_path_longer_than_a_socket_path_may_be_works(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-directory-with-a-long-name"] * 6)
    server = postgres.start(deep, fast=True)
    try:
        assert not server.socket_directory.is_relative_to(deep)
        assert await run(server.url(), "select 1") == [1]
    finally:
        server.stop()
        server.socket_directory.rmdir()


def test_a_second_runner_in_this_process_is_refused_and_the_first_unharmed(tmp_path: Path) -> None:
    server = postgres.start(tmp_path / "pg", fast=True)
    try:
        with pytest.raises(Conflict, match=f"process {os.getpid()}"):
            postgres.start(tmp_path / "pg", patience=0.3)
        assert server.poll() is None
    finally:
        server.stop()


def test_data_of_another_version_are_refused_and_left_alone(tmp_path: Path) -> None:
    version = tmp_path / "pg" / "cluster" / "PG_VERSION"
    version.parent.mkdir(parents=True)
    version.write_text("12\n")
    with pytest.raises(WrongSetup, match="from PostgreSQL 12"):
        postgres.start(tmp_path / "pg")
    assert version.read_text() == "12\n"


def test_what_an_interrupted_first_start_left_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "pg" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = postgres.start(tmp_path / "pg", fast=True)
    try:
        assert not half.exists()
    finally:
        server.stop()
