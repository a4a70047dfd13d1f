"""Random graphs for tests of the plan. Every value carries its lineage, so a mix of two items shows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from backend.executor.compiled import LinkSpec
from tests.executor.plan_blocks import ITEM_AND_KEY, Ins
from tests.executor.plan_driver import WAIT, Call, Emission, Fail, Node, Run, link

Lineage = dict[Any, Any]
"""Scope -> index in it."""


class Traced:
    """A value with its lineage."""

    __slots__ = ("data", "lineage")

    def __init__(self, lineage: Lineage, data: Any) -> None:
        self.lineage = lineage
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Traced) and (self.lineage, self.data) == (other.lineage, other.data)

    __hash__ = None  # type: ignore[assignment]  # compared by content, never a key

    def __repr__(self) -> str:
        return f"Traced({self.lineage}, {self.data!r})"


@dataclass
class RandomGraph:
    """Nodes and links under construction; `mixed` gets what blocks saw of two items at once."""

    nodes: list[Node] = field(default_factory=list[Node])
    links: list[LinkSpec] = field(default_factory=list[LinkSpec])
    outputs: list[str] = field(default_factory=list[str])
    mixed: list[Any] = field(default_factory=list[Any])
    has_loop: bool = False

    def lineage(self, values: Iterable[Traced]) -> Lineage:
        """The lineages of several values together; two indexes in one scope are noted."""
        together: Lineage = {}
        for value in values:
            for scope, index in value.lineage.items():
                if together.setdefault(scope, index) != index:
                    self.mixed.append((scope, together[scope], index))
        return together

    def maps(self, code: Any) -> Run:
        """A block that yields one value of its inputs' lineage."""
        return lambda ins, n: [("out", Traced(self.lineage(ins.values()), code))]


@dataclass(frozen=True)
class Allowed:
    """What a random graph may have."""

    merge: bool = True
    cycle: bool = True
    burst: bool = True
    wait: bool = False
    call: bool = True
    static: bool = True


@dataclass
class Adder:
    """Adds one node of a kind."""

    draw: st.DrawFn
    graph: RandomGraph
    name: str

    def pick(self) -> str:
        """An output that is there already."""
        return self.draw(st.sampled_from(self.graph.outputs))

    def count(self, low: int, high: int) -> int:
        """A number between the two."""
        return self.draw(st.integers(low, high))

    def feed(self, *pins: str, static: bool = False) -> None:
        """Links outputs that are there to pins of the new node."""
        self.graph.links.extend(link(self.pick(), f"{self.name}.{pin}", static=static) for pin in pins)

    def add(self, run: Run, *outs: str, **options: Any) -> None:
        """The new node and its outputs."""
        self.graph.nodes.append(Node(self.name, run, **options))
        self.graph.outputs.extend(f"{self.name}.{out}" for out in outs)

    def source(self) -> None:
        self.add(lambda ins, n: [("out", Traced({}, 0))], "out")

    def map(self) -> None:
        self.feed("in")
        self.add(self.graph.maps(1), "out")

    def fail(self) -> None:
        self.feed("in")
        self.add(_fails(self.graph, self.count(0, 3)), "out", on_error="continue")

    def filter(self) -> None:
        self.feed("in")
        self.add(_filters(self.graph, self.count(0, 3)), "yes", "no")

    def gen(self) -> None:
        if self.graph.outputs and self.count(0, 3):
            self.feed("in")
        run = _gives_out(self.graph, self.name, self.count(0, 3), self.count(0, 6))
        self.add(run, "item", "key", "item", "list", each=ITEM_AND_KEY, on_error="continue")

    def join2(self) -> None:
        self._join("x", "y")

    def join3(self) -> None:
        self._join("x", "y", "z")

    def _join(self, *pins: str) -> None:
        self.feed(*pins)
        self.add(self.graph.maps(7), "out", pins=pins)

    def static_join(self) -> None:
        self.feed("x")
        self.feed("y", static=True)
        self.add(self.graph.maps(13), "out", pins=("x", "y"))

    def static_only(self) -> None:
        self.feed("x", "y", static=True)
        self.add(self.graph.maps(14), "out", pins=("x", "y"))

    def collect(self) -> None:
        self.feed("items")
        self.add(_collects, "list", collect=True)

    def store(self) -> None:
        self.feed("in")
        self.add(self.graph.maps(8), "out", static_output=True)

    def burst(self) -> None:
        self.feed("in")
        graph = self.graph
        self.add(
            lambda ins, n: [("out", Traced(graph.lineage(ins.values()), code)) for code in (9, 10)], "out"
        )

    def rejoin(self) -> None:
        self.feed("in", "in")
        self.add(self.graph.maps(11), "out")

    def wait(self) -> None:
        self.feed("in")
        self.add(_waits(self.graph), "out", slots=self.count(1, 3))

    def acc(self) -> None:
        self.feed("entry")
        self.graph.links.append(link(f"{self.name}.list", f"{self.name}.list"))
        self.add(_accumulates(self.graph, self.count(0, 6)), "list", on_error="continue")

    def shared_acc(self) -> None:
        merge, other = f"{self.name}m", f"{self.name}b"
        self.feed("entry")
        self.graph.links.append(link(self.pick(), f"{other}.entry"))
        for one in (self.name, other):
            self.graph.links += [link(f"{one}.list", f"{merge}.in"), link(f"{merge}.out", f"{one}.list")]
        self.graph.nodes.append(Node(other, _accumulates(self.graph, self.count(0, 6)), on_error="continue"))
        self.graph.nodes.append(Node(merge, lambda ins, n: [("out", ins["in"])], required=frozenset({"in"})))
        self.add(_accumulates(self.graph, self.count(0, 6)), "list", on_error="continue")

    def calls(self) -> None:
        tool = f"{self.name}t"
        self.feed("in")
        self.graph.links.append(link(f"{self.name}.tools", f"{tool}.call", call=True))
        self.add(_calls(self.graph, tool, self.count(0, 2)), "out")
        self.graph.nodes.append(Node(tool, self.graph.maps(15), is_start=False))
        self.graph.outputs.append(f"{tool}.out")

    def loop(self) -> None:
        turn = f"{self.name}f"
        self.graph.has_loop = True
        self.graph.links += [
            link(self.pick(), f"{self.name}.in"),
            link(f"{self.name}.out", f"{turn}.in"),
            link(f"{turn}.no", f"{self.name}.in"),
        ]
        self.graph.nodes += [Node(self.name, _counts(self.graph)), Node(turn, _turns)]
        self.graph.outputs.append(f"{turn}.yes")

    def agent(self) -> None:
        tool = f"{self.name}t"
        self.graph.has_loop = True
        self.feed("prompt", static=self.draw(st.booleans()))
        self.graph.links += [
            link(f"{self.name}.history", f"{self.name}.history"),
            link(f"{self.name}.ask", f"{tool}.in"),
            link(f"{tool}.out", f"{self.name}.result"),
        ]
        self.graph.nodes.append(Node(tool, self.graph.maps(16)))
        self.add(_asks(self.graph, self.count(1, 3)), "done", loop=frozenset({"history", "result"}))


