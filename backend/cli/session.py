"""An open installation, or a server, for the time of one command."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from backend.cli.options import current, load_settings
from backend.cli.output import say
from backend.cli.place import Opened

if TYPE_CHECKING:
    from backend.app import App
    from backend.cli.place import Place
    from backend.data.db import Database

T = TypeVar("T")


def in_app(work: Callable[[App], Awaitable[T]]) -> T:
    """Open everything, do the work, close everything; queued runs are executed meanwhile.

    Raises:
        BlockyardError: possibly within an ExceptionGroup.
    """

    async def opened() -> T:
        from backend.app import open_app

        async with open_app(load_settings(), progress=say) as app:
            return await work(app)

    return run_async(opened())


def in_looking_app(work: Callable[[App], Awaitable[T]]) -> T:
    """The same, but what is queued stays with others."""

    async def opened() -> T:
        from backend.app import open_app

        async with open_app(load_settings(), takes_queued=False, progress=say) as app:
            return await work(app)

    return run_async(opened())


def in_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """The same without a worker: for looking at things."""

    async def opened() -> T:
        async with _database() as database:
            return await work(database)

    return run_async(opened())


@asynccontextmanager
async def _database() -> AsyncGenerator[Database]:
    from backend.data.db import open_database
    from backend.data.user_store import ensure_local_user

    database = await open_database(load_settings(), progress=say)
    try:
        async with database.begin() as connection:
            await ensure_local_user(connection)
        yield database
    finally:
        await database.close()


def in_place(work: Callable[[Place], Awaitable[T]], opened: Opened) -> T:
    """Do the work in the installation on this machine, opened as far as it needs, or at the server.

    Raises:
        BlockyardError: possibly within an ExceptionGroup.
    """
    if current.server is not None:
        return run_async(_at_server(work, current.server))
    if opened is Opened.DATABASE:
        return in_database(lambda database: work(_here(database, None)))
    open_app = in_app if opened is Opened.WORKER else in_looking_app
    return open_app(lambda app: work(_here(app.database, app)))


def _here(database: Database, app: App | None) -> Place:
    from backend.cli.here import Here

    return Here(database, app)


async def _at_server(work: Callable[[Place], Awaitable[T]], url: str) -> T:
    from backend.cli.there import There
    from backend.client import AsyncClient

    async with AsyncClient(url, current.api_key) as client:
        return await work(There(client))


def run_async(work: Awaitable[T]) -> T:
    """Run it to its end on uvloop, with logs of warnings on stderr."""
    import uvloop

    quiet_logs()

    async def main() -> T:
        return await work

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


def quiet_logs() -> None:
    """Only what somebody must know, and never on stdout, where results go."""
    from backend.util.log import configure

    configure(is_production=False, level="DEBUG" if current.is_debug else "ERROR")


async def take_up(app: App, user_id: str) -> list[str]:
    """Hand runs on that a killed process of this machine has left, at once; the ids of those nobody has.

    Without this the next worker takes them up when their owner has been silent for `dead_after_s`.
    """
    import psutil

    from backend.data import run_store, worker_store

    dead_after_s = app.settings.dead_after_s
    async with app.database.raw() as connection:
        if app.database.embedded is not None:
            host = socket.gethostname()
            known = await worker_store.worker_pids(connection, host)
            living = [pid for pid in known if psutil.pid_exists(pid)]
            await worker_store.forget_workers(connection, host, living)
        found = await worker_store.unattended_runs(connection, user_id, dead_after_s)
        await run_store.hand_on(connection, dead_after_s)
    return found
