"""Make another item of each item of a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._each import EachItemInput, Items, execution_of
from backend.data.block import Block, BlockCategory, BlockOutput, Execution
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.expression import evaluate_each


class MapListBlock(QuickWhenSmall, Block):
    """Put the value of an expression in each item's place: `item.name`, `item.price * 2`.

    What is missing gives null. Texts are joined with `~`, and `{"n": index, "of": item}` makes an object.
    """

    id = "215b5a60-e4b0-4f1f-b837-2dc92c79c552"
    categories = {BlockCategory.LOGIC}
    icon = "wand-sparkles"
    pure = True

    class Input(EachItemInput):
        pass

    class Output(BlockSchema):
        mapped_list: Items = SchemaField(description="The values, in the items' order")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "list": [{"first": "Ada", "last": "Lovelace"}, {"first": "Alan", "last": "Turing"}],
            "expression": "{{ item.first ~ ' ' ~ item.last }}",
        },
        {"list": [{"name": "größe 😀"}, {"other": 1}, 5, None], "expression": "item.name"},
        {"list": [1, 2.5], "expression": "item * factor", "values": {"factor": 2}},
        {"list": ["a"], "expression": '{"n": index, "of": [item, none, true, item|upper]}'},
        {"list": [{"a": {"b": [1.0]}}], "expression": "item.a.b[-1]"},
        {"list": [5, "5"], "expression": "item == 5"},
        {"list": [{"b": 2}], "expression": "item.items()"},
        {"list": ["b"], "expression": "item.items"},
        {"list": [], "expression": "item"},
        {"list": ["x" * 100_000], "expression": "item|length"},
        {"list": [*range(10_000)], "expression": "item"},
        {"list": [2**63], "expression": "item * 4"},
        {"list": [1e308], "expression": "item * 10"},
        {"list": [1], "expression": " {{ }} "},
        {"list": [1], "expression": "Hello {{ item }}"},
        {"list": [1, "a"], "expression": "item + 1"},
        {"list": ["x"], "expression": "[item] * 100000000"},
        {"list": ["x" * 9000], "expression": "range(1000)|join(item)"},
        {"list": None, "expression": "item"},
        {"list": [1], "expression": None},
    ]
    test_output = [
        [("mapped_list", ["Ada Lovelace", "Alan Turing"])],
        [("mapped_list", ["größe 😀", None, None, None])],
        [("mapped_list", [2, 5])],
        [("mapped_list", [{"n": 0, "of": ["a", None, True, "A"]}])],
        [("mapped_list", [1])],
        [("mapped_list", [True, False])],
        [("mapped_list", [[["b", 2]]])],
        [("mapped_list", [None])],
        [("mapped_list", [])],
        [("mapped_list", [100_000])],
        [("mapped_list", [*range(10_000)])],
        [("mapped_list", [2.0**65])],
        [("error", says("infinite"))],
        [("error", says("empty"))],
        [("error", says("cannot be read"))],
        [("error", says("item 1"))],
        [("error", says("stopped"))],
        [("error", says("8,388,608"))],
        [("error", says("list"))],
        [("error", says("expression"))],
    ]

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        """See `execution_of`."""
        return execution_of(constants, linked)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "mapped_list", evaluate_each(input_data.expression, input_data.list, input_data.values)
