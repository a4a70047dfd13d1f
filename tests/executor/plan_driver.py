"""Drives a plan as the run loop does, with blocks that are plain generators and any order of completion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from backend.executor.compiled import Compiled, LinkSpec, NodeSpec, compile_graph
from backend.executor.plan import Firing, Inputs, Path, Plan

Emission = Any
"""What a block yields: (pin, value), `WAIT`, or a `Call`, which gives back the tool's [(pin, value)]."""
Run = Callable[[dict[str, Any], int], Iterable[Emission]]


class Fail(Exception):
    """A block fails by raising it."""


class Wait:
    """A block waits by yielding it."""


WAIT = Wait()


@dataclass
class Call:
    """A block calls a tool by yielding it."""

    tool: str
    inputs: dict[str, Any]


@dataclass
class Node:
    """A node for a test: what the planner sees and the block behind it."""

    id: str
    run: Run
    each: frozenset[str] = frozenset()
    const: dict[str, Any] = field(default_factory=dict[str, Any])
    pins: tuple[str, ...] = ()
    loop: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    static_output: bool = False
    collect: bool = False
    is_start: bool = True
    on_error: Literal["stop", "continue"] = "stop"
    order: Literal["source", "arrival"] = "source"
    slots: int = 10

    def spec(self) -> NodeSpec:
        """As the planner sees it."""
        return NodeSpec(
            id=self.id,
            input_pins=self.pins,
            each=self.each,
            loop=self.loop,
            required=self.required,
            static_output=self.static_output,
            is_collect=self.collect,
            is_start=self.is_start,
            on_error=self.on_error,
            order=self.order,
            slots=self.slots,
        )


def link(source: str, sink: str, *, static: bool = False, call: bool = False) -> LinkSpec:
    """`link("a.out", "b.in")`."""
    source_id, source_pin = source.split(".", 1)
    sink_id, sink_pin = sink.split(".", 1)
    return LinkSpec(source_id, source_pin, sink_id, sink_pin, is_static=static, is_call=call)


def compiled(nodes: list[Node], links: list[LinkSpec]) -> Compiled:
    """The graph for the planner."""
    return compile_graph([node.spec() for node in nodes], links)


Record = dict[tuple[str, Path, int], tuple[dict[str, Any], list[tuple[str, Path, Any]], object]]


