"""What lies at a node of several pins until it meets its partners."""

from __future__ import annotations

from collections import deque

from backend.executor.planning.items import Item, Match, Outer, Value
from backend.executor.planning.shape import CompiledNode, CompiledPin


class Queue:
    """Values of one pin, in order, by item."""

    __slots__ = ("by_item",)

    def __init__(self) -> None:
        self.by_item: dict[Item, Value | deque[Value]] = {}

    def put(self, item: Item, value: Value) -> None:
        """Adds the newest of its item."""
        there = self.by_item.get(item)
        if there is None:
            self.by_item[item] = value
        elif isinstance(there, Value):
            self.by_item[item] = deque((there, value))
        else:
            there.append(value)

    def take(self, item: Item) -> Value:
        """Takes the oldest of its item, which must be there."""
        there = self.by_item.pop(item)
        if isinstance(there, Value):
            return there
        value = there.popleft()
        if there:
            self.by_item[item] = there
        return value

    def __len__(self) -> int:
        return sum(1 if isinstance(there, Value) else len(there) for there in self.by_item.values())


class Table:
    """What lies at one node."""

    __slots__ = (
        "below",
        "node",
        "outer",
        "queues",
        "starts",
        "stuck",
        "turns",
        "waiting",
        "watchers",
        "zipped",
    )

    def __init__(self, node: CompiledNode) -> None:
        self.node = node
        self.queues = [Queue() for _ in node.pins]
        self.outer: dict[CompiledPin, dict[Item, list[Outer]]] = {}
        self.waiting: dict[tuple[CompiledPin, Item, int], list[tuple[int, Match]]] = {}
        """(pin, item, place) of an outer value, or of a static one (place -1), to the matches it will complete."""
        self.zipped: dict[Item, list[deque[Match]]] = {}
        """Shared item to the complete matches of each group of pins."""
        self.turns = 0
        """Matches that wait for state."""
        self.starts: deque[Match] = deque()
        """Second starts of a loop that wait until the first is over."""
        self.below: dict[Item, dict[Item, None]] = {}
        """Items with static values, by the item around them."""
        self.watchers: dict[CompiledNode, None] = {}
        """Collects to ask again after anything has changed here."""
