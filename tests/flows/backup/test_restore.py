"""`textbank restore` as an operator runs it: what it refuses, keeps, moves aside and holds."""

import asyncio
import json
import stat
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories.installation import NAME, Installation, another, change_manifest
from textbank import migrations
from textbank.accounts.cipher import Cipher
from textbank.embedded import lock, postgres, secret_file
from textbank.migrations.migrate import stamp
from textbank.migrations.roles import ensure_roles
from textbank.settings import Settings


def test_a_copy_becomes_an_installation_on_another_machine(installation: Installation, place: Path) -> None:
    file = installation.backup()
    other = another(place)
    code, said = other.run_unforged("restore", str(file))
    assert code == 0, said
    assert "for simulated texts" in said
    assert (other.data / "secret").read_bytes() == (installation.data / "secret").read_bytes()
    assert stat.S_IMODE((other.data / "secret").stat().st_mode) == 0o600
    [(name, token)] = other.sql("select o.name, a.auth_token from organization o, carrier_account a")
    assert name == NAME
    assert Cipher(other.settings).decrypt(bytes(token)) == "the token"  # type: ignore[arg-type]


def test_everything_is_held_campaigns_are_paused_and_no_id_is_given_twice(
    installation: Installation,
) -> None:
    installation.sql("insert into part_heartbeat values ('worker')")
    file = installation.backup()
    code, said = installation.run("restore", str(file), "--yes")
    assert code == 0, said
    [(restored, held, ended)] = installation.sql(
        "select restored_copy_of is not null, held_since <= restored_copy_of, "
        "gap_ended_at > restored_copy_of and heard_at < restored_copy_of - interval '20 seconds' "
        "from carrier_account"
    )
    assert (restored, held, ended) == (True, True, True)
    [(last,)] = installation.sql("select min(last_value) from pg_sequences where last_value is not null")
    assert isinstance(last, int)
    assert last > 100_000_000
    assert installation.sql("select action from audit_event order by id desc limit 1") == [
        ("database.restored",)
    ]


def test_passwords_stay_and_sign_ins_and_open_invites_end(installation: Installation) -> None:
    installation.sql(
        """
        with member as (
          insert into member (organization_id, name, email, password_hash, role)
          select id, 'Ann', 'ann@riverside.example', 'scrambled', 'owner' from organization
          returning organization_id, id),
        browser as (
          insert into sign_in (organization_id, member_id, digest)
          select organization_id, id, 'a' from member)
        insert into invite (organization_id, digest, role, expires_at, head_count, used, revoked_at)
        select organization_id, v.digest, 'texter', now() + interval '1 day' * v.days, 2, v.used, v.revoked
        from member, (values ('open'::bytea, 5, 1, null::timestamptz), ('used', 5, 2, null),
          ('over', -1, 0, null), ('gone', 5, 0, '2026-01-01')) v (digest, days, used, revoked)
        """
    )
    file = installation.backup()
    code, said = installation.run("restore", str(file), "--yes")
    assert code == 0, said
    assert "Everybody is signed out; passwords are what they were when the copy was made." in said
    assert "An invite that was open is taken back: make a new one for whoever still needs it." in said
    assert installation.sql("select count(*) from sign_in where ended_at is null") == [(0,)]
    assert installation.sql("select password_hash from member") == [("scrambled",)]
    assert installation.sql(
        "select convert_from(digest, 'utf8'), revoked_at > now() - interval '1 hour' from invite order by id"
    ) == [("open", True), ("used", None), ("over", None), ("gone", False)]


def test_a_database_that_is_not_empty_is_kept_and_moved_aside_only_with_yes(
    installation: Installation,
) -> None:
    file = installation.backup()
    installation.sql("update organization set name = 'Renamed since'")
    code, said = installation.run("restore", str(file))
    assert code == 1
    assert "is not empty. Nothing was changed. With --yes it is moved aside" in said
    assert installation.sql("select name from organization") == [("Renamed since",)]
    code, said = installation.run("restore", str(file), "--yes")
    assert code == 0, said
    [(aside,)] = installation.sql("select datname from pg_database where datname like 'textbank_before_%'")
    assert str(aside) in said
    assert installation.sql("select name from organization") == [(NAME,)]
    assert installation.sql("select name from organization", str(aside)) == [("Renamed since",)]


