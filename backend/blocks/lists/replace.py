"""Replace one item of a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._places import check_place
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class ReplaceListItemBlock(QuickWhenShort, Block):
    """Make a copy of a list with one item replaced. Places count from 0, negative ones from the end."""

    id = "fbf62922-bea1-4a3d-8bac-23587f810b38"
    categories = {BlockCategory.BASIC}
    icon = "replace"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list; it stays as it is")
        index: int = SchemaField(description="The place, from 0; -1 is the last item")
        value: Any = SchemaField(description="What comes there; null is a value too")

    class Output(BlockSchema):
        updated_list: Items = SchemaField(description="The new list")
        old_item: Any = SchemaField(description="What was there")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": ["red", "green", "blue"], "index": 1, "value": "yellow"},
        {"list": ["größe", 2], "index": -2, "value": {"😀": [None]}},
        {"list": [1], "index": 0, "value": None},
        {"list": [1, 2], "index": 2, "value": 3},
        {"list": [], "index": -1, "value": 3},
        {"list": [1], "index": 0.5, "value": 3},
        {"list": [1], "index": 0},
    ]
    test_output = [
        [("updated_list", ["red", "yellow", "blue"]), ("old_item", "green")],
        [("updated_list", [{"😀": [None]}, 2]), ("old_item", "größe")],
        [("updated_list", [None]), ("old_item", 1)],
        [("error", says("no item 2", "0 to 1"))],
        [("error", says("empty"))],
        [("error", says("index"))],
        [("error", says("value"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        place = check_place(input_data.list, input_data.index)
        updated = [*input_data.list]
        updated[place] = input_data.value
        yield "updated_list", updated
        yield "old_item", input_data.list[place]
