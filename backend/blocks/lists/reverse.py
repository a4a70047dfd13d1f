"""Turn a list around."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort


class ReverseListOrderBlock(QuickWhenShort, Block):
    """Make a copy of a list with the last item first. Lists within it stay as they are."""

    id = "422cb708-3109-4277-bfe3-bc2ae5812777"
    categories = {BlockCategory.BASIC}
    icon = "arrow-down-up"
    pure = True

    class Input(BlockSchema):
        input_list: list[Any] = SchemaField(description="The list; it stays as it is")

    class Output(BlockSchema):
        reversed_list: list[Any] = SchemaField(description="The same items, last first")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"input_list": ["red", "green", "blue"]},
        {"input_list": []},
        {"input_list": ["größe 😀", None, [1, 2], {"a": 1}]},
        {"input_list": [*range(100_000)]},
        {"input_list": "alone"},
        {"input_list": None},
        {},
    ]
    test_output = [
        [("reversed_list", ["blue", "green", "red"])],
        [("reversed_list", [])],
        [("reversed_list", [{"a": 1}, [1, 2], None, "größe 😀"])],
        [("reversed_list", [*range(99_999, -1, -1)])],
        [("reversed_list", ["alone"])],
        [("error", says("input_list"))],
        [("error", says("input_list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "reversed_list", input_data.input_list[::-1]
