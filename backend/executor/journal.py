"""The journal: what happened in each run, appended in group commits, fenced by epoch.

One writer per process commits at once what is there; what arrives meanwhile joins the next commit
(natural batching). A run's records, its row and whatever belongs to them (a review, a large value, a
queued job) are one transaction. A run whose epoch has risen elsewhere writes nothing more: its log is
`lost`, and whoever waits for it is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
import structlog

from backend.data.away import is_away
from backend.data.connection import DATABASE_AWAY, Connection
from backend.data.delivery import NewDelivery
from backend.data.run import FINAL
from backend.executor.run_log import Part, RunLog

log = structlog.get_logger(__name__)


class Journal:
    """The writer of this process."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._dirty: dict[str, RunLog] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.on_lost: Callable[[RunLog], None] = lambda log: None
        self.on_refused: Callable[[RunLog, Exception], None] = lambda log, error: None
        self.on_flushed: Callable[[Part], None] = lambda part: None
        self.on_committed: Callable[[int, float], None] = lambda runs, seconds: None
        self.commits = 0

    def mark(self, run_log: RunLog) -> None:
        """The log has something to write."""
        if run_log.lost:
            return
        self._dirty[run_log.row.id] = run_log
        if not self._wake.is_set():
            self._idle.clear()
            self._wake.set()

    async def run(self) -> None:
        """Write until cancelled. The last commit is finished first."""
        try:
            with contextlib.suppress(*DATABASE_AWAY):
                await self._connected()  # so that the first run need not wait for it
            while True:
                await self._wake.wait()
                await asyncio.sleep(
                    0
                )  # firings that were just begun join the commit: an answer goes with its run
                self._wake.clear()
                dirty, self._dirty = self._dirty, {}
                parts = [run_log.take_part() for run_log in dirty.values() if not run_log.lost]
                if parts:
                    await self._commit_surely(parts)
                if not self._dirty:
                    self._idle.set()
        finally:
            if self._connection is not None:
                with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await asyncio.shield(self._connection.close(timeout=2))

    async def drain(self) -> None:
        """Wait until nothing is left to write."""
        await self._idle.wait()

    async def _commit_surely(self, parts: list[Part]) -> None:
        """Commit, however often the database goes away meanwhile."""
        pause_s = 0.05
        is_repeated = False
        held: set[str] = set()
        started = time.perf_counter()
        while True:
            try:
                connection = await self._connected()
                held = await self._commit(connection, parts, is_repeated=is_repeated)
                break
            except _TROUBLE as error:
                if not is_away(error) and not await self._is_there_after_all(parts, error, is_repeated):
                    await self._commit_apart(parts, error)
                    return
                await self._disconnected(error)
            is_repeated = True
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 2.0)
        self.commits += 1
        self.on_committed(len(parts), time.perf_counter() - started)
        for part in parts:
            is_held = part.log.row.id in held
            if is_held:
                self.on_flushed(part)
            part.log.settle(part, is_held=is_held)

    async def _commit_apart(self, parts: list[Part], error: Exception) -> None:
        """One run's data was refused: commit each alone, so that only that one suffers."""
        if len(parts) == 1:
            log.error("journal.refused", run_id=parts[0].log.row.id, error=error)
            parts[0].log.refuse(parts[0], error)
            return
        for part in parts:
            await self._commit_surely([part])

    async def _is_there_after_all(self, parts: list[Part], error: Exception, is_repeated: bool) -> bool:
        """Whether the numbers are taken by the commit that was in doubt, which has come through meanwhile."""
        if not is_repeated or not isinstance(error, asyncpg.UniqueViolationError):
            return False
        try:
            return bool(await self._there(await self._connected(), parts))
        except DATABASE_AWAY:
            return True

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    async def _disconnected(self, error: Exception) -> None:
        log.warning("journal.database_away", error=error)
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _commit(self, connection: Connection, parts: list[Part], *, is_repeated: bool) -> set[str]:
        """The ids of the runs that were still ours; the others wrote nothing."""
        if is_repeated and (there := await self._there(connection, parts)):
            return there | {part.log.row.id for part in parts if not part.records}
        if not any(part.extras for part in parts):
            return await self._write(connection, parts)
        async with connection.transaction():
            held = await self._write(connection, parts)
            for part in parts:
                if part.log.row.id in held:
                    for sql, arguments in part.extras:
                        await connection.execute(sql, *arguments)
            return held

    @staticmethod
    async def _there(connection: Connection, parts: list[Part]) -> set[str]:
        """The runs whose part is on disk, after a commit whose answer was lost; none if it has not happened."""
        written = [part for part in parts if part.records]
        rows = await connection.fetch(
            "SELECT e.run_id FROM run_event e JOIN unnest($1::text[], $2::int[], $3::int[]) AS p(id, seq, epoch) "
            "ON e.run_id = p.id AND e.seq = p.seq AND e.epoch = p.epoch",
            [part.log.row.id for part in written],
            [part.first_seq for part in written],
            [part.log.epoch for part in written],
        )
        return {row["run_id"] for row in rows}

    async def _write(self, connection: Connection, parts: list[Part]) -> set[str]:
        events = _event_columns([part for part in parts if part.records])
        created = [part for part in parts if part.is_new]
        changed = [part for part in parts if part.row is not None and not part.is_new]
        held = [part.log for part in parts if part.row is None]
        if not created and not changed:
            rows = await connection.fetch(_APPEND, *_fence_columns(held), *events)
        else:
            deliveries = sorted(
                ((part.log.row.id, part.log.delivery) for part in created if part.log.delivery is not None),
                key=_by_event,
            )
            rows = await connection.fetch(
                _WRITE_DELIVERED if deliveries else _WRITE,
                *_fence_columns(held),
                *events,
                *_row_columns(changed, _CHANGING),
                *_row_columns(created, _NEW),
                *(_delivery_columns(deliveries) if deliveries else ()),
            )
        return {row[0] for row in rows}


