"""A value to JSON text."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from backend.blocks.formats._limits import MAX_CHARS, SMALL_CHARS, refuse_deep
from backend.data.block import Block, BlockCategory, BlockOutput, Execution
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError
from backend.util.json_marks import marks_in

_ORJSON_STEP = 2
_INDENTATION = re.compile(rb"^(?:  )+", re.MULTILINE)
_PLAIN = {"indent": 0, "ensure_ascii": False}


def _is_long(text: str) -> bool:
    return len(text) > 1_680_000


class WriteJsonBlock(Block):
    """Write a value as JSON text, on one line or indented."""

    id = "077b1836-03a4-4be6-9f81-08f72205297e"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "file-braces"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(default=None, description="The value; none is written as null")
        indent: int = SchemaField(
            default=0, ge=0, le=8, description="Spaces for each level; 0: all on one line, without spaces"
        )
        sort_keys: bool = SchemaField(
            default=False, description="Objects by key instead of in their own order"
        )
        ensure_ascii: bool = SchemaField(
            default=False,
            description="Write what is no ASCII as \\u00e9, for programs that read nothing else",
            advanced=True,
        )

    class Output(BlockSchema):
        text: str = SchemaField(description="The JSON text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": {"items": ["ink", "größe 😀"], "order": 17}, "indent": 2},
        {"value": {"b": [1, 1.5, None, True], "a": ""}, "sort_keys": True},
        {},
        {"value": None, "indent": 2},
        {"value": "größe 😀 \u007f", "ensure_ascii": True},
        {"value": {"a": ["  x\n  y"]}, "indent": 3},
        {"value": {"ü": {}}, "indent": 1, "ensure_ascii": True},
        {"value": [], "indent": 4},
        {"value": [[[[[[[[[[[[[[[[[[[[[0] * 10_000]]]]]]]]]]]]]]]]]]]], "indent": 8},
        {"value": [[[[[[[[[[[[[[[[[[[[[0] * 200_000]]]]]]]]]]]]]]]]]]]], "indent": 8},
        {"value": 1, "indent": 9},
        {"value": 1, "indent": "deep"},
    ]
    test_output = [
        [("text", '{\n  "items": [\n    "ink",\n    "größe 😀"\n  ],\n  "order": 17\n}')],
        [("text", '{"a":"","b":[1,1.5,null,true]}')],
        [("text", "null")],
        [("text", "null")],
        [("text", '"gr\\u00f6\\u00dfe \\ud83d\\ude00 \u007f"')],
        [("text", '{\n   "a": [\n      "  x\\n  y"\n   ]\n}')],
        [("text", '{\n "\\u00fc": {}\n}')],
        [("text", "[]")],
        [("text", _is_long)],
        [("error", says("20,971,520", "indent"))],
        [("error", says("indent"))],
        [("error", says("indent"))],
    ]

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        """Inline where it is as quick as the engine's own copy of the value."""
        is_plain = all(constants.get(pin, usual) == usual for pin, usual in _PLAIN.items())
        return Execution.INLINE if is_plain and linked.isdisjoint(_PLAIN) else Execution.THREAD

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        options = orjson.OPT_SORT_KEYS if input_data.sort_keys else 0
        raw = orjson.dumps(input_data.value, option=options)
        if input_data.indent:
            _refuse_wide(raw, refuse_deep(input_data.value) * input_data.indent)
            raw = orjson.dumps(input_data.value, option=options | orjson.OPT_INDENT_2)
            raw = _indented(raw, input_data.indent)
        text = raw.decode()
        yield "text", _in_ascii(text) if input_data.ensure_ascii else text


def _refuse_wide(raw: bytes, widest: int) -> None:
    if len(raw) + marks_in(raw) * (widest + 1) > MAX_CHARS:
        raise BlockError(
            f"Indented, the text may be longer than {MAX_CHARS:,} characters. Choose a smaller indent, or 0."
        )


def _indented(raw: bytes, step: int) -> bytes:
    if step == _ORJSON_STEP:
        return raw
    return _INDENTATION.sub(lambda spaces: b" " * (len(spaces[0]) // _ORJSON_STEP * step), raw)


class _Escapes(dict[int, str]):
    """What stands for a character, by its number."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code) if code < 128 else json.dumps(chr(code))[1:-1]
        return self[code]


def _in_ascii(text: str) -> str:
    """In pieces, since the interpreter does nothing else while it translates one."""
    escapes = _Escapes()
    pieces = (text[start : start + SMALL_CHARS] for start in range(0, len(text), SMALL_CHARS))
    return "".join(piece.translate(escapes) for piece in pieces)
