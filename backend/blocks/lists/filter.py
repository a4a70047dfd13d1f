"""Keep some of the items of a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._each import EachItemInput, Items, execution_of
from backend.data.block import Block, BlockCategory, BlockOutput, Execution
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.expression import holds_for_each


class FilterListBlock(QuickWhenSmall, Block):
    """Keep the items for which an expression is true: `item.price > 10`, `item.name is startingwith "A"`.

    False, null, what is missing, 0 and everything empty are not true. Values of different kinds have an order too:
    null or missing, true and false, numbers, texts. So `item.price < 10` keeps items without a price.
    """

    id = "8fd6179b-67d5-4d57-a85a-2907be388f2a"
    categories = {BlockCategory.LOGIC}
    icon = "list-filter"
    pure = True

    class Input(EachItemInput):
        pass

    class Output(BlockSchema):
        kept: Items = SchemaField(description="The items for which it is true")
        dropped: Items = SchemaField(description="The others")
        kept_count: int = SchemaField(description="How many are kept")
        dropped_count: int = SchemaField(description="How many are dropped")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "list": [{"name": "pen", "price": 3}, {"name": "ink", "price": 12}],
            "expression": "item.price > 10",
        },
        {
            "list": [{"name": "Zoë", "age": 31}, {"name": "Åsa", "age": 17}],
            "expression": "{{ item.age >= limit and 'ë' in item.name }}",
            "values": {"limit": 18},
        },
        {"list": ["größe 😀", "", None, 0, "0", [], [0], {}, False], "expression": "item"},
        {"list": ["a", "b", "c"], "expression": "index % 2 == 0"},
        {"list": [{}, {"a": {"b": [1]}}], "expression": "item.a.b[0] == 1"},
        {"list": [{"price": "12"}, {"price": 5}, {}], "expression": "item.price < 10"},
        {"list": [], "expression": "item.a == 'x'"},
        {"list": [0, 1] * 5_000, "expression": "item == 1"},
        {"list": [*range(10_000)], "expression": "item is odd and item > 9_990"},
        {"list": [1], "expression": ""},
        {"list": [], "expression": "item >"},
        {"list": [1, 0], "expression": "1 / item > 0"},
        {"list": [1], "expression": "item and limit", "values": {"item": 1}},
        {"list": [1], "expression": "[1] * 100000000"},
        {"list": None, "expression": "item"},
        {"list": [1]},
        {"list": [1], "expression": "item", "values": [1]},
    ]
    test_output = [
        [
            ("kept", [{"name": "ink", "price": 12}]),
            ("dropped", [{"name": "pen", "price": 3}]),
            ("kept_count", 1),
            ("dropped_count", 1),
        ],
        [
            ("kept", [{"name": "Zoë", "age": 31}]),
            ("dropped", [{"name": "Åsa", "age": 17}]),
            ("kept_count", 1),
            ("dropped_count", 1),
        ],
        [
            ("kept", ["größe 😀", "0", [0]]),
            ("dropped", ["", None, 0, [], {}, False]),
            ("kept_count", 3),
            ("dropped_count", 6),
        ],
        [("kept", ["a", "c"]), ("dropped", ["b"]), ("kept_count", 2), ("dropped_count", 1)],
        [("kept", [{"a": {"b": [1]}}]), ("dropped", [{}]), ("kept_count", 1), ("dropped_count", 1)],
        [
            ("kept", [{"price": 5}, {}]),
            ("dropped", [{"price": "12"}]),
            ("kept_count", 2),
            ("dropped_count", 1),
        ],
        [("kept", []), ("dropped", []), ("kept_count", 0), ("dropped_count", 0)],
        [("kept", [1] * 5_000), ("dropped", [0] * 5_000), ("kept_count", 5_000), ("dropped_count", 5_000)],
        [
            ("kept", [9991, 9993, 9995, 9997, 9999]),
            ("dropped", list),
            ("kept_count", 5),
            ("dropped_count", 9_995),
        ],
        [("error", says("empty", "item.price > 10"))],
        [("error", says("cannot be read", "line 1"))],
        [("error", says("item 1", "1 / 0"))],
        [("error", says("'item'", "Rename"))],
        [("error", says("stopped"))],
        [("error", says("list"))],
        [("error", says("expression"))],
        [("error", says("values"))],
    ]

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        """See `execution_of`."""
        return execution_of(constants, linked)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        items = input_data.list
        truths = holds_for_each(input_data.expression, items, input_data.values)
        kept = [item for item, is_kept in zip(items, truths, strict=True) if is_kept]
        dropped = [item for item, is_kept in zip(items, truths, strict=True) if not is_kept]
        yield "kept", kept
        yield "dropped", dropped
        yield "kept_count", len(kept)
        yield "dropped_count", len(dropped)
