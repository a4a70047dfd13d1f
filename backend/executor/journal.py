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
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import structlog

from backend.data.connection import DATABASE_AWAY, Connection
from backend.data.run import FINAL, RunStatus
from backend.executor.away import is_away
from backend.executor.records import Record, Segment, events_in

log = structlog.get_logger(__name__)

Extra = tuple[str, tuple[Any, ...]]


class RunLost(Exception):
    """Another worker has taken the run; nothing that this one does about it counts any more."""


@dataclass(slots=True)
class RunRow:
    """The columns of a run that its owner writes."""

    id: str
    user_id: str
    graph_id: str
    graph_version: int
    root_run_id: str
    inputs: str
    options: str
    created_at: datetime
    status: RunStatus
    worker_id: str | None
    parent_run_id: str | None = None
    parent_node_id: str | None = None
    parent_firing: int | None = None
    idempotency_key: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    wake_at: datetime | None = None
    summary: str | None = None
    cost_usd_micros: int = 0


@dataclass(slots=True, eq=False)
class RunLog:
    """The journal of one run, from its owner's side."""

    journal: Journal
    row: RunRow
    epoch: int
    next_seq: int = 1
    is_new: bool = False
    """The row is not in the database yet; the next commit creates it."""
    lost: bool = False
    flushed_seq: int = 0
    _records: list[Record] = field(default_factory=list[Record])
    _first_seq: int = 1
    _t0_ns: int = 0
    _row_changed: bool = False
    _is_refused: bool = False
    _extras: list[Extra] = field(default_factory=list[Extra])
    _waiters: list[tuple[int, asyncio.Future[None]]] = field(
        default_factory=list[tuple[int, "asyncio.Future[None]"]]
    )

    def now_us(self) -> int:
        """Microseconds since the start of the segment that the next record joins."""
        if not self._records:
            self._t0_ns = time.time_ns()
            self._first_seq = self.next_seq
        return (time.time_ns() - self._t0_ns) // 1000

    def append(self, record: Record) -> int:
        """Take a record in; the number of its (first) event. Stamp it with `now_us` just before."""
        if not self._records:
            self.journal.mark(self)
        seq = self.next_seq
        self._records.append(record)
        self.next_seq = seq + events_in(record)
        return seq

    def note(self, kind: str, node: int | None, firing: int | None, data: Any) -> int:
        """Append an event that is not on the hot path."""
        return self.append(("k", kind, node, firing, data, self.now_us()))

    def change_row(self) -> None:
        """The row's columns were changed: write them with the next commit."""
        self._row_changed = True
        self.journal.mark(self)

    def also(self, sql: str, *arguments: Any) -> None:
        """Execute a statement in the transaction of the next commit."""
        self._extras.append((sql, arguments))
        self.journal.mark(self)

    def flushed(self) -> Awaitable[None]:
        """Done when everything that was appended so far is on disk.

        Raises:
            RunLost: it never will be.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.lost:
            future.set_exception(RunLost(self.row.id))
        elif self.flushed_seq >= self.next_seq - 1:
            future.set_result(None)
        else:
            self._waiters.append((self.next_seq - 1, future))
        return future

    def take_part(self) -> Part:
        """Everything since the last commit; called by the writer."""
        part = Part(
            self,
            self._first_seq,
            self._records,
            datetime.fromtimestamp(self._t0_ns / 1e9, UTC),
            self._row_changed,
            self.is_new,
            self._extras,
            self.next_seq - self._first_seq if self._records else 0,
        )
        self._records, self._extras, self._row_changed = [], [], False
        return part

    def settle(self, part: Part, *, is_held: bool) -> None:
        """The commit is done; the writer says whether the run was still ours."""
        if not is_held:
            self.lose()
            return
        self.is_new = False
        self.flushed_seq = max(self.flushed_seq, part.last_seq)
        waiting = self._waiters
        if waiting:
            self._waiters = [pair for pair in waiting if pair[0] > self.flushed_seq]
            for seq, future in waiting:
                if seq <= self.flushed_seq and not future.done():
                    future.set_result(None)

    def lose(self) -> None:
        """The run is another worker's now."""
        if self.lost:
            return
        self.lost = True
        self._disappoint()
        self.journal.on_lost(self)

    def refuse(self, part: Part, error: Exception) -> None:
        """The database does not take the part: go back to where the journal stands, for its owner to end the run."""
        if self.is_new or self.lost or self._is_refused:
            self.lose()
            return
        self._is_refused = True
        self._records, self._extras, self._row_changed = [], [], False
        if part.records:
            self.next_seq = part.first_seq
        self._disappoint()
        self.journal.on_refused(self, error)

    def _disappoint(self) -> None:
        waiting, self._waiters = self._waiters, []
        for _, future in waiting:
            if not future.done():
                future.set_exception(RunLost(self.row.id))


