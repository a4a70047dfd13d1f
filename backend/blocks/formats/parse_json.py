"""JSON text to a value."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.formats._limits import SMALL_CHARS, InThread, patience_s, refuse_long
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.bounded.jobs import json_exact
from backend.util.bounded.pool import run_bounded
from backend.util.bounded.protocol import Refused
from backend.util.errors import BadInput, BlockError
from backend.util.json_marks import marks_in
from backend.util.json_text import parse_json

MAX_MARKS = 2_000_000
"""Commas and opening brackets: there are never more values than that, and one takes up to 70 bytes."""
MAX_CONTAINERS = 400_000
"""Lists and objects: Python looks through all of them again and again as they are made."""


class ParseJsonBlock(InThread, Block):
    """Read JSON text as a value: an object, a list, a text, a number, true, false or null.

    What is wrong is named with its line and column. Lists and objects may be nested 100 deep.
    """

    id = "3b819b0b-a64d-4b3f-a3a4-05a9266a80f2"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "braces"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The JSON text, up to 20 MiB", format="long-text")
        duplicate_keys: Literal["last", "first", "list", "refuse"] = SchemaField(
            default="last",
            description="What counts where a key stands twice in an object; list: all its values, in a list",
            advanced=True,
        )
        big_numbers: Literal["round", "text", "refuse"] = SchemaField(
            default="round",
            description="What becomes of whole numbers beyond 64 bits; text: their digits, all of them",
            advanced=True,
        )
        nan: Literal["refuse", "null", "text"] = SchemaField(
            default="refuse",
            description="What becomes of NaN and Infinity, which are no JSON but which some programs write",
            advanced=True,
        )

    class Output(BlockSchema):
        value: Any = SchemaField(description="The value")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": '{"order": 17, "items": ["ink", "größe 😀"], "paid": true}'},
        {"text": "null"},
        {"text": "\ufeff 1.50 "},
        {"text": ""},
        {"text": '{\n  "a": 1,\n  "b" 2\n}'},
        {"text": '{"a": 1, "a": 2}'},
        {"text": '{"a": 1, "a": 2}', "duplicate_keys": "first"},
        {"text": '{"a": 1, "b": 0, "a": [2], "a": 3}', "duplicate_keys": "list"},
        {"text": '[{"a": 1, "a": 2}]', "duplicate_keys": "refuse"},
        {"text": "[12345678901234567890123]"},
        {"text": "[12345678901234567890123, 7, 1e400]", "big_numbers": "text"},
        {"text": "[12345678901234567890123]", "big_numbers": "refuse"},
        {"text": "[1e400]"},
        {"text": "[1e400]", "duplicate_keys": "first"},
        {"text": '{"a": [NaN]}'},
        {"text": "[NaN, -Infinity]", "nan": "null"},
        {"text": "[NaN, -Infinity]", "nan": "text"},
        {"text": '{"a": [NaN]}', "duplicate_keys": "first"},
        {"text": "[1,]", "nan": "null"},
        {"text": '"a\\u0000b"'},
        {"text": '"\\ud800"'},
        {"text": "[" * 100_000},
        {"text": "[" * 100_000, "nan": "null"},
        {"text": "[" * 101 + "]" * 101},
        {"text": {"a": [None]}},
        {"text": None},
        {"text": "1", "nan": "keep"},
    ]
    test_output = [
        [("value", {"order": 17, "items": ["ink", "größe 😀"], "paid": True})],
        [("value", None)],
        [("value", 1.5)],
        [("error", says("empty"))],
        [("error", says("line 3", "column"))],
        [("value", {"a": 2})],
        [("value", {"a": 1})],
        [("value", {"a": [1, [2], 3], "b": 0})],
        [("error", says("'a'", "twice"))],
        [("value", [1.2345678901234568e22])],
        [("value", ["12345678901234567890123", 7, "1e400"])],
        [("error", says("12345678901234567890123", "64 bits"))],
        [("error", says("[0]", "inf"))],
        [("error", says("1e400", "too large"))],
        [("error", says("a[0]", "nan"))],
        [("value", [None, None])],
        [("value", ["NaN", "-Infinity"])],
        [("error", says("NaN"))],
        [("error", says("line 1", "column"))],
        [("error", says("U+0000"))],
        [("error", says("surrogate"))],
        [("error", says("100 deep"))],
        [("error", says("100 deep"))],
        [("error", says("100 deep"))],
        [("value", {"a": [None]})],
        [("error", says("text"))],
        [("error", says("nan"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        text = input_data.text
        refuse_long(text, "The JSON")
        raw = text.encode(errors="replace")
        if marks_in(raw) > MAX_MARKS:
            raise BlockError(f"The JSON may hold more than {MAX_MARKS:,} values. Split it first.")
        if raw.count(b"[") + raw.count(b"{") > MAX_CONTAINERS:
            raise BlockError(
                f"The JSON may hold more than {MAX_CONTAINERS:,} lists and objects. Split it first."
            )
        options = (input_data.duplicate_keys, input_data.big_numbers, input_data.nan)
        is_usual = options == ("last", "round", "refuse")
        yield "value", _parsed(raw) if is_usual else _parsed_exactly(input_data)


def _parsed(raw: bytes) -> Any:
    try:
        return parse_json(raw)
    except BadInput as error:
        raise BlockError(str(error)) from None


def _parsed_exactly(asked: ParseJsonBlock.Input) -> Any:
    request = asked.model_dump()
    if len(asked.text) > SMALL_CHARS:
        patience = patience_s(len(asked.text))
        return run_bounded("json_exact", request, subject="Reading the JSON", timeout_s=patience)
    try:
        return json_exact.answer(request)
    except Refused as error:
        raise BlockError(str(error)) from None
