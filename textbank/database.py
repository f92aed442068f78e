"""Connections, roles and transactions. Nothing outside this module commits.

Two log-ins are used while Textbank runs. `textbank_app` lives under row-level security: each of its
transactions names one organization and sees no other. `textbank_system` sees all organizations and is
used by `across.py` and `installation.py` alone. Both are checked at start-up, because a log-in that is
quietly a superuser would make every policy a decoration (promise 5).
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from textbank.driver import Connection, enter, watch
from textbank.errors import WrongSetup
from textbank.settings import APP_ROLE, SYSTEM_ROLE, Settings

log = logging.getLogger(__name__)
T = TypeVar("T")

AFTER_COMMIT = "after_commit"
"""Key in `session.info`: callables that `transaction` runs once the commit has succeeded."""

FOLLOW_COMMIT = "follow_commit"
"""Key in `session.info`: what `transaction` awaits after those, and may not fail unnoticed."""

_WHO = sa.text(
    "select current_user, session_user, rolsuper or rolbypassrls, rolsuper "
    "from pg_roles where rolname = current_user"
)


class Database:
    """The two engines of one process. Make it once per process, inside its event loop."""

    def __init__(
        self,
        app_url: str,
        system_url: str,
        *,
        pool_size: int = 10,
        statement_seconds: float = 10.0,
        connect_seconds: float = 5.0,
    ) -> None:
        # A statement that hangs (a black-holed connection) must not hold a webhook past the carrier's
        # fifteen seconds; connecting must fail fast, so that the carrier is answered 503 and retries.
        arguments = {
            "command_timeout": statement_seconds,
            "timeout": connect_seconds,
            "connection_class": Connection,
            # No statement of ours needs to read a table from end to end (promise 9), but right after an
            # import or a launch PostgreSQL has no statistics yet and thinks that big tables are empty:
            # its foreign key checks then read them whole, once a row.
            "server_settings": {"application_name": "textbank", "enable_seqscan": "off"},
        }
        # The last connection given back is taken first: its PostgreSQL process has plans and rows at hand.
        self.app: AsyncEngine = create_async_engine(
            app_url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            pool_use_lifo=True,
            connect_args=arguments,
        )
        watch(self.app)
        self.across: AsyncEngine = create_async_engine(
            system_url, pool_size=2, max_overflow=4, pool_timeout=5, connect_args=arguments
        )

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        pool_size: int = 10,
        statement_seconds: float = 10.0,
        connect_seconds: float = 5.0,
    ) -> "Database":
        """The engines for `DATABASE_URL`, each with its own role."""
        return cls(
            settings.role_url(APP_ROLE),
            settings.role_url(SYSTEM_ROLE),
            pool_size=pool_size,
            statement_seconds=statement_seconds,
            connect_seconds=connect_seconds,
        )

    @asynccontextmanager
    async def transaction(self, organization_id: int) -> AsyncIterator[AsyncSession]:
        """One transaction that sees one organization; committed when the block ends without an error.

        What was registered under `AFTER_COMMIT` runs afterwards; it is best effort by design (a
        doorbell), and its failure is logged and swallowed, because the work itself is committed.
        What was registered under `FOLLOW_COMMIT` is awaited last; its error reaches the caller.
        """
        async with AsyncSession(self.app, expire_on_commit=False) as session:
            await enter(session, organization_id)
            yield session
            await session.commit()
        await _run_after_commit(session)
        for step in session.info.pop(FOLLOW_COMMIT, ()):
            await step()

    async def idempotent(self, organization_id: int, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run `work` in a transaction, and once more if the connection broke or it met a deadlock.

        After a restart of PostgreSQL each pooled connection fails once. `work` may already have been
        committed when the break is noticed, so it must be harmless to repeat.
        """
        for last in (False, True):
            try:
                async with self.transaction(organization_id) as session:
                    return await work(session)
            except TimeoutError:
                raise  # a database that hangs would hang again, and the carrier waits 15 seconds in all
            except (DBAPIError, OSError) as error:
                if last or not (connection_broke(error) or was_deadlocked(error)):
                    raise
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def system(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees every organization. For `across.py` and `installation.py` only."""
        async with self.across.begin() as connection:
            yield connection

    async def check_roles(self) -> None:
        """Refuse to go on with log-ins that are not the ones row-level security was written for."""
        for engine, role, may_bypass in ((self.app, APP_ROLE, False), (self.across, SYSTEM_ROLE, True)):
            async with engine.connect() as connection:
                current, session, bypasses, superuser = (await connection.execute(_WHO)).one()
            if current != role or session != role or superuser or bypasses != may_bypass:
                raise WrongSetup(
                    f"Textbank would be working as the database role {session!r}, which is not a proper "
                    f"{role!r}: it could see across organizations. Nothing was started. Run "
                    "`textbank migrate` with an administrator's DATABASE_URL; it makes the right roles."
                )

    async def close(self) -> None:
        """Give every connection back."""
        await self.app.dispose()
        await self.across.dispose()


def attempt(session: AsyncSession) -> AbstractAsyncContextManager[Any]:
    """A part that may be refused (a name that is taken): what it wrote is undone, the transaction goes on."""
    return session.begin_nested()


def after_commit(session: AsyncSession, act: Callable[[], Any]) -> None:
    """Have `act` (plain or async) run once this transaction is committed, and not otherwise."""
    session.info.setdefault(AFTER_COMMIT, []).append(act)


def follow_commit(session: AsyncSession, step: Callable[[], Awaitable[None]]) -> None:
    """Have `step` awaited once this transaction is committed, holding no connection of its own.

    Unlike a doorbell it belongs to what the caller promises: if it raises, the caller hears of it, and must
    say that the work is kept all the same.
    """
    session.info.setdefault(FOLLOW_COMMIT, []).append(step)


async def _run_after_commit(session: AsyncSession) -> None:
    for act in session.info.pop(AFTER_COMMIT, ()):
        try:
            result = act()
            if hasattr(result, "__await__"):
                await result
        except Exception:
            log.exception("what should follow a commit failed; the database poll makes up for it")


def was_deadlocked(error: BaseException) -> bool:
    """Whether PostgreSQL ended this transaction to let another one go on."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "40P01"


def connection_broke(error: BaseException) -> bool:
    """Whether PostgreSQL went away under a statement, as opposed to refusing it."""
    if isinstance(error, OSError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
