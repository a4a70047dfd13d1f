"""What is known of a run while its events come in: a line for each node. Shows nothing itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backend.data.graph import Graph
from backend.data.run import EventKind, RunEvent, RunStatus


class NodeState(StrEnum):
    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class NodeLine:
    """One node: how many firings are where. `item_source` is the node that gave out the items it works on."""

    id: str
    label: str
    started: int = 0
    finished: int = 0
    failed: int = 0
    retried: int = 0
    waiting: set[int] = field(default_factory=set[int])
    busy_ms: float = 0.0
    given_out: int = 0
    item_source: str | None = None
    last_error: str = ""
    note: str = ""

    @property
    def ended(self) -> int:
        return self.finished + self.failed

    @property
    def state(self) -> NodeState:
        if self.waiting and self.ended + len(self.waiting) == self.started:
            return NodeState.WAITING
        if self.ended < self.started:
            return NodeState.RUNNING
        if self.failed:
            return NodeState.FAILED
        return NodeState.DONE if self.started else NodeState.IDLE


class Progress:
    """Takes events in their order. Feeding one that was taken before changes nothing."""

    def __init__(self, graph: Graph) -> None:
        self.name = graph.name
        self.status = RunStatus.QUEUED
        self.cost_usd_micros = 0
        self.seq = 0
        self.began = time.monotonic()
        self.nodes = {node.id: NodeLine(node.id, node.label) for node in graph.nodes}
        self._began: dict[tuple[str, int], datetime] = {}
        self._highest: dict[tuple[str, int], int] = {}

    @property
    def firings(self) -> int:
        """Firings that have started, of all nodes."""
        return sum(line.started for line in self.nodes.values())

    def items(self, line: NodeLine) -> tuple[int, int] | None:
        """How many of its items a node is done with, and how many have been given out; None without items."""
        source = self.nodes.get(line.item_source or "")
        return None if source is None else (line.ended, max(source.given_out, line.ended))

    def lines(self) -> Iterator[NodeLine]:
        """In the order of the graph."""
        return iter(self.nodes.values())

    def take(self, event: RunEvent) -> None:
        """Add what the event says."""
        if event.seq is not None:
            if event.seq <= self.seq:
                return
            self.seq = event.seq
        if event.kind == EventKind.STATE:
            self.status = RunStatus(event.data["status"])
        elif event.node_id in self.nodes:
            self._take_node(self.nodes[event.node_id], event, event.firing or 0)

    def _take_node(self, line: NodeLine, event: RunEvent, firing: int) -> None:
        kind, data = event.kind, event.data
        if kind == EventKind.STARTED:
            line.started += 1
            self._began[line.id, firing] = event.at
            item = data.get("item") or ()
            line.item_source = item[-1]["node_id"] if item else None
        elif kind == EventKind.YIELDED:
            line.given_out += self._is_new_item(line, firing, data.get("index"))
        elif kind == EventKind.FINISHED:
            line.finished += 1
            self._end(line, firing, event.at)
        elif kind == EventKind.FAILED:
            line.failed += 1
            line.last_error = data.get("message", "")
            self._end(line, firing, event.at)
        elif kind == EventKind.RETRIED:
            line.retried += 1
            line.last_error = data.get("message", "")
        elif kind == EventKind.WAITING:
            line.waiting.add(firing)
            line.note = _waits_for(data.get("for"), data.get("until"))
        elif kind == EventKind.RESUMED:
            line.waiting.discard(firing)
        elif kind == EventKind.CHARGED:
            self.cost_usd_micros += data.get("usd_micros", 0)
        elif kind == "progress":
            line.note = data.get("text") or f"{data.get('fraction', 0):.0%}"

    def _is_new_item(self, line: NodeLine, firing: int, index: int | None) -> bool:
        """Several pins share an item, so an index counts once for each firing."""
        before = self._highest.get((line.id, firing), -1)
        if index is None or index <= before:
            return False
        self._highest[line.id, firing] = index
        return True

    def _end(self, line: NodeLine, firing: int, at: datetime) -> None:
        line.waiting.discard(firing)
        began = self._began.pop((line.id, firing), None)
        if began is not None:
            line.busy_ms += (at - began).total_seconds() * 1000


def _waits_for(what: object, until: object) -> str:
    if what == "person":
        return "for a person"
    return f"until {str(until)[11:19]} UTC" if until else f"for a {what}"
