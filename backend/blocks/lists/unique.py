"""Leave out items that came before."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from backend.blocks.lists._by import BY, values_by
from backend.blocks.lists._same import key_of
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class UniqueListBlock(QuickWhenSmall, Block):
    """Keep the first of equal items, or of those that share a value. 1 and 1.0 are the same, 1 and true are not."""

    id = "9f8cc447-b100-42ac-bf1d-30eda614b0c1"
    categories = {BlockCategory.BASIC}
    icon = "copy-minus"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list; it stays as it is")
        by: str = SchemaField(
            default="",
            description=f"The value to compare: {BY}. Items in which it is null or missing all stay",
            placeholder="email",
        )

    class Output(BlockSchema):
        unique_list: Items = SchemaField(description="The items that stay, in their order")
        duplicates: Items = SchemaField(description="The items that were left out")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list": ["red", "green", "red", "blue", "green"]},
        {
            "list": [
                {"email": "ada@example.com", "n": 1},
                {"email": "bob@example.com"},
                {"email": "ada@example.com", "n": 2},
                {"n": 3},
                {"email": None},
            ],
            "by": "email",
        },
        {"list": [1, 1.0, True, "1", None, None, [1], [1.0], {"a": 1, "b": 2}, {"b": 2, "a": 1}]},
        {"list": ["größe 😀", "größe 😀", "GRÖSSE 😀"]},
        {"list": [["a", 1], ["a", 2]], "by": "[0]"},
        {"list": []},
        {"list": ["x"] * 100_000},
        {"list": [1], "by": "a..b"},
        {"list": None},
    ]
    test_output = [
        [("unique_list", ["red", "green", "blue"]), ("duplicates", ["red", "green"])],
        [
            (
                "unique_list",
                [
                    {"email": "ada@example.com", "n": 1},
                    {"email": "bob@example.com"},
                    {"n": 3},
                    {"email": None},
                ],
            ),
            ("duplicates", [{"email": "ada@example.com", "n": 2}]),
        ],
        [
            ("unique_list", [1, True, "1", None, [1], {"a": 1, "b": 2}]),
            ("duplicates", [1.0, None, [1.0], {"b": 2, "a": 1}]),
        ],
        [("unique_list", ["größe 😀", "GRÖSSE 😀"]), ("duplicates", ["größe 😀"])],
        [("unique_list", [["a", 1]]), ("duplicates", [["a", 2]])],
        [("unique_list", []), ("duplicates", [])],
        [("unique_list", ["x"]), ("duplicates", ["x"] * 99_999)],
        [("error", says("The path", "cannot be read"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        unique: Items = []
        duplicates: Items = []
        seen: set[Hashable] = set()
        is_lenient = bool(input_data.by.strip())
        for item, value in zip(input_data.list, values_by(input_data.by, input_data.list), strict=True):
            key = key_of(value)
            (duplicates if key in seen else unique).append(item)
            if not (is_lenient and value is None):
                seen.add(key)
        yield "unique_list", unique
        yield "duplicates", duplicates
