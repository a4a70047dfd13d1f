"""Join lists into one."""

from __future__ import annotations

from itertools import chain
from typing import Any

from backend.blocks.lists._same import distinct
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall


class ConcatenateListsBlock(QuickWhenSmall, Block):
    """Join lists into one, in their order. Nulls and repeated items can be left out."""

    id = "3cf9298b-5817-4141-9d80-7c2cc5199c8e"
    categories = {BlockCategory.BASIC}
    icon = "list-end"
    pure = True
    differences = (
        "A member that is no list counts as a list of one; there it fails.",
        "For deduplicate, true and 1, or false and 0, are different values; there one of them is left out.",
    )

    class Input(BlockSchema):
        lists: list[list[Any]] = SchemaField(description="The lists to join")
        deduplicate: bool = SchemaField(default=False, description="Keep only the first of equal items")
        remove_none: bool = SchemaField(default=False, description="Leave out items that are null")

    class Output(BlockSchema):
        concatenated_list: list[Any] = SchemaField(description="The one list")
        length: int = SchemaField(description="How many items it has")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"lists": [["red", "green"], ["green", None, "blue"]], "deduplicate": True, "remove_none": True},
        {"lists": [[1, 2], [2, None]]},
        {"lists": [[1, True, 1.0, "1", [1], [1.0], None, None]], "deduplicate": True},
        {"lists": [["größe 😀", None], [None]], "remove_none": True},
        {"lists": []},
        {"lists": [[], []]},
        {"lists": [[{"a": 1, "b": 2}], [{"b": 2.0, "a": 1}]], "deduplicate": True},
        {"lists": [["x"] * 50_000, ["x"] * 50_000], "deduplicate": True},
        {"lists": [[1], "alone", 2]},
        {"lists": [[1], None]},
        {"lists": None},
    ]
    test_output = [
        [("concatenated_list", ["red", "green", "blue"]), ("length", 3)],
        [("concatenated_list", [1, 2, 2, None]), ("length", 4)],
        [("concatenated_list", [1, True, "1", [1], None]), ("length", 5)],
        [("concatenated_list", ["größe 😀"]), ("length", 1)],
        [("concatenated_list", []), ("length", 0)],
        [("concatenated_list", []), ("length", 0)],
        [("concatenated_list", [{"a": 1, "b": 2}]), ("length", 1)],
        [("concatenated_list", ["x"]), ("length", 1)],
        [("concatenated_list", [1, "alone", 2]), ("length", 3)],
        [("error", says("lists"))],
        [("error", says("lists"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        joined = list(chain.from_iterable(input_data.lists))
        if input_data.remove_none:
            joined = [item for item in joined if item is not None]
        if input_data.deduplicate:
            joined = distinct(joined)
        yield "concatenated_list", joined
        yield "length", len(joined)
