"""What a running process has, and how it is opened: the database, the worker, the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from backend.blocks import Catalogue, catalogue
from backend.data.db import Database, open_database
from backend.data.user_store import ensure_local_user
from backend.data.vault import Vault, open_vault
from backend.executor.triggers.keeper import Keeper
from backend.executor.triggers.polls import Polls
from backend.executor.triggers.schedules import Schedules
from backend.executor.worker import Worker
from backend.integrations.credentials_store import StoredCredentials
from backend.integrations.oauth.refresh import Refresher
from backend.util.settings import Settings
from backend.util.telemetry import Tracing, open_tracing
from backend.util.version import own_version


@dataclass(frozen=True, slots=True)
class App:
    """What a running process has."""

    settings: Settings
    database: Database
    worker: Worker
    catalogue: Catalogue
    vault: Vault
    credentials: StoredCredentials
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process ends: whoever watches something is to be let go."""
    tracing: Tracing | None = None
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    """Set before that: requests are still taken, and this process is no longer ready."""


def _silent(_: str) -> None:
    """Tell nobody."""


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    takes_queued: bool = True,
    progress: Callable[[str], None] = _silent,
    load_blocks: Callable[[], Catalogue] = catalogue,
) -> AsyncGenerator[App]:
    """Open the database, start a worker, and end both in order.

    `takes_queued=False` executes only what this process accepts: for `blockyard run`.

    Raises:
        SetupProblem, Unavailable: the message says what to do.
    """
    tracing: Tracing | None = None
    database = await open_database(settings, progress=progress)
    try:
        async with database.begin() as connection:
            await ensure_local_user(connection)
        vault = await open_vault(database, settings)
        credentials = StoredCredentials(database, vault, settings)
        credentials.refresher = Refresher(database, credentials, settings.secrets)
        blocks = load_blocks()
        worker = Worker(database, settings, blocks.find, credentials)
        worker.beside += [Schedules(worker).run, Polls(worker).run, Keeper(worker, vault, credentials).run]
        if settings.otel_exporter_otlp_endpoint:
            tracing = await asyncio.to_thread(open_tracing, settings, own_version())
        if tracing is not None:
            from backend.executor.tracing import RunTracer

            worker.services.tracer = RunTracer(tracing)
        async with worker.at_work(takes_queued=takes_queued):
            yield App(settings, database, worker, blocks, vault, credentials, tracing=tracing)
    finally:
        if tracing is not None:
            await asyncio.to_thread(tracing.close)
        await database.close()
