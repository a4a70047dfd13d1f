"""A text without what is too much around it."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.text._limits import MAX_CHARS, MAX_WORKED_CHARS, check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort


class TrimTextBlock(QuickWhenShort, Block):
    """Take white space, or characters that you name, off the ends of a text; if you like also within."""

    id = "fa44ed70-c5aa-4952-9cc4-1753ae1a12b3"
    categories = {BlockCategory.TEXT}
    icon = "fold-horizontal"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to trim")
        characters: str = SchemaField(
            default="", description="The characters to take off, in any order; empty: white space"
        )
        side: Literal["both", "start", "end"] = SchemaField(default="both", description="At which end")
        collapse: bool = SchemaField(
            default=False,
            description="Make one space of all white space within, new lines too",
            advanced=True,
        )

    class Output(BlockSchema):
        output: str = SchemaField(description="The trimmed text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "  Hello world \n"},
        {"text": "--Größe😀-", "characters": "-😀"},
        {"text": " a ", "side": "start"},
        {"text": " a ", "side": "end"},
        {"text": " a \n\t b ", "collapse": True},
        {"text": " \n"},
        {"text": ""},
        {"text": " " * 100_000 + "x" * 100_000},
        {"text": 5},
        {"text": None},
        {"text": "a", "side": "left"},
    ]
    test_output = [
        [("output", "Hello world")],
        [("output", "Größe")],
        [("output", "a ")],
        [("output", " a")],
        [("output", "a b")],
        [("output", "")],
        [("output", "")],
        [("output", "x" * 100_000)],
        [("output", "5")],
        [("error", says("text"))],
        [("error", says("side"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS if input_data.collapse else MAX_CHARS)
        strip = {"both": str.strip, "start": str.lstrip, "end": str.rstrip}[input_data.side]
        trimmed = strip(input_data.text, input_data.characters or None)
        yield "output", " ".join(trimmed.split()) if input_data.collapse else trimmed
