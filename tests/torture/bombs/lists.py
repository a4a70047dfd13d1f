"""Lists of which each item costs a little: a megabyte of them would hold up whoever works on them."""

from __future__ import annotations

from typing import Any

from tests.torture.bombs.bomb import Bomb

_HALF, _WHOLE = 75_000, 150_000


def _ones() -> list[int]:
    return [*range(_WHOLE)]


def _empties() -> list[Any]:
    return [[] for _ in range(300_000)]


def _json_text() -> dict[str, str]:
    return {"items_str": f"[{'[],' * 300_000}[]]"}


BOMBS: list[Bomb] = [
    Bomb("as many different numbers", "UniqueListBlock", lambda: {"list": _ones()}, None),
    Bomb(
        "fractions that are whole",
        "UniqueListBlock",
        lambda: {"list": [number + 0.0 for number in range(100_000)]},
        None,
    ),
    Bomb(
        "two lists of the same",
        "ListIntersectionBlock",
        lambda: {"list_a": [*range(_HALF)], "list_b": [*range(_HALF)]},
        None,
    ),
    Bomb(
        "two lists of different numbers",
        "ListDifferenceBlock",
        lambda: {"list_a": [*range(_HALF)], "list_b": [*range(_HALF, _WHOLE)], "symmetric": True},
        None,
    ),
    Bomb(
        "lists joined and compared",
        "ConcatenateListsBlock",
        lambda: {"lists": [[*range(_HALF)], [*range(_HALF, _WHOLE)]], "deduplicate": True},
        None,
    ),
    Bomb("a list for each place", "ZipListsBlock", lambda: {"lists": [[0] * 250_000, [0] * 250_000]}, None),
    Bomb(
        "padding of short lists",
        "ZipListsBlock",
        lambda: {"lists": [[0] * 200_000, *([] for _ in range(100_000))], "pad_to_longest": True},
        "are the most",
    ),
    Bomb(
        "a long list among short ones",
        "InterleaveListsBlock",
        lambda: {"lists": [[0] * 200_000, *([0] for _ in range(50_000))]},
        None,
    ),
    Bomb("what is not there", "FindInListBlock", lambda: {"list": _empties(), "value": "a"}, None),
    Bomb(
        "nothing to remove", "RemoveFromListBlock", lambda: {"list": _empties(), "value": "a"}, "no item that"
    ),
    Bomb("a group for each item", "GroupListBlock", lambda: {"list": _ones()}, None),
    Bomb("lists in a list", "FlattenListBlock", lambda: {"nested_list": _empties()}, None),
    Bomb(
        "a truth for each item",
        "FilterListBlock",
        lambda: {"list": [{} for _ in range(300_000)], "expression": "item.price > 10"},
        None,
    ),
    Bomb(
        "items for an engine",
        "MapListBlock",
        lambda: {"list": [0] * 300_000, "expression": "item + 1"},
        "100,000 are the most",
    ),
    Bomb("more than can be sorted", "SortListBlock", lambda: {"list": [0] * 500_000}, "50,000"),
    Bomb(
        "as many as can be sorted",
        "SortListBlock",
        lambda: {"list": [f"é{number * 7_919 % 50_000}" for number in range(50_000)], "ignore_case": True},
        None,
    ),
    Bomb("numbers written as texts", "SummarizeNumbersBlock", lambda: {"list": ["1.5"] * 150_000}, None),
    Bomb("a text of empty lists to step through", "StepThroughItemsBlock", _json_text, "10,000"),
    Bomb(
        "tokens of a deep list",
        "CreateListBlock",
        lambda: {"values": [[[]] * 100_000], "max_tokens": 10},
        None,
    ),
    Bomb(
        "cases without end",
        "SwitchByValueBlock",
        lambda: {"value": "x", "cases": {"a": [[number] for number in range(100_000)]}},
        None,
    ),
]