class NoJson(Exception):
    """A record holds what JSON cannot, such as half of a surrogate pair in an error's text."""


_TROUBLE = (*DATABASE_AWAY, NoJson)


def _encoded(part: Part) -> str:
    try:
        return orjson.dumps(part.records).decode()
    except orjson.JSONEncodeError as error:
        raise NoJson(f"{error}") from error


def _event_columns(parts: list[Part]) -> tuple[list[Any], ...]:
    return (
        [part.log.row.id for part in parts],
        [part.first_seq for part in parts],
        [part.count for part in parts],
        [part.log.epoch for part in parts],
        [part.at for part in parts],
        [_encoded(part) for part in parts],
    )


def _fence_columns(logs: list[RunLog]) -> tuple[list[Any], ...]:
    return [run_log.row.id for run_log in logs], [run_log.epoch for run_log in logs]


def _row_columns(parts: list[Part], types: str) -> tuple[list[Any], ...]:
    """The rows of the parts, column by column; as many empty columns without any."""
    rows = [part.row for part in parts if part.row is not None]
    return tuple([row[column] for row in rows] for column in range(len(types.split())))


def _by_event(delivery: tuple[str, NewDelivery]) -> tuple[str, str]:
    """One order for all processes: those that wait for each other's events do not wait for ever."""
    return delivery[1].webhook_id, delivery[1].event_id or ""


def _delivery_columns(deliveries: list[tuple[str, NewDelivery]]) -> tuple[list[Any], ...]:
    return (
        [run_id for run_id, _ in deliveries],
        *([getattr(delivery, column) for _, delivery in deliveries] for column in _DELIVERY_NAMES),
    )


def _unnest(first: int, types: str) -> str:
    """Arrays, from parameter `first` on, as a table."""
    arrays = (f"${first + place}::{kind}[]" for place, kind in enumerate(types.split()))
    return f"unnest({', '.join(arrays)})"


