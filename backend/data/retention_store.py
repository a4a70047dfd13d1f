"""Queries that remove what is older than somebody wants to keep; never anything that is not final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.connection import Connection
from backend.data.file_store import delete_files_of_runs
from backend.data.run import FINAL

_FINAL = ", ".join(f"'{status}'" for status in FINAL)
_NOT_FINAL = "'queued', 'running', 'waiting'"
# "blkr" in ASCII: the lock of whoever prunes.
LOCK = 0x626C6B72
_WINDOW = 5_000
_BYTES_OF_ROW = 8_192
BATCH = 2_000
_DELETED_FOR = timedelta(hours=1)
"""A process that has the graph in its memory may still start a run for some seconds."""


@dataclass(frozen=True, slots=True)
class OldRuns:
    """Root runs that are due, of those with ids up to `last`; None after the last one there is."""

    due: list[str]
    last: str | None


async def take_turn(connection: Connection) -> bool:
    """Be the one that prunes, until the connection closes; False while another is."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK))


async def old_runs(connection: AsyncConnection, after: str, moment: datetime, retain_days: int) -> OldRuns:
    """What of the next few thousand runs after the id is due; a graph's own days come first, 0 is for ever."""
    given = {"after": after, "moment": moment, "days": retain_days, "window": _WINDOW}
    row = (await connection.execute(_OLD_RUNS, given)).one()
    return OldRuns(list(row[0]), row[1])


_OLD_RUNS = sa.text(f"""
WITH seen AS (
  SELECT id, graph_id, status, ended_at, parent_run_id FROM run WHERE id > :after ORDER BY id LIMIT :window),
due AS (
  SELECT s.id FROM seen s LEFT JOIN graph g ON g.id = s.graph_id
    WHERE s.parent_run_id IS NULL AND s.status IN ({_FINAL})
      AND coalesce(g.retain_days, CAST(:days AS int)) > 0
      AND s.ended_at < CAST(:moment AS timestamptz)
        - make_interval(days => coalesce(g.retain_days, CAST(:days AS int))))
SELECT array(SELECT id FROM due ORDER BY id), (SELECT max(id) FROM seen)""")


async def weights(connection: AsyncConnection, run_ids: Sequence[str]) -> dict[str, int]:
    """Root run -> about how many rows go with it, those of the runs below it included."""
    rows = await connection.execute(_WEIGHTS, {"ids": list(run_ids), "bytes": _BYTES_OF_ROW})
    return {row[0]: int(row[1]) for row in rows}


_TREE = """
WITH RECURSIVE tree (root, id) AS (
  SELECT id, id FROM run WHERE id = ANY(CAST(:ids AS text[]))
  UNION ALL SELECT t.root, r.id FROM run r JOIN tree t ON r.parent_run_id = t.id)"""

_WEIGHTS = sa.text(f"""{_TREE}
SELECT t.root, sum(1 + (SELECT count(*) FROM run_event e WHERE e.run_id = t.id)
    + (SELECT coalesce(sum(1 + b.size_bytes / CAST(:bytes AS int)), 0) FROM blob b WHERE b.run_id = t.id))
  FROM tree t GROUP BY t.root""")


async def delete_runs(connection: AsyncConnection, run_ids: Sequence[str]) -> int:
    """Delete root runs with all that belongs to them, those that nothing unfinished needs; how many.

    Charges stay: they are what costs are counted from.
    """
    locked = await connection.scalars(_LOCK_FINAL, {"ids": list(run_ids)})
    trees = await final_trees(connection, list(locked))
    below = [run_id for ids in trees.values() for run_id in ids]
    await connection.execute(_DELETE_BLOBS, {"ids": below})
    await delete_files_of_runs(connection, below)
    await connection.execute(_DELETE_RUNS, {"ids": list(trees)})
    return len(trees)


_LOCK_FINAL = sa.text(
    f"SELECT id FROM run WHERE id = ANY(CAST(:ids AS text[])) AND status IN ({_FINAL}) FOR UPDATE SKIP LOCKED"
)
_DELETE_BLOBS = sa.text("DELETE FROM blob WHERE run_id = ANY(CAST(:ids AS text[]))")
_DELETE_RUNS = sa.text("DELETE FROM run WHERE id = ANY(CAST(:ids AS text[]))")


async def final_trees(connection: AsyncConnection, run_ids: Sequence[str]) -> dict[str, list[str]]:
    """Of the root runs those whose whole tree is final and that no unfinished run takes results from.

    With each the runs of its tree.
    """
    rows = await connection.execute(_FINAL_TREES, {"ids": list(run_ids)})
    return {row[0]: list(row[1]) for row in rows}


_FINAL_TREES = sa.text(f"""{_TREE},
needed AS (
  SELECT from_run_id AS id FROM run WHERE status IN ({_NOT_FINAL}) AND from_run_id IS NOT NULL)
SELECT t.root, array_agg(t.id) FROM tree t JOIN run r ON r.id = t.id
  GROUP BY t.root
  HAVING bool_and(r.status IN ({_FINAL})) AND NOT bool_or(t.id IN (SELECT id FROM needed))""")


@dataclass(frozen=True, slots=True)
class Rest:
    """A table of which rows go that meet a condition on a moment."""

    table: str
    condition: str


GRAPHS = Rest("graph", "t.deleted_at <= :moment AND NOT EXISTS (SELECT 1 FROM run r WHERE r.graph_id = t.id)")
"""Deleted ones of which no run is left."""
SESSIONS = Rest("login_session", "t.expires_at <= :moment")
LOGINS = Rest("oauth_login", "t.expires_at <= :moment")
"""Logins at providers that nobody came back from."""
AUDIT = Rest("audit_entry", "t.at < :moment")
DELIVERIES = Rest(
    "delivery",
    "t.id < (SELECT left(h, 8) || '-' || right(h, 4) FROM "
    "lpad(to_hex(CAST(extract(epoch FROM CAST(:moment AS timestamptz)) * 1000 AS bigint)), 12, '0') AS h)",
)
"""By their ids, which begin with the time (clock.first_id_at): there is no index on the time itself."""


def gone_since(moment: datetime) -> datetime:
    """Graphs that were deleted before this go."""
    return moment - _DELETED_FOR


async def delete_rest(connection: AsyncConnection, rest: Rest, moment: datetime) -> int:
    """Delete up to `BATCH` rows; how many."""
    chosen = f"SELECT t.id FROM {rest.table} t WHERE {rest.condition} LIMIT {BATCH}"
    done = await connection.execute(
        sa.text(f"DELETE FROM {rest.table} WHERE id IN ({chosen})"), {"moment": moment}
    )
    return done.rowcount


async def count_rest(connection: AsyncConnection, rest: Rest, moment: datetime) -> int:
    """How many rows there are to be deleted."""
    statement = sa.text(f"SELECT count(*) FROM {rest.table} t WHERE {rest.condition}")
    return int(await connection.scalar(statement, {"moment": moment}) or 0)
