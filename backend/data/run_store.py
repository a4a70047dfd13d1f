"""Queries on runs that are not their owner's journal: reading, claiming, handing on, cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.connection import Connection
from backend.data.run import FINAL, RunStatus, RunView
from backend.data.tables import run as run_table
from backend.util.errors import NotFound

_VIEW_COLUMNS = (
    run_table.c.id,
    run_table.c.graph_id,
    run_table.c.graph_version,
    run_table.c.status,
    run_table.c.inputs,
    run_table.c.parent_run_id,
    run_table.c.created_at,
    run_table.c.started_at,
    run_table.c.ended_at,
    run_table.c.wake_at,
    run_table.c.cost_usd_micros,
    run_table.c.summary,
    run_table.c.answer,
)
_FINAL_LIST = ", ".join(f"'{status}'" for status in FINAL)


async def load_run(connection: AsyncConnection, user_id: str, run_id: str) -> RunView:
    """A run as its owner sees it.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    query = sa.select(*_VIEW_COLUMNS).where(run_table.c.user_id == user_id, run_table.c.id == run_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id!r}.")
    return RunView.model_validate(dict(row))


async def find_run_by_key(connection: AsyncConnection, user_id: str, idempotency_key: str) -> str | None:
    """The run that a repeated request has already started."""
    return await connection.scalar(
        sa.select(run_table.c.id).where(
            run_table.c.user_id == user_id, run_table.c.idempotency_key == idempotency_key
        )
    )


async def children_of(connection: AsyncConnection, user_id: str, run_id: str) -> list[str]:
    """The ids of the runs that this run started."""
    query = sa.select(run_table.c.id).where(
        run_table.c.user_id == user_id, run_table.c.parent_run_id == run_id
    )
    return list((await connection.scalars(query.order_by(run_table.c.id))).all())


@dataclass(frozen=True, slots=True)
class Origin:
    """A run as another one begins from it. `inputs` and `options` are JSON."""

    graph_id: str
    graph_version: int
    status: RunStatus
    parent_run_id: str | None
    root_run_id: str
    inputs: str
    options: str


async def load_origin(connection: AsyncConnection, user_id: str, run_id: str) -> Origin:
    """What a run was started with.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    columns = run_table.c
    query = sa.select(
        columns.graph_id,
        columns.graph_version,
        columns.status,
        columns.parent_run_id,
        columns.root_run_id,
        sa.cast(columns.inputs, sa.Text),
        sa.cast(columns.options, sa.Text),
    ).where(columns.user_id == user_id, columns.id == run_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id!r}.")
    return Origin(row[0], row[1], RunStatus(row[2]), *row[3:])


async def find_child(
    connection: AsyncConnection, user_id: str, run_id: str, node_id: str, firing: int
) -> str | None:
    """The last run that this firing started."""
    return await connection.scalar(
        sa.select(run_table.c.id)
        .where(
            run_table.c.user_id == user_id,
            run_table.c.parent_run_id == run_id,
            run_table.c.parent_node_id == node_id,
            run_table.c.parent_firing == firing,
        )
        .order_by(run_table.c.created_at.desc())
        .limit(1)
    )


ANSWER = "UPDATE run SET answer = $2::text::json WHERE id = $1 AND answer IS NULL"
"""A journal's extra statement when a block of a child run answers whoever waits for the run at the top."""

MARK = "UPDATE run SET labels = $2, from_run_id = $3, from_node_id = $4 WHERE id = $1"
"""What few runs have: labels, and where they come from."""


MOST_TO_WATCH = 1_000


async def runs_to_watch(
    connection: AsyncConnection, user_id: str, graph_id: str, *, known: Sequence[str], since: str
) -> list[tuple[str, bool]]:
    """Runs of a graph, oldest first, each with whether it has ended.

    Those of `known` that are of this graph and user, those that have not ended, and those whose id is not
    below `since`; `MOST_TO_WATCH` of each at most, and no child runs.
    """
    rows = await connection.execute(
        _TO_WATCH, {"user": user_id, "graph": graph_id, "known": list(known), "since": since}
    )
    return [(row.id, row.status in FINAL) for row in rows]


