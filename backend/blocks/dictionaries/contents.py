"""What an object holds: whether anything, and its keys and values as lists."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall

_WIDE = {f"key {n:04}": n for n in range(2_000)}


class DictionaryIsEmptyBlock(Block):
    """Say whether an object has no entries. An entry of null is an entry."""

    id = "a3cf3f64-6bb9-4cc6-9900-608a0b3359b0"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "square-dashed"
    pure = True

    class Input(BlockSchema):
        dictionary: JsonObject = SchemaField(description="The object")

    class Output(BlockSchema):
        is_empty: bool = SchemaField(description="True without entries")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"dictionary": {"name": "Zoë"}},
        {"dictionary": {}},
        {"dictionary": {"größe 😀": None}},
        {"dictionary": {"": ""}},
        {"dictionary": "{}"},
        {"dictionary": _WIDE},
        {"dictionary": None},
        {"dictionary": []},
        {"dictionary": ""},
    ]
    test_output = [
        [("is_empty", False)],
        [("is_empty", True)],
        [("is_empty", False)],
        [("is_empty", False)],
        [("is_empty", True)],
        [("is_empty", False)],
        [("error", says("dictionary"))],
        [("error", says("dictionary"))],
        [("error", says("dictionary"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "is_empty", not input_data.dictionary


class DictionaryKeysBlock(QuickWhenSmall, Block):
    """Make lists of an object: its keys, its values, and both together. All three have the same order.

    That is the order of the object as it comes; what is stored in a graph comes in the order of its keys.
    """

    id = "0f2af514-eee5-4486-ad6a-965fc49736af"
    categories = {BlockCategory.DATA}
    icon = "key-round"
    pure = True

    class Input(BlockSchema):
        dictionary: JsonObject = SchemaField(description="The object")

    class Output(BlockSchema):
        keys: list[str] = SchemaField(description="Its keys")
        values: list[Any] = SchemaField(description="Its values")
        items: list[JsonObject] = SchemaField(description="For each entry an object of `key` and `value`")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"dictionary": {"age": 36, "name": "Zoë"}},
        {"dictionary": {"": [{}], "größe 😀": None}},
        {"dictionary": {}},
        {"dictionary": _WIDE},
        {"dictionary": ["name"]},
        {"dictionary": 5},
        {},
    ]
    test_output = [
        [
            ("keys", ["age", "name"]),
            ("values", [36, "Zoë"]),
            ("items", [{"key": "age", "value": 36}, {"key": "name", "value": "Zoë"}]),
        ],
        [
            ("keys", ["", "größe 😀"]),
            ("values", [[{}], None]),
            ("items", [{"key": "", "value": [{}]}, {"key": "größe 😀", "value": None}]),
        ],
        [("keys", []), ("values", []), ("items", [])],
        [
            ("keys", list(_WIDE)),
            ("values", list(_WIDE.values())),
            ("items", [{"key": f"key {n:04}", "value": n} for n in range(2_000)]),
        ],
        [("error", says("dictionary"))],
        [("error", says("dictionary"))],
        [("error", says("dictionary"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        dictionary = input_data.dictionary
        yield "keys", list(dictionary)
        yield "values", list(dictionary.values())
        yield "items", [{"key": key, "value": value} for key, value in dictionary.items()]
