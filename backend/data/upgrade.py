"""Runs migrations. Only `migrate` imports this, and only when there is something to do: Alembic is slow to load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from backend.data.migrate import check_known, connect
from backend.util.errors import SetupProblem

# "blky" in ASCII. Any number does, as long as every version of Blockyard takes the same one.
LOCK = 0x626C6B79


async def upgrade(dsn: str, folder: Path, known: list[str], progress: Callable[[str], None]) -> None:
    """Bring the database to `known[-1]` in one transaction, under a lock that ends with it.

    Raises:
        SetupProblem: a migration failed, or another process has just migrated past `known`.
        Unavailable: the database cannot be reached.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: connect(dsn), poolclass=NullPool
    )
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, folder, known, progress)


def config_for(folder: Path, connection: sa.Connection) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    # The value is %-interpolated.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(
    connection: sa.Connection, folder: Path, known: list[str], progress: Callable[[str], None]
) -> None:
    _lock(connection, progress)
    current = check_known(MigrationContext.configure(connection).get_current_revision(), known)
    pending = known[known.index(current) + 1 :] if current else known
    config = config_for(folder, connection)
    for revision in pending:
        progress(f"Migrating the database: {revision}")
        try:
            command.upgrade(config, revision)
        except Exception as error:
            raise _failed(revision, error) from error
    if pending:
        progress(f"The database is at revision {pending[-1]}")


def _lock(connection: sa.Connection, progress: Callable[[str], None]) -> None:
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))):
        progress("Another process is migrating the database; waiting for it")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def _failed(revision: str, error: Exception) -> SetupProblem:
    reason = error.orig if isinstance(error, DBAPIError) else error
    return SetupProblem(
        f"Migration {revision!r} failed and the database is as it was before: {reason}. "
        "Keep the earlier version running and report this with the text above."
    )
