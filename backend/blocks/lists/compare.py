"""What two lists have in common, and what not."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._same import distinct, key_of
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall


class ListDifferenceBlock(QuickWhenSmall, Block):
    """Keep the items of one list that another does not have. Items are compared whole; repeated ones stay."""

    id = "05309873-9d61-447e-96b5-b804e2511829"
    categories = {BlockCategory.BASIC}
    icon = "diff"
    pure = True
    differences = ("True and 1, or false and 0, are different values; there they are the same.",)

    class Input(BlockSchema):
        list_a: list[Any] = SchemaField(description="The list whose items are kept")
        list_b: list[Any] = SchemaField(description="The items that are left out")
        symmetric: bool = SchemaField(
            default=False, description="Then also those of list_b that list_a does not have"
        )

    class Output(BlockSchema):
        difference: list[Any] = SchemaField(description="The items that only one list has")
        length: int = SchemaField(description="How many there are")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list_a": ["red", "green", "blue"], "list_b": ["green", "black"]},
        {"list_a": ["red", "green", "blue"], "list_b": ["green", "black"], "symmetric": True},
        {"list_a": ["a", "b", "a"], "list_b": ["b"]},
        {"list_a": [1, True, "1", None, [1]], "list_b": [1.0, [1.0]]},
        {"list_a": [{"a": 1, "b": 2}, "größe 😀"], "list_b": [{"b": 2, "a": 1}]},
        {"list_a": [], "list_b": []},
        {"list_a": [*range(10_000)], "list_b": [*range(1, 10_001)], "symmetric": True},
        {"list_a": None, "list_b": []},
        {"list_a": []},
        {"list_a": [], "list_b": [], "symmetric": 5},
    ]
    test_output = [
        [("difference", ["red", "blue"]), ("length", 2)],
        [("difference", ["red", "blue", "black"]), ("length", 3)],
        [("difference", ["a", "a"]), ("length", 2)],
        [("difference", [True, "1", None]), ("length", 3)],
        [("difference", ["größe 😀"]), ("length", 1)],
        [("difference", []), ("length", 0)],
        [("difference", [0, 10_000]), ("length", 2)],
        [("error", says("list_a"))],
        [("error", says("list_b"))],
        [("error", says("symmetric"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        difference = _without(input_data.list_a, input_data.list_b)
        if input_data.symmetric:
            difference += _without(input_data.list_b, input_data.list_a)
        yield "difference", difference
        yield "length", len(difference)


class ListIntersectionBlock(QuickWhenSmall, Block):
    """Keep the items that two lists have in common, each once. They come in the order of the first list."""

    id = "b6eb08b6-dbe3-411b-b9b4-2508cb311a1f"
    categories = {BlockCategory.BASIC}
    icon = "squares-intersect"
    pure = True
    differences = ("True and 1, or false and 0, are different values; there they are the same.",)

    class Input(BlockSchema):
        list_a: list[Any] = SchemaField(description="The list whose order counts")
        list_b: list[Any] = SchemaField(description="The other list")

    class Output(BlockSchema):
        intersection: list[Any] = SchemaField(description="The items that both lists have")
        length: int = SchemaField(description="How many there are")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"list_a": ["red", "green", "blue", "green"], "list_b": ["blue", "green", "black"]},
        {"list_a": [1, True, "1", None], "list_b": [1.0, None]},
        {"list_a": [{"größe": [1, "😀"]}], "list_b": [{"größe": [1.0, "😀"]}]},
        {"list_a": ["a"], "list_b": ["A"]},
        {"list_a": [], "list_b": []},
        {"list_a": [*range(10_000)], "list_b": [*range(9_999, 20_000)]},
        {"list_a": [], "list_b": None},
        {"list_b": []},
    ]
    test_output = [
        [("intersection", ["green", "blue"]), ("length", 2)],
        [("intersection", [1, None]), ("length", 2)],
        [("intersection", [{"größe": [1, "😀"]}]), ("length", 1)],
        [("intersection", []), ("length", 0)],
        [("intersection", []), ("length", 0)],
        [("intersection", [9_999]), ("length", 1)],
        [("error", says("list_b"))],
        [("error", says("list_a"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        others = set(map(key_of, input_data.list_b))
        common = [item for item in distinct(input_data.list_a) if key_of(item) in others]
        yield "intersection", common
        yield "length", len(common)


def _without(items: list[Any], others: list[Any]) -> list[Any]:
    left_out = set(map(key_of, others))
    return [item for item in items if key_of(item) not in left_out]
