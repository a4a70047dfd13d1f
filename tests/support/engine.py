"""Runs graphs through a real worker and looks at what came of them, from the journal alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backend.blocks import Catalogue, catalogue
from backend.data.block import Block
from backend.data.graph import Graph
from backend.data.model import JsonObject
from backend.data.run import EventKind, RunEvent, RunOptions, RunView
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.calls import CALLED
from backend.executor.worker import Worker
from tests.executor.plan_driver import Record
from tests.support.adapted import decode

Path = tuple[tuple[str, int, int], ...]
FiringKey = tuple[str, int]


def catalogue_with(classes: Iterable[type[Block]]) -> Catalogue:
    """All real blocks and some for tests."""
    made = Catalogue()
    for block in catalogue():
        made.add(type(block))
    for block_class in classes:
        made.add(block_class)
    return made


async def execute(
    worker: Worker,
    graph: Graph,
    inputs: JsonObject | None = None,
    *,
    options: RunOptions | None = None,
    timeout_s: float = 15,
) -> EngineRun:
    """Store the graph, run it, and look at it when it is over or `timeout_s` have passed."""
    saved = await worker.save_graph(LOCAL_USER_ID, graph)
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, inputs or {}, options=options)
    return await look(worker, saved, accepted.run_id, timeout_s=timeout_s)


async def look(worker: Worker, graph: Graph, run_id: str, *, timeout_s: float = 30) -> EngineRun:
    """A run at its end, or as it is after `timeout_s`."""
    view = await worker.wait(LOCAL_USER_ID, run_id, timeout_s)
    return EngineRun(graph, view, await worker.events(LOCAL_USER_ID, run_id))


@dataclass
class EngineRun:
    """A run with the face of the planner's `Driver`: what fired, with which inputs and outputs."""

    graph: Graph
    view: RunView
    events: list[RunEvent]

    @property
    def status(self) -> str:
        return self.view.status.value

    @property
    def output(self) -> dict[str, list[Any]]:
        """What the run returns."""
        assert self.view.summary is not None
        return self.view.summary.outputs or {}

    @property
    def errors(self) -> list[tuple[str | None, str, str]]:
        """(node, code, message) of what failed and was not handled."""
        assert self.view.summary is not None
        return [(error.node_id, error.code, error.message) for error in self.view.summary.errors]

    def leftovers(self) -> dict[tuple[str, str], int]:
        """(node, pin) to the number of values never used."""
        assert self.view.summary is not None
        return {(left.node_id, left.pin): left.count for left in self.view.summary.leftovers}

    def of(self, kind: str, node_id: str | None = None) -> list[RunEvent]:
        """Events of a kind, of one node or all."""
        return [e for e in self.events if e.kind == kind and node_id in (None, e.node_id)]

    def outs(self, node_id: str, pin: str = "out") -> list[Any]:
        """What a node yielded on a pin, by firing."""
        return [
            value
            for key in self.keys(node_id)
            for name, _, value in self._emitted.get(key, ())
            if name == pin
        ]

    def keys(self, node_id: str) -> list[FiringKey]:
        """A node's firings, by number."""
        return sorted(key for key in self._paths if key[0] == node_id)

    def paths(self, node_id: str) -> list[Path]:
        """The items of a node's firings, by number."""
        return [self._paths[key] for key in self.keys(node_id)]

    def indexes(self, node_id: str) -> list[tuple[int, ...]]:
        """The same, indexes only."""
        return [tuple(index for _, _, index in path) for path in self.paths(node_id)]

    def orders(self) -> dict[str, list[Path]]:
        """Every node's firings, by number."""
        return {node_id: self.paths(node_id) for node_id in {key[0] for key in self._paths}}

    def record(self) -> Record:
        """What must not depend on timing, as the driver has it."""
        failed = {_key(event): event.data["message"] for event in self.of(EventKind.FAILED)}
        return {
            (key[0], path, self._ordinals[key]): (
                self._taken(key),
                self._emitted.get(key, []),
                failed.get(key),
            )
            for key, path in self._paths.items()
        }

    def _taken(self, key: FiringKey) -> dict[str, Any]:
        refs = self._started[key].data["inputs"]
        return {
            pin: [self._value(one, pin) for one in ref] if isinstance(ref, list) else self._value(ref, pin)
            for pin, ref in refs.items()
        }

    def _value(self, seq: int, pin: str) -> Any:
        event = self._by_seq[seq]
        if event.kind == EventKind.FAILED:
            return event.data["message"]
        return decode(event.data["inputs"][pin] if event.kind == CALLED else event.data["value"])

    @cached_property
    def _by_seq(self) -> dict[int | None, RunEvent]:
        return {event.seq: event for event in self.events}

    @cached_property
    def _started(self) -> dict[FiringKey, RunEvent]:
        return {_key(event): event for event in self.of(EventKind.STARTED)}

    @cached_property
    def _paths(self) -> dict[FiringKey, Path]:
        return {
            key: tuple((step["node_id"], step["ordinal"], step["index"]) for step in event.data["item"])
            for key, event in self._started.items()
        }

    @cached_property
    def _ordinals(self) -> dict[FiringKey, int]:
        """The how-manieth firing of its node with its path each is."""
        seen: dict[tuple[str, Path], int] = defaultdict(int)
        ordinals: dict[FiringKey, int] = {}
        for key in sorted(self._paths):
            place = (key[0], self._paths[key])
            ordinals[key] = seen[place]
            seen[place] += 1
        return ordinals

    @cached_property
    def _emitted(self) -> dict[FiringKey, list[tuple[str, Path, Any]]]:
        """Values by firing; a failure's message where its error pin is linked."""
        handled = {link.source_id for link in self.graph.links if link.source_name == "error"}
        emitted: dict[FiringKey, list[tuple[str, Path, Any]]] = defaultdict(list)
        for event in self.events:
            if event.kind == EventKind.YIELDED:
                emitted[_key(event)].append(self._one_emitted(event))
            elif event.kind == EventKind.FAILED and event.node_id in handled:
                key = _key(event)
                emitted[key].append(("error", self._paths[key], event.data["message"]))
        return emitted

    def _one_emitted(self, event: RunEvent) -> tuple[str, Path, Any]:
        key = _key(event)
        path = self._paths[key]
        if "index" in event.data:
            path = (*path, (key[0], self._ordinals[key], event.data["index"]))
        return event.data["pin"], path, decode(event.data["value"])


def _key(event: RunEvent) -> FiringKey:
    assert event.node_id is not None
    assert event.firing is not None
    return event.node_id, event.firing
