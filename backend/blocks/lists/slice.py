"""Cut a part out of a list."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort
from backend.util.errors import BlockError

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class SliceListBlock(QuickWhenShort, Block):
    """Cut a part out of a list: from a place up to another. Places beyond the ends of the list are no mistake."""

    id = "dc9c541e-a988-45eb-83cb-77865c90a021"
    categories = {BlockCategory.BASIC}
    icon = "scissors"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list; it stays as it is")
        start: int | None = SchemaField(
            default=None,
            description="The first place, from 0; negative counts from the end; none: the beginning",
        )
        end: int | None = SchemaField(
            default=None,
            description="The place before which it ends; negative counts from the end; none: the end",
        )
        step: int = SchemaField(
            default=1, description="2 takes every second item, -1 goes backwards from start", advanced=True
        )

    class Output(BlockSchema):
        part: Items = SchemaField(description="The items of the part")
        rest: Items = SchemaField(description="All other items, in their order")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": ["a", "b", "c", "d", "e"], "start": 1, "end": 3},
        {"list": ["a", "b", "c"], "end": 2},
        {"list": ["a", "größe 😀", None], "start": -2},
        {"list": [0, 1, 2, 3, 4], "step": 2},
        {"list": [0, 1, 2, 3], "step": -1},
        {"list": [0, 1], "start": 5, "end": 2**63 - 1},
        {"list": [0, 1], "start": -(2**63), "step": 2**63 - 1},
        {"list": []},
        {"list": [*range(100_000)], "start": 99_999},
        {"list": [0], "step": 0},
        {"list": [0], "start": "second"},
        {"list": None},
    ]
    test_output = [
        [("part", ["b", "c"]), ("rest", ["a", "d", "e"])],
        [("part", ["a", "b"]), ("rest", ["c"])],
        [("part", ["größe 😀", None]), ("rest", ["a"])],
        [("part", [0, 2, 4]), ("rest", [1, 3])],
        [("part", [3, 2, 1, 0]), ("rest", [])],
        [("part", []), ("rest", [0, 1])],
        [("part", [0]), ("rest", [1])],
        [("part", []), ("rest", [])],
        [("part", [99_999]), ("rest", [*range(99_999)])],
        [("error", says("step"))],
        [("error", says("start"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if not input_data.step:
            raise BlockError("The step is 0, so there is no next item. Give 1, or another number.")
        where = slice(input_data.start, input_data.end, input_data.step)
        rest = [*input_data.list]
        del rest[where]
        yield "part", input_data.list[where]
        yield "rest", rest
