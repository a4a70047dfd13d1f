"""Add to a list."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class AddToListBlock(QuickWhenShort, Block):
    """A copy of a list with entries added, at the end or at a position. Without a list it begins one."""

    id = "aeb08fc1-2fc1-4141-bc8e-f758f183a822"
    categories = {BlockCategory.BASIC}
    icon = "list-plus"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(default_factory=Items, description="The list to add to; it stays as it is")
        entry: Any = SchemaField(default=None, description="One entry; null adds nothing")
        entries: Items = SchemaField(
            default_factory=Items, description="Several entries, before the single one"
        )
        position: int | None = SchemaField(
            default=None,
            description="Where to put them, from 0; negative counts from the end; none: at the end",
        )

    class Output(BlockSchema):
        updated_list: Items = SchemaField(description="The new list")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": [1, "é"], "entry": {"a": None}},
        {"entry": "first"},
        {},
        {"list": [1, 4], "entries": [2], "entry": 3, "position": 1},
        {"list": [1, 2], "entry": 9, "position": -1},
        {"list": [1], "entry": 9, "position": 50},
        {"list": [1], "entries": [None], "entry": 0},
        {"list": {"a": 1}, "entry": 1},
        {"list": [], "position": "first"},
    ]
    test_output = [
        [("updated_list", [1, "é", {"a": None}])],
        [("updated_list", ["first"])],
        [("updated_list", [])],
        [("updated_list", [1, 2, 3, 4])],
        [("updated_list", [1, 9, 2])],
        [("updated_list", [1, 9])],
        [("updated_list", [1, None, 0])],
        [("updated_list", [{"a": 1}, 1])],
        [("error", says("position"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        added = input_data.entries if input_data.entry is None else [*input_data.entries, input_data.entry]
        position = len(input_data.list) if input_data.position is None else input_data.position
        yield "updated_list", [*input_data.list[:position], *added, *input_data.list[position:]]