_CHANGING = "text int text text timestamptz timestamptz timestamptz text bigint text"
_CHANGING_NAMES = "id, epoch, status, worker_id, started_at, ended_at, wake_at, summary, cost, answer"
_NEW = f"{_CHANGING} text text int text text text int text text text timestamptz"
_NEW_NAMES = """user_id, graph_id, graph_version, root_run_id, parent_run_id, parent_node_id, parent_firing,
  inputs, options, idempotency_key, created_at"""
_DELIVERY = "text text text text text text text bytea timestamptz bool text"
_DELIVERY_NAMES = (
    "id",
    "webhook_id",
    "user_id",
    "event_id",
    "event_type",
    "headers",
    "body",
    "received_at",
    "is_test",
    "replay_of",
)

_FENCE = """
held AS (
  SELECT r.id FROM run r JOIN unnest($1::text[], $2::int[]) AS h(id, epoch)
    ON r.id = h.id AND r.epoch = h.epoch FOR SHARE OF r)"""

_EVENTS = f"""
  INSERT INTO run_event (run_id, seq, count, epoch, at, events)
  SELECT e.run_id, e.seq, e.count, e.epoch, e.at, e.events::json
    FROM {_unnest(3, "text int int int timestamptz text")} AS e(run_id, seq, count, epoch, at, events)
    WHERE e.run_id IN (SELECT id FROM ours)"""

_APPEND = f"WITH {_FENCE}, ours AS (SELECT id FROM held), written AS ({_EVENTS}) SELECT id FROM ours"

_FINAL = ", ".join(f"'{status}'" for status in FINAL)


def _write_statement(before: str, condition: str) -> str:
    """What creates and changes runs. Of new ones those that meet the condition; `before` comes first."""
    return f"""
WITH {_FENCE}, {before}
changed AS (
  UPDATE run r SET status = c.status::run_status, worker_id = c.worker_id, started_at = c.started_at,
      ended_at = c.ended_at, wake_at = c.wake_at, summary = c.summary::json, cost_usd_micros = c.cost,
      answer = coalesce(r.answer, c.answer::json)
    FROM {_unnest(9, _CHANGING)} AS c({_CHANGING_NAMES})
    WHERE r.id = c.id AND r.epoch = c.epoch AND r.status NOT IN ({_FINAL})
    RETURNING r.id),
created AS (
  INSERT INTO run (id, epoch, status, worker_id, started_at, ended_at, wake_at, summary, cost_usd_micros, answer,
      {_NEW_NAMES})
  SELECT n.id, n.epoch, n.status::run_status, n.worker_id, n.started_at, n.ended_at, n.wake_at,
      n.summary::json, n.cost, n.answer::json, n.user_id, n.graph_id, n.graph_version, n.root_run_id,
      n.parent_run_id, n.parent_node_id, n.parent_firing, n.inputs::json, n.options::json, n.idempotency_key,
      n.created_at
    FROM {_unnest(19, _NEW)} AS n({_CHANGING_NAMES}, {_NEW_NAMES})
    WHERE {condition}
  ON CONFLICT DO NOTHING RETURNING id),
ours AS (SELECT id FROM held UNION ALL SELECT id FROM changed UNION ALL SELECT id FROM created),
written AS ({_EVENTS})
SELECT id FROM ours"""


_WRITE = _write_statement("", "true")

_WRITE_DELIVERED = _write_statement(
    f"""
delivered AS (
  INSERT INTO delivery (run_ids, headers, {", ".join(name for name in _DELIVERY_NAMES if name != "headers")})
  SELECT ARRAY[d.run_id], d.headers::json, {", ".join(f"d.{name}" for name in _DELIVERY_NAMES if name != "headers")}
    FROM {_unnest(40, _DELIVERY)} AS d(run_id, {", ".join(_DELIVERY_NAMES)})
  ON CONFLICT DO NOTHING RETURNING run_ids[1] AS run_id),""",
    "n.id <> ALL($40::text[]) OR n.id IN (SELECT run_id FROM delivered)",
)
"""With what webhooks brought: an event that is stored already starts nothing."""
