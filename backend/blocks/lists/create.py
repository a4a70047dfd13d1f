"""Make lists and gather items into them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import is_small

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""

CHARS_PER_TOKEN = 4


class CreateListBlock(Block):
    """Make a list, or several of limited size. Tokens are counted roughly: four characters are one.

    An item that alone is above the token limit gets a list of its own; when it is the first, an empty list
    comes before it.
    """

    id = "a912d5c7-6e00-4542-b2a9-8034136930e4"
    categories = {BlockCategory.DATA}
    icon = "list"
    differences = ("Tokens are estimated, four characters each.",)
    pure = True

    class Input(BlockSchema):
        values: Items = SchemaField(description="The items of the list")
        max_size: int | None = SchemaField(
            default=None, ge=1, description="At most so many items in one list"
        )
        max_tokens: int | None = SchemaField(
            default=None, ge=1, description="At most about so many tokens (4 characters each) in one list"
        )

    class Output(BlockSchema):
        list: Items = SchemaField(description="The list, or one list after the other where a limit is set")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"values": ["é", 1, None]},
        {"values": []},
        {"values": [1, 2, 3], "max_size": 2},
        {"values": ["aaaa", "bbbb", "cccc"], "max_tokens": 2},
        {"values": ["a" * 40, "b"], "max_tokens": 2},
        {"values": [1], "max_size": 0},
        {"values": {"a": 1}},
        {"max_size": 1},
    ]
    test_output = [
        [("list", ["é", 1, None])],
        [("list", [])],
        [("list", [1, 2]), ("list", [3])],
        [("list", ["aaaa", "bbbb"]), ("list", ["cccc"])],
        [("list", []), ("list", ["a" * 40]), ("list", ["b"])],
        [("error", says("max_size"))],
        [("list", [{"a": 1}])],
        [("error", says("values"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        """A list as it comes is given on as it is."""
        return (input_data.max_size is None and input_data.max_tokens is None) or is_small(input_data.values)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if input_data.max_size is None and input_data.max_tokens is None:
            yield "list", input_data.values
            return
        for chunk in _chunks(input_data.values, input_data.max_size, input_data.max_tokens):
            yield "list", chunk


def _chunks(values: Items, max_size: int | None, max_tokens: int | None) -> Iterator[Items]:
    chunk: Items = []
    used = 0
    for value in values:
        tokens = 0 if max_tokens is None else _tokens(value)
        is_full = max_size is not None and len(chunk) >= max_size
        if is_full or (max_tokens is not None and used + tokens > max_tokens):
            yield chunk
            chunk, used = [], 0
        chunk.append(value)
        used += tokens
    if chunk or not values:
        yield chunk


def _tokens(value: Any) -> int:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return -(-len(text) // CHARS_PER_TOKEN)
