"""Find a value in a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._same import place_of
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class FindInListBlock(QuickWhenSmall, Block):
    """Find the first place of a value in a list. Items are compared whole; 1 and 1.0 are the same, 1 and true are not."""

    id = "5e2c6d0a-1e37-489f-b1d0-8e1812b23333"
    categories = {BlockCategory.BASIC}
    icon = "text-search"
    pure = True
    differences = ("True and 1, or false and 0, are different values; there one is found for the other.",)

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list")
        value: Any = SchemaField(description="What to look for; null is a value too")

    class Output(BlockSchema):
        index: int = SchemaField(description="Its place, from 0; only when it is there")
        found: bool = SchemaField(description="Whether it is there")
        not_found_value: Any = SchemaField(description="The value; only when it is not there")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": ["red", "green", "blue", "green"], "value": "green"},
        {"list": [{"a": 1, "b": [2.0]}, "größe 😀"], "value": {"b": [2], "a": 1.0}},
        {"list": ["größe 😀"], "value": "größe 😀"},
        {"list": [1, True], "value": True},
        {"list": [True, 1.0], "value": 1},
        {"list": [False, [0], None], "value": None},
        {"list": ["1"], "value": 1},
        {"list": [], "value": "red"},
        {"list": [*range(100_000)], "value": 99_999},
        {"list": [1]},
        {"list": None, "value": 1},
    ]
    test_output = [
        [("index", 1), ("found", True)],
        [("index", 0), ("found", True)],
        [("index", 0), ("found", True)],
        [("index", 1), ("found", True)],
        [("index", 1), ("found", True)],
        [("index", 2), ("found", True)],
        [("found", False), ("not_found_value", 1)],
        [("found", False), ("not_found_value", "red")],
        [("index", 99_999), ("found", True)],
        [("error", says("value"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        place = place_of(input_data.value, input_data.list)
        if place is None:
            yield "found", False
            yield "not_found_value", input_data.value
        else:
            yield "index", place
            yield "found", True
