"""Take one item of a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._places import check_place
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class GetListItemBlock(Block):
    """Take one item of a list by its place. Places count from 0, negative ones from the end."""

    id = "262ca24c-1025-43cf-a578-534e23234e97"
    categories = {BlockCategory.BASIC}
    icon = "pointer"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list")
        index: int = SchemaField(description="The place, from 0; -1 is the last item")

    class Output(BlockSchema):
        item: Any = SchemaField(description="The item")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": ["red", "green", "blue"], "index": 1},
        {"list": ["a", {"größe": "😀"}], "index": -1},
        {"list": [None, False], "index": 0},
        {"list": [0] * 100_000, "index": 99_999},
        {"list": ["a"], "index": "0"},
        {"list": ["a", "b", "c"], "index": 3},
        {"list": ["a"], "index": -2},
        {"list": [], "index": 0},
        {"list": ["a"], "index": "first"},
        {"list": None, "index": 0},
    ]
    test_output = [
        [("item", "green")],
        [("item", {"größe": "😀"})],
        [("item", None)],
        [("item", 0)],
        [("item", "a")],
        [("error", says("no item 3", "0 to 2", "-3 to -1"))],
        [("error", says("1 item."))],
        [("error", says("empty"))],
        [("error", says("index"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "item", input_data.list[check_place(input_data.list, input_data.index)]
