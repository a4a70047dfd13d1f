"""The journal of one run, from its owner's side: what is appended until the writer takes it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backend.data.delivery import NewDelivery
from backend.data.run import RunStatus
from backend.executor.records import Record, events_in

if TYPE_CHECKING:
    from backend.executor.journal import Journal

Extra = tuple[str, tuple[Any, ...]]
"""A statement with its arguments."""


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
    answer: str | None = None
    """JSON of a CallerAnswer; the first one that is stored stays."""


@dataclass(slots=True, eq=False)
class RunLog:
    """The journal of one run, from its owner's side."""

    journal: Journal
    row: RunRow
    epoch: int
    next_seq: int = 1
    is_new: bool = False
    """The row is not in the database yet; the next commit creates it."""
    delivery: NewDelivery | None = None
    """What started the run; stored with a new one."""
    lost: bool = False
    flushed_seq: int = 0
    _records: list[Record] = field(default_factory=list[Record])
    _first_seq: int = 1
    _t0_ns: int = 0
    _row_changed: bool = False
    _is_refused: bool = False
    _extras: list[Extra] = field(default_factory=list[Extra])
    _to_tell: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
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

    def once_written(self, tell: Callable[[], None]) -> None:
        """Call it when what the next commit writes is on disk; never, if that does not come to be."""
        self._to_tell.append(tell)
        self.journal.mark(self)

    def flushed(self) -> asyncio.Future[None]:
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
            self._row_columns(),
            self.is_new,
            self._extras,
            self.next_seq - self._first_seq if self._records else 0,
            self._to_tell,
        )
        self._records, self._extras, self._to_tell, self._row_changed = [], [], [], False
        return part

    def _row_columns(self) -> tuple[Any, ...] | None:
        """The row as it is now, with the records that belong to it; None when it has not changed."""
        if not (self._row_changed or self.is_new):
            return None
        row = self.row
        changing = (
            row.id,
            self.epoch,
            row.status.value,
            row.worker_id,
            row.started_at,
            row.ended_at,
            row.wake_at,
            row.summary,
            row.cost_usd_micros,
            row.answer,
        )
        if not self.is_new:
            return changing
        return (
            *changing,
            row.user_id,
            row.graph_id,
            row.graph_version,
            row.root_run_id,
            row.parent_run_id,
            row.parent_node_id,
            row.parent_firing,
            row.inputs,
            row.options,
            row.idempotency_key,
            row.created_at,
        )

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
        for tell in part.to_tell:  # last: whoever hears of an answer finds the run ended, if it is
            tell()

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
        self._records, self._extras, self._to_tell, self._row_changed = [], [], [], False
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
    row: tuple[Any, ...] | None
    """The row's columns if they are to be written: those that change, and all of a new run's."""
    is_new: bool
    extras: list[Extra]
    count: int
    """Events, which are more than records."""
    to_tell: list[Callable[[], None]]
    """What is called once it is on disk."""

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.count - 1 if self.records else 0
