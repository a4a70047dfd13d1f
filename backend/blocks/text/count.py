"""How long a text is."""

from __future__ import annotations

from typing import Any

from backend.blocks.text._limits import MAX_WORKED_CHARS, check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort


class WordCharacterCountBlock(QuickWhenShort, Block):
    """Count the words and the characters of a text. Words are what white space stands between."""

    id = "ab2a782d-22cf-4587-8a70-55b59b3f9f90"
    categories = {BlockCategory.TEXT}
    icon = "whole-word"
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to count in")

    class Output(BlockSchema):
        word_count: int = SchemaField(description="How many words there are")
        character_count: int = SchemaField(
            description="How many characters (Unicode code points) there are, white space too"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "Hello, brave new world!"},
        {"text": ""},
        {"text": " \n\t "},
        {"text": "größe\u00a0über 😀"},
        {"text": "well-known don't"},
        {"text": 12.5},
        {"text": "word " * 100_000},
        {"text": None},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("word_count", 4), ("character_count", 23)],
        [("word_count", 0), ("character_count", 0)],
        [("word_count", 0), ("character_count", 4)],
        [("word_count", 3), ("character_count", 12)],
        [("word_count", 2), ("character_count", 16)],
        [("word_count", 1), ("character_count", 4)],
        [("word_count", 100_000), ("character_count", 500_000)],
        [("error", says("text"))],
        [("error", says("1,000,001"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        yield "word_count", len(input_data.text.split())
        yield "character_count", len(input_data.text)
