"""The database of this process: opened and migrated, with an engine for queries and connections for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from backend.data.away import is_away
from backend.data.embedded import EmbeddedServer, open_embedded
from backend.data.migrate import migrate
from backend.util.errors import SetupProblem, Unavailable
from backend.util.settings import Settings

OLDEST_SERVER = 150_000
"""PostgreSQL 15, as `server_version_num` says it."""


def _silent(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Database:
    """`engine` pools connections for ordinary queries; `connect` gives one of its own."""

    dsn: str
    engine: AsyncEngine
    embedded: EmbeddedServer | None = None

    async def connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of its own, for the journal, the queue and LISTEN."""
        connection = await asyncpg.connect(self.dsn, timeout=30)
        await connection.execute("SET jit = off")
        return connection

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction.

        Raises:
            Unavailable: the database is away; nothing was stored.
        """
        try:
            async with self.engine.begin() as connection:
                yield connection
        except Exception as error:
            if is_away(error):
                raise Unavailable(
                    "The database is away; nothing was stored. Try again in a moment."
                ) from error
            raise

    @asynccontextmanager
    async def raw(self) -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
        """A pooled connection as asyncpg's own, for reading many rows.

        Raises:
            Unavailable: the database is away.
        """
        try:
            async with self.engine.connect() as connection:
                pooled = await connection.get_raw_connection()
                yield cast("asyncpg.Connection[asyncpg.Record]", pooled.driver_connection)
        except Exception as error:
            if is_away(error):
                raise Unavailable("The database is away. Try again in a moment.") from error
            raise

    async def close(self) -> None:
        """Give everything back; the last process out stops an embedded server."""
        await self.engine.dispose()
        if self.embedded is not None:
            await asyncio.to_thread(self.embedded.close)


async def open_database(settings: Settings, *, progress: Callable[[str], None] = _silent) -> Database:
    """Open the database of `settings`, the embedded one unless DATABASE_URL names another, and migrate it.

    Raises:
        SetupProblem: it cannot be started, is too old or too new; the message has the cure.
        Unavailable: it cannot be reached.
    """
    embedded = None
    if not settings.database_url:
        embedded = await asyncio.to_thread(open_embedded, settings.data_dir, progress=progress)
    dsn = embedded.dsn if embedded else settings.database_url
    try:
        if embedded is None:
            await _check_server(dsn)
        await migrate(dsn, progress=progress)
    except BaseException:
        if embedded is not None:
            await asyncio.to_thread(embedded.close)
        raise
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(dsn, timeout=30),
        pool_size=4,
        max_overflow=6,
        pool_pre_ping=True,
    )
    return Database(dsn, engine, embedded)


async def _check_server(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=30)
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        raise Unavailable(
            f"The database that DATABASE_URL names cannot be reached: {error}. "
            "Check host, port, user and password, and that the server runs."
        ) from error
    try:
        version = int(await connection.fetchval("SHOW server_version_num"))
    finally:
        await connection.close()
    if version < OLDEST_SERVER:
        raise SetupProblem(
            f"The database server is PostgreSQL {version // 10_000}; Blockyard needs 15 or newer. "
            "Point DATABASE_URL at a newer server, or leave it empty for the embedded one."
        )
