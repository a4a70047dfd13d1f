"""Remove an item from a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._places import check_place
from backend.blocks.lists._same import place_of
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.errors import BlockError

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class RemoveFromListBlock(QuickWhenSmall, Block):
    """Make a copy of a list without one item: the one at a place, or else the first that equals a value."""

    id = "d93c5a93-ac7e-41c1-ae5c-ef67e6e9b826"
    categories = {BlockCategory.BASIC}
    icon = "list-minus"
    pure = True
    differences = ("True and 1, or false and 0, are different values; there one is removed for the other.",)

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list; it stays as it is")
        value: Any = SchemaField(
            default=None, description="The item to remove; unused where there is an index"
        )
        index: int | None = SchemaField(
            default=None, description="The place of the item to remove, from 0; -1 is the last item"
        )
        return_item: bool = SchemaField(default=False, description="Give out the removed item too")

    class Output(BlockSchema):
        updated_list: Items = SchemaField(description="The new list")
        removed_item: Any = SchemaField(description="The removed item, if wanted")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": ["red", "green", "blue", "green"], "value": "green", "return_item": True},
        {"list": ["red", "green", "blue"], "index": -1},
        {"list": ["red", "green"], "index": 0, "value": "green", "return_item": True},
        {"list": ["größe 😀", {"a": [1]}], "value": {"a": [1.0]}},
        {"list": [True, 1], "value": 1},
        {"list": [0, 1], "value": False},
        {"list": [0], "index": 0},
        {"list": ["x"] * 100_000, "value": "y"},
        {"list": [], "value": "a"},
        {"list": ["a"], "index": 1},
        {"list": [None], "value": None},
        {"list": ["a"], "index": "last"},
    ]
    test_output = [
        [("updated_list", ["red", "blue", "green"]), ("removed_item", "green")],
        [("updated_list", ["red", "green"])],
        [("updated_list", ["green"]), ("removed_item", "red")],
        [("updated_list", ["größe 😀"])],
        [("updated_list", [True])],
        [("error", says("no item that equals"))],
        [("updated_list", [])],
        [("error", says("no item that equals"))],
        [("error", says("no item that equals 'a'"))],
        [("error", says("no item 1"))],
        [("error", says("index", "value"))],
        [("error", says("index"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        place = _place(input_data.list, input_data.index, input_data.value)
        updated = [*input_data.list]
        removed = updated.pop(place)
        yield "updated_list", updated
        if input_data.return_item:
            yield "removed_item", removed


def _place(items: Items, index: int | None, value: Any) -> int:
    if index is not None:
        return check_place(items, index)
    if value is None:
        raise BlockError("Nothing says what to remove. Give an index or a value.")
    place = place_of(value, items)
    if place is None:
        raise BlockError(f"There is no item that equals {value!r:.60}. Look with Find In List first.")
    return place
