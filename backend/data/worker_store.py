"""Queries on workers and on what they have to do; for whoever operates the installation, not for users."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from backend.data.connection import Connection


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A worker that has said within the last seconds that it lives."""

    id: str
    host: str
    pid: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Workload:
    """What there is to do, in runs. `stuck` ones are said to run, and nobody alive has them."""

    queued: int
    running: int
    waiting: int
    stuck: int
    oldest_queued_s: float
    """How long the queued run that waits longest has waited; 0 without one."""
    held_jobs: int
    """Jobs of the queue that failed and were kept."""


_ALIVE = "heartbeat_at > now() - make_interval(secs => $1)"
_UNATTENDED = f"NOT EXISTS (SELECT 1 FROM worker w WHERE w.id = r.worker_id AND w.{_ALIVE})"


async def live_workers(connection: Connection, dead_after_s: float) -> list[LiveWorker]:
    """Those whose last heartbeat is younger than `dead_after_s`, the oldest first."""
    rows = await connection.fetch(
        f"SELECT id, host, pid, started_at FROM worker WHERE {_ALIVE} ORDER BY started_at", dead_after_s
    )
    return [LiveWorker(**dict(row)) for row in rows]


async def forget_workers(connection: Connection, host: str, living_pids: Collection[int]) -> int:
    """Sign off the workers of this machine whose process is gone; how many. Their runs can then be handed on."""
    done = await connection.execute(
        "DELETE FROM worker WHERE host = $1 AND NOT pid = ANY($2::int[])", host, list(living_pids)
    )
    return int(done.rpartition(" ")[2])


async def worker_pids(connection: Connection, host: str) -> list[int]:
    """The processes on `host` that have signed on and not off."""
    return [row["pid"] for row in await connection.fetch("SELECT pid FROM worker WHERE host = $1", host)]


async def unattended_runs(connection: Connection, user_id: str, dead_after_s: float) -> list[str]:
    """The user's runs that somebody began and nobody goes on with, oldest first.

    A queued one counts when no worker lives that could take it.
    """
    rows = await connection.fetch(_UNATTENDED_RUNS, dead_after_s, user_id)
    return [row["id"] for row in rows]


_UNATTENDED_RUNS = f"""
SELECT r.id FROM run r WHERE r.user_id = $2 AND r.parent_run_id IS NULL AND (
    r.status = 'running' AND {_UNATTENDED}
    OR r.status = 'queued' AND NOT EXISTS (SELECT 1 FROM worker WHERE {_ALIVE}))
  ORDER BY r.id LIMIT 1000"""


async def workload(connection: Connection, dead_after_s: float) -> Workload:
    """How much there is to do, of all users."""
    row = await connection.fetchrow(_WORKLOAD, dead_after_s)
    if row is None:
        raise AssertionError("An aggregate without GROUP BY has one row.")
    return Workload(**dict(row))


_WORKLOAD = f"""
SELECT
    count(*) FILTER (WHERE r.status = 'queued') AS queued,
    count(*) FILTER (WHERE r.status = 'running') AS running,
    count(*) FILTER (WHERE r.status = 'waiting') AS waiting,
    count(*) FILTER (WHERE r.status = 'running' AND {_UNATTENDED}) AS stuck,
    coalesce(extract(epoch FROM now() - min(r.created_at) FILTER (WHERE r.status = 'queued')), 0)::float8
        AS oldest_queued_s,
    (SELECT count(*) FROM pgqueuer WHERE status = 'failed') AS held_jobs
  FROM run r WHERE r.parent_run_id IS NULL AND r.status IN ('queued', 'running', 'waiting')"""
