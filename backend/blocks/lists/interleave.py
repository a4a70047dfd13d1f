"""Take items from several lists in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall


class InterleaveListsBlock(QuickWhenSmall, Block):
    """Take items from several lists in turn: the first of each, the second of each. Ended lists are passed over."""

    id = "9f616084-1d9f-4f8e-bc00-5b9d2a75cd75"
    categories = {BlockCategory.BASIC}
    icon = "shuffle"
    pure = True
    differences = ("A member that is no list counts as a list of one; there it fails.",)

    class Input(BlockSchema):
        lists: list[list[Any]] = SchemaField(description="The lists to take from")

    class Output(BlockSchema):
        interleaved_list: list[Any] = SchemaField(description="All items, in turn")
        length: int = SchemaField(description="How many items it has")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"lists": [["a1", "a2", "a3"], ["b1"], ["c1", "c2"]]},
        {"lists": [[1, None], ["größe 😀"], []]},
        {"lists": []},
        {"lists": [[], []]},
        {"lists": [[*range(50_000)], *[[]] * 50_000]},
        {"lists": [[1, 2], "alone"]},
        {"lists": [[1], None]},
        {"lists": None},
    ]
    test_output = [
        [("interleaved_list", ["a1", "b1", "c1", "a2", "c2", "a3"]), ("length", 6)],
        [("interleaved_list", [1, "größe 😀", None]), ("length", 3)],
        [("interleaved_list", []), ("length", 0)],
        [("interleaved_list", []), ("length", 0)],
        [("interleaved_list", [*range(50_000)]), ("length", 50_000)],
        [("interleaved_list", [1, "alone", 2]), ("length", 3)],
        [("error", says("lists"))],
        [("error", says("lists"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        interleaved = list(_in_turn(input_data.lists))
        yield "interleaved_list", interleaved
        yield "length", len(interleaved)


def _in_turn(lists: list[list[Any]]) -> Iterator[Any]:
    """In time linear in the items: a list that has ended is not asked again."""
    place = 0
    while lists := [one for one in lists if len(one) > place]:
        for one in lists:
            yield one[place]
        place += 1
