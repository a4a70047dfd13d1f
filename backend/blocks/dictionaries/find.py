"""Find values in objects and lists, by key or by path."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import is_list, is_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.pins import MISSING
from backend.data.quick import QuickWhenShort
from backend.data.text_json import MAX_TEXT_BYTES, MAX_VALUES, json_in
from backend.data.value_path import find_at, parse_path
from backend.util.errors import BlockError

_ITEMS = [{"name": "tea"}, {"name": "café ☕"}]
_ORDERS: JsonObject = {"orders": [{"items": _ITEMS}, {"items": []}]}
_PEOPLE = [{"name": "Zoë"}, {"age": 36}, None, {"name": None}]
_WIDE = {f"key {n}": n for n in range(2_000)}


class FindInDictionaryBlock(QuickWhenShort, Block):
    """Find a value by its key in an object, or by its place in a list. A text is read as JSON first.

    A text key gives of a list the values which its objects have under that key. A key that is not there is
    tried as a path, such as `orders[0].name`.
    """

    id = "0e50422c-6dee-4145-83d6-3a5a392f65de"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "search"
    pure = True
    differences = (
        "A key that is not there is tried as a path, such as `orders[0].name`; there it is missing.",
        "A key finds entries only; there it can find an attribute or a method of the value too.",
        "Of a list a text key of digits that no item has is a place, '1' the second; there nothing is found.",
    )

    class Input(BlockSchema):
        input: Any = SchemaField(description="The object or the list, or JSON text of one")
        key: str | int = SchemaField(description="The key, the place in the list from 0, or a path")

    class Output(BlockSchema):
        output: Any = SchemaField(description="What was found")
        missing: Any = SchemaField(description="The input as it came, when nothing was found")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"input": {"name": "Zoë", "city": "Zürich"}, "key": "city"},
        {"input": {"größe 😀": None}, "key": "größe 😀"},
        {"input": {"1": "one"}, "key": 1},
        {"input": '{"a": [1]}', "key": "a"},
        {"input": ["a", "b"], "key": 1},
        {"input": ["a", "b"], "key": "1"},
        {"input": _PEOPLE, "key": "name"},
        {"input": ["a", {"1": "b"}], "key": "1"},
        {"input": [], "key": "name"},
        {"input": {"a.b": 1, "a": {"b": 2}}, "key": "a.b"},
        {"input": _ORDERS, "key": "orders[0].items[-1].name"},
        {"input": [_ORDERS], "key": "[0].orders[1].items"},
        {"input": {"": 1}, "key": ""},
        {"input": _WIDE, "key": "key 1999"},
        {"input": {"a": 1}, "key": "b"},
        {"input": {"a": 1}, "key": "items"},
        {"input": {"a": 1}, "key": "__class__"},
        {"input": {"a": 1}, "key": ""},
        {"input": ["a"], "key": -1},
        {"input": ["a"], "key": 1},
        {"input": ["a", {"b": 1}], "key": "append"},
        {"input": '{"a": 1}', "key": "b..c"},
        {"input": 5, "key": "real"},
        {"input": '"text"', "key": "upper"},
        {"input": {"a": 1}, "key": "x" * 100_000},
        {"input": "no JSON", "key": "a"},
        {"input": "[" * 200_000, "key": "a"},
        {"input": " " * MAX_TEXT_BYTES + "[]", "key": "a"},
        {"input": "[" + "{}," * MAX_VALUES + "{}]", "key": "a"},
        {"input": {"a": 1}, "key": None},
        {"input": {"a": 1}, "key": 1.5},
        {"key": "a"},
    ]
    test_output = [
        [("output", "Zürich")],
        [("output", None)],
        [("output", "one")],
        [("output", [1])],
        [("output", "b")],
        [("output", "b")],
        [("output", ["Zoë", None])],
        [("output", ["b"])],
        [("output", [])],
        [("output", 1)],
        [("output", "café ☕")],
        [("output", [])],
        [("output", 1)],
        [("output", 1_999)],
        [("missing", {"a": 1})],
        [("missing", {"a": 1})],
        [("missing", {"a": 1})],
        [("missing", {"a": 1})],
        [("missing", ["a"])],
        [("missing", ["a"])],
        [("missing", ["a", {"b": 1}])],
        [("missing", '{"a": 1}')],
        [("missing", 5)],
        [("missing", '"text"')],
        [("missing", {"a": 1})],
        [("error", says("input", "no JSON"))],
        [("error", says("input", "JSON"))],
        [("error", says("input", "1 MiB"))],
        [("error", says("input", "50,000 values"))],
        [("error", says("key"))],
        [("missing", {"a": 1})],
        [("error", says("input"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        given = input_data.input
        value = json_in(given, "input") if isinstance(given, str) else given
        found = _by_key(value, input_data.key)
        if found is MISSING and isinstance(input_data.key, str):
            found = _by_path(value, input_data.key)
        yield ("missing", given) if found is MISSING else ("output", found)


class FindByPathBlock(QuickWhenShort, Block):
    """Find a value within objects and lists by a path like `orders[0].items[-1].name`.

    Keys with dots or brackets stand in quotes: `prices["a.b"]`. Negative places count from the end of the list.
    """

    id = "7810930a-bc39-4b40-a923-54f5d4abd07e"
    categories = {BlockCategory.DATA}
    icon = "route"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(description="The object or the list, or JSON text of one")
        path: str = SchemaField(
            description="Where to look; an empty path is the whole value",
            placeholder="orders[0].items[-1].name",
        )
        default: Any = SchemaField(
            default=None, description="Given when nothing is there, instead of `missing`"
        )

    class Output(BlockSchema):
        output: Any = SchemaField(description="What is there, or the default")
        missing: Any = SchemaField(
            description="The value as it came, when nothing is there and no default is set"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": _ORDERS, "path": "orders[0].items[-1].name"},
        {"value": _ORDERS, "path": "orders.0.items"},
        {"value": {"a.b": {"größe 😀": [None]}}, "path": "['a.b'].größe 😀[0]"},
        {"value": '[{"a": 1}]', "path": "[0].a"},
        {"value": [[1, 2], [3]], "path": "[-1][0]"},
        {"value": {"a": 1}, "path": ""},
        {"value": _WIDE, "path": "key 1999"},
        {"value": _ORDERS, "path": "orders[7].name", "default": "none"},
        {"value": _ORDERS, "path": "orders[1].items[-1]"},
        {"value": {"a": 1}, "path": "a.real"},
        {"value": {"a": 1}, "path": "__class__.__name__", "default": 0},
        {"value": {"0": "a"}, "path": "[0]"},
        {"value": [1], "path": "[999999999]"},
        {"value": {"a": 1}, "path": "a..b"},
        {"value": {"a": 1}, "path": "[1"},
        {"value": {"a": 1}, "path": "a." * 100_000},
        {"value": {"a": 1}, "path": "[0]" * 101},
        {"value": "no JSON", "path": "a"},
        {"value": {"a": 1}, "path": None},
        {"path": "a"},
    ]
    test_output = [
        [("output", "café ☕")],
        [("output", _ITEMS)],
        [("output", None)],
        [("output", 1)],
        [("output", 3)],
        [("output", {"a": 1})],
        [("output", 1_999)],
        [("output", "none")],
        [("missing", _ORDERS)],
        [("missing", {"a": 1})],
        [("output", 0)],
        [("missing", {"0": "a"})],
        [("missing", [1])],
        [("error", says("a..b", "character 2", "orders[0].name"))],
        [("error", says("[1", "character 1"))],
        [("error", says("1,000"))],
        [("error", says("100 steps"))],
        [("error", says("value", "no JSON"))],
        [("error", says("path"))],
        [("error", says("value"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        try:
            path = parse_path(input_data.path)
        except ValueError as error:
            raise BlockError(str(error)) from error
        given = input_data.value
        value = json_in(given, "value") if isinstance(given, str) else given
        found = find_at(value, path)
        if found is MISSING and input_data.default is None:
            yield "missing", given
        else:
            yield "output", input_data.default if found is MISSING else found


def _by_key(value: Any, key: str | int) -> Any:
    """What an object has under the key, or a list at the place; of a list with a text key, one value an object."""
    if is_object(value):
        return value.get(str(key), MISSING)
    if not is_list(value):
        return MISSING
    if isinstance(key, int):
        return value[key] if 0 <= key < len(value) else MISSING
    found = [one[key] for one in value if is_object(one) and key in one]
    return found if found or not value else MISSING


def _by_path(value: Any, key: str) -> Any:
    try:
        path = parse_path(key)
    except ValueError:
        return MISSING
    return find_at(value, path) if path else MISSING
