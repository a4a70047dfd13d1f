"""Give out the items of a list or an object one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import as_list, as_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import is_short
from backend.util.errors import BlockError

MAX_ITEMS = 10_000
MAX_TEXT_BYTES = 1_048_576


class StepThroughItemsBlock(Block):
    """Give out items one by one, each with its key: the place in the list (from 0) or the key in the object."""

    id = "f66a3543-28d3-4ab5-8945-9b336371e2ce"
    categories = {BlockCategory.LOGIC}
    icon = "list-ordered"
    pure = True
    differences = (
        "An item stays with all that is made of it; there values pair in the order in which they arrive.",
    )

    class Input(BlockSchema):
        items: list[Any] = SchemaField(default_factory=list[Any], description="A list to go through")
        items_object: JsonObject = SchemaField(
            default_factory=JsonObject, description="An object to go through, after the list"
        )
        items_str: str = SchemaField(
            default="", description="JSON text of a list or an object, after those two"
        )

    class Output(BlockSchema):
        item: Any = SchemaField(description="One item", each=True)
        key: Any = SchemaField(description="Its place in the list, or its key in the object", each=True)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"items": ["a", None]},
        {"items_object": {"ü": 1}},
        {"items_str": '[{"é": 1}]'},
        {"items_str": '{"a": 2}', "items": [1]},
        {},
        {"items_str": "a, b"},
        {"items_str": "5"},
        {"items": [0] * (MAX_ITEMS + 1)},
        {"items_str": " " * MAX_TEXT_BYTES + "[]"},
    ]
    test_output = [
        [("item", "a"), ("key", 0), ("item", None), ("key", 1)],
        [("item", 1), ("key", "ü")],
        [("item", {"é": 1}), ("key", 0)],
        [("item", 1), ("key", 0), ("item", 2), ("key", "a")],
        [],
        [("error", says("items_str"))],
        [("error", says("items_str"))],
        [("error", says("10,001"))],
        [("error", says("1 MiB"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        """Lists and objects are given out bit by bit."""
        return is_short(input_data.items_str)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        listed, named = _parsed(input_data.items_str)
        count = len(input_data.items) + len(input_data.items_object) + len(listed) + len(named)
        if count > MAX_ITEMS:
            raise BlockError(f"There are {count:,} items, and {MAX_ITEMS:,} are the most. Split them first.")
        for items in (
            enumerate(input_data.items),
            input_data.items_object.items(),
            enumerate(listed),
            named.items(),
        ):
            yield from _pairs(items)


def _pairs(items: Any) -> Iterator[tuple[str, Any]]:
    for key, item in items:
        yield "item", item
        yield "key", key


def _parsed(text: str) -> tuple[list[Any], JsonObject]:
    """The list or the object in a JSON text; both empty for an empty text."""
    if not text:
        return [], {}
    if len(text) > MAX_TEXT_BYTES or len(text.encode(errors="replace")) > MAX_TEXT_BYTES:
        raise BlockError("items_str is longer than 1 MiB. Give a list instead.")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BlockError(f"items_str is not JSON: {text[:60]!r}. Give a JSON list or object.") from None
    listed, named = as_list(value), as_object(value)
    if listed is None and named is None:
        raise BlockError(f"items_str holds {text[:60]!r}, no list and no object. Give one of the two.")
    return listed or [], named or {}


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