class Driver:
    """One run of a graph. `random` chooses what happens next; None: always the first thing that can."""

    def __init__(
        self,
        graph: Compiled,
        nodes: list[Node],
        random: Random | None = None,
        *,
        limit: int = 4_000,
        wakes: Callable[[Firing], bool] = lambda _: True,
    ) -> None:
        self.graph = graph
        self.blocks = {node.id: node for node in nodes}
        self.plan = Plan(graph, trace=True)
        self.random = random
        self.limit = limit
        self.wakes = wakes
        self.status = "running"
        self.errors: list[tuple[str, Path, object]] = []
        self.log: list[tuple[str, Firing]] = []
        self.seq = 0
        self.running: list[Firing] = []
        self.waiting: list[Firing] = []
        self._steps: dict[Firing, Generator[Emission, Any, None]] = {}
        self._answers: dict[Firing, Any] = {}
        self._callers: dict[Firing, Firing] = {}

    def run(self) -> Driver:
        """Runs to the end, to a stop, or to the limit."""
        while self.status == "running":
            choices = self.choices()
            if not choices:
                self._finish()
                break
            kind, firing = self.random.choice(choices) if self.random else choices[0]
            self.do(kind, firing)
            if len(self.log) > self.limit:
                self.status = "limit"
        return self

    def choices(self) -> list[tuple[str, Firing]]:
        """What may happen next."""
        ready = self.plan.ready()
        assert self.plan.take_ready() is (ready[0] if ready else None)
        first: dict[Any, Firing] = {}
        for firing in ready:
            first.setdefault(firing if firing.is_called else firing.node.index, firing)
        called = set(self._callers.values())
        return [
            *(("start", firing) for firing in first.values()),
            *(("step", firing) for firing in self.running if firing not in called),
            *(("resume", firing) for firing in self.waiting if self.wakes(firing)),
        ]

    def do(self, kind: str, firing: Firing) -> None:
        """Lets one thing happen."""
        self.log.append((kind, firing))
        if kind == "start":
            self._start(firing)
        elif kind == "resume":
            self.waiting.remove(firing)
            self.plan.resume(firing)
        else:
            self._step(firing)

    def _start(self, firing: Firing) -> None:
        self.plan.start(firing)
        self.running.append(firing)
        if firing not in self._steps:
            block = self.blocks[firing.node.id]
            self._steps[firing] = _generator(block.run({**block.const, **plain(firing.inputs)}, firing.n))

    def _step(self, firing: Firing) -> None:
        try:
            emission = self._steps[firing].send(self._answers.pop(firing, None))
        except StopIteration:
            self.plan.ended(firing)
            self._over(firing)
        except Fail as error:
            self._fail(firing, str(error))
        else:
            self._emit(firing, emission)

    def _emit(self, firing: Firing, emission: Emission) -> None:
        self.seq += 1
        if emission is WAIT:
            self.plan.wait(firing)
            self.running.remove(firing)
            self.waiting.append(firing)
        elif isinstance(emission, Call):
            tool = self.plan.call(firing, self.graph.by_id[emission.tool], emission.inputs, self.seq)
            self._callers[tool] = firing
        elif emission[0] == "error":
            self._fail(firing, emission[1])
        else:
            value = self.plan.yielded(firing, emission[0], emission[1], self.seq)
            assert value.origin is firing
            assert value.data is emission[1]

    def _fail(self, firing: Firing, message: object) -> None:
        self.seq += 1
        outcome = self.plan.failed(firing, message, self.seq)
        if outcome != "handled":
            self.errors.append((firing.node.id, firing.item.path, message))
        if outcome == "stop":
            self.status = "failed"
            assert self.plan.take_ready() is None
            assert self.plan.ready() == []
        self._over(firing)

    def _over(self, firing: Firing) -> None:
        self.running.remove(firing)
        caller = self._callers.pop(firing, None)
        if caller is not None:
            error = [("error", firing.error)] if firing.has_failed else []
            self._answers[caller] = [(pin, value.data) for pin, value in firing.emitted or ()] + error

    def _finish(self) -> None:
        if self.waiting:
            assert self.plan.is_waiting()
            assert not self.plan.is_over()
            self.status = "waiting"
            return
        assert not self.running, "something runs but nothing can happen"
        assert self.plan.is_over()
        assert not self.plan.is_waiting()
        self.status = "completed_with_errors" if self.errors else "completed"
        if not self.plan.leftovers():
            late = [(firing, firing.pending) for firing in self.plan.firings if firing.pending]
            assert not late, late

    # What there is to look at

    def firings(self, node_id: str) -> list[Firing]:
        """A node's firings, by number."""
        found = [firing for firing in self.plan.firings if firing.node.id == node_id]
        return sorted(found, key=lambda firing: firing.n)

    def outs(self, node_id: str, pin: str = "out") -> list[Any]:
        """What a node yielded on a pin, by firing."""
        return [
            value.data
            for firing in self.firings(node_id)
            for name, value in firing.emitted or ()
            if name == pin
        ]

    def paths(self, node_id: str) -> list[Path]:
        """The items of a node's firings, by number."""
        return [firing.item.path for firing in self.firings(node_id)]

    def indexes(self, node_id: str) -> list[tuple[int, ...]]:
        """The same, indexes only."""
        return [tuple(index for _, _, index in path) for path in self.paths(node_id)]

    def leftovers(self) -> dict[tuple[str, str], int]:
        """(node, pin) to the number of values never used."""
        return {(left.node_id, left.pin): left.count for left in self.plan.leftovers()}

    def record(self) -> Record:
        """What must not depend on timing."""
        return {
            (firing.node.id, firing.item.path, firing.ordinal): (
                plain(firing.inputs),
                [(pin, value.item.path, value.data) for pin, value in firing.emitted or ()],
                firing.error,
            )
            for firing in self.plan.firings
        }

    def orders(self) -> dict[str, list[Path]]:
        """Every node's firings, by number."""
        orders: dict[str, list[Path]] = defaultdict(list)
        for firing in self.plan.firings:
            orders[firing.node.id].append(firing.item.path)
        return orders


def plain(inputs: Inputs) -> dict[str, Any]:
    """Inputs as a block gets them."""
    return {
        pin: [one.data for one in value] if isinstance(value, list) else value.data
        for pin, value in inputs.items()
    }


def _generator(emissions: Iterable[Emission]) -> Generator[Emission, Any, None]:
    if isinstance(emissions, Generator):
        yield from emissions
        return
    yield from emissions


SEEDS = range(30)


def run_all(nodes: list[Node], links: list[LinkSpec], *, seeds: Iterable[int] = SEEDS) -> list[Driver]:
    """Runs in order and under random schedules."""
    graph = compiled(nodes, links)
    schedules = [None, *(Random(seed) for seed in seeds)]
    return [Driver(graph, nodes, random).run() for random in schedules]


def run_same(nodes: list[Node], links: list[LinkSpec], *, order: bool = True) -> Driver:
    """The run, which must be the same under every schedule (`order`: the numbers of the firings too)."""
    first, *others = run_all(nodes, links)
    for other in others:
        assert other.record() == first.record()
        assert other.leftovers() == first.leftovers()
        assert other.status == first.status
        if order:
            assert other.orders() == first.orders()
    return first
