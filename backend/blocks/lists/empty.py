"""Ask whether a list is empty."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class ListIsEmptyBlock(Block):
    """Tell whether a list has no items. A list that holds only null is not empty."""

    id = "896ed73b-27d0-41be-813c-c1c1dc856c03"
    categories = {BlockCategory.BASIC}
    icon = "list-x"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list")

    class Output(BlockSchema):
        is_empty: bool = SchemaField(description="Whether it has no items")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": []},
        {"list": ["red"]},
        {"list": [None]},
        {"list": "größe 😀"},
        {"list": "[]"},
        {"list": [0] * 100_000},
        {"list": None},
        {},
    ]
    test_output = [
        [("is_empty", True)],
        [("is_empty", False)],
        [("is_empty", False)],
        [("is_empty", False)],
        [("is_empty", True)],
        [("is_empty", False)],
        [("error", says("list"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "is_empty", not input_data.list
