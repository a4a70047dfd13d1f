"""What a running process has, and how it is opened: the database, the worker, the catalogue."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.blocks import Catalogue, catalogue
from backend.data.db import Database, open_database
from backend.data.user_store import ensure_local_user
from backend.executor.worker import Worker
from backend.util.settings import Settings


@dataclass(frozen=True, slots=True)
class App:
    """What a running process has."""

    settings: Settings
    database: Database
    worker: Worker
    catalogue: Catalogue


def _silent(_: str) -> None:
    """Tell nobody."""


@asynccontextmanager
async def open_app(
    settings: Settings, *, takes_queued: bool = True, progress: Callable[[str], None] = _silent
) -> AsyncGenerator[App]:
    """Open the database, start a worker, and end both in order.

    `takes_queued=False` executes only what this process accepts: for `blockyard run`.

    Raises:
        SetupProblem, Unavailable: the message says what to do.
    """
    database = await open_database(settings, progress=progress)
    try:
        async with database.begin() as connection:
            await ensure_local_user(connection)
        blocks = catalogue()
        worker = Worker(database, settings, blocks.find)
        async with worker.at_work(takes_queued=takes_queued):
            yield App(settings, database, worker, blocks)
    finally:
        await database.close()
