"""Another text in place of some words."""

from __future__ import annotations

from typing import Any

from backend.blocks.text._limits import check_length, check_result
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort


class TextReplaceBlock(QuickWhenShort, Block):
    """Replace a text by another wherever it stands. Upper and lower case are told apart."""

    id = "7e7c87ab-3469-4bcc-9abe-67705091b713"
    categories = {BlockCategory.TEXT}
    icon = "replace"
    pure = True
    differences = ("An empty `old` replaces nothing; there `new` comes between all characters.",)

    class Input(BlockSchema):
        text: str = SchemaField(description="The text in which to replace")
        old: str = SchemaField(description="What to look for, as it is written; empty: nothing")
        new: str = SchemaField(description="What to put there; empty takes it out")

    class Output(BlockSchema):
        output: str = SchemaField(description="The new text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "The cat sat with a cat.", "old": "cat", "new": "dog"},
        {"text": "größe 😀😀", "old": "😀", "new": ""},
        {"text": "abc", "old": "", "new": "-"},
        {"text": "", "old": "a", "new": "b"},
        {"text": "a.c abc", "old": "a.c", "new": "\\1"},
        {"text": "aaa", "old": "aa", "new": "b"},
        {"text": 15, "old": 5, "new": 6},
        {"text": "a" * 100_000, "old": "a", "new": "b" * 1_000},
        {"text": "a", "old": None, "new": ""},
        {"text": "a", "old": "a", "new": None},
    ]
    test_output = [
        [("output", "The dog sat with a dog.")],
        [("output", "größe ")],
        [("output", "abc")],
        [("output", "")],
        [("output", "\\1 abc")],
        [("output", "ba")],
        [("output", "16")],
        [("error", says("100,000,000"))],
        [("error", says("old"))],
        [("error", says("new"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        text, old, new = input_data.text, input_data.old, input_data.new
        check_length(text)
        if old:
            check_result(len(text) + text.count(old) * (len(new) - len(old)))
            text = text.replace(old, new)
        yield "output", text
