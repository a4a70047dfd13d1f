"""What a worker counts: plain numbers, added up once a commit and read when somebody asks.

Nothing here knows Prometheus; server/metrics.py turns the numbers into its text.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from backend.data.run import FINAL, EventKind
from backend.executor.bound import BoundNode
from backend.executor.records import Record
from backend.executor.run_log import Part

if TYPE_CHECKING:
    from backend.executor.run_loop import RunLoop

_FINAL = frozenset(status.value for status in FINAL)
_DONE = frozenset({"i", "f"})
"""Records that end a firing which did not fail."""
_FAILURES = frozenset({EventKind.FAILED.value, EventKind.RETRIED.value})
_STATUS, _ENDED_AT = 2, 5
"""Columns of `Part.row`."""
_MOST_TALLIES = 500
_LAG_EVERY_S = 0.5

RUN_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86_400)
COMMIT_BOUNDS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
BATCH_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
LAG_BOUNDS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)

Nodes = Sequence[BoundNode | None]
"""Those of a program, by index."""


class Histogram:
    """How often a value was at most each bound; the last count is of those above all."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count a value in."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


@dataclass(slots=True)
class WorkerMetrics:
    """What the runs of this process did, as far as it is on disk."""

    started: Counter[str] = field(default_factory=Counter[str])
    """By level: `root`, or `child` for the run of a sub-graph."""
    ended: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """By level and final status."""
    taken: int = 0
    """Queued runs that this process claimed, new ones and those that go on."""
    run_s: Histogram = field(default_factory=lambda: Histogram(RUN_BOUNDS_S))
    """Root runs, from accepted to ended."""
    run_errors: Counter[str] = field(default_factory=Counter[str])
    """By code, of runs that ended."""
    firing_errors: Counter[str] = field(default_factory=Counter[str])
    """By code, attempts that were tried again included."""
    events: int = 0
    commits_s: Histogram = field(default_factory=lambda: Histogram(COMMIT_BOUNDS_S))
    commit_runs: Histogram = field(default_factory=lambda: Histogram(BATCH_BOUNDS))
    lag_s: Histogram = field(default_factory=lambda: Histogram(LAG_BOUNDS_S))
    """By how much the event loop was late, twice a second."""
    pruned_runs: int = 0
    _firings: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    _tallies: dict[int, tuple[Nodes, list[int]]] = field(default_factory=dict[int, "tuple[Nodes, list[int]]"])
    """Finished firings of a program by node, so that counting one is no more than an addition."""

    @property
    def firings(self) -> Counter[tuple[str, str]]:
        """By block and outcome: finished, failed or retried."""
        self._fold()
        return self._firings

    def committed(self, runs: int, seconds: float) -> None:
        """A commit of so many runs' records is on disk."""
        self.commits_s.observe(seconds)
        self.commit_runs.observe(runs)

    def written(self, part: Part, loop: RunLoop | None) -> None:
        """A run's part of a commit is on disk; `loop` None: the run could not be gone on with."""
        self.events += part.count
        if loop is not None:
            nodes = loop.program.nodes
            known = self._tallies.get(id(nodes))
            counts = known[1] if known is not None else self._new_tally(nodes)
            for record in part.records:
                if record[0] in _DONE:
                    counts[record[1]] += 1
                elif record[1] in _FAILURES:
                    self._count_failure(record, nodes)
        if part.row is not None:
            self._count_change(part, part.row, loop)

    def _count_change(self, part: Part, columns: tuple[Any, ...], loop: RunLoop | None) -> None:
        row, status, ended_at = part.log.row, columns[_STATUS], columns[_ENDED_AT]
        level = "root" if row.parent_run_id is None else "child"
        if part.is_new:
            self.started[level] += 1
        if status not in _FINAL:
            return
        self.ended[level, status] += 1
        if loop is None or loop.errors:
            self.run_errors.update(_codes(part, loop))
        if level == "root" and ended_at is not None:
            self.run_s.observe((ended_at - row.created_at).total_seconds())

    def _count_failure(self, record: Record, nodes: Nodes) -> None:
        kind: str = record[1]
        index: int = record[2]
        self.firing_errors[record[4]["code"]] += 1
        node = nodes[index]
        if node is not None:
            self._firings[node.block.name, kind] += 1

    def _new_tally(self, nodes: Nodes) -> list[int]:
        if len(self._tallies) >= _MOST_TALLIES:
            self._fold()
        counts = [0] * len(nodes)
        self._tallies[id(nodes)] = (nodes, counts)
        return counts

    def _fold(self) -> None:
        """Add the tallies up by block, and let go of their programs."""
        for nodes, counts in self._tallies.values():
            for node, count in zip(nodes, counts, strict=True):
                if node is not None and count:
                    self._firings[node.block.name, "finished"] += count
        self._tallies.clear()

    async def watch_event_loop(self) -> None:
        """Measure until cancelled."""
        while True:
            due = time.perf_counter() + _LAG_EVERY_S
            await asyncio.sleep(_LAG_EVERY_S)
            self.lag_s.observe(max(0.0, time.perf_counter() - due))


def _codes(part: Part, loop: RunLoop | None) -> list[str]:
    """The kinds of errors that an ended run names."""
    if loop is not None:
        return [error.code for error in loop.errors]
    summary = orjson.loads(part.log.row.summary or b"{}")
    return [error["code"] for error in summary.get("errors", ())]
