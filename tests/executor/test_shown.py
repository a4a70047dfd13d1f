"""Values as people see them: whole when short, else their beginning, their size and where the rest is."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.executor.shown import Shown, beginning
from backend.executor.values import as_wire, from_wire, hold, raw_json, to_wire

NAMES = st.sampled_from(["$blob", "$value", "$preview", "size", "digest", "a"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_is_shown_so_that_it_can_be_told_from_a_preview(value: Any) -> None:
    wire = orjson.loads(orjson.dumps(to_wire(hold(value))))
    shown = Shown("r").value(wire, "1")
    if isinstance(shown, dict) and "$value" in shown:
        assert shown == {"$value": value}
    else:
        assert shown == value
        assert not (isinstance(shown, dict) and "$preview" in shown)


@given(VALUES)
def test_plain_form_of_a_held_value_is_what_a_journal_has(value: Any) -> None:
    held = hold(value)
    assert as_wire(held) == orjson.loads(orjson.dumps(to_wire(held)))
    assert raw_json(from_wire(as_wire(held))) == raw_json(held)


@pytest.mark.parametrize("value", ["ü" * 4_097, "x" * 8_191, ["x" * 8_192], {"a": "y" * 9_000}])
def test_a_long_value_is_a_preview_that_fits_a_page(value: Any) -> None:
    shown = Shown("r").value(value, "12")
    assert shown["href"] == "/api/runs/r/values/12"
    assert shown["size_bytes"] == len(orjson.dumps(value))
    assert orjson.dumps(value).decode().strip('"').startswith(shown["$preview"])
    assert len(orjson.dumps(shown)) < 2_000


@pytest.mark.parametrize("value", ["ü" * 4_095, "x" * 8_190, ["x" * 8_188]])
def test_a_value_that_just_fits_is_shown_whole(value: Any) -> None:
    assert Shown("r").value(value, "12") == value
    assert Shown("r", longest_bytes=None).value("x" * 1_000_000, "12") == "x" * 1_000_000


def test_a_large_value_is_a_preview_whose_beginning_is_looked_up() -> None:
    shown = Shown("r", longest_bytes=None)
    made = shown.value({"$blob": "b", "size": 9, "digest": "d"}, "12")
    assert made == {"$preview": None, "size_bytes": 9, "href": "/api/runs/r/values/b"}
    shown.fill({"b": (9, '{"text":'), "other": (1, "1")})
    assert made["$preview"] == '{"text":'


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ('"abc', "abc"),
        ("[1,2", "[1,2"),
        ('"a\\u00', "a"),
        ('"a\\', "a"),
        ('"a\\ud83d\\ude0', "a"),
        ('"whole"', "whole"),
        ('"say \\"hi\\"', 'say "hi"'),
    ],
)
def test_the_beginning_of_a_text_is_text(cut: str, said: str) -> None:
    assert beginning(cut) == said
