"""Make an object."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

_WIDE = {f"key {n}": n for n in range(2_000)}


class CreateDictionaryBlock(Block):
    """Make an object of named values. Each entry can be linked on its own."""

    id = "b924ddf4-de4f-4b56-9a85-358930dcbc91"
    categories = {BlockCategory.DATA}
    icon = "braces"
    pure = True

    class Input(BlockSchema):
        values: JsonObject = SchemaField(description="The values by their names")

    class Output(BlockSchema):
        dictionary: JsonObject = SchemaField(description="The object")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"values_#_name": "Ada", "values_#_born": 1815},
        {"values": {"größe 😀": [1, None], "": {}}},
        {"values": {"a": 1, "b": 2}, "values_#_b": 3},
        {"values": {}},
        {"values": '{"a": 1}'},
        {"values": _WIDE},
        {"values": ["a"]},
        {"values": "a"},
        {"values": None},
    ]
    test_output = [
        [("dictionary", {"name": "Ada", "born": 1815})],
        [("dictionary", {"größe 😀": [1, None], "": {}})],
        [("dictionary", {"a": 1, "b": 3})],
        [("dictionary", {})],
        [("dictionary", {"a": 1})],
        [("dictionary", _WIDE)],
        [("error", says("values"))],
        [("error", says("values"))],
        [("error", says("values"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "dictionary", input_data.values
