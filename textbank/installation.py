"""What belongs to the installation and to no organization: its stamp, its organizations, who may sign in.

Asked as the role that sees across organizations, like `across.py`, and like there identities are all that is
told.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from textbank.database import Database
from textbank.settings import Mode


@dataclass(frozen=True, slots=True)
class LogIn:
    """A member that an e-mail address could be, before the password is looked at."""

    organization_id: int
    organization_name: str
    member_id: int
    password_hash: str | None
    locked: bool


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The newest link of an organization's chain."""

    organization_id: int
    organization: str
    position: int
    head: bytes
    sealed_at: datetime


_LOG_INS = sa.text(
    "select m.organization_id, o.name, m.id, m.password_hash, coalesce(m.locked_until > now(), false) "
    "from member m join organization o on o.id = m.organization_id "
    "where m.email = :email and m.disabled_at is null order by m.organization_id limit 20"
)
_MODE = sa.text("select mode from installation")


async def log_ins_of(database: Database, email: str) -> list[LogIn]:
    """The members with this e-mail address, in whatever organization: signing in does not name one."""
    async with database.system() as connection:
        return [LogIn(*row) for row in await connection.execute(_LOG_INS, {"email": email})]


async def mode(database: Database) -> Mode | None:
    """Whether the database was made for simulated or live texts; None before the first migration."""
    async with database.system() as connection:
        stamped: Mode | None = (await connection.execute(_MODE)).scalar_one_or_none()
        return stamped


async def insert_organization(database: Database, name: str, help_contact: str) -> int:
    """Make the organization's own row, which no organization's transaction could."""
    async with database.system() as connection:
        made: int = (
            await connection.execute(
                sa.text(
                    "insert into organization (name, help_contact) values (:name, :help_contact) returning id"
                ),
                {"name": name, "help_contact": help_contact},
            )
        ).scalar_one()
        return made


async def organization_named(database: Database, name: str) -> int | None:
    """The organization with this name; for the command line, which names its organization."""
    async with database.system() as connection:
        return (
            await connection.execute(
                sa.text("select id from organization where name = :name"), {"name": name}
            )
        ).scalar_one_or_none()


async def organizations(database: Database) -> list[tuple[int, str]]:
    """(id, name) of every organization; for the command line."""
    async with database.system() as connection:
        rows = await connection.execute(sa.text("select id, name from organization order by id"))
        return [(row[0], row[1]) for row in rows]


_LEDGER_HEADS = sa.text(
    "select o.id, o.name, l.position, l.head, l.sealed_at from organization o cross join lateral "
    "(select position, head, sealed_at from consent_link where organization_id = o.id "
    "order by position desc limit 1) l order by o.id"
)
_MADE_AT = sa.text("select made_at from installation")


async def ledger_heads(database: Database) -> list[LedgerHead]:
    """The newest head of every organization's ledger that has one, to be written down elsewhere."""
    async with database.system() as connection:
        return [LedgerHead(*row) for row in await connection.execute(_LEDGER_HEADS)]


async def made_at(database: Database) -> datetime:
    """When this database was made: what tells it from another one that once stood in its place."""
    async with database.system() as connection:
        made: datetime = (await connection.execute(_MADE_AT)).scalar_one()
        return made