@dataclass(frozen=True, slots=True)
class Part:
    """One run's part of one commit."""

    log: RunLog
    first_seq: int
    records: list[Record]
    at: datetime
    row_changed: bool
    is_new: bool
    extras: list[Extra]
    count: int
    """Events, which are more than records."""

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.count - 1 if self.records else 0


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
        self.commits = 0
        self.commit_s = 0.0

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
            while True:
                await self._wake.wait()
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
        self.commit_s += time.perf_counter() - started
        for part in parts:
            is_held = part.log.row.id in held
            if is_held:
                self.on_flushed(part)
            part.log.settle(part, is_held=is_held)

    async def _commit_apart(self, parts: list[Part], error: Exception) -> None:
        """One run's data was refused: commit each alone, so that only that one suffers."""
        if len(parts) == 1:
            log.error("journal.refused", run_id=parts[0].log.row.id, error=repr(error))
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
        log.warning("journal.database_away", error=repr(error))
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
        created = [part.log for part in parts if part.is_new]
        changed = [part.log for part in parts if part.row_changed and not part.is_new]
        held = [part.log for part in parts if not part.row_changed and not part.is_new]
        if not created and not changed:
            rows = await connection.fetch(_APPEND, *_fence_columns(held), *events)
        else:
            rows = await connection.fetch(
                _WRITE, *_fence_columns(held), *events, *_changed_columns(changed), *_created_columns(created)
            )
        return {row[0] for row in rows}


_TROUBLE = (*DATABASE_AWAY, orjson.JSONEncodeError)


def _event_columns(parts: list[Part]) -> tuple[list[Any], ...]:
    return (
        [part.log.row.id for part in parts],
        [part.first_seq for part in parts],
        [part.count for part in parts],
        [part.log.epoch for part in parts],
        [part.at for part in parts],
        [orjson.dumps(part.records).decode() for part in parts],
    )


def _fence_columns(logs: list[RunLog]) -> tuple[list[Any], ...]:
    return [run_log.row.id for run_log in logs], [run_log.epoch for run_log in logs]


def _changed_columns(logs: list[RunLog]) -> tuple[list[Any], ...]:
    rows = [run_log.row for run_log in logs]
    return (
        [row.id for row in rows],
        [run_log.epoch for run_log in logs],
        [row.status.value for row in rows],
        [row.worker_id for row in rows],
        [row.started_at for row in rows],
        [row.ended_at for row in rows],
        [row.wake_at for row in rows],
        [row.summary for row in rows],
        [row.cost_usd_micros for row in rows],
    )


def _created_columns(logs: list[RunLog]) -> tuple[list[Any], ...]:
    rows = [run_log.row for run_log in logs]
    return (
        *_changed_columns(logs),
        [row.user_id for row in rows],
        [row.graph_id for row in rows],
        [row.graph_version for row in rows],
        [row.root_run_id for row in rows],
        [row.parent_run_id for row in rows],
        [row.parent_node_id for row in rows],
        [row.parent_firing for row in rows],
        [row.inputs for row in rows],
        [row.options for row in rows],
        [row.idempotency_key for row in rows],
        [row.created_at for row in rows],
    )


