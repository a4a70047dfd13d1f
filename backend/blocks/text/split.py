"""A list of texts from one."""

from __future__ import annotations

from typing import Any

from backend.blocks.text._limits import check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenShort
from backend.util.errors import BlockError

MAX_PARTS = 100_000


class TextSplitBlock(QuickWhenShort, Block):
    """Cut a text into parts wherever the delimiter stands. An empty text has no parts."""

    id = "d5ea33c8-a575-477a-b42f-2fe3be5055ec"
    categories = {BlockCategory.TEXT}
    icon = "scissors"
    pure = True
    differences = ("More than 100,000 parts fail; there no number is too many.",)

    class Input(BlockSchema):
        text: str = SchemaField(description="The text to cut")
        delimiter: str = SchemaField(description="What stands between the parts; it is in none of them")
        strip: bool = SchemaField(default=True, description="Take white space off both ends of each part")

    class Output(BlockSchema):
        texts: list[str] = SchemaField(description="The parts, in order; some may be empty")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "apples, pears , plums", "delimiter": ","},
        {"text": "apples, pears ", "delimiter": ",", "strip": False},
        {"text": "größe😀klein", "delimiter": "😀"},
        {"text": "", "delimiter": ","},
        {"text": " ", "delimiter": ","},
        {"text": ",a,", "delimiter": ","},
        {"text": "a", "delimiter": ""},
        {"text": "," * 100_000, "delimiter": ","},
        {"text": None, "delimiter": ","},
        {"text": [1, 2], "delimiter": ","},
        {"text": "a", "delimiter": ",", "strip": "perhaps"},
    ]
    test_output = [
        [("texts", ["apples", "pears", "plums"])],
        [("texts", ["apples", " pears "])],
        [("texts", ["größe", "klein"])],
        [("texts", [])],
        [("texts", [""])],
        [("texts", ["", "a", ""])],
        [("error", says("delimiter"))],
        [("error", says("100,001"))],
        [("error", says("text"))],
        [("texts", ["[1", "2]"])],
        [("error", says("strip"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        text, delimiter = input_data.text, input_data.delimiter
        if not delimiter:
            raise BlockError("The delimiter is empty. Say what stands between the parts, such as a comma.")
        check_length(text)
        count = text.count(delimiter) + 1
        if count > MAX_PARTS:
            raise BlockError(
                f"The text has {count:,} parts, and {MAX_PARTS:,} are the most. Shorten it first."
            )
        parts = text.split(delimiter) if text else []
        yield "texts", [part.strip() for part in parts] if input_data.strip else parts
