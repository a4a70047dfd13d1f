"""Queries on one run for its own page: nothing of unbounded size is read unless it is asked for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.connection import Connection
from backend.data.run import CallerAnswer, Leftover, RunError, RunStatus
from backend.data.tables import blob
from backend.data.tables import run as run_table
from backend.util.errors import NotFound

MOST_ERRORS = 100
_MOST_NODES = 1_000
_CHUNK_BYTES = 4 * 1_048_576
_MOST_SOURCES = 50
PREVIEW_CHARACTERS = 1_024


@dataclass(frozen=True, slots=True)
class Part:
    """A named value of an object that is stored with the run. `text` is JSON, its beginning when it is cut."""

    name: str
    place: int
    size_bytes: int
    text: str
    is_cut: bool


class StoredDetails(BaseModel):
    """What is stored of a run. `outputs` None: too large to be kept with the run, they are in its journal."""

    id: str
    user_id: str
    status: RunStatus
    graph_id: str
    graph_version: int
    graph_name: str | None
    root_run_id: str
    parent_run_id: str | None
    parent_node_id: str | None
    parent_firing: int | None
    from_run_id: str | None
    from_node_id: str | None
    labels: list[str]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake_at: datetime | None
    cancel_requested_at: datetime | None
    cost_usd_micros: int
    child_runs: int
    answer: CallerAnswer | None
    outputs: dict[str, list[Any]] | None
    errors: list[RunError]
    error_count: int
    leftovers: list[Leftover]
    never_fired: list[str]


async def load_details(connection: AsyncConnection, user_id: str, run_id: str) -> StoredDetails:
    """What the page of a run shows, but for inputs and options.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    row = (await connection.execute(_DETAILS, {"user": user_id, "run": run_id})).mappings().one_or_none()
    if row is None:
        raise no_run(run_id)
    return StoredDetails.model_validate({name: _parsed(name, value) for name, value in row.items()})


def _parsed(name: str, value: Any) -> Any:
    return orjson.loads(value) if name in _JSON_COLUMNS and value is not None else value


_JSON_COLUMNS = frozenset({"answer", "outputs", "errors", "leftovers", "never_fired"})
_DETAILS = sa.text(f"""
SELECT r.id, r.user_id, r.status, r.graph_id, r.graph_version, r.root_run_id, r.parent_run_id, r.parent_node_id,
    r.parent_firing, r.from_run_id, r.from_node_id, r.labels, r.created_at, r.started_at, r.ended_at, r.wake_at,
    r.cancel_requested_at, r.cost_usd_micros, r.answer::text AS answer,
    (SELECT name FROM graph g WHERE g.id = r.graph_id AND g.user_id = r.user_id) AS graph_name,
    (SELECT count(*) FROM run c WHERE c.parent_run_id = r.id) AS child_runs,
    CASE WHEN r.summary IS NULL THEN '{{}}' ELSE nullif((r.summary -> 'outputs')::text, 'null') END AS outputs,
    (SELECT coalesce(json_agg(e), '[]')::text FROM (SELECT json_array_elements(r.summary -> 'errors') AS e
      LIMIT {MOST_ERRORS}) first) AS errors,
    coalesce(json_array_length(r.summary -> 'errors'), 0) AS error_count,
    (SELECT coalesce(json_agg(e), '[]')::text FROM (SELECT json_array_elements(r.summary -> 'leftovers') AS e
      LIMIT {_MOST_NODES}) first) AS leftovers,
    (SELECT coalesce(json_agg(e), '[]')::text FROM (SELECT json_array_elements(r.summary -> 'never_fired') AS e
      LIMIT {_MOST_NODES}) first) AS never_fired
  FROM run r WHERE r.user_id = :user AND r.id = :run""")


async def load_inputs(
    connection: AsyncConnection, user_id: str, run_id: str, longest_bytes: int
) -> list[Part]:
    """The inputs by name; of those over `longest_bytes` only the beginning."""
    return await _load_parts(connection, "inputs", user_id, run_id, longest_bytes)


async def load_options(
    connection: AsyncConnection, user_id: str, run_id: str, longest_bytes: int
) -> list[Part]:
    """How it was to be run, the same way."""
    return await _load_parts(connection, "options", user_id, run_id, longest_bytes)


async def _load_parts(
    connection: AsyncConnection, column: str, user_id: str, run_id: str, longest_bytes: int
) -> list[Part]:
    query = sa.text(f"""
SELECT e.key, e.place, octet_length(e.value::text) AS size,
    CASE WHEN octet_length(e.value::text) <= :longest THEN e.value::text
      ELSE left(e.value::text, {PREVIEW_CHARACTERS}) END AS text
  FROM run r, json_each(r.{column}) WITH ORDINALITY AS e(key, value, place)
  WHERE r.user_id = :user AND r.id = :run ORDER BY e.place""")
    rows = await connection.execute(query, {"user": user_id, "run": run_id, "longest": longest_bytes})
    return [Part(row.key, row.place - 1, row.size, row.text, row.size > longest_bytes) for row in rows]


