"""Bombs for blocks that evaluate expressions, and lists that would make others slow or large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb


def mapped(expression: str, *items: Any, **values: Any) -> Callable[[], JsonObject]:
    return lambda: {"list": list(items) or [1], "expression": expression, "values": values}


def many(expression: str, count: int) -> Callable[[], JsonObject]:
    return lambda: {"list": [*range(count)], "expression": expression}


def colliding_pairs(count: int) -> list[list[int]]:
    """Lists of two whole numbers whose tuples all have one hash in CPython (a hash without a secret)."""
    prime_1, prime_2, prime_5 = 11400714785074694791, 14029467366897019727, 2870177450012600261
    mask = 2**64 - 1
    inverse = pow(prime_2, -1, 2**64)

    def rotated(number: int) -> int:
        return ((number << 31) | (number >> 33)) & mask

    target, pairs, first = 12345, list[list[int]](), 0
    while len(pairs) < count:
        first += 1
        state = rotated((prime_5 + first * prime_2) & mask) * prime_1 & mask
        second = (target - state) * inverse & mask
        if second < 2**61 - 1:
            pairs.append([first, second])
    return pairs


def nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


BOMBS: list[Bomb] = [
    Bomb("a repeated list", "MapListBlock", mapped("[1] * 100000000"), "stopped"),
    Bomb("repeated lists of lists", "MapListBlock", mapped("([[1] * 9999] * 9999)|tojson"), "stopped"),
    Bomb("a repeated text", "MapListBlock", mapped("'a' * 1000000000"), "too large"),
    Bomb("a wide format", "MapListBlock", mapped('"%0999999999d"|format(item)'), "stopped"),
    Bomb("a format as wide as memory", "FilterListBlock", mapped('"%099999999d"|format(item) == ""'), None),
    Bomb("a deep indent", "MapListBlock", mapped('"x\ny"|indent(2000000000)'), "stopped"),
    Bomb("slices of nothing", "MapListBlock", mapped("[1]|slice(100000000)|list|length"), "stopped"),
    Bomb("a range without end", "FilterListBlock", mapped("range(1000000000)"), "too many elements"),
    Bomb(
        "ranges within ranges",
        "MapListBlock",
        mapped("range(99999)|map('replace', '', range(99999)|join)|join|length"),
        "stopped",
    ),
    Bomb("joined by long texts", "MapListBlock", mapped('range(99999)|join("-" * 99999)'), "stopped"),
    Bomb(
        "a text replaced by itself",
        "FilterListBlock",
        mapped("item|replace('', item)|replace('', item)", "y" * 10_000),
        "stopped",
    ),
    Bomb("a sort of the huge", "MapListBlock", mapped("(range(99999)|list * 99)|sort|length"), "stopped"),
    Bomb(
        "unique items of the huge",
        "MapListBlock",
        mapped("(range(99999)|list * 99)|unique|length"),
        "stopped",
    ),
    Bomb(
        "a batch of the huge",
        "MapListBlock",
        mapped("(range(99999)|list * 99)|batch(1)|tojson|length"),
        "stopped",
    ),
    Bomb("brackets within brackets", "MapListBlock", mapped("(" * 9_000 + "item" + ")" * 9_000), "recursion"),
    Bomb("a long sum", "FilterListBlock", mapped("1+" * 9_990 + "1"), None),
    Bomb("a long chain of denials", "FilterListBlock", mapped("not " * 4_990 + "1"), None),
    Bomb("a source of a mebibyte", "MapListBlock", mapped("1 + " * 262_144 + "1"), "characters"),
    Bomb("long results for many items", "MapListBlock", many("'x' * 100000", 10_000), "stopped"),
    Bomb(
        "the whole list for each item",
        "MapListBlock",
        mapped("whole", *range(5_000), whole=[0] * 5_000),
        "stopped",
    ),
    Bomb("work for each of many items", "FilterListBlock", many("range(9999)|sum > item", 10_000), "stopped"),
    Bomb("too many items", "FilterListBlock", many("item is odd", 1_000_000), "items"),
    Bomb("a path without end", "MapListBlock", mapped("item" + "[0]" * 6_000, *["x"] * 20_000), "stopped"),
    Bomb(
        "a path by characters",
        "SortListBlock",
        lambda: {"list": ["x"] * 50_000, "by": "[0]" * 160},
        "100 steps",
    ),
    Bomb(
        "as long a path as may be",
        "UniqueListBlock",
        lambda: {"list": ["x"] * 10_000, "by": "[0]" * 100},
        None,
    ),
    Bomb("items whose hashes collide", "UniqueListBlock", lambda: {"list": colliding_pairs(20_000)}, None),
    Bomb(
        "differences of colliding items",
        "ListDifferenceBlock",
        lambda: {"list_a": colliding_pairs(10_000), "list_b": colliding_pairs(20_000), "symmetric": True},
        None,
    ),
    Bomb(
        "padding that multiplies",
        "ZipListsBlock",
        lambda: {"lists": [[0] * 20_000, *[[]] * 20_000], "pad_to_longest": True},
        "1,000,000",
    ),
    Bomb(
        "turns of ended lists",
        "InterleaveListsBlock",
        lambda: {"lists": [[0] * 50_000, *[[]] * 50_000]},
        None,
    ),
    Bomb("lists as deep as JSON may be", "FlattenListBlock", lambda: {"nested_list": nested(90)}, None),
    Bomb("a sort of too many", "SortListBlock", lambda: {"list": [*range(200_000)]}, "50,000"),
    Bomb(
        "a sum beyond all numbers", "SummarizeNumbersBlock", lambda: {"list": [1.7e308] * 10_000}, "too large"
    ),
]
