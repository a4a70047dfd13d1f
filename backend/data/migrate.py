"""Brings a database to the version of this code: nothing to do is a few ms, and imports no Alembic.

A revision is the stem of its file in `backend/migrations/versions` and they are one line, so the newest
name is the head.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import asyncpg

from backend.util.errors import SetupProblem, Unavailable

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

CONNECT_TIMEOUT_S = 30


def known_revisions(folder: Path = MIGRATIONS) -> list[str]:
    """The revisions that this code has, oldest first."""
    return sorted(file.stem for file in (folder / "versions").glob("[0-9]*.py"))


def _silent(_: str) -> None:
    """Tell nobody."""


async def migrate(dsn: str, *, progress: Callable[[str], None] = _silent, folder: Path = MIGRATIONS) -> None:
    """Run what is missing, all in one transaction; a second process waits and then finds nothing to do.

    `progress` gets a line for a person before and after each step, and when it has to wait.

    Raises:
        SetupProblem: the database is newer than this code, a migration failed (nothing of it stays), or
            the address cannot be read.
        Unavailable: the database cannot be reached.
    """
    known = known_revisions(folder)
    if await current_revision(dsn, known) == known[-1]:
        return
    from backend.data.upgrade import upgrade

    await upgrade(dsn, folder, known, progress)


async def current_revision(dsn: str, known: list[str]) -> str | None:
    """The revision of the database, None if it has never been migrated.

    Raises:
        SetupProblem: a revision that is not `known`, or an address that cannot be read.
        Unavailable: the database cannot be reached.
    """
    connection = await connect(dsn)
    try:
        found = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return check_known(None if found is None else str(found), known)


async def connect(dsn: str) -> asyncpg.Connection[asyncpg.Record]:
    """A connection of its own.

    Raises:
        SetupProblem: the address cannot be read.
        Unavailable: nobody answers, or the server refuses.
    """
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S)
    except (ValueError, asyncpg.InterfaceError) as error:
        cure = "Write it as postgresql://user:password@host:port/name."
        raise SetupProblem(f"DATABASE_URL is no address of a database: {error}. {cure}") from error
    except (OSError, asyncpg.PostgresError) as error:
        cure = "Check that PostgreSQL runs and that DATABASE_URL names it."
        raise Unavailable(f"The database cannot be reached: {error}. {cure}") from error


def check_known(found: str | None, known: list[str]) -> str | None:
    """`found`, if this code has it.

    Raises:
        SetupProblem: the database was migrated by a newer version.
    """
    if found is not None and found not in known:
        raise SetupProblem(
            f"The database is at revision {found!r}, which this version of Blockyard does not know "
            f"(its newest is {known[-1]!r}). Start the newer version that was used last, or restore "
            "a backup from before it."
        )
    return found