def test_nothing_is_restored_while_textbank_runs(installation: Installation) -> None:
    file = installation.backup()
    held = lock.hold(installation.data, "textbank up")
    try:
        code, said = installation.run("restore", str(file), "--yes")
    finally:
        held.release()
    assert code == 1
    assert "is in use by process" in said
    assert "textbank up" in said


def test_another_secret_is_never_overwritten(installation: Installation, place: Path) -> None:
    file = installation.backup()
    other = another(place)
    secret_file.ensure(other.data)
    before = (other.data / "secret").read_bytes()
    code, said = other.run("restore", str(file))
    assert code == 1
    assert "another secret" in said
    assert f"mv {other.data / 'secret'}" in said
    assert (other.data / "secret").read_bytes() == before
    code, said = other.run("restore", str(file), TEXTBANK_SECRET_KEY="typed wrongly")
    assert code == 1
    assert "TEXTBANK_SECRET_KEY" in said


def test_simulated_and_live_are_never_mixed(installation: Installation, place: Path) -> None:
    file = installation.backup()
    code, said = another(place).run("restore", str(file), TEXTBANK_MODE="live")
    assert code == 1
    assert "The copy is of simulated texts" in said
    change_manifest(file, lambda manifest: manifest.update(mode="live"))
    code, said = installation.run("restore", str(file), "--yes")
    assert code == 1
    assert "the database here was made for simulated" in said


@pytest.mark.parametrize("harm", ["cut", "changed", "other", "empty", "absent"])
def test_a_damaged_copy_is_refused_before_anything_is_touched(
    installation: Installation, place: Path, harm: str
) -> None:
    file = installation.backup()
    content = file.read_bytes()
    match harm:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "changed":
            change_manifest(file, lambda manifest: manifest.update(database_sha256="0" * 64))
        case "other":
            file.write_text("a letter")
        case "empty":
            file.write_bytes(b"")
        case _:
            file.unlink()
    other = another(place)
    code, said = other.run("restore", str(file))
    assert code == 1
    assert "Nothing was changed." in said
    assert not other.data.exists()


def test_a_copy_of_an_older_textbank_is_brought_up_to_date(place: Path) -> None:
    old = another(place)
    secret_file.ensure(old.data)
    server = postgres.start(old.data / "postgres", fast=True)
    try:
        asyncio.run(make_schema(server.url(), old.settings, "0003"))
    finally:
        server.stop()
    file = old.backup()
    code, said = old.run("restore", str(file), "--yes")
    assert code == 0, said
    assert old.sql("select name, to_regclass('backup_copy')::text from organization") == [
        (NAME, "backup_copy")
    ]


async def make_schema(url: str, settings: Settings, revision: str) -> None:
    """A database as an earlier Textbank left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await ensure_roles(connection, settings)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
        await stamp(connection, "simulated")
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("insert into organization (name, help_contact) values (:name, '')"), {"name": NAME}
        )
    await engine.dispose()


def test_a_copy_of_a_newer_textbank_is_refused(installation: Installation, place: Path) -> None:
    file = installation.backup()
    change_manifest(file, lambda manifest: manifest.update(schema="9999"))
    code, said = another(place).run("restore", str(file))
    assert code == 1
    assert "made by a newer Textbank" in said


def test_a_restore_that_fails_half_way_changes_nothing(installation: Installation) -> None:
    """The dump is not PostgreSQL's, and the manifest says that it is right."""
    import hashlib

    file = installation.backup()
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["database.dump"] = entries["database.dump"][:5000] + bytes(5000)
    manifest = json.loads(entries["manifest.json"])
    manifest["database_sha256"] = hashlib.sha256(entries["database.dump"]).hexdigest()
    entries["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    code, said = installation.run("restore", str(file), "--yes")
    assert code == 1
    assert "did not take the copy" in said
    assert installation.sql("select name from organization") == [(NAME,)]
    assert installation.sql("select datname from pg_database where datname like 'textbank_%'") == []
