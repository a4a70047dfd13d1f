"""Take the items out of lists within a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import as_list
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall


class FlattenListBlock(QuickWhenSmall, Block):
    """Put the items of lists within a list into one list. Lists within objects stay as they are."""

    id = "cc45bb0f-d035-4756-96a7-fe3e36254b4d"
    categories = {BlockCategory.BASIC}
    icon = "list-collapse"
    pure = True

    class Input(BlockSchema):
        nested_list: list[Any] = SchemaField(description="The list; it stays as it is")
        max_depth: int = SchemaField(
            default=-1, ge=-1, description="How many levels to take away; 0: none, -1: all of them"
        )

    class Output(BlockSchema):
        flattened_list: list[Any] = SchemaField(description="The items in one list")
        length: int = SchemaField(description="How many items it has")
        original_depth: int = SchemaField(
            description="How deep the lists were within each other; 1 is a list without lists"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"nested_list": ["red", ["green", ["blue"]]]},
        {"nested_list": ["red", ["green", ["blue"]]], "max_depth": 1},
        {"nested_list": [1, [2, [3]]], "max_depth": 0},
        {"nested_list": [[[[]]], []]},
        {"nested_list": []},
        {"nested_list": ["größe 😀", None, [{"a": [1]}]]},
        {"nested_list": [[0] * 50_000, [[0] * 50_000]]},
        {"nested_list": "alone"},
        {"nested_list": [1], "max_depth": -2},
        {"nested_list": [1], "max_depth": "deep"},
        {"nested_list": None},
    ]
    test_output = [
        [("flattened_list", ["red", "green", "blue"]), ("length", 3), ("original_depth", 3)],
        [("flattened_list", ["red", "green", ["blue"]]), ("length", 3), ("original_depth", 3)],
        [("flattened_list", [1, [2, [3]]]), ("length", 2), ("original_depth", 3)],
        [("flattened_list", []), ("length", 0), ("original_depth", 4)],
        [("flattened_list", []), ("length", 0), ("original_depth", 1)],
        [("flattened_list", ["größe 😀", None, {"a": [1]}]), ("length", 3), ("original_depth", 2)],
        [("flattened_list", [0] * 100_000), ("length", 100_000), ("original_depth", 3)],
        [("flattened_list", ["alone"]), ("length", 1), ("original_depth", 1)],
        [("error", says("max_depth"))],
        [("error", says("max_depth"))],
        [("error", says("nested_list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        flattened = list(_flattened(input_data.nested_list, input_data.max_depth))
        yield "flattened_list", flattened
        yield "length", len(flattened)
        yield "original_depth", _depth(input_data.nested_list)


def _flattened(items: list[Any], levels: int) -> Iterator[Any]:
    """Without recursion: nothing limits how deep the lists are."""
    open_lists = [iter(items)]
    while open_lists:
        for item in open_lists[-1]:
            inner = as_list(item)
            if inner is not None and (levels < 0 or len(open_lists) <= levels):
                open_lists.append(iter(inner))
                break
            yield item
        else:
            open_lists.pop()


def _depth(items: list[Any]) -> int:
    depth, level = 0, [items]
    while level:
        depth += 1
        level = [inner for one in level for item in one if (inner := as_list(item)) is not None]
    return depth
