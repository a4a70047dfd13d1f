"""Schedules for tests: a stored and published graph, a schedule of it, and a way to say that its time has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.data import schedule_store
from backend.data.cron import parse_cron
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.graph_store import save_graph
from backend.data.model import JsonObject
from backend.data.user_store import LOCAL_USER_ID
from backend.data.version_store import set_published
from backend.util.clock import new_id, now
from tests.support.workers import fetch, value

RUNS = "SELECT id, status, inputs::text AS inputs, graph_version, idempotency_key FROM run WHERE graph_id = $1 ORDER BY id"


async def published(database: Database, graph: Graph, *, user_id: str = LOCAL_USER_ID) -> Graph:
    """The graph as its first version, which triggers may start."""
    async with database.begin() as connection:
        saved = await save_graph(connection, user_id, graph)
        await set_published(connection, user_id, saved.id, saved.version)
    return saved


async def scheduled(
    database: Database,
    graph: Graph,
    *,
    cron: str = "* * * * *",
    timezone: str = "UTC",
    inputs: JsonObject | None = None,
    overlap: str = "skip",
    ago: timedelta | None = timedelta(seconds=1),
    **more: Any,
) -> str:
    """A schedule of a stored graph that was due so long ago; None: its cron says when it is due."""
    due_at = parse_cron(cron, timezone).after(now()) if ago is None else now() - ago
    values: JsonObject = {
        "cron": cron,
        "timezone": timezone,
        "inputs": {"x": 1} if inputs is None else inputs,
        "overlap": overlap,
        "next_at": due_at,
        **more,
    }
    schedule_id = new_id()
    async with database.begin() as connection:
        await schedule_store.create_schedule(connection, LOCAL_USER_ID, schedule_id, graph.id, values)
    return schedule_id


async def make_due(
    database: Database, schedule_id: str, *, ago: timedelta = timedelta(seconds=1)
) -> datetime:
    """Let its time have come so long ago; that time."""
    found: datetime = await value(
        database,
        "UPDATE schedule SET next_at = date_trunc('milliseconds', now() - $2::interval) WHERE id = $1 RETURNING next_at",
        schedule_id,
        ago,
    )
    return found


async def row_of(database: Database, schedule_id: str) -> dict[str, Any]:
    """What is stored of it."""
    return dict((await fetch(database, "SELECT * FROM schedule WHERE id = $1", schedule_id))[0])


async def runs_of(database: Database, graph: Graph) -> list[dict[str, Any]]:
    """The runs of a graph in order."""
    return [dict(row) for row in await fetch(database, RUNS, graph.id)]
