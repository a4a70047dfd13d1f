"""Group the items of a list."""

from __future__ import annotations

from typing import Any

from backend.blocks.lists._by import BY, values_by
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import converter
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""

_as_text = converter({"type": "string"})


class GroupListBlock(QuickWhenSmall, Block):
    """Group items that share a value: an object with a list of items for each value.

    The groups are in the order in which they appear. The keys of an object are texts, so 5, 5.0 and "5" are one group.
    """

    id = "4196a35d-dddc-472b-b32f-4a178f0df69c"
    categories = {BlockCategory.BASIC}
    icon = "group"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list; it stays as it is")
        by: str = SchemaField(default="", description=f"The value to group by: {BY}", placeholder="city")

    class Output(BlockSchema):
        groups: JsonObject = SchemaField(description="The lists of items by their value, as text")
        keys: Items = SchemaField(description="The values as texts, in the order of the groups")
        ungrouped: Items = SchemaField(description="The items in which the value is null or missing")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "list": [
                {"name": "Ada", "city": "London"},
                {"name": "Alan", "city": "London"},
                {"name": "Edsger", "city": "Rotterdam"},
                {"name": "Nobody"},
            ],
            "by": "city",
        },
        {"list": ["a", "b", "a", None]},
        {"list": [{"größe": {"n": 5}}, {"größe": {"n": 5.0}}, {"größe": {"n": "5"}}], "by": "größe.n"},
        {"list": [True, 1, [1], {"😀": 1}, 0.5]},
        {"list": []},
        {"list": ["x"] * 100_000},
        {"list": [1], "by": "["},
        {"list": None},
    ]
    test_output = [
        [
            (
                "groups",
                {
                    "London": [{"name": "Ada", "city": "London"}, {"name": "Alan", "city": "London"}],
                    "Rotterdam": [{"name": "Edsger", "city": "Rotterdam"}],
                },
            ),
            ("keys", ["London", "Rotterdam"]),
            ("ungrouped", [{"name": "Nobody"}]),
        ],
        [("groups", {"a": ["a", "a"], "b": ["b"]}), ("keys", ["a", "b"]), ("ungrouped", [None])],
        [
            ("groups", {"5": [{"größe": {"n": 5}}, {"größe": {"n": 5.0}}, {"größe": {"n": "5"}}]}),
            ("keys", ["5"]),
            ("ungrouped", []),
        ],
        [
            ("groups", {"true": [True], "1": [1], "[1]": [[1]], '{"😀": 1}': [{"😀": 1}], "0.5": [0.5]}),
            ("keys", ["true", "1", "[1]", '{"😀": 1}', "0.5"]),
            ("ungrouped", []),
        ],
        [("groups", {}), ("keys", []), ("ungrouped", [])],
        [("groups", {"x": ["x"] * 100_000}), ("keys", ["x"]), ("ungrouped", [])],
        [("error", says("The path", "cannot be read"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        groups: dict[str, Items] = {}
        ungrouped: Items = []
        for item, value in zip(input_data.list, values_by(input_data.by, input_data.list), strict=True):
            members = ungrouped if value is None else groups.setdefault(_as_text(value), [])
            members.append(item)
        yield "groups", groups
        yield "keys", [*groups]
        yield "ungrouped", ungrouped