SWITCHED = {
    "rejoin": "merge",
    "shared_acc": "merge",
    "acc": "cycle",
    "loop": "cycle",
    "agent": "cycle",
    "burst": "burst",
    "wait": "wait",
    "calls": "call",
    "static_join": "static",
    "static_only": "static",
}
KINDS = (
    *(
        "source",
        "map",
        "fail",
        "filter",
        "gen",
        "gen",
        "join2",
        "join2",
        "join3",
        "collect",
        "store",
        "burst",
    ),
    *("rejoin", "acc", "shared_acc", "loop", "agent", "wait", "calls", "static_join", "static_only"),
)


@st.composite
def graphs(draw: st.DrawFn, allowed: Allowed) -> RandomGraph:
    """Graphs of 2 to 11 kinds in which everything feeds from what came before, or from its own loop."""
    graph = RandomGraph()
    kinds = [kind for kind in KINDS if kind not in SWITCHED or getattr(allowed, SWITCHED[kind])]
    for k in range(draw(st.integers(2, 11))):
        first: list[str] = ["source", "gen"]
        kind = draw(st.sampled_from(kinds if graph.outputs else first))
        add: Callable[[], None] = getattr(Adder(draw, graph, f"n{k}"), kind)
        add()
    return graph


def _is_bad(graph: RandomGraph, ins: Ins, bias: int) -> bool:
    return (sum(map(sum, graph.lineage(ins.values()).values())) + bias) % 3 == 0


def _fails(graph: RandomGraph, bias: int) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        if _is_bad(graph, ins, bias):
            raise Fail("x")
        yield "out", Traced(graph.lineage(ins.values()), 2)

    return run


def _filters(graph: RandomGraph, bias: int) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        yield "yes" if _is_bad(graph, ins, bias) else "no", Traced(graph.lineage(ins.values()), 3)

    return run


def _waits(graph: RandomGraph) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        yield WAIT
        yield "out", Traced(graph.lineage(ins.values()), 12)

    return run


def _gives_out(graph: RandomGraph, name: str, count: int, fails_at: int) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        base = graph.lineage(ins.values())
        scope = (name, tuple(sorted(base.items())))
        for index in range(count):
            if fails_at == index:
                raise Fail("gen")
            lineage = {**base, scope: (index,)}
            yield "item", Traced(lineage, 4)
            yield "key", Traced(lineage, 5)
        yield "list", Traced(base, 6)

    return run


def _collects(ins: Ins, n: int) -> Iterator[Emission]:
    lineages = [value.lineage for value in ins["items"]]
    shared: Lineage = {}
    if len(lineages) > 1:
        shared = {k: v for k, v in lineages[0].items() if all(one.get(k) == v for one in lineages)}
    yield "list", Traced(shared, [(v.data, sorted(map(str, v.lineage.items()))) for v in ins["items"]])


def _accumulates(graph: RandomGraph, bias: int) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        entry = ins["entry"]
        if bias < 3 and _is_bad(graph, {"entry": entry}, bias):
            raise Fail("acc")
        so_far = ins["list"].data if "list" in ins and isinstance(ins["list"].data, tuple) else ()
        added = 0 if isinstance(entry.data, list) else entry.data
        yield "list", Traced(graph.lineage([entry]), (*so_far, added))

    return run


def _counts(graph: RandomGraph) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        before = ins["in"].data
        rounds = before if isinstance(before, int) and before > 20 else 20
        yield "out", Traced(graph.lineage(ins.values()), rounds + 1)

    return run


def _turns(ins: Ins, n: int) -> Iterator[Emission]:
    yield "yes" if ins["in"].data > 23 else "no", ins["in"]


def _calls(graph: RandomGraph, tool: str, count: int) -> Run:
    def run(ins: Ins, n: int) -> Generator[Emission, Any, None]:
        got: list[Traced] = list(ins.values())
        for _ in range(count):
            results = yield Call(tool, {"in": got[-1]})
            got += [value for _, value in results]
        yield "out", Traced(graph.lineage(got), 17)

    return run


def _asks(graph: RandomGraph, rounds: int) -> Run:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        so_far = ins["history"].data if "history" in ins else 0
        lineage = graph.lineage(ins.values())
        if so_far < rounds:
            yield "history", Traced(lineage, so_far + 1)
            yield "ask", Traced(lineage, so_far)
        else:
            yield "done", Traced(lineage, 18)

    return run
