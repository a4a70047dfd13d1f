"""Group the items of several lists by their place."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.errors import BlockError

MAX_PADDED = 1_000_000
"""A few long lists and many short ones could be padded to any size."""


class ZipListsBlock(QuickWhenSmall, Block):
    """Group the items of several lists by their place: the first ones, the second ones. Stops with the shortest list."""

    id = "0d0e684f-5cb9-4c4b-b8d1-47a0860e0c07"
    categories = {BlockCategory.BASIC}
    icon = "fold-horizontal"
    pure = True
    differences = (
        "A member that is no list counts as a list of one.",
        f"Padding that makes more than {MAX_PADDED:,} values fails.",
    )

    class Input(BlockSchema):
        lists: list[list[Any] | None] = SchemaField(description="The lists; null ones are passed over")
        pad_to_longest: bool = SchemaField(
            default=False, description="Go on to the end of the longest list, filling up the others"
        )
        fill_value: Any = SchemaField(default=None, description="What fills up lists that have ended")

    class Output(BlockSchema):
        zipped_list: list[list[Any]] = SchemaField(description="One list for each place")
        length: int = SchemaField(description="How many places there are")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"lists": [["Ada", "Grace", "Edsger"], [36, 85]]},
        {"lists": [["Ada", "Grace", "Edsger"], [36, 85]], "pad_to_longest": True, "fill_value": "?"},
        {"lists": [[1], [2, 3]], "pad_to_longest": True},
        {"lists": [["größe 😀", None], None, [{"a": 1}, 2]]},
        {"lists": []},
        {"lists": [None]},
        {"lists": [[1, 2], []]},
        {"lists": [[0] * 50_000, [1] * 50_000]},
        {"lists": [[1, 2], "alone"]},
        {"lists": [[0] * 10_000, *[[]] * 10_000], "pad_to_longest": True},
        {"lists": None},
        {"lists": [[1]], "pad_to_longest": "maybe"},
    ]
    test_output = [
        [("zipped_list", [["Ada", 36], ["Grace", 85]]), ("length", 2)],
        [("zipped_list", [["Ada", 36], ["Grace", 85], ["Edsger", "?"]]), ("length", 3)],
        [("zipped_list", [[1, 2], [None, 3]]), ("length", 2)],
        [("zipped_list", [["größe 😀", {"a": 1}], [None, 2]]), ("length", 2)],
        [("zipped_list", []), ("length", 0)],
        [("zipped_list", []), ("length", 0)],
        [("zipped_list", []), ("length", 0)],
        [("zipped_list", [[0, 1]] * 50_000), ("length", 50_000)],
        [("zipped_list", [[1, "alone"]]), ("length", 1)],
        [("error", says("100,010,000 values", "1,000,000"))],
        [("error", says("lists"))],
        [("error", says("pad_to_longest"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        lists = [one for one in input_data.lists if one is not None]
        zipped = (
            _padded(lists, input_data.fill_value) if input_data.pad_to_longest else zip(*lists, strict=False)
        )
        groups = [[*group] for group in zipped]
        yield "zipped_list", groups
        yield "length", len(groups)


def _padded(lists: list[list[Any]], fill: Any) -> zip_longest[Any]:
    count = len(lists) * max(map(len, lists), default=0)
    if count > MAX_PADDED and count > sum(map(len, lists)):
        raise BlockError(
            f"Padded, the lists have {count:,} values, and {MAX_PADDED:,} are the most. "
            "Give fewer lists, or shorter ones."
        )
    return zip_longest(*lists, fillvalue=fill)
