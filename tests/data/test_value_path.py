"""Paths into values: every place of a value can be named, and nothing but keys and places is ever found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.data.json_types import is_list, is_object
from backend.data.pins import MISSING, Path
from backend.data.value_path import MAX_PATH_CHARS, find_at, parse_path

KEYS = st.text(st.characters(exclude_characters="'\"", exclude_categories=["Cs"]), max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    entries = value.items() if is_object(value) else enumerate(value) if is_list(value) else ()
    for step, one in entries:
        yield from _places(one, (*path, step))


def _written(path: Path) -> str:
    """With dots where a key allows it."""
    text = ""
    for step in path:
        is_plain = isinstance(step, str) and step and not set(step) & set(".[]")
        text += f"{'.' if text else ''}{step}" if is_plain else f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def _quoted(path: Path) -> str:
    return "".join(f"[ {step} ]" if isinstance(step, int) else f"['{step}']" for step in path)


@given(VALUES)
def test_every_place_of_a_value_can_be_named(value: Any) -> None:
    for path, found in _places(value):
        if any(isinstance(step, str) and not step.isprintable() for step in path) or "\\" in str(path):
            continue  # json.dumps escapes these, and a path takes them as they are
        for text in (_written(path), _quoted(path)):
            if len(text) <= MAX_PATH_CHARS:
                assert parse_path(text) == path
                assert find_at(value, parse_path(text)) is found


@given(VALUES, st.text("a.0[]-'\"", max_size=8))
def test_any_text_is_a_path_or_refused_and_finds_a_part_or_nothing(value: Any, text: str) -> None:
    try:
        found = find_at(value, parse_path(text))
    except ValueError:
        return
    assert found is MISSING or any(found is part for _, part in _places(value))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[-1]", 3),
        ("-1", MISSING),
        ("[-3]", 1),
        ("[-4]", MISSING),
        ("[3]", MISSING),
        ("1", 2),
        ("٢", MISSING),
    ],
)
def test_places_count_from_the_end_in_brackets_only(text: str, wanted: Any) -> None:
    assert find_at([1, 2, 3], parse_path(text)) is wanted


@pytest.mark.parametrize("text", ["a..b", ".a", "a.", "a[", "a[b]", "a[1]b", "a]", "['a]", "[1.5]", "[]"])
def test_what_is_no_path_is_refused_with_the_place_and_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read from character \d+ on.*orders\[0\]\.name"):
        parse_path(text)
