"""Queries on the installation as a whole: is it ready, what runs, what waits. Counts only, nobody's data."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import run as run_table


async def load_readiness(
    connection: AsyncConnection, worker_id: str, dead_after_s: float
) -> tuple[str | None, bool]:
    """The revision of the database, and whether this worker's heart beats."""
    row = (await connection.execute(_READINESS, {"worker": worker_id, "secs": dead_after_s})).one()
    return row[0], bool(row[1])


_READINESS = sa.text(
    "SELECT (SELECT version_num FROM alembic_version), EXISTS (SELECT 1 FROM worker "
    "WHERE id = :worker AND heartbeat_at > now() - make_interval(secs => :secs))"
)


async def load_counts(connection: AsyncConnection, dead_after_s: float) -> dict[str, Any]:
    """Of everybody: `runs` (status -> how many), `queue` (runs that nobody has taken), `workers` alive."""
    row = (await connection.execute(_COUNTS, {"secs": dead_after_s})).one()
    runs: dict[str, int] = orjson.loads(row[0]) if isinstance(row[0], str) else row[0]
    return {"runs": runs, "queue": row[1], "workers": row[2]}


_COUNTS = sa.text(
    "SELECT (SELECT coalesce(json_object_agg(status, n), '{}') FROM "
    "    (SELECT status, count(*) AS n FROM run WHERE parent_run_id IS NULL GROUP BY status) s), "
    "  (SELECT count(*) FROM run WHERE status = 'queued' AND parent_run_id IS NULL), "
    "  (SELECT count(*) FROM worker WHERE heartbeat_at > now() - make_interval(secs => :secs))"
)


async def count_runs(connection: AsyncConnection, user_id: str) -> dict[str, int]:
    """The user's own runs by status."""
    query = (
        sa.select(run_table.c.status, sa.func.count())
        .where(run_table.c.user_id == user_id, run_table.c.parent_run_id.is_(None))
        .group_by(run_table.c.status)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}
