"""Add, remove and replace entries of an object."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenShort
from backend.util.errors import BlockError

_WIDE = {f"key {n}": n for n in range(2_000)}
_SHOWN_KEYS = 8


class AddToDictionaryBlock(QuickWhenShort, Block):
    """A copy of an object with entries added. Those that were there get the new value.

    Without an object it begins one. `entries` win over the single entry.
    """

    id = "31d1064e-7446-4693-a7d4-65e5ca1180d1"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "square-plus"
    pure = True

    class Input(BlockSchema):
        dictionary: JsonObject = SchemaField(
            default_factory=JsonObject, description="The object to add to; it stays as it is"
        )
        key: str = SchemaField(default="", description="The key of one entry; an empty one adds nothing")
        value: Any = SchemaField(default=None, description="The value of that entry; null adds nothing")
        entries: JsonObject = SchemaField(
            default_factory=JsonObject, description="Several entries; their values may be null"
        )

    class Output(BlockSchema):
        updated_dictionary: JsonObject = SchemaField(description="The new object")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"dictionary": {"name": "Zoë"}, "key": "city", "value": "Zürich"},
        {"key": "first", "value": 0},
        {"dictionary": {"a": 1}, "key": "a", "value": {"größe 😀": [None]}},
        {"dictionary": {"a": 1}, "key": "a", "value": 2, "entries": {"a": 3, "b": None}},
        {"dictionary": {"a": 1}, "entries_#_b": 2, "entries_#_c d": 3},
        {"dictionary": {"a": 1}, "key": "a", "value": None},
        {"dictionary": {"a": 1}, "key": "", "value": 2},
        {},
        {"dictionary": {}, "key": 5, "value": 1},
        {"dictionary": _WIDE, "key": "one more", "value": 1},
        {"dictionary": [1], "key": "a", "value": 1},
        {"entries": "a"},
    ]
    test_output = [
        [("updated_dictionary", {"name": "Zoë", "city": "Zürich"})],
        [("updated_dictionary", {"first": 0})],
        [("updated_dictionary", {"a": {"größe 😀": [None]}})],
        [("updated_dictionary", {"a": 3, "b": None})],
        [("updated_dictionary", {"a": 1, "b": 2, "c d": 3})],
        [("updated_dictionary", {"a": 1})],
        [("updated_dictionary", {"a": 1})],
        [("updated_dictionary", {})],
        [("updated_dictionary", {"5": 1})],
        [("updated_dictionary", {**_WIDE, "one more": 1})],
        [("error", says("dictionary"))],
        [("error", says("entries"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        is_given = input_data.key != "" and input_data.value is not None
        one: JsonObject = {input_data.key: input_data.value} if is_given else {}
        yield "updated_dictionary", {**input_data.dictionary, **one, **input_data.entries}


class RemoveFromDictionaryBlock(QuickWhenShort, Block):
    """A copy of an object without one of its entries."""

    id = "46afe2ea-c613-43f8-95ff-6692c3ef6876"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "square-minus"
    pure = True

    class Input(BlockSchema):
        dictionary: JsonObject = SchemaField(description="The object to remove from; it stays as it is")
        key: str | int = SchemaField(description="The key of the entry")
        return_value: bool = SchemaField(default=False, description="Give the removed value too")

    class Output(BlockSchema):
        updated_dictionary: JsonObject = SchemaField(description="The new object")
        removed_value: Any = SchemaField(description="The value of the removed entry, where it is asked for")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"dictionary": {"name": "Zoë", "draft": True}, "key": "draft"},
        {"dictionary": {"größe 😀": None, "b": 1}, "key": "größe 😀", "return_value": True},
        {"dictionary": {"5": "five"}, "key": 5, "return_value": True},
        {"dictionary": {"": 1}, "key": ""},
        {"dictionary": {**_WIDE, "extra": 1}, "key": "extra"},
        {"dictionary": {"a": 1, "b": 2}, "key": "c"},
        {"dictionary": _WIDE, "key": "absent" * 100},
        {"dictionary": {}, "key": "keys"},
        {"dictionary": {"a": 1}, "key": None},
        {"dictionary": "a", "key": "a"},
        {"dictionary": {"a": 1}, "key": "a", "return_value": "perhaps"},
    ]
    test_output = [
        [("updated_dictionary", {"name": "Zoë"})],
        [("updated_dictionary", {"b": 1}), ("removed_value", None)],
        [("updated_dictionary", {}), ("removed_value", "five")],
        [("updated_dictionary", {})],
        [("updated_dictionary", _WIDE)],
        [("error", says("'c'", "'a', 'b'"))],
        [("error", says("'absent", "…", "'key 0'", "1,992 more"))],
        [("error", says("'keys'", "empty"))],
        [("error", says("key"))],
        [("error", says("dictionary"))],
        [("error", says("return_value"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        key = _own_key(input_data.dictionary, input_data.key)
        updated = dict(input_data.dictionary)
        removed = updated.pop(key)
        yield "updated_dictionary", updated
        if input_data.return_value:
            yield "removed_value", removed


class ReplaceDictionaryValueBlock(QuickWhenShort, Block):
    """A copy of an object with another value in one of its entries. The entry has to be there."""

    id = "27e31876-18b6-44f3-ab97-f6226d8b3889"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "replace"
    pure = True

    class Input(BlockSchema):
        dictionary: JsonObject = SchemaField(description="The object; it stays as it is")
        key: str | int = SchemaField(description="The key of the entry")
        value: Any = SchemaField(description="The new value")

    class Output(BlockSchema):
        updated_dictionary: JsonObject = SchemaField(description="The new object")
        old_value: Any = SchemaField(description="What the entry held before")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"dictionary": {"name": "Zoë", "city": "Bern"}, "key": "city", "value": "Zürich"},
        {"dictionary": {"größe 😀": None}, "key": "größe 😀", "value": [{}]},
        {"dictionary": {"5": 1}, "key": 5, "value": 0},
        {"dictionary": {**_WIDE, "extra": 1}, "key": "extra", "value": 2},
        {"dictionary": {"a": 1}, "key": "b", "value": 2},
        {"dictionary": {}, "key": "a", "value": 1},
        {"dictionary": {"a": 1}, "key": "a"},
        {"dictionary": [1, 2], "key": 0, "value": 1},
        {"dictionary": {"a": 1}, "key": ["a"], "value": 1},
    ]
    test_output = [
        [("updated_dictionary", {"name": "Zoë", "city": "Zürich"}), ("old_value", "Bern")],
        [("updated_dictionary", {"größe 😀": [{}]}), ("old_value", None)],
        [("updated_dictionary", {"5": 0}), ("old_value", 1)],
        [("updated_dictionary", {**_WIDE, "extra": 2}), ("old_value", 1)],
        [("error", says("'b'", "'a'"))],
        [("error", says("'a'", "empty"))],
        [("error", says("value"))],
        [("error", says("dictionary"))],
        [("error", says("'[\"a\"]'", "'a'"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        key = _own_key(input_data.dictionary, input_data.key)
        yield "updated_dictionary", {**input_data.dictionary, key: input_data.value}
        yield "old_value", input_data.dictionary[key]


def _own_key(dictionary: JsonObject, wanted: str | int) -> str:
    """The key as the object has it: keys of JSON are texts.

    Raises:
        BlockError: there is no such key.
    """
    key = str(wanted)
    if key in dictionary:
        return key
    shown = repr(key[:60]) + ("…" if len(key) > 60 else "")
    if not dictionary:
        raise BlockError(f"There is no key {shown}: the object is empty. Link one that has the key.")
    known = ", ".join(repr(one[:60]) for one in list(dictionary)[:_SHOWN_KEYS])
    unseen = len(dictionary) - _SHOWN_KEYS
    more = f" and {unseen:,} more" if unseen > 0 else ""
    raise BlockError(f"There is no key {shown}. Choose one of: {known}{more}.")
