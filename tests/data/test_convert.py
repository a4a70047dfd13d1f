"""The table of conversions: each row of it, and that what comes out always fits."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from backend.data.convert import can_fit, convert, converter, describe, read_number

TEXT, WHOLE, NUMBER, BOOL = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "boolean"}
LIST, OBJECT, NULL, ANY = {"type": "array"}, {"type": "object"}, {"type": "null"}, dict[str, Any]()
OPTIONAL_TEXT = {"anyOf": [TEXT, NULL]}


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


@pytest.mark.parametrize(
    ("value", "sink", "result"),
    [
        ("é😀", TEXT, "é😀"),
        ("", TEXT, ""),
        (7, TEXT, "7"),
        (2.5, TEXT, "2.5"),
        (5.0, TEXT, "5"),
        (1e22, TEXT, "1e+22"),
        (True, TEXT, "true"),
        ([1, "é"], TEXT, '[1, "é"]'),
        ({"a": None}, TEXT, '{"a": null}'),
        ("7", WHOLE, 7),
        (" 7.0 ", WHOLE, 7),
        ("-1e3", WHOLE, -1000),
        (7.0, WHOLE, 7),
        (True, WHOLE, 1),
        (2**64 - 1, WHOLE, 2**64 - 1),
        ("2.5", NUMBER, 2.5),
        (".5", NUMBER, 0.5),
        ("+3", NUMBER, 3),
        (3, NUMBER, 3),
        (False, NUMBER, 0),
        ("Yes", BOOL, True),
        (" false ", BOOL, False),
        ("0", BOOL, False),
        (1, BOOL, True),
        (0.0, BOOL, False),
        ("[1, 2]", LIST, [1, 2]),
        ("[]", LIST, []),
        ("a, b", LIST, ["a, b"]),
        ('{"a": 1}', LIST, ['{"a": 1}']),
        ("", LIST, [""]),
        (5, LIST, [5]),
        ({"a": 1}, LIST, [{"a": 1}]),
        (5, list_of(TEXT), ["5"]),
        (["1", 2.0, True], list_of(WHOLE), [1, 2, 1]),
        ('["1"]', list_of(WHOLE), [1]),
        ([["1"], 2], list_of(list_of(NUMBER)), [[1], [2]]),
        ('{"a": [1]}', OBJECT, {"a": [1]}),
        ({"a": "1"}, {"type": "object", "additionalProperties": WHOLE}, {"a": 1}),
        ({"a": "1", "b": "1"}, {"type": "object", "properties": {"a": WHOLE}}, {"a": 1, "b": "1"}),
        (None, OPTIONAL_TEXT, None),
        (5, OPTIONAL_TEXT, "5"),
        ("5", {"type": ["integer", "string"]}, "5"),
        (5, {"type": ["integer", "string"]}, 5),
        ([1], {"type": ["integer", "string"]}, "[1]"),
        (None, ANY, None),
        (5, {"enum": ["5", "6"]}, "5"),
        (5, {"enum": ["5", "6"], "type": "string"}, "5"),
        ("5", {"enum": [5, 6]}, 5),
        ("a", {"const": "a"}, "a"),
        ([False], {"anyOf": [list_of(WHOLE), NULL]}, [0]),
        (1.0, {"type": ["integer", "number"]}, 1.0),
        ({"a": [True]}, {"enum": [{"a": [1]}, {"a": [True]}]}, {"a": [True]}),
        ("7", {"$ref": "#/$defs/N", "$defs": {"N": WHOLE}}, 7),
    ],
)
def test_a_value_becomes_what_the_pin_takes(value: Any, sink: dict[str, Any], result: Any) -> None:
    converted = convert(value, sink)
    assert repr(converted) == repr(result)


@pytest.mark.parametrize(
    ("value", "sink", "message"),
    [
        ("seven", WHOLE, "The text 'seven' cannot be used as whole number."),
        ("2.5", WHOLE, "whole number"),
        (2.5, WHOLE, "The number '2.5'"),
        (str(2**64), WHOLE, "whole number"),
        (2**64, WHOLE, "whole number"),
        ("nan", NUMBER, "number"),
        ("inf", NUMBER, "number"),
        ("1e999", NUMBER, "number"),
        ("9" * 350, NUMBER, "number"),
        ("9" * 5000, NUMBER, "…"),
        ("٣", NUMBER, "number"),
        (math.nan, NUMBER, "number"),
        (math.inf, TEXT, "text"),
        ("", NUMBER, "number"),
        (2, BOOL, "true or false"),
        ("maybe", BOOL, "true or false"),
        ([True], BOOL, "A list cannot be used as true or false"),
        ([1], OBJECT, "A list cannot be used as object"),
        ("[1]", OBJECT, "object"),
        ("text", OBJECT, "object"),
        (1, OBJECT, "object"),
        (True, OBJECT, "object"),
        ([1], NUMBER, "A list cannot be used as number"),
        ({}, BOOL, "An object"),
        ({}, NUMBER, "An object"),
        (None, TEXT, r"Nothing \(null\) cannot be used as text"),
        (None, LIST, "Nothing"),
        (None, NUMBER, "Nothing"),
        (None, OBJECT, "Nothing"),
        ("x", NULL, "nothing"),
        ("NaN", OBJECT, "object"),
        (["1", "x"], list_of(WHOLE), "The text 'x'"),
        ("c", {"enum": ["a", "b"]}, "The text 'c' is not one of 'a', 'b'."),
        (True, {"enum": [1, 2], "type": "boolean"}, "one of 1, 2"),
        ([1], {"anyOf": [WHOLE, BOOL]}, "whole number or true or false"),
    ],
)
def test_what_cannot_be_converted_is_refused_in_words(value: Any, sink: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        convert(value, sink)


NEVER = [
    (LIST, OBJECT), (LIST, BOOL), (LIST, NUMBER), (LIST, WHOLE),
    (OBJECT, BOOL), (OBJECT, NUMBER), (OBJECT, WHOLE),
    (BOOL, OBJECT), (NUMBER, OBJECT), (WHOLE, OBJECT),
    (NULL, TEXT), (NULL, LIST), (TEXT, NULL),
    (OBJECT, list_of(NUMBER)), (OBJECT, list_of(list_of(BOOL))),
    (BOOL, {"enum": ["a", "b"]}), ({"enum": ["a", "b"]}, NUMBER), ({"enum": ["a"]}, {"enum": ["b", "c"]}),
    ({"const": "x"}, BOOL), (NUMBER, {"enum": ["a", "b"]}), (LIST, {"enum": ["a", "b"]}),
    ({"anyOf": [LIST, OBJECT]}, {"anyOf": [BOOL, WHOLE]}),
    ({"$ref": "#/$defs/A", "$defs": {"A": LIST}}, {"$ref": "#/$defs/B", "$defs": {"B": OBJECT}}),
]  # fmt: skip
SOMETIMES = [
    (ANY, NUMBER), (LIST, ANY), (TEXT, NUMBER), (TEXT, OBJECT), (TEXT, LIST), (TEXT, BOOL), (NUMBER, TEXT),
    (OBJECT, TEXT), (LIST, TEXT), (OBJECT, LIST), (BOOL, TEXT), (NUMBER, WHOLE), (NUMBER, BOOL), (NUMBER, LIST),
    (list_of(OBJECT), list_of(NUMBER)),
    (TEXT, list_of(NUMBER)), (OPTIONAL_TEXT, TEXT), (NULL, OPTIONAL_TEXT), (BOOL, {"enum": ["true", "no"]}),
    ({"enum": ["a", "5"]}, NUMBER), (NUMBER, {"enum": ["5"]}), (TEXT, {"enum": [5]}), (LIST, {"enum": ["[1]"]}),
    ({"anyOf": [LIST, TEXT]}, WHOLE), (BOOL, NUMBER), (NUMBER, {"enum": [True]}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "sink"), NEVER)
def test_pins_that_never_fit_are_told_apart(source: dict[str, Any], sink: dict[str, Any]) -> None:
    assert not can_fit(source, sink)


@pytest.mark.parametrize(("source", "sink"), SOMETIMES)
def test_pins_that_fit_for_one_value_may_be_linked(source: dict[str, Any], sink: dict[str, Any]) -> None:
    assert can_fit(source, sink)


class Address(BaseModel):
    street: str


TYPES: list[Any] = [
    str, int, float, bool, list[Any], list[str], list[int], list[list[float]], dict[str, Any], dict[str, int],
    str | None, int | None, int | str, list[int] | bool, Literal["a", "5", "true"], Literal[1, 2],
    list[int | None] | None, dict[str, list[bool]], Any, None, Address, list[Address], str | list[str],
]  # fmt: skip
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
texts = st.one_of(
    st.text(),
    numbers.map(str),
    st.sampled_from(["true", "no", "[1]", '{"a": 1}', "NaN", "[NaN]", "a", "null"]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
)
ADAPTERS = [
    (TypeAdapter(kind), converter(TypeAdapter(kind).json_schema())) for kind in TYPES if kind is not Address
]


@settings(max_examples=400, deadline=None)
@given(values, st.sampled_from([pair for pair in ADAPTERS if "Address" not in str(pair[0])]))
def test_what_comes_out_fits_exactly_and_going_in_again_changes_nothing(
    value: Any, pair: tuple[TypeAdapter[Any], Any]
) -> None:
    adapter, to_pin = pair
    try:
        converted = to_pin(value)
    except ValueError:
        return
    adapter.validate_python(converted, strict=True)
    assert to_pin(converted) is converted


@settings(max_examples=400, deadline=None)
@given(values, st.sampled_from(TYPES), st.sampled_from(TYPES))
def test_what_converts_is_never_refused_when_the_graph_is_saved(value: Any, source: Any, sink: Any) -> None:
    giver, taker = TypeAdapter[Any](source), TypeAdapter[Any](sink)
    try:
        giver.validate_python(value, strict=True)
        convert(value, taker.json_schema())
    except ValueError:
        return
    assert can_fit(giver.json_schema(), taker.json_schema())


@settings(max_examples=200, deadline=None)
@given(values, st.sampled_from(TYPES))
def test_conversion_leaves_what_came_in_alone(value: Any, kind: Any) -> None:
    before = repr(value)
    try:
        convert(value, TypeAdapter(kind).json_schema())
    except ValueError:
        pass
    assert repr(value) == before


def test_a_fitting_container_is_not_copied() -> None:
    value = [{"a": 1}, {"b": 2}]
    assert convert(value, TypeAdapter(list[dict[str, int]]).json_schema()) is value


def test_a_recursive_schema_ends() -> None:
    tree: dict[str, Any] = {"$ref": "#/$defs/T", "$defs": {"T": {"anyOf": [{"$ref": "#/$defs/T"}] * 9}}}
    assert convert({"a": 1}, tree) == {"a": 1}
    nested: dict[str, Any] = {
        "$ref": "#/$defs/T",
        "$defs": {"T": {"type": "object", "additionalProperties": {"$ref": "#/$defs/T"}}},
    }
    assert convert({"a": {"b": {}}}, nested) == {"a": {"b": {}}}
    assert can_fit(nested, tree)
    lists: dict[str, Any] = {"$ref": "#/$defs/L", "$defs": {"L": list_of({"$ref": "#/$defs/L"})}}
    assert can_fit(NUMBER, lists)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (TEXT, "text"),
        (list_of(TEXT), "list of text"),
        (LIST, "list"),
        (OPTIONAL_TEXT, "text or nothing"),
        ({"type": ["integer", "string"]}, "whole number or text"),
        (ANY, "anything"),
        ({"enum": ["a", "b"]}, "one of 'a', 'b'"),
        ({"$ref": "#/$defs/N", "$defs": {"N": NUMBER}}, "number"),
        (list_of({"$ref": "#/$defs/N"}) | {"$defs": {"N": BOOL}}, "list of true or false"),
        (OBJECT, "object"),
    ],
)
def test_a_type_is_described_in_words(schema: dict[str, Any], words: str) -> None:
    assert describe(schema) == words


@given(numbers)
def test_every_number_we_write_is_read_again(number: float) -> None:
    read = read_number(repr(number))
    assert read is not None
    assert read == number or abs(number) > 2**63