async def read_part(
    connection: AsyncConnection, user_id: str, run_id: str, column: str, place: int
) -> str | None:
    """One of the inputs or options as JSON, by its place; None when there are not so many."""
    if column not in ("inputs", "options"):
        raise AssertionError(f"{column!r} has no parts.")
    query = sa.text(f"""
SELECT e.value::text FROM run r, json_each(r.{column}) WITH ORDINALITY AS e(key, value, place)
  WHERE r.user_id = :user AND r.id = :run AND e.place = :place""")
    found: str | None = await connection.scalar(query, {"user": user_id, "run": run_id, "place": place + 1})
    return found


async def load_status(connection: AsyncConnection, user_id: str, run_id: str) -> RunStatus:
    """Where a run stands.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    query = sa.select(run_table.c.status).where(run_table.c.user_id == user_id, run_table.c.id == run_id)
    status: str | None = await connection.scalar(query)
    if status is None:
        raise no_run(run_id)
    return RunStatus(status)


async def set_labels(connection: AsyncConnection, user_id: str, run_id: str, labels: Sequence[str]) -> None:
    """Give a run these labels and no others.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    query = (
        sa.update(run_table)
        .where(run_table.c.user_id == user_id, run_table.c.id == run_id)
        .values(labels=list(labels))
        .returning(run_table.c.id)
    )
    if await connection.scalar(query) is None:
        raise no_run(run_id)


def no_run(run_id: str) -> NotFound:
    """The same for one that is absent and one that is another's."""
    return NotFound(f"There is no run {run_id!r}.")


async def child_runs_of(
    connection: AsyncConnection, user_id: str, run_id: str, node_id: str, firing: int
) -> list[str]:
    """The runs that one firing has started, 100 at most."""
    c = run_table.c
    query = sa.select(c.id).where(
        c.user_id == user_id,
        c.parent_run_id == run_id,
        c.parent_node_id == node_id,
        c.parent_firing == firing,
    )
    return list((await connection.scalars(query.order_by(c.id).limit(100))).all())


# -- the graph that it ran ---------------------------------------------------------------------------------


async def load_definition(connection: AsyncConnection, user_id: str, run_id: str) -> bytes:
    """The graph version of a run as JSON, also when the graph was deleted since.

    Raises:
        NotFound: there is no such run, or it is another user's.
    """
    text: str | None = await connection.scalar(_DEFINITION, {"user": user_id, "run": run_id})
    if text is None:
        raise no_run(run_id)
    return text.encode()


_DEFINITION = sa.text("""
SELECT v.definition::text FROM run r JOIN graph_version v ON v.graph_id = r.graph_id AND v.version = r.graph_version
  WHERE r.user_id = :user AND r.id = :run""")


# -- large values ------------------------------------------------------------------------------------------


async def blob_sizes(
    connection: AsyncConnection, user_id: str, blob_ids: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Size in bytes and the beginning of large values; those that are gone are missing."""
    query = sa.select(blob.c.id, blob.c.size_bytes, sa.func.substring(blob.c.data, 1, PREVIEW_CHARACTERS))
    rows = await connection.execute(query.where(blob.c.user_id == user_id, blob.c.id.in_(blob_ids)))
    return {row[0]: (row[1], bytes(row[2]).decode(errors="ignore")) for row in rows}


async def find_blob(connection: AsyncConnection, user_id: str, run_id: str, blob_id: str) -> int | None:
    """The size in bytes of a large value of this run, or of one whose results it took over; None without one."""
    size: int | None = await connection.scalar(_BLOB_OF, {"user": user_id, "run": run_id, "blob": blob_id})
    return size


_BLOB_OF = sa.text(f"""
WITH RECURSIVE source AS (
  SELECT id, from_run_id, 1 AS depth FROM run WHERE user_id = :user AND id = :run
  UNION
  SELECT r.id, r.from_run_id, s.depth + 1 FROM run r JOIN source s ON r.id = s.from_run_id
    WHERE r.user_id = :user AND s.depth < {_MOST_SOURCES})
SELECT b.size_bytes FROM blob b WHERE b.user_id = :user AND b.id = :blob AND b.run_id IN (SELECT id FROM source)""")


async def read_blob_in_chunks(
    connection: Connection, user_id: str, blob_id: str, size_bytes: int
) -> AsyncIterator[bytes]:
    """A large value, a few MiB at a time; it ends early when it is deleted meanwhile."""
    for start in range(1, size_bytes + 1, _CHUNK_BYTES):
        data = await connection.fetchval(
            "SELECT substring(data FROM $3 FOR $4) FROM blob WHERE user_id = $1 AND id = $2",
            user_id,
            blob_id,
            start,
            _CHUNK_BYTES,
        )
        if data is None:
            return
        yield bytes(data)
