"""Queries on schedules: what people keep, and what the process that starts their runs asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.connection import Connection
from backend.data.model import JsonObject
from backend.data.newest import newest_first
from backend.data.tables import graph, schedule
from backend.data.user_store import lock_user
from backend.data.version_store import living, lock_graph, no_graph
from backend.util.errors import Conflict, NotFound

MOST_SCHEDULES = 1_000
"""Of one user."""
NOT_PUBLISHED = "The graph is not published, so nothing is started. Publish it."


class Overlap(StrEnum):
    """What happens when a time comes while a run of the schedule has not ended."""

    SKIP = "skip"
    QUEUE = "queue"
    ALLOW = "allow"


class Outcome(StrEnum):
    """What came of a time."""

    STARTED = "started"
    SKIPPED = "skipped"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DueSchedule:
    """A schedule whose time has come, and how it stands. `at` is the database's clock, by which all processes go.

    `is_busy`: a run that it started has not ended. `published_version` None: the graph is not published.
    """

    id: str
    user_id: str
    graph_id: str
    cron: str
    timezone: str
    inputs: JsonObject
    overlap: Overlap
    next_at: datetime
    last_at: datetime | None
    last_outcome: str
    published_version: int | None
    is_busy: bool
    at: datetime


def run_key(schedule_id: str, due_at: datetime) -> str:
    """The idempotency key of the run that a time starts."""
    return f"schedule:{schedule_id}:{due_at.isoformat()}"


def run_now_key(schedule_id: str, request: str) -> str:
    """The same for a run that somebody starts by hand."""
    return f"schedule:{schedule_id}:now:{request}"


# -- for people: owner first ---------------------------------------------------------------------------------


async def create_schedule(
    connection: AsyncConnection, user_id: str, schedule_id: str, graph_id: str, values: JsonObject
) -> JsonObject:
    """Store a schedule; the one that is there when the id is known already, as in a repeated request.

    Raises:
        NotFound: there is no such graph of this user.
        Conflict: they have as many as they may.
    """
    await lock_user(connection, user_id)
    await lock_graph(connection, user_id, graph_id)  # or it is deleted beside us, and the schedule stays
    known = await connection.scalar(
        sa.select(schedule.c.id).where(schedule.c.user_id == user_id, schedule.c.id == schedule_id)
    )
    if known is None:
        query = sa.select(sa.func.count()).where(schedule.c.user_id == user_id)
        if int(await connection.scalar(query) or 0) >= MOST_SCHEDULES:
            raise Conflict(f"You have {MOST_SCHEDULES:,} schedules, and more are not possible. Delete some.")
        statement = insert(schedule).values(id=schedule_id, user_id=user_id, graph_id=graph_id, **values)
        await connection.execute(statement)
    return await read_schedule(connection, user_id, schedule_id)


async def version_to_run(connection: AsyncConnection, user_id: str, graph_id: str) -> int | None:
    """The published version; None where none is.

    Raises:
        NotFound: there is no such graph of this user.
    """
    query = sa.select(graph.c.id, graph.c.published_version).where(*living(user_id, graph_id))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise no_graph(graph_id)
    version: int | None = row.published_version
    return version


async def read_schedule(connection: AsyncConnection, user_id: str, schedule_id: str) -> JsonObject:
    """A schedule, with its graph's name and published version.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    query = _schedules(user_id).where(schedule.c.id == schedule_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise no_schedule(schedule_id)
    return dict(row)


def _schedules(user_id: str) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(column for column in schedule.c if column.name != "user_id"),
            graph.c.name.label("graph_name"),
            graph.c.published_version,
        )
        .join(graph, sa.and_(graph.c.id == schedule.c.graph_id, graph.c.user_id == schedule.c.user_id))
        .where(schedule.c.user_id == user_id, graph.c.deleted_at.is_(None))
    )


async def list_schedules(
    connection: AsyncConnection,
    user_id: str,
    *,
    limit: int,
    before: str | None = None,
    graph_id: str | None = None,
) -> list[JsonObject]:
    """Newest first; `before` is the last id of the page before."""
    return await newest_first(
        connection, _schedules(user_id), schedule, limit=limit, before=before, graph_id=graph_id
    )


async def lock_schedule(connection: AsyncConnection, user_id: str, schedule_id: str) -> JsonObject:
    """A schedule that nobody else changes before this transaction ends.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    query = _schedules(user_id).where(schedule.c.id == schedule_id).with_for_update(of=schedule)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise no_schedule(schedule_id)
    return dict(row)


async def change_schedule(
    connection: AsyncConnection, user_id: str, schedule_id: str, changes: JsonObject
) -> None:
    """Change columns of it; after `lock_schedule`."""
    await connection.execute(
        sa.update(schedule)
        .where(schedule.c.user_id == user_id, schedule.c.id == schedule_id)
        .values(**changes, updated_at=sa.func.now())
    )


async def delete_schedule(connection: AsyncConnection, user_id: str, schedule_id: str) -> None:
    """Take it away; runs that it has started go on.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    statement = sa.delete(schedule).where(schedule.c.user_id == user_id, schedule.c.id == schedule_id)
    if (await connection.execute(statement.returning(schedule.c.id))).one_or_none() is None:
        raise no_schedule(schedule_id)