_OF_GRAPH = "SELECT id, status FROM run WHERE user_id = :user AND graph_id = :graph AND parent_run_id IS NULL"
_TO_WATCH = sa.text(
    f"({_OF_GRAPH} AND id = ANY(:known) LIMIT {MOST_TO_WATCH}) UNION "
    f"({_OF_GRAPH} AND status IN ('queued', 'running', 'waiting') ORDER BY id DESC LIMIT {MOST_TO_WATCH}) UNION "
    f"({_OF_GRAPH} AND id >= :since ORDER BY id LIMIT {MOST_TO_WATCH}) ORDER BY id"
)


# -- for workers: they act for every user ------------------------------------------------------------------


async def enqueue_new_runs(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store runs as queued, with their job, in one statement.

    A row has id, user_id, graph_id, graph_version, inputs and options (JSON as text), idempotency_key.
    """
    await connection.execute(_ENQUEUE_NEW, orjson.dumps(rows).decode())


_ENQUEUE_NEW = """
WITH stored AS (
  INSERT INTO run (id, user_id, graph_id, graph_version, status, root_run_id, inputs, options, idempotency_key,
      labels, from_run_id, from_node_id)
  SELECT n.id, n.user_id, n.graph_id, n.graph_version, 'queued', n.id, n.inputs::json, n.options::json,
      n.idempotency_key, ARRAY(SELECT json_array_elements_text(coalesce(n.options::json->'labels', '[]'))),
      n.options::json->>'from_run', n.options::json->>'from_node'
    FROM json_to_recordset($1::text::json) AS n(id text, user_id text, graph_id text, graph_version int,
      inputs text, options text, idempotency_key text)
  RETURNING id, user_id),
said AS (
  INSERT INTO run_event (run_id, seq, count, epoch, at, events)
  SELECT id, 1, 1, 0, now(), '[["k","state",null,null,{"status":"queued"},0]]' FROM stored)
SELECT count(enqueue_run(id, user_id)) FROM stored"""


async def claim(
    connection: Connection, worker_id: str, run_ids: Sequence[str], dead_after_s: float
) -> list[dict[str, Any]]:
    """Take runs that nobody alive has; those that came back are ours, with a higher epoch."""
    rows = await connection.fetch(_CLAIM, worker_id, list(run_ids), dead_after_s)
    return [dict(row) for row in rows]


_NOBODY_ALIVE = """NOT EXISTS (
    SELECT 1 FROM worker w WHERE w.id = r.worker_id AND w.heartbeat_at > now() - make_interval(secs => {secs}))"""

_CLAIM = f"""
UPDATE run r SET epoch = r.epoch + 1, worker_id = $1, status = 'running', wake_at = NULL,
    started_at = coalesce(r.started_at, now())
  WHERE r.id = ANY($2) AND (r.status IN ('queued', 'waiting')
    OR r.status = 'running' AND r.worker_id <> $1 AND {_NOBODY_ALIVE.format(secs="$3")})
  RETURNING r.id, r.user_id, r.graph_id, r.graph_version, r.epoch, r.root_run_id, r.parent_run_id,
    r.parent_node_id, r.parent_firing, r.inputs, r.options, r.created_at, r.started_at, r.cost_usd_micros,
    r.cancel_requested_at, r.answer IS NOT NULL AS is_answered"""


async def claim_child(
    connection: Connection, worker_id: str, run_id: str, parent_id: str, parent_epoch: int
) -> dict[str, Any] | None:
    """Take a child run for the owner of its parent; None when it does not exist or has ended."""
    row = await connection.fetchrow(_CLAIM_CHILD, worker_id, run_id, parent_id, parent_epoch)
    return dict(row) if row else None


_CLAIM_CHILD = f"""
UPDATE run r SET epoch = r.epoch + 1, worker_id = $1, status = 'running', wake_at = NULL
  WHERE r.id = $2 AND r.status NOT IN ({_FINAL_LIST})
    AND EXISTS (SELECT 1 FROM run p WHERE p.id = $3 AND p.epoch = $4)
  RETURNING r.id, r.user_id, r.graph_id, r.graph_version, r.epoch, r.root_run_id, r.parent_run_id,
    r.parent_node_id, r.parent_firing, r.inputs, r.options, r.created_at, r.started_at, r.cost_usd_micros,
    r.cancel_requested_at, r.answer IS NOT NULL AS is_answered"""


async def beat(connection: Connection, worker_id: str, host: str, pid: int) -> None:
    """Say that the worker lives."""
    await connection.execute(
        "INSERT INTO worker (id, host, pid) VALUES ($1, $2, $3) "
        "ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()",
        worker_id,
        host,
        pid,
    )


async def sign_off(connection: Connection, worker_id: str) -> None:
    """The worker ends; what it may still have is handed on at the next sweep."""
    await connection.execute("DELETE FROM worker WHERE id = $1", worker_id)


async def hand_on(connection: Connection, dead_after_s: float) -> int:
    """Queue the runs of dead workers and those whose time to wake has come; how many."""
    return int(await connection.fetchval(_HAND_ON, dead_after_s) or 0)


_HAND_ON = f"""
WITH gone AS (
  SELECT r.id FROM run r
    WHERE r.status = 'running' AND r.parent_run_id IS NULL AND {_NOBODY_ALIVE.format(secs="$1")}
    FOR UPDATE SKIP LOCKED),
due AS (
  SELECT r.id FROM run r
    WHERE r.status = 'waiting' AND r.parent_run_id IS NULL AND r.wake_at <= now() FOR UPDATE SKIP LOCKED),
handed AS (
  UPDATE run r SET status = 'queued', worker_id = NULL, wake_at = NULL
    WHERE r.id IN (SELECT id FROM gone UNION ALL SELECT id FROM due) RETURNING r.id, r.user_id)
SELECT count(enqueue_run(id, user_id)) FROM handed"""


async def owned_runs(connection: Connection, worker_id: str) -> list[tuple[str, int]]:
    """The root runs that this worker has, with their epochs."""
    rows = await connection.fetch(
        "SELECT id, epoch FROM run WHERE worker_id = $1 AND status = 'running' AND parent_run_id IS NULL",
        worker_id,
    )
    return [(row["id"], row["epoch"]) for row in rows]


async def hand_on_strays(connection: Connection, worker_id: str, runs: Sequence[tuple[str, int]]) -> None:
    """Queue runs of this worker, unless they have gone on since: (run id, epoch)."""
    await connection.execute(
        _HAND_ON_STRAYS, worker_id, [run_id for run_id, _ in runs], [epoch for _, epoch in runs]
    )


_HAND_ON_STRAYS = """
WITH handed AS (
  UPDATE run r SET status = 'queued', worker_id = NULL, epoch = r.epoch + 1
    FROM unnest($2::text[], $3::int[]) AS s(id, epoch)
    WHERE r.id = s.id AND r.epoch = s.epoch AND r.status = 'running' AND r.worker_id = $1
    RETURNING r.id, r.user_id)
SELECT count(enqueue_run(id, user_id)) FROM handed"""


async def clean_up(connection: Connection) -> None:
    """Remove workers that have been silent for an hour, and the queue's own log after a day."""
    await connection.execute("DELETE FROM worker WHERE heartbeat_at < now() - interval '1 hour'")
    await connection.execute("DELETE FROM pgqueuer_log WHERE created < now() - interval '1 day'")


async def request_cancel(connection: Connection, user_id: str, run_id: str) -> tuple[str, RunStatus]:
    """Ask for the run's end; one that nobody works on ends at once.

    A child run is ended with the run at its top, to which cancelling belongs.

    Returns:
        The id of that run, and its status now.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    async with connection.transaction():
        root = await connection.fetchrow(_LOCK_ROOT, user_id, run_id)
        if root is None:
            raise NotFound(f"There is no run {run_id!r}.")
        status = await connection.fetchval(_CANCEL, root["id"])
    return root["id"], RunStatus(status or root["status"])


_LOCK_ROOT = """
SELECT id, status FROM run
  WHERE user_id = $1 AND id = (SELECT root_run_id FROM run WHERE user_id = $1 AND id = $2) FOR UPDATE"""
"""A statement of its own: it may wait for the owner's commit, whose events only the next statement sees."""

_CANCEL = f"""
WITH asked AS (
  UPDATE run r SET cancel_requested_at = coalesce(r.cancel_requested_at, now()),
      status = CASE WHEN r.status IN ('queued', 'waiting') THEN 'cancelled'::run_status ELSE r.status END,
      ended_at = CASE WHEN r.status IN ('queued', 'waiting') THEN now() ELSE r.ended_at END,
      epoch = CASE WHEN r.status IN ('queued', 'waiting') THEN r.epoch + 1 ELSE r.epoch END
    WHERE r.id = $1 AND r.status NOT IN ({_FINAL_LIST})
    RETURNING r.id, r.status, r.epoch),
below AS (
  UPDATE run r SET status = 'cancelled', ended_at = now(), epoch = r.epoch + 1
    FROM asked a WHERE a.status = 'cancelled' AND r.root_run_id = a.id AND r.parent_run_id IS NOT NULL
      AND r.status NOT IN ({_FINAL_LIST})
    RETURNING r.id, r.status, r.epoch),
said AS (
  INSERT INTO run_event (run_id, seq, count, epoch, at, events)
  SELECT e.id, coalesce((SELECT max(seq + count) FROM run_event WHERE run_id = e.id), 1), 1, e.epoch, now(),
      '[["k","state",null,null,{{"status":"cancelled"}},0]]'
    FROM (SELECT * FROM asked UNION ALL SELECT * FROM below) e WHERE e.status = 'cancelled'),
withdrawn AS (
  UPDATE review v SET status = 'withdrawn' WHERE v.status = 'open'
    AND v.run_id IN (SELECT id FROM asked WHERE status = 'cancelled' UNION ALL SELECT id FROM below))
SELECT status FROM asked"""


async def cancel_requests(connection: Connection, worker_id: str) -> list[str]:
    """This worker's runs that somebody wants to end."""
    rows = await connection.fetch(
        "SELECT id FROM run WHERE worker_id = $1 AND status = 'running' AND cancel_requested_at IS NOT NULL",
        worker_id,
    )
    return [row["id"] for row in rows]


async def status_of(connection: Connection, run_ids: Sequence[str]) -> dict[str, RunStatus]:
    """Where these runs stand."""
    rows = await connection.fetch("SELECT id, status FROM run WHERE id = ANY($1)", list(run_ids))
    return {row["id"]: RunStatus(row["status"]) for row in rows}


REQUEUE = "SELECT enqueue_run($1, $2)"
"""A journal's extra statement: run id, user id."""

REQUEUE_IF_ASKED = """
WITH due AS (
  UPDATE run r SET status = 'queued', wake_at = NULL
    WHERE r.id = $1 AND r.status = 'waiting' AND (r.cancel_requested_at IS NOT NULL OR EXISTS (
      SELECT 1 FROM review v JOIN run o ON o.id = v.run_id
        WHERE (o.id = $1 OR o.root_run_id = $1 AND o.parent_run_id IS NOT NULL) AND v.status IN ('approved', 'rejected') AND NOT v.is_taken))
    RETURNING r.id)
SELECT enqueue_run(id, $2) FROM due"""
"""A journal's extra statement when a root run starts to wait: somebody may just have answered or cancelled.
Run id, user id."""

TAKE_REVIEW = "UPDATE review SET is_taken = true WHERE id = $1"
"""A journal's extra statement when a run has recorded an answer."""

END_BELOW = f"""
WITH below AS (
  UPDATE run SET status = 'cancelled', ended_at = now(), epoch = epoch + 1, worker_id = NULL
    WHERE root_run_id = $1 AND parent_run_id IS NOT NULL AND status NOT IN ({_FINAL_LIST}) RETURNING id)
UPDATE review SET status = 'withdrawn' WHERE status = 'open' AND (run_id = $1 OR run_id IN (SELECT id FROM below))"""
"""A journal's extra statement when a root run ends: nothing below it goes on, nobody is asked any more."""
