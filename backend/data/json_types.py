"""Reading JSON Schemas of pins: which types they allow, and how people call them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard

from backend.data.model import JsonObject

MAX_ALTERNATIVES = 32
"""A schema that allows more types than this counts as one that allows any."""
_MAX_REFERENCES = 8

NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "nothing",
}
_PYTHON_TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))


def definitions(schema: JsonObject) -> JsonObject:
    """What `$ref` points into."""
    return as_object(schema.get("$defs")) or {}


def is_object(value: Any) -> TypeGuard[JsonObject]:
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def as_object(value: Any) -> JsonObject | None:
    """The value when it is an object."""
    return value if is_object(value) else None


def as_list(value: Any) -> list[Any] | None:
    """The value when it is a list."""
    return value if is_list(value) else None


def type_of(value: Any) -> str:
    """The JSON Schema type of a value; 1 is an integer, 1.0 a number."""
    if value is None:
        return "null"
    return next((name for kind, name in _PYTHON_TYPES if isinstance(value, kind)), "object")


def alternatives(schema: JsonObject, defs: JsonObject) -> list[JsonObject]:
    """The schema as schemas of one type each; `[{}]` where any value fits or we cannot tell."""
    found = list(islice(_alternatives(schema, defs, 0), MAX_ALTERNATIVES + 1))
    is_open = len(found) > MAX_ALTERNATIVES or any(not one.keys() & {"type", "enum"} for one in found)
    return [{}] if is_open else found


def _alternatives(schema: JsonObject, defs: JsonObject, depth: int) -> Iterator[JsonObject]:
    nested = _nested(schema, defs)
    if nested is None:
        yield from _by_type(schema)
    elif depth == _MAX_REFERENCES:
        yield {}
    else:
        for one in nested:
            yield from _alternatives(one, defs, depth + 1)


def _nested(schema: JsonObject, defs: JsonObject) -> list[JsonObject] | None:
    """The schemas that this one only names, None when it speaks for itself."""
    if "$ref" in schema:
        return [as_object(defs.get(str(schema["$ref"]).removeprefix("#/$defs/"))) or {}]
    several = as_list(schema.get("anyOf") or schema.get("oneOf"))
    return None if several is None else [as_object(one) or {} for one in several]


def _by_type(schema: JsonObject) -> Iterator[JsonObject]:
    if "const" in schema:
        schema = {"enum": [schema["const"]], **schema}
    kinds = as_list(schema.get("type"))
    if kinds is None:
        yield schema
    else:
        yield from ({**schema, "type": kind} for kind in kinds)


def describe(schema: JsonObject) -> str:
    """The type in a person's words: "list of text", "text or nothing", "one of 'a', 'b'", "anything"."""
    return _describe(schema, definitions(schema), 0)


def _describe(schema: JsonObject, defs: JsonObject, depth: int) -> str:
    said = dict.fromkeys(_describe_one(one, defs, depth) for one in alternatives(schema, defs))
    if NAMES["number"] in said:
        said.pop(NAMES["integer"], None)
    return "anything" if "anything" in said else " or ".join(said)


def _describe_one(schema: JsonObject, defs: JsonObject, depth: int) -> str:
    choices = as_list(schema.get("enum"))
    if choices is not None:
        shown = ", ".join(map(repr, choices[:8])) + (", …" if len(choices) > 8 else "")
        return f"one of {shown}" if len(choices) > 1 else shown
    kind = str(schema.get("type", ""))
    items = as_object(schema.get("items"))
    if kind == "array" and items and depth < 2:
        inner = _describe(items, defs, depth + 1)
        return "list" if inner == "anything" else f"list of {inner}"
    return NAMES.get(kind, kind or "anything")
