"""What moves in a run: values, the firings that yield them, and the items and scopes they belong to."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, final

if TYPE_CHECKING:
    from backend.executor.planning.lanes import Lane
    from backend.executor.planning.shape import CompiledNode, CompiledPin

Path = tuple[tuple[str, int, int], ...]
"""(generator's node id, ordinal of its firing, index), outermost first."""

FiringState = Literal["ready", "running", "waiting", "ended"]


@final
class Value:
    """What a block yielded on a pin; `seq` is the number of its `yielded` event."""

    __slots__ = ("data", "item", "origin", "seq")

    def __init__(self, data: object, seq: int, origin: Firing, item: Item) -> None:
        self.data = data
        self.seq = seq
        self.origin = origin
        self.item = item

    def __repr__(self) -> str:
        return f"Value({self.data!r}, seq={self.seq})"


Inputs = dict[str, "Value | list[Value]"]


@final
class Firing:
    """One execution of a node. `pending` counts its values that nobody has consumed yet."""

    __slots__ = (
        "emitted",
        "error",
        "has_failed",
        "has_started",
        "held",
        "inputs",
        "is_called",
        "is_flowing",
        "item",
        "lane",
        "n",
        "next",
        "node",
        "ordinal",
        "owes",
        "pending",
        "rows",
        "state",
        "yielded_on",
    )

    def __init__(
        self, lane: Lane, n: int, item: Item, ordinal: int, inputs: Inputs, owes: Sequence[Firing]
    ) -> None:
        self.lane = lane
        self.node: CompiledNode = lane.node
        self.n = n
        self.item = item
        self.ordinal = ordinal
        """Number among the firings of this node that have the same path."""
        self.inputs = inputs
        self.owes = owes
        """Whose `pending` goes down, once for each entry, when this firing starts."""
        self.state: FiringState = "ready"
        self.pending = 0
        self.error: object = None
        self.has_failed = False
        self.has_started = False
        self.is_flowing = False
        """Whether its values leave as they are yielded: its turn has come."""
        self.is_called = False
        self.next: Firing | None = None
        self.held: list[tuple[str, Value]] | None = None
        self.rows: Rows | None = None
        self.emitted: list[tuple[str, Value]] | None = None
        """(pin, value) of everything it yielded: kept for the caller of a tool, and by `trace`."""
        self.yielded_on: set[str] | None = None

    def __repr__(self) -> str:
        return f"Firing({self.node.id!r}, {self.n}, {self.state})"


class Rows:
    """The items a generator's firing gives out: a pin that already had its value begins the next one."""

    __slots__ = ("index", "item", "scope", "seen")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.index = 0
        self.item = Item(scope, 0)
        self.seen: set[str] = set()

    def item_for(self, pin: str) -> Item:
        """The item that the next value on this pin belongs to."""
        seen = self.seen
        if pin in seen:
            self.index += 1
            self.item = Item(self.scope, self.index)
            seen.clear()
        seen.add(pin)
        return self.item


@final
class Scope:
    """The items that one firing of a generator gives out. The run itself is the outermost scope, with one item."""

    __slots__ = ("at", "depth", "live", "mask", "opener", "ordinal", "parent", "parked", "states", "waiters")

    def __init__(self, opener: CompiledNode | None, ordinal: int, at: Item | None) -> None:
        self.opener = opener
        self.ordinal = ordinal
        self.at = at
        """The item whose firing opened it; None for the run's own."""
        self.parent: Scope | None = at.scope if at is not None else None
        self.depth: int = at.depth + 1 if at is not None else 0
        self.live: dict[int, int] = {}
        """Class -> firings here of that class that are not over, plus inner scopes that have any."""
        self.mask = 0
        self.parked: dict[CompiledNode, int] | None = None
        """Node -> what waits there for partners, plus inner scopes that have any."""
        self.waiters: dict[int, dict[CompiledNode, None]] | None = None
        """Class -> collects and loops to ask again when nothing of it lives here."""
        self.states: dict[int, StateLine] | None = None


@final
class Item:
    """One row of what a generator gives out."""

    __slots__ = ("_path", "depth", "fired", "index", "loops", "refired", "scope", "states", "statics")

    def __init__(self, scope: Scope, index: int) -> None:
        self.scope = scope
        self.index = index
        self.depth = scope.depth
        self.fired = 0
        """Mask of the nodes that have fired for it."""
        self.refired: dict[int, int] | None = None
        self.statics: dict[CompiledPin, Value] | None = None
        self.loops: dict[int, LoopLine] | None = None
        self.states: dict[int, StateLine] | None = None
        self._path: Path | None = None

    def next_ordinal(self, node: CompiledNode) -> int:
        """How many firings of the node it has had; this one counts from now on."""
        if not self.fired & node.bit:
            self.fired |= node.bit
            return 0
        if self.refired is None:
            self.refired = {}
        ordinal = self.refired[node.index] = self.refired.get(node.index, 0) + 1
        return ordinal

    def at_depth(self, depth: int) -> Item:
        """Itself or the item around it that has this depth."""
        item = self
        while item.depth > depth and item.scope.at is not None:
            item = item.scope.at
        return item

    @property
    def path(self) -> Path:
        """The items from the outermost to this one; empty for a value outside every list."""
        path = self._path
        if path is None:
            scope = self.scope
            if scope.at is None or scope.opener is None:
                path = ()
            else:
                path = (*scope.at.path, (scope.opener.id, scope.ordinal, self.index))
            self._path = path
        return path


class Match:
    """Values of queue pins that belong together."""

    __slots__ = ("inputs", "item", "owes")

    def __init__(self, item: Item, inputs: Inputs, owes: list[Firing]) -> None:
        self.item = item
        self.inputs = inputs
        self.owes = owes


@final
class Default:
    """The type of `DEFAULT`: what the first firing of a scope takes on its state pins."""

    __slots__ = ()


DEFAULT: Final = Default()


class StateLine:
    """State that goes from firing to firing: what came back on each state pin, and whose turn is next."""

    __slots__ = ("fed", "turns")

    def __init__(self, pins: int) -> None:
        self.fed: list[deque[Value | Default]] = [deque((DEFAULT,)) for _ in range(pins)]
        self.turns: deque[Match] = deque()


class LoopLine:
    """What a looping node keeps for an item, and what came back on its loop pins."""

    __slots__ = ("fed", "kept")

    def __init__(self, pins: int) -> None:
        self.kept: Inputs | None = None
        """What the other pins had at the first firing; None before it."""
        self.fed: list[deque[Value]] = [deque() for _ in range(pins)]


class Outer:
    """A value from around a scope: it serves every item of it."""

    __slots__ = ("is_used", "value")

    def __init__(self, value: Value) -> None:
        self.value = value
        self.is_used = False