async def stop_schedules(connection: AsyncConnection, user_id: str, graph_id: str) -> int:
    """Take away all schedules of a graph that is being deleted; how many there were."""
    statement = sa.delete(schedule).where(schedule.c.user_id == user_id, schedule.c.graph_id == graph_id)
    return len((await connection.execute(statement.returning(schedule.c.id))).all())


def no_schedule(schedule_id: str) -> NotFound:
    """The same for one that is absent and one that is another user's."""
    return NotFound(f"There is no schedule {schedule_id!r}.")


# -- for the process that starts runs: it acts for every user ------------------------------------------------

_BUSY = """EXISTS (SELECT 1 FROM run r WHERE r.user_id = s.user_id AND r.status <> 'completed'
    AND r.status IN ('queued', 'running', 'waiting') AND starts_with(r.idempotency_key, 'schedule:' || s.id || ':'))"""

_IS_TURN = f"""s.is_active AND s.next_at IS NOT NULL
  AND (s.next_at <= now() OR s.last_at > now() + interval '1 hour')
  AND (s.overlap <> 'queue' OR s.last_outcome <> 'waiting' OR NOT {_BUSY})
  AND EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id AND u.is_active)"""
"""Due; or last due in what is the future now, which says that the clock was wrong and `next_at` may be too.

One that waits for its last run is left alone until that has ended.
"""

_COLUMNS = f"""s.id, s.user_id, s.graph_id, s.cron, s.timezone, s.inputs::text AS inputs, s.overlap::text AS overlap,
  s.next_at, s.last_at, s.last_outcome, now() AS at, {_BUSY} AS is_busy,
  (SELECT g.published_version FROM graph g WHERE g.id = s.graph_id AND g.user_id = s.user_id
    AND g.deleted_at IS NULL) AS published_version"""


async def due_schedules(connection: Connection, limit: int) -> list[DueSchedule]:
    """Those whose turn it is, the oldest first; nothing is locked."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM schedule s WHERE {_IS_TURN} ORDER BY s.next_at, s.id LIMIT $1", limit
    )
    return [_due(row) for row in rows]


async def lock_due(connection: Connection, seen: DueSchedule) -> DueSchedule | None:
    """The schedule, locked until the transaction ends; None when another process has it, or it was changed."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM schedule s WHERE s.id = $1 AND s.next_at = $2 AND {_IS_TURN} "
        "FOR UPDATE OF s SKIP LOCKED",
        seen.id,
        seen.next_at,
    )
    locked = _due(row) if row is not None else None
    return locked if locked is not None and _is_same(locked, seen) else None


def _is_same(one: DueSchedule, other: DueSchedule) -> bool:
    """Whether they start the same."""
    return (one.published_version, one.inputs) == (other.published_version, other.inputs)


def _due(row: Any) -> DueSchedule:
    values = dict(row)
    values["inputs"] = orjson.loads(values["inputs"])
    values["overlap"] = Overlap(values["overlap"])
    return DueSchedule(**values)


async def settle(
    connection: Connection,
    schedule_id: str,
    *,
    next_at: datetime | None,
    last_at: datetime | None,
    run_id: str | None = None,
    outcome: str,
    missed: int = 0,
    problem: str | None = None,
) -> None:
    """Write down what came of a time.

    `missed` is added to what was missed before; without a run or a problem those of the last time stay.
    """
    await connection.execute(
        "UPDATE schedule SET next_at = $2, last_at = $3, last_run_id = coalesce($4, last_run_id), "
        "last_outcome = $5, missed = least(missed::bigint + $6, 2147483647)::int, "
        "problem = coalesce($7, problem) WHERE id = $1",
        schedule_id,
        next_at,
        last_at,
        run_id,
        outcome,
        missed,
        problem,
    )


async def seconds_until_next(connection: Connection) -> float | None:
    """How long until the next time of any schedule, below 0 when it was; None: there is none.

    What waits for its last run is not counted: nobody knows when that ends.
    """
    found = await connection.fetchval(
        "SELECT extract(epoch FROM min(s.next_at) - clock_timestamp()) FROM schedule s JOIN users u "
        "ON u.id = s.user_id AND u.is_active WHERE s.is_active AND NOT (s.last_outcome = 'waiting' AND s.next_at <= now())"
    )
    return None if found is None else float(found)


async def is_any_waiting(connection: Connection) -> bool:
    """Whether a time has come for which the last run must end first."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM schedule "
            "WHERE is_active AND next_at <= now() AND last_outcome = 'waiting')"
        )
    )


async def find_run(connection: Connection, user_id: str, key: str) -> str | None:
    """The run that a time has started already."""
    found: str | None = await connection.fetchval(
        "SELECT id FROM run WHERE user_id = $1 AND idempotency_key = $2", user_id, key
    )
    return found
