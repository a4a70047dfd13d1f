"""Put several objects together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import is_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall

_WIDE = {f"key {n}": n for n in range(2_000)}


class MergeDictionariesBlock(QuickWhenSmall, Block):
    """Put several objects into one. Where two have the same key, the later one wins, even with null.

    A deep merge does the same with objects within them; lists are replaced as a whole.
    """

    id = "c5fdf517-2277-421d-b181-ff02d0269ebd"
    categories = {BlockCategory.DATA}
    icon = "merge"
    pure = True

    class Input(BlockSchema):
        dictionaries: list[JsonObject | None] = SchemaField(
            description="The objects, the first one first; null is left out"
        )
        deep: bool = SchemaField(
            default=False, description="Merge objects within the objects, instead of replacing them"
        )

    class Output(BlockSchema):
        dictionary: JsonObject = SchemaField(description="All entries in one object")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"dictionaries": [{"name": "Zoë", "city": "Bern"}, {"city": "Zürich", "age": 36}]},
        {"dictionaries": [{"a": {"x": 1, "y": [1, 2]}}, {"a": {"y": [3]}}]},
        {"dictionaries": [{"a": {"x": 1, "y": [1, 2]}}, {"a": {"y": [3]}}], "deep": True},
        {"dictionaries": [{"a": {"b": {"c": 1}}}, {"a": {"b": {"größe 😀": 2}}}, {"a": 5}], "deep": True},
        {"dictionaries": [{"a": 5}, {"a": {"b": 1}}, {"a": {"b": None}}], "deep": True},
        {"dictionaries": [{"a": 1}, {"a": None}]},
        {"dictionaries_$_0": {"a": 1}, "dictionaries_$_2": {"b": 2}},
        {"dictionaries": []},
        {"dictionaries": {"a": 1}},
        {"dictionaries": [_WIDE, {"key 0": "first"}]},
        {"dictionaries": [{"a": 1}, [{"a": 2}]]},
        {"dictionaries": "a"},
        {"deep": True},
    ]
    test_output = [
        [("dictionary", {"name": "Zoë", "city": "Zürich", "age": 36})],
        [("dictionary", {"a": {"y": [3]}})],
        [("dictionary", {"a": {"x": 1, "y": [3]}})],
        [("dictionary", {"a": 5})],
        [("dictionary", {"a": {"b": None}})],
        [("dictionary", {"a": None})],
        [("dictionary", {"a": 1, "b": 2})],
        [("dictionary", {})],
        [("dictionary", {"a": 1})],
        [("dictionary", {**_WIDE, "key 0": "first"})],
        [("error", says("dictionaries"))],
        [("error", says("dictionaries"))],
        [("error", says("dictionaries"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        given = [one for one in input_data.dictionaries if one is not None]
        yield "dictionary", _deep(given) if input_data.deep else _shallow(given)


def _shallow(given: Iterable[JsonObject]) -> JsonObject:
    merged: JsonObject = {}
    for one in given:
        merged.update(one)
    return merged


def _deep(given: Iterable[JsonObject]) -> JsonObject:
    """What was given is not changed; a pile instead of recursion, as values may be nested deeply."""
    merged: JsonObject = {}
    rest = [(merged, one) for one in given]
    rest.reverse()
    while rest:
        target, source = rest.pop()
        for key, value in source.items():
            if not is_object(value):
                target[key] = value
                continue
            if not is_object(target.get(key)):
                target[key] = {}
            rest.append((target[key], value))
    return merged
