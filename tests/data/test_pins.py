"""Dynamic pins: what their names mean, and how values are folded into containers."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.data.pins import MISSING, ParsedPin, base_name, fold, parse, pick


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("values", ParsedPin("values")),
        ("values_$_0", ParsedPin("values", (0,))),
        ("values_#_topic", ParsedPin("values", ("topic",))),
        ("obj_@_attr", ParsedPin("obj", ("attr",))),
        ("v_#_a_$_12_@_b", ParsedPin("v", ("a", 12, "b"))),
        ("v_#_What is it? (1/2)", ParsedPin("v", ("What is it? (1/2)",))),
        ("v_#_0", ParsedPin("v", ("0",))),
        ("v_#_", ParsedPin("v", ("",))),
        ("snake_case_name", ParsedPin("snake_case_name")),
        ("v_#_snake_case", ParsedPin("v", ("snake_case",))),
        ("v_#_größe 😀", ParsedPin("v", ("größe 😀",))),
    ],
)
def test_a_name_is_its_pin_and_a_path(name: str, parsed: ParsedPin) -> None:
    assert parse(name) == parsed
    assert base_name(name) == parsed.base


@pytest.mark.parametrize(
    "name", ["v_$_x", "v_$_-1", "v_$_", "v_$_10000", "v_$_" + "9" * 5000, "v_$_²", "v" + "_#_a" * 21]
)
def test_an_impossible_path_is_refused_with_a_message(name: str) -> None:
    with pytest.raises(ValueError, match="The pin"):
        parse(name)


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ({"v_$_1": "b"}, {"v": [None, "b"]}),
        ({"v_$_1": "b", "v_$_0": "a"}, {"v": ["a", "b"]}),
        ({"v_#_a": 1, "v_#_b": None}, {"v": {"a": 1, "b": None}}),
        ({"v": {"z": 0, "a": 9}, "v_#_a": 1}, {"v": {"z": 0, "a": 1}}),
        ({"v_#_a": 1, "v": {"z": 0, "a": 9}}, {"v": {"z": 0, "a": 1}}),
        ({"v": [1, 2, 3], "v_$_1": "x"}, {"v": [1, "x", 3]}),
        ({"v": None, "v_#_a": 1}, {"v": {"a": 1}}),
        ({"v_#_a_$_0_@_b": 1}, {"v": {"a": [{"b": 1}]}}),
        ({"v": {"a": [0, 1]}, "v_#_a_$_0": 9, "other": 3}, {"v": {"a": [9, 1]}, "other": 3}),
        ({"v_#_a": {"x": 1}, "v_#_a_#_y": 2}, {"v": {"a": {"x": 1, "y": 2}}}),
    ],
)
def test_values_are_put_on_top_of_the_base_value(given: dict[str, Any], folded: dict[str, Any]) -> None:
    before = copy.deepcopy(given)
    assert fold(given) == folded
    assert given == before


def test_without_dynamic_names_the_same_object_comes_back() -> None:
    plain = {"a": 1, "b_c": [2]}
    assert fold(plain) is plain


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"v": "text", "v_#_a": 1}, "'v' holds a str, not an object"),
        ({"v": {}, "v_$_0": 1}, "'v' holds a dict, not a list"),
        ({"v_#_a": [], "v_#_a_#_b": 1}, "'v.a' holds a list"),
        ({"v_$_0": 1, "v_#_a": 1}, "list and as an object"),
        ({"v_$_9999_$_9999": 1}, "more than 10,000 places"),
    ],
)
def test_what_cannot_be_folded_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fold(given)


@pytest.mark.parametrize(
    ("value", "path", "part"),
    [
        ([1, 2], (1,), 2),
        ([1, 2], (2,), MISSING),
        ({"a": None}, ("a",), None),
        ({"a": None}, ("b",), MISSING),
        ({"a": [{"b": 0}]}, ("a", 0, "b"), 0),
        ("text", (0,), MISSING),
        ("text", ("upper",), MISSING),
        ({"0": 1}, (0,), MISSING),
        (None, ("a",), MISSING),
        (5, (), 5),
    ],
)
def test_pick_takes_a_part_or_says_that_it_is_missing(
    value: Any, path: tuple[int | str, ...], part: Any
) -> None:
    assert pick(value, path) == part


keys = st.one_of(st.integers(0, 50), st.text(min_size=1, max_size=5).filter(lambda text: "_" not in text))


@given(st.lists(keys, min_size=1, max_size=6), st.integers())
def test_what_is_folded_in_is_picked_out_again(path: list[int | str], value: int) -> None:
    name = "pin" + "".join(f"_$_{step}" if isinstance(step, int) else f"_#_{step}" for step in path)
    folded = fold({name: value})
    assert pick(folded["pin"], parse(name).path) == value
