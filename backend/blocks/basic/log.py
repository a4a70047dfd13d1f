"""Say something to whoever watches a run."""

from __future__ import annotations

from typing import Any

import orjson

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

MAX_SHOWN_CHARS = 10_000


class PrintToConsoleBlock(Block):
    """Show a value in the log of the run, to those who watch it, and give it on."""

    id = "f3b1c1b2-4c4f-4f0d-8d2f-4c4f0d8d2f4c"
    categories = {BlockCategory.BASIC}
    icon = "terminal"
    differences = (
        "The text goes to those who watch the run, not to the server's console; there the block is switched off.",
        f"Of a long value the log shows the first {MAX_SHOWN_CHARS:,} characters; the output has all of it.",
    )

    class Input(BlockSchema):
        text: Any = SchemaField(description="What to show; what is no text is shown as JSON")

    class Output(BlockSchema):
        output: Any = SchemaField(description="The value, as it came")
        status: str = SchemaField(description="The text printed")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "Found 3 orders"},
        {"text": {"größe 😀": [1, None]}},
        {"text": ""},
        {"text": "x" * 100_000},
        {"text": [0] * 10_001},
        {},
    ]
    test_output = [
        [("output", "Found 3 orders"), ("status", "printed")],
        [("output", {"größe 😀": [1, None]}), ("status", "printed")],
        [("output", ""), ("status", "printed")],
        [("output", "x" * 100_000), ("status", "printed")],
        [("output", [0] * 10_001), ("status", "printed")],
        [("error", says("text"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        context.log(_shown(input_data.text))
        yield "output", input_data.text
        yield "status", "printed"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"
