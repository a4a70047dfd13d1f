"""Backslash escapes written, and read."""

from __future__ import annotations

import re
from typing import Any

from backend.blocks.text._limits import MAX_WORKED_CHARS, QUICK_CHARS, check_length
from backend.blocks.text._storable import storable
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort
from backend.util.errors import BlockError

_ESCAPE = re.compile(
    r"\\(?:(?P<whole>[abfnrtv\\'\"\n]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}\n]{1,100}\})"
    r"|(?P<begun>[xuUN]))"
)


class TextEncoderBlock(QuickWhenShort, Block):
    r"""Write special characters as backslash escapes: a new line as `\n`, é as `\xe9`. The result is plain ASCII."""

    id = "5185f32e-4b65-4ecf-8fbb-873f003f09d6"
    categories = {BlockCategory.TEXT}
    icon = "file-code"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to write with escapes")

    class Output(BlockSchema):
        encoded_text: str = SchemaField(description="The text with escapes")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "first line\nsecond: größe"},
        {"text": "\t\\ \" ' 😀 €"},
        {"text": ""},
        {"text": 5},
        {"text": "ü" * 100_000},
        {"text": None},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("encoded_text", "first line\\nsecond: gr\\xf6\\xdfe")],
        [("encoded_text", "\\t\\\\ \" ' \\U0001f600 \\u20ac")],
        [("encoded_text", "")],
        [("encoded_text", "5")],
        [("encoded_text", "\\xfc" * 100_000)],
        [("error", says("text"))],
        [("error", says("1,000,001"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        yield "encoded_text", input_data.text.encode("unicode_escape").decode("ascii")


class TextDecoderBlock(Block):
    r"""Read backslash escapes: `\n` becomes a new line, `\xe9` an é. Everything else stays as it is."""

    id = "2570e8fe-8447-43ed-84c7-70d657923231"
    categories = {BlockCategory.TEXT}
    icon = "file-text"
    pure = True
    differences = (
        "Characters beyond ASCII stay as they are; there they come out damaged.",
        "Two escapes that are the halves of one character, as JSON writes it, become that character.",
    )

    class Input(BlockSchema):
        text: str = SchemaField(description="The text with escapes, as Python writes them")

    class Output(BlockSchema):
        decoded_text: str = SchemaField(description="The text without escapes")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "first line\\nsecond: gr\\xf6ße"},
        {"text": "\\\\n \\t\\\"\\' \\u20ac \\U0001f600 \\N{BULLET} \\101 ü\\ä"},
        {"text": "\\ud83d\\ude00"},
        {"text": "C:\\dir \\q \\"},
        {"text": ""},
        {"text": "one\\\ntwo"},
        {"text": "é\\n" * 50_000},
        {"text": "bad \\x4"},
        {"text": "\\U99999999"},
        {"text": "\\N{NO SUCH NAME}"},
        {"text": "\\ud83d"},
        {"text": "a\\0"},
        {"text": None},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("decoded_text", "first line\nsecond: größe")],
        [("decoded_text", "\\n \t\"' € 😀 • A ü\\ä")],
        [("decoded_text", "😀")],
        [("decoded_text", "C:\\dir \\q \\")],
        [("decoded_text", "")],
        [("decoded_text", "onetwo")],
        [("decoded_text", "é\n" * 50_000)],
        [("error", says("\\x4", "character 5"))],
        [("error", says("character 1"))],
        [("error", says("NO SUCH NAME"))],
        [("error", says("surrogate"))],
        [("error", says("U+0000"))],
        [("error", says("text"))],
        [("error", says("1,000,001"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return len(input_data.text) <= QUICK_CHARS

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        yield "decoded_text", storable(_ESCAPE.sub(_decoded, input_data.text))


def _decoded(escape: re.Match[str]) -> str:
    try:
        if escape["whole"]:
            return escape[0].encode().decode("unicode_escape")
    except UnicodeDecodeError:
        pass
    shown = escape.string[escape.start() : escape.start() + max(4, len(escape[0]))]
    raise BlockError(
        f"{shown!r:.120} at character {escape.start() + 1} is no escape. Write `\\\\` for a backslash."
    )
