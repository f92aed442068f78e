"""PostgreSQL's programs are told where to connect in private, and judged by what they said."""

import io

from textbank.backup.postgres_programs import _environment, _only_a_setting_was_unknown


def test_an_address_becomes_what_postgresqls_programs_read() -> None:
    url = "postgresql+asyncpg://admin:s%40fe@db.example.org:6432/textbank?ssl=require"
    assert _environment(url) == {
        "PGHOST": "db.example.org",
        "PGPORT": "6432",
        "PGUSER": "admin",
        "PGPASSWORD": "s@fe",
        "PGDATABASE": "textbank",
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "10",
    }


def test_a_socket_directory_is_a_host() -> None:
    given = _environment("postgresql+asyncpg://textbank_admin@/textbank?host=/data/socket&port=5433")
    assert (given["PGHOST"], given["PGPORT"]) == ("/data/socket", "5433")


UNKNOWN = b'pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "%s"\n'


def test_a_time_out_that_an_older_server_does_not_have_is_no_failure() -> None:
    tail = b"Command was: SET transaction_timeout = 0;\npg_restore: warning: errors ignored on restore: 1\n"
    assert _only_a_setting_was_unknown(io.BytesIO(UNKNOWN % b"transaction_timeout" + tail))


def test_anything_else_is() -> None:
    both = UNKNOWN % b"transaction_timeout" + b"pg_restore: error: COPY failed for table message\n"
    assert not _only_a_setting_was_unknown(io.BytesIO(both))
    assert not _only_a_setting_was_unknown(io.BytesIO(b""))