_FENCE = """
held AS (
  SELECT r.id FROM run r JOIN unnest($1::text[], $2::int[]) AS h(id, epoch)
    ON r.id = h.id AND r.epoch = h.epoch FOR SHARE OF r)"""

_EVENTS = """
  INSERT INTO run_event (run_id, seq, count, epoch, at, events)
  SELECT e.run_id, e.seq, e.count, e.epoch, e.at, e.events::json
    FROM unnest($3::text[], $4::int[], $5::int[], $6::int[], $7::timestamptz[], $8::text[])
      AS e(run_id, seq, count, epoch, at, events)
    WHERE e.run_id IN (SELECT id FROM ours)"""

_APPEND = f"WITH {_FENCE}, ours AS (SELECT id FROM held), written AS ({_EVENTS}) SELECT id FROM ours"

_FINAL = ", ".join(f"'{status}'" for status in FINAL)

_WRITE = f"""
WITH {_FENCE},
changed AS (
  UPDATE run r SET status = c.status::run_status, worker_id = c.worker_id, started_at = c.started_at,
      ended_at = c.ended_at, wake_at = c.wake_at, summary = c.summary::json, cost_usd_micros = c.cost
    FROM unnest($9::text[], $10::int[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[],
      $15::timestamptz[], $16::text[], $17::bigint[])
      AS c(id, epoch, status, worker_id, started_at, ended_at, wake_at, summary, cost)
    WHERE r.id = c.id AND r.epoch = c.epoch AND r.status NOT IN ({_FINAL})
    RETURNING r.id),
created AS (
  INSERT INTO run (id, epoch, status, worker_id, started_at, ended_at, wake_at, summary, cost_usd_micros,
      user_id, graph_id, graph_version, root_run_id, parent_run_id, parent_node_id, parent_firing,
      inputs, options, idempotency_key, created_at)
  SELECT n.id, n.epoch, n.status::run_status, n.worker_id, n.started_at, n.ended_at, n.wake_at,
      n.summary::json, n.cost, n.user_id, n.graph_id, n.graph_version, n.root_run_id, n.parent_run_id,
      n.parent_node_id, n.parent_firing, n.inputs::json, n.options::json, n.idempotency_key, n.created_at
    FROM unnest($18::text[], $19::int[], $20::text[], $21::text[], $22::timestamptz[], $23::timestamptz[],
      $24::timestamptz[], $25::text[], $26::bigint[], $27::text[], $28::text[], $29::int[], $30::text[],
      $31::text[], $32::text[], $33::int[], $34::text[], $35::text[], $36::text[], $37::timestamptz[])
      AS n(id, epoch, status, worker_id, started_at, ended_at, wake_at, summary, cost, user_id, graph_id,
        graph_version, root_run_id, parent_run_id, parent_node_id, parent_firing, inputs, options,
        idempotency_key, created_at)
  ON CONFLICT DO NOTHING RETURNING id),
ours AS (SELECT id FROM held UNION ALL SELECT id FROM changed UNION ALL SELECT id FROM created),
written AS ({_EVENTS})
SELECT id FROM ours"""


async def read_segments(connection: Connection, run_id: str, *, after_seq: int = 0) -> list[Segment]:
    """What is recorded of a run from the segment that holds the event after `after_seq` on."""
    rows = await connection.fetch(
        "SELECT seq, epoch, at, events::text AS events FROM run_event WHERE run_id = $1 AND seq + count > $2 + 1 ORDER BY seq",
        run_id,
        after_seq,
    )
    return [Segment(row["seq"], row["epoch"], row["at"], orjson.loads(row["events"])) for row in rows]
