"""Several workers over one database, in one process, and what tests ask of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import orjson

from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.run import RunView
from backend.data.run_store import enqueue_new_runs
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.clock import new_id
from backend.util.settings import Settings
from tests.support.collector import thaw
from tests.support.durable import BLOCKS
from tests.support.engine import catalogue_with

Found = TypeVar("Found")


@asynccontextmanager
async def at_work(
    database: Database, settings: Settings, *, takes_queued: bool = True, **changes: Any
) -> AsyncIterator[Worker]:
    """A worker that knows the durable blocks, with these settings changed."""
    made = Worker(database, settings.model_copy(update=changes), catalogue_with(BLOCKS).find)
    async with made.at_work(takes_queued=takes_queued):
        yield made
    thaw()


async def until(look: Callable[[], Awaitable[Found]], *, within_s: float) -> Found:
    """The first thing found that is true.

    Raises:
        AssertionError: there was none in time; the last one is named.
    """
    deadline = time.monotonic() + within_s
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, f"After {within_s} s it is still {found!r}."
        await asyncio.sleep(0.02)


async def submit(worker: Worker, graph: Graph, value: Any = 1) -> str:
    """Store the graph and start a run of it."""
    saved = await worker.save_graph(LOCAL_USER_ID, graph)
    return (await worker.submit(LOCAL_USER_ID, saved.id, {"x": value})).run_id


async def ended(
    worker: Worker, run_id: str, *, within_s: float = 10, user_id: str = LOCAL_USER_ID
) -> RunView:
    """The run at its end.

    Raises:
        AssertionError: it has not ended in time.
    """
    view = await worker.wait(user_id, run_id, within_s)
    assert view.status.is_final, f"After {within_s} s it is still {view.status}."
    return view


async def enqueue(
    database: Database, graph: Graph, count: int = 1, *, user_id: str = LOCAL_USER_ID
) -> list[str]:
    """Queue runs of a stored graph; their ids in order."""
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "graph_id": graph.id,
            "graph_version": graph.version,
            "inputs": orjson.dumps({"x": k}).decode(),
            "options": "{}",
            "idempotency_key": None,
        }
        for k in range(count)
    ]
    async with database.raw() as connection:
        for row in rows:
            await enqueue_new_runs(connection, [row])
    return [str(row["id"]) for row in rows]


async def fetch(database: Database, query: str, *arguments: Any) -> list[Any]:
    """Rows of a query."""
    async with database.raw() as connection:
        return list(await connection.fetch(query, *arguments))


async def value(database: Database, query: str, *arguments: Any) -> Any:
    """The first column of the first row."""
    async with database.raw() as connection:
        return await connection.fetchval(query, *arguments)


async def status(database: Database, run_id: str) -> str:
    """Where a run stands on disk."""
    return str(await value(database, "SELECT status FROM run WHERE id = $1", run_id))


async def is_queue_empty(database: Database) -> bool:
    """Whether no job is left, in whatever state."""
    return not await value(database, "SELECT count(*) FROM pgqueuer")
