"""Count what a value holds."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import is_list, is_object
from backend.data.model import BlockSchema, SchemaField


class CountItemsBlock(Block):
    """Count the items of a list, the keys of an object or the characters of a text.

    Null holds nothing: 0. A number, true or false counts as one item, as it does wherever a list is wanted.
    """

    id = "3c9c2f42-b0c3-435f-ba35-05f7a25c772a"
    categories = {BlockCategory.LOGIC}
    icon = "hash"
    pure = True
    differences = ("Null counts 0, and a number, true or false counts 1; there all of them give -1.",)

    class Input(BlockSchema):
        collection: Any = SchemaField(description="A list, an object or a text")

    class Output(BlockSchema):
        count: int = SchemaField(description="How many items, keys or characters it has")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"collection": ["red", "green", "blue"]},
        {"collection": {"größe": 1, "name": None}},
        {"collection": "größe 😀"},
        {"collection": [None]},
        {"collection": []},
        {"collection": {}},
        {"collection": ""},
        {"collection": "x" * 1_000_000},
        {"collection": None},
        {"collection": 5},
        {"collection": False},
        {},
    ]
    test_output = [
        [("count", 3)],
        [("count", 2)],
        [("count", 7)],
        [("count", 1)],
        [("count", 0)],
        [("count", 0)],
        [("count", 0)],
        [("count", 1_000_000)],
        [("count", 0)],
        [("count", 1)],
        [("count", 1)],
        [("error", says("collection"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "count", _count(input_data.collection)


def _count(value: Any) -> int:
    if value is None:
        return 0
    return len(value) if isinstance(value, str) or is_list(value) or is_object(value) else 1
