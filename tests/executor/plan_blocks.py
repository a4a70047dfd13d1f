"""Blocks for tests of the plan: sources, generators, maps, filters, joins, accumulators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.executor.plan_driver import Emission, Fail, Node, Run

Ins = dict[str, Any]


def source(value: Any) -> Run:
    """Yields one value."""
    return lambda ins, n: [("out", value)]


def steps(ins: Ins, n: int) -> Iterator[Emission]:
    """Gives out a list item by item, each with its key."""
    for key, value in enumerate(ins["items"]):
        yield "item", value
        yield "key", key


def steps_then_list(ins: Ins, n: int) -> Iterator[Emission]:
    """The same, then the list itself."""
    yield from steps(ins, n)
    yield "list", list(ins["items"])


def burst(ins: Ins, n: int) -> Iterator[Emission]:
    """Several values that are no items."""
    for value in ins["items"]:
        yield "out", value


def tag(name: str) -> Run:
    """Puts its name before the value."""
    return lambda ins, n: [("out", (name, ins["in"]))]


def same(ins: Ins, n: int) -> list[Emission]:
    """Hands the value on."""
    return [("out", ins["in"])]


def failing(bad: Callable[[Any], bool]) -> Run:
    """Fails for bad values and hands the others on."""

    def run(ins: Ins, n: int) -> Iterator[Emission]:
        if bad(ins["in"]):
            raise Fail(f"bad {ins['in']}")
        yield "out", ins["in"]

    return run


def choose(condition: Callable[[Any], bool]) -> Run:
    """Yields on `yes` or on `no`."""
    return lambda ins, n: [("yes" if condition(ins["in"]) else "no", ins["in"])]


def join(ins: Ins, n: int) -> Iterator[Emission]:
    """A tuple of its inputs, by the names of the pins."""
    yield "out", tuple(ins[name] for name in sorted(ins))


def add(ins: Ins, n: int) -> Iterator[Emission]:
    """Adds an entry to the list that came back."""
    yield "list", [*ins.get("list", []), ins["entry"]]


def collect(ins: Ins, n: int) -> Iterator[Emission]:
    """Gives the list on."""
    yield "list", ins["items"]


ITEM_AND_KEY = frozenset({"item", "key"})


def each(node_id: str = "g", items: Any = None, **options: Any) -> Node:
    """A generator of items, of a constant list if one is given."""
    const = {} if items is None else {"items": items}
    return Node(node_id, steps, each=ITEM_AND_KEY, const=const, **options)


def collector(node_id: str = "c") -> Node:
    """A collect."""
    return Node(node_id, collect, collect=True)
