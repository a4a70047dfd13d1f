"""Lists: what the blocks' own examples cannot show."""

from __future__ import annotations

import json
import random
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.blocks.lists._same import distinct, key_of, place_of
from backend.blocks.lists.compare import ListDifferenceBlock, ListIntersectionBlock
from backend.blocks.lists.filter import FilterListBlock
from backend.blocks.lists.flatten import FlattenListBlock
from backend.blocks.lists.map import MapListBlock
from backend.blocks.lists.sort import SortListBlock
from backend.data.block import Block, Execution
from backend.util.errors import BlockError

numbers = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, 0.0, -0.0, 1, 1.0, 2**53, 2.0**53, 2**53 + 1, 2**63, 2.0**63, 1e16, 10**16, 1e22]),
)
leaves = st.one_of(
    st.none(), st.booleans(), numbers, st.sampled_from(["", "1", "1.0", "true", "null", "[1]", "é", "1e9"])
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "1.0"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def is_equal(one: Any, other: Any) -> bool:
    """Equality of JSON, spelled out: by kind, numbers by value."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_equal(one[key], other[key]) for key in one)
    return bool(one == other)


@settings(max_examples=500, deadline=None)
@given(values, values)
def test_keys_are_equal_exactly_where_values_are(one: Any, other: Any) -> None:
    assert (key_of(one) == key_of(other)) == is_equal(one, other)
    assert key_of(one) == key_of(json.loads(json.dumps(one)))


@settings(max_examples=500, deadline=None)
@given(values)
def test_a_number_has_one_key_whole_or_not(value: Any) -> None:
    assert key_of(value) == key_of(with_floats(value))


def with_floats(value: Any) -> Any:
    """The same, with 1.0 for 1 wherever that is the same number."""
    if isinstance(value, list):
        return [with_floats(one) for one in value]
    if isinstance(value, dict):
        return {key: with_floats(one) for key, one in value.items()}
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole and float(value) == value else value


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (1, 1.0, True),
        (0, -0.0, True),
        (2**63, 2.0**63, True),
        (10**16, 1e16, True),
        (2**53 + 1, 2.0**53, False),
        (True, 1, False),
        (False, 0, False),
        (None, False, False),
        ("1", 1, False),
        ("1.0", "1", False),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ([True], [1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (["1.0"], ["1"], False),
        ({}, [], False),
        ("[]", [], False),
    ],
)
def test_equality_is_that_of_json(one: Any, other: Any, is_same: bool) -> None:
    assert (key_of(one) == key_of(other)) is is_same
    assert (place_of(one, ["x", other]) == 1) is is_same
    assert len(distinct([one, other])) == (1 if is_same else 2)


def test_what_is_too_deep_to_compare_is_refused() -> None:
    for depth in (300, 100_000):
        with pytest.raises(BlockError, match="flatter"):
            key_of(nested(depth))


def nested(depth: int) -> list[Any]:
    made: list[Any] = ["core"]
    for _ in range(depth):
        made = [made]
    return made


def outputs(block: Block, **inputs: Any) -> dict[str, Any]:
    return dict(block.run(block.Input(**inputs)))  # type: ignore[arg-type]  # a sync block


def test_lists_nested_a_hundred_thousand_deep_are_flattened() -> None:
    found = outputs(FlattenListBlock(), nested_list=nested(100_000))
    assert (found["flattened_list"], found["original_depth"]) == (["core"], 100_001)
    half = outputs(FlattenListBlock(), nested_list=nested(100_000), max_depth=99_999)
    assert half["flattened_list"] == [["core"]]


def test_comparing_long_lists_takes_time_linear_in_their_length() -> None:
    ones = [{"id": number, "tags": ["a", float(number)]} for number in range(10_000)]
    others = [{"tags": ["a", number], "id": number} for number in range(5_000, 15_000)]
    started = time.perf_counter()
    difference = outputs(ListDifferenceBlock(), list_a=ones, list_b=others)
    common = outputs(ListIntersectionBlock(), list_a=ones, list_b=others)
    assert time.perf_counter() - started < 2
    assert (difference["difference"], common["length"]) == (ones[:5_000], 5_000)


@pytest.mark.parametrize("descending", [False, True])
def test_equal_items_keep_their_order(descending: bool) -> None:
    chance = random.Random(5)
    items = [{"n": chance.choice([1, 1.0, 2, 3, None]), "place": place} for place in range(500)]
    ordered = outputs(SortListBlock(), list=items, by="n", descending=descending)["sorted_list"]
    assert sorted(item["place"] for item in ordered) == list(range(500))
    for one, after in pairwise(ordered):
        if one["n"] == after["n"]:
            assert one["place"] < after["place"]
        else:
            assert after["n"] is None or (one["n"] > after["n"]) is descending


@pytest.mark.parametrize("block", [FilterListBlock(), MapListBlock()])
def test_only_a_known_and_simple_expression_runs_inline(block: Block) -> None:
    nothing = frozenset[str]()
    assert block.execution_for({"expression": "item.price > 10"}, nothing) is Execution.INLINE
    assert block.execution_for({"expression": "item.price > limit"}, nothing) is Execution.THREAD
    assert block.execution_for({"expression": "item"}, frozenset({"expression"})) is Execution.THREAD
    assert block.execution_for({}, nothing) is Execution.THREAD
