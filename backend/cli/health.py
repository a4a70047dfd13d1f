"""The doctor's look into a database that is running: its schema, the workers, what there is to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from backend.data.connection import Connection
from backend.data.doctor import Finding
from backend.data.embedded import open_embedded, status
from backend.data.key_file import KeySource
from backend.data.migrate import connect, current_revision, known_revisions
from backend.data.vault import CANARY
from backend.data.worker_store import LiveWorker, Workload, live_workers, workload
from backend.util.errors import BlockyardError
from backend.util.settings import Settings

LONG_QUEUED_S = 60.0


def at_work(settings: Settings) -> list[Finding]:
    """What the database says; nothing when the embedded one is not running, since looking would start it."""
    try:
        if settings.database_url:
            return asyncio.run(_look(settings, settings.database_url))
        if status(settings.data_dir).state != "running":
            return []
        server = open_embedded(settings.data_dir)
        try:
            return asyncio.run(_look(settings, server.dsn))
        finally:
            server.close()
    except BlockyardError as error:
        return [Finding("database", False, str(error))]


async def _look(settings: Settings, dsn: str) -> list[Finding]:
    known = known_revisions()
    revision = await current_revision(dsn, known)
    if revision != known[-1]:
        message = f"The schema is at {revision!r}; this version of Blockyard has {known[-1]!r}."
        return [
            Finding("schema", None, message, "The next start brings it up to date; make a backup before.")
        ]
    connection = await connect(dsn)
    try:
        return [
            Finding("schema", True, f"The schema is at {revision!r}, the newest."),
            *await _key(connection, settings),
            *await _work(connection, settings),
        ]
    finally:
        await connection.close()


async def _key(connection: Connection, settings: Settings) -> list[Finding]:
    """Whether the master key is the one that this database wants; what is wrong with it alone was said before."""
    stored = await connection.fetchval("SELECT value ->> 'key_id' FROM setting WHERE key = $1", CANARY)
    try:
        keys = KeySource.of(settings).read()
    except BlockyardError:
        return []
    if stored is None or (keys is not None and stored in keys):
        return []
    message = f"The secrets of this database are sealed with the master key {stored}, which is not here."
    return [Finding("secrets", False, message, "Put that key back; Blockyard does not start without it.")]


async def _work(connection: Connection, settings: Settings) -> list[Finding]:
    workers = await live_workers(connection, settings.dead_after_s)
    load = await workload(connection, settings.dead_after_s)
    return [_workers(workers, load), *_runs(load, bool(workers))]


def _workers(workers: list[LiveWorker], load: Workload) -> Finding:
    if workers:
        names = ", ".join(f"process {worker.pid} on {worker.host}" for worker in workers)
        return Finding("workers", True, f"At work: {names}.")
    if load.queued or load.stuck:
        message = "Nobody is at work, and there are runs to be executed."
        return Finding("workers", False, message, "Start `blockyard serve` or `blockyard worker`.")
    return Finding("workers", True, "Nobody is at work, and there is nothing to do.")


def _runs(load: Workload, has_workers: bool) -> Iterator[Finding]:
    message = f"{load.queued:,} queued, {load.running:,} running, {load.waiting:,} waiting."
    is_late = load.queued > 0 and load.oldest_queued_s > LONG_QUEUED_S
    if is_late and has_workers:
        message += f" The oldest has been queued for {load.oldest_queued_s:,.0f} s."
    cure = "Start more workers, or raise MAX_RUNS_PER_WORKER." if is_late and has_workers else ""
    yield Finding("queue", None if cure else True, message, cure)
    if load.stuck:
        text = f"{load.stuck:,} said to be running, and nobody alive has them."
        again = "Any worker takes them up within 10 s; if they are still here then, report it."
        yield Finding("stuck runs", None if has_workers else False, text, again)
    if load.held_jobs:
        text = f"{load.held_jobs:,} jobs of the queue failed and are held."
        yield Finding(
            "held jobs", None, text, "Look at the workers' logs for why, then start those runs again."
        )
