"""JSON from outside is refused with the place and the cure, or taken as it is."""

from __future__ import annotations

from typing import Any

import pytest

from backend.util.errors import BadInput
from backend.util.json_text import MAX_DEPTH, MAX_NAMED, parse_json


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": [1, 2.5, null, "\xc3\xa9"]}', {"a": [1, 2.5, None, "é"]}),
        (b"\xef\xbb\xbf{}", {}),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\u0000"', "\\u0000"),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    ],
)
def test_what_is_json_is_taken(raw: bytes, value: Any) -> None:
    parsed = parse_json(raw)
    assert value is None or parsed == value


@pytest.mark.parametrize(
    ("raw", "path", "said"),
    [
        (b'{"a": [{"b": NaN}]}', "a[0].b", "nan is no JSON number"),
        (b"[-Infinity]", "[0]", "-inf"),
        (b'{"x": 1e999}', "x", "inf"),
        (b'{"n": {"text": "a\\u0000b"}}', "n.text", "U+0000"),
        (b'{"n": "a\x00b"}', "n", "U+0000"),
        (b'{"a": {"k\\u0000": 1}}', "a", "name"),
        (b'["\\ud800"]', "[0]", "surrogate"),
        (b'["\\udc00\\ud800"]', "[0]", "surrogate"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), None, "nested"),
        (b"[" * 100_000, None, "nested"),
        (b"", None, "empty"),
        (b" \n", None, "empty"),
        (b'{"a": 1,}', None, "line 1, column 8"),
        (b'{"a": 1', None, "not JSON"),
        (b'"\xff"', None, "UTF-8"),
        (b'{"a": "\x01"}', None, "control character"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_place(raw: bytes, path: str | None, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_json(raw)
    problem = refused.value.problems[0]
    assert problem.path == path
    assert said in problem.message
    assert problem.cure
    assert str(problem) in str(refused.value)


def test_all_places_are_named_up_to_a_number() -> None:
    raw = b"[" + b",".join([b'"\\u0000"'] * 50) + b"]"
    with pytest.raises(BadInput) as refused:
        parse_json(raw)
    assert [problem.path for problem in refused.value.problems] == [f"[{k}]" for k in range(MAX_NAMED)]
