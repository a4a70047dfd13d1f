"""What a compiled graph is made of: nodes, pins and links with everything a run looks up already worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, final


@final
class Nothing:
    """The type of `NOTHING`: what a link's `pick` returns when the value has no such part."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = Nothing()

ScopeType = tuple[int, ...]
"""The generators (positions in the graph, outermost first) whose items a value belongs to."""


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A node as the planner sees it."""

    id: str
    input_pins: tuple[str, ...] = ()
    """The block's own order. Dynamic pins (`values_$_0`) sort with their base pin, then by appearance."""
    each: frozenset[str] = frozenset()
    """Output pins that open items."""
    loop: frozenset[str] = frozenset()
    """Loop pins: an item's first firing goes without them."""
    required: frozenset[str] = frozenset()
    """Input pins without a default: neither a constant nor a default of the field."""
    static_output: bool = False
    is_collect: bool = False
    is_start: bool = True
    """May fire at the start when it has no linked pins. False: notes, triggers that did not start this run."""
    on_error: Literal["stop", "continue"] = "stop"
    order: Literal["source", "arrival"] = "source"
    slots: int = 10
    """Firings side by side."""


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A link from an output pin to an input pin."""

    source_id: str
    source_pin: str
    sink_id: str
    sink_pin: str
    is_static: bool = False
    pick: Callable[[object], object] | None = None
    """The part of the emitted value that this link carries; `NOTHING`: it delivers nothing."""
    is_call: bool = False
    """From an agent's `tools` pin: carries no values; the sink node is called."""


@dataclass(frozen=True, slots=True)
class CompileProblem:
    """One reason why a graph cannot run, with what to do about it."""

    node_id: str
    pin: str | None
    code: str
    message: str


class CompileError(Exception):
    """A graph that cannot run; `problems` lists every reason, in graph order."""

    def __init__(self, problems: Sequence[CompileProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the canvas says about a node; `pin` is None when it is about the whole node."""

    code: str
    pin: str | None
    message: str


class Kind(IntEnum):
    """How a node comes to fire."""

    FREE = 0
    """Without linked pins: once, at the start."""
    SINGLE = 1
    """One linked pin: for each value."""
    JOIN = 2
    """Several pins, at least one of them a queue: for each set that pairs."""
    STATIC = 3
    """Static pins and feedback only: when the set of an item is complete, and at each later arrival."""
    COLLECT = 4
    """When a scope is settled."""
    TOOL = 5
    """When an agent calls it; its linked pins keep their last values."""


class CompiledPin:
    """A linked input pin."""

    __slots__ = (
        "counts",
        "depth",
        "feeders",
        "group",
        "is_loop",
        "is_outer",
        "is_state",
        "is_static",
        "links",
        "name",
        "node",
        "position",
        "scope_type",
    )

    def __init__(self, name: str, node: CompiledNode) -> None:
        self.name = name
        self.node = node
        self.links: list[CompiledLink] = []
        self.position = 0
        self.is_static = False
        self.is_state = False
        self.is_loop = False
        self.is_outer = False
        self.group = 0
        self.scope_type: ScopeType | None = None
        self.depth = 0
        self.feeders = 0
        """Mask of the classes of nodes that reach this pin."""
        self.counts = True
        """Whether a value lying here counts for the back-pressure of its firing."""

    def __repr__(self) -> str:
        return f"{self.node.id}.{self.name}"


class CompiledLink:
    """A link that carries values."""

    __slots__ = ("is_static", "pick", "pin", "rank", "source", "source_pin")

    def __init__(
        self,
        source: CompiledNode,
        source_pin: str,
        pin: CompiledPin,
        *,
        is_static: bool,
        pick: Callable[[object], object] | None,
        rank: int,
    ) -> None:
        self.source = source
        self.source_pin = source_pin
        self.pin = pin
        self.is_static = is_static
        self.pick = pick
        self.rank = rank
        """Position among the graph's links; collects sort by it."""


class Port:
    """A linked output pin: its links, and how many of them count for back-pressure."""

    __slots__ = ("links", "weight")

    def __init__(self) -> None:
        self.links: list[CompiledLink] = []
        self.weight = 0


class Group:
    """Queue pins of a node whose scopes lie on one chain: they pair by item."""

    __slots__ = ("full", "outer", "scope_type")

    def __init__(self, scope_type: ScopeType, full: list[CompiledPin], outer: list[CompiledPin]) -> None:
        self.scope_type = scope_type
        self.full = full
        """Pins of the deepest scope: one value of each makes a set."""
        self.outer = outer
        """Pins of scopes around it: their n-th value serves the n-th scope."""


class CompiledNode:
    """A node with its pins, scopes and neighbours worked out. Never changes during a run."""

    __slots__ = (
        "bit",
        "by_name",
        "callees",
        "callers",
        "closes",
        "component",
        "depth",
        "each",
        "groups",
        "id",
        "index",
        "is_arrival",
        "is_cyclic",
        "is_plain_join",
        "is_tool",
        "kind",
        "loops",
        "outs",
        "parks",
        "pins",
        "scope_type",
        "slots",
        "spec",
        "state_depth",
        "states",
        "statics",
        "upstream",
        "watch",
        "zip_depth",
    )

    def __init__(self, spec: NodeSpec, index: int) -> None:
        self.spec = spec
        self.id = spec.id
        self.index = index
        self.bit = 1 << index
        self.each = spec.each
        self.slots = max(1, spec.slots)
        self.is_arrival = spec.order == "arrival"
        self.pins: list[CompiledPin] = []
        self.by_name: dict[str, CompiledPin] = {}
        self.outs: dict[str, Port] = {}
        self.callers: list[CompiledNode] = []
        self.callees: list[CompiledNode] = []
        self.is_tool = False
        self.component = 0
        """Number of its strongly connected component; links go from low to high."""
        self.is_cyclic = False
        self.scope_type: ScopeType | None = None
        self.depth = 0
        self.kind = Kind.FREE
        self.groups: list[Group] = []
        self.statics: list[CompiledPin] = []
        self.states: list[CompiledPin] = []
        self.loops: list[CompiledPin] = []
        self.is_plain_join = False
        self.zip_depth = 0
        """Depth of the item within which unrelated groups pair in order."""
        self.state_depth = 0
        """Depth of the scope within which state goes from firing to firing."""
        self.closes: list[CompiledNode] = []
        """Collects that fire once for each scope this node opens."""
        self.watch = -1
        """Class of the node: what its firings keep unsettled. -1: nothing."""
        self.upstream = 0
        """Mask of the classes that keep this collect (or this loop's second start) waiting."""
        self.parks = False
        """Whether a value that waits here may be completed from outside its scope before a collect."""

    def __repr__(self) -> str:
        return f"CompiledNode({self.id!r})"
