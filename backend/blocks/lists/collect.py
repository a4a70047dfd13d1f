"""Gather what was given out one by one."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class CollectBlock(Block):
    """Gather items into one list, in their order, once all of them have come. Items that failed are missing."""

    id = "bfabf41e-2619-4d07-919f-60493d3417e9"
    categories = {BlockCategory.DATA}
    icon = "combine"
    pure = True
    collects = True

    class Input(BlockSchema):
        items: Items = SchemaField(description="The items: link here what comes one by one")

    class Output(BlockSchema):
        list: Items = SchemaField(description="All items, in order")
        error: str = SchemaField(description="Why it failed")

    test_input = [{"items": [3, None, "é"]}, {"items": []}, {"items": "one"}, {}]
    test_output = [
        [("list", [3, None, "é"])],
        [("list", [])],
        [("list", ["one"])],
        [("error", says("items"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "list", input_data.items
