"""Make a value of another type."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import converter
from backend.data.examples import says
from backend.data.json_types import is_list, is_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.text_json import MAX_TEXT_BYTES, MAX_VALUES, is_too_much, json_in
from backend.util.errors import BlockError

_LONG = "größe 😀" * 20_000
_READ_NUMBER = converter({"type": "number"})
_READ_BOOLEAN = converter({"type": "boolean"})


class UniversalTypeConverterBlock(Block):
    """Make a text, a number, true or false, a list or an object of a value.

    A number of a list or an object is how many entries it has. What cannot become the type fails the block.
    """

    id = "95d1b990-ce13-4d88-9737-ba5c2070c97b"
    categories = {BlockCategory.BASIC}
    icon = "arrow-right-left"
    pure = True
    differences = (
        "A text that is no number fails; there it becomes 0.",
        "The text yes is true, and a text that means neither true nor false fails; there all but true and 1 is false.",
        "A text of more than 1 MiB or 50,000 values does not become a list or an object.",
    )

    class Input(BlockSchema):
        value: Any = SchemaField(description="The value")
        type: Literal["string", "number", "boolean", "list", "dictionary"] = SchemaField(
            description="What it is to become"
        )

    class Output(BlockSchema):
        value: Any = SchemaField(description="The value in its new type")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": "12.50", "type": "number"},
        {"value": 7, "type": "number"},
        {"value": True, "type": "number"},
        {"value": [1, None], "type": "number"},
        {"value": {}, "type": "number"},
        {"value": "", "type": "number"},
        {"value": "ten", "type": "number"},
        {"value": "NaN", "type": "number"},
        {"value": "9" * 100_000, "type": "number"},
        {"value": "größe 😀", "type": "string"},
        {"value": {"é": [1, None, True]}, "type": "string"},
        {"value": 2.0, "type": "string"},
        {"value": [_LONG], "type": "string"},
        {"value": " TRUE ", "type": "boolean"},
        {"value": "no", "type": "boolean"},
        {"value": "", "type": "boolean"},
        {"value": -0.5, "type": "boolean"},
        {"value": [], "type": "boolean"},
        {"value": {"a": 0}, "type": "boolean"},
        {"value": "perhaps", "type": "boolean"},
        {"value": ' [1, {"é": 2}] ', "type": "list"},
        {"value": {"a": 1, "b": [2]}, "type": "list"},
        {"value": "a, b", "type": "list"},
        {"value": "[a, b]", "type": "list"},
        {"value": "", "type": "list"},
        {"value": 0, "type": "list"},
        {"value": [1], "type": "list"},
        {"value": _LONG, "type": "list"},
        {"value": "[" + " " * MAX_TEXT_BYTES + "]", "type": "list"},
        {"value": '["' + "ü" * (MAX_TEXT_BYTES // 2) + '"]', "type": "list"},
        {"value": "[" + "[]," * MAX_VALUES + "[]]", "type": "list"},
        {"value": '{"größe 😀": 1}', "type": "dictionary"},
        {"value": "[1, 2]", "type": "dictionary"},
        {"value": ["a", None], "type": "dictionary"},
        {"value": "Ada", "type": "dictionary"},
        {"value": 5, "type": "dictionary"},
        {"value": {"a": 1}, "type": "dictionary"},
        {"value": "{" * 1_000, "type": "dictionary"},
        {"value": 1, "type": "date"},
        {"type": "string"},
    ]
    test_output = [
        [("value", 12.5)],
        [("value", 7.0)],
        [("value", 1.0)],
        [("value", 2.0)],
        [("value", 0.0)],
        [("error", says("''", "number"))],
        [("error", says("ten", "number"))],
        [("error", says("NaN", "number"))],
        [("error", says("999…", "number"))],
        [("value", "größe 😀")],
        [("value", '{"é": [1, null, true]}')],
        [("value", "2.0")],
        [("value", f'["{_LONG}"]')],
        [("value", True)],
        [("value", False)],
        [("value", False)],
        [("value", True)],
        [("value", False)],
        [("value", True)],
        [("error", says("perhaps", "true or false"))],
        [("value", [1, {"é": 2}])],
        [("value", [["a", 1], ["b", [2]]])],
        [("value", ["a, b"])],
        [("value", ["[a, b]"])],
        [("value", [""])],
        [("value", [0])],
        [("value", [1])],
        [("value", [_LONG])],
        [("error", says("1 MiB"))],
        [("error", says("1 MiB"))],
        [("error", says("50,000 values"))],
        [("value", {"größe 😀": 1})],
        [("value", {"value": [1, 2]})],
        [("value", {"0": "a", "1": None})],
        [("value", {"value": "Ada"})],
        [("value", {"value": 5})],
        [("value", {"a": 1})],
        [("value", {"value": "{" * 1_000})],
        [("error", says("type"))],
        [("error", says("value"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        try:
            yield "value", _MAKERS[input_data.type](input_data.value)
        except ValueError as error:
            raise BlockError(f"{error} Choose another type, or correct the value.") from error


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _number(value: Any) -> float:
    if is_list(value) or is_object(value):
        return float(len(value))
    return float(_READ_NUMBER(value))


def _boolean(value: Any) -> bool:
    """A text by what it says; anything else by whether it is more than nothing."""
    is_said = isinstance(value, str) and value.strip() != ""
    return bool(_READ_BOOLEAN(value)) if is_said else bool(value) and not isinstance(value, str)


def _list(value: Any) -> list[Any]:
    if is_object(value):
        return [[key, one] for key, one in value.items()]
    parsed = _json_or_itself(value) if isinstance(value, str) and value.strip()[:1] == "[" else value
    return parsed if is_list(parsed) else [value]


def _dictionary(value: Any) -> JsonObject:
    if is_list(value):
        return {str(place): one for place, one in enumerate(value)}
    parsed = _json_or_itself(value) if isinstance(value, str) else value
    return parsed if is_object(parsed) else {"value": parsed}


def _json_or_itself(text: str) -> Any:
    """The value of a JSON text; a text that is none is itself the value.

    Raises:
        BlockError: it is too long to be read.
    """
    if is_too_much(text):
        raise BlockError(
            f"The text is longer than 1 MiB, or holds more than {MAX_VALUES:,} values. Convert its parts."
        )
    try:
        return json_in(text, "value")
    except BlockError:
        return text


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "number": _number,
    "boolean": _boolean,
    "list": _list,
    "dictionary": _dictionary,
}
