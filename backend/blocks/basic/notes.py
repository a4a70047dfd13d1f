"""Words on the canvas."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockKind, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class NoteBlock(Block):
    """A note for whoever reads the graph. It never runs."""

    id = "cc10ff7b-7753-4ff2-9af6-9399b1a7eddc"
    categories = {BlockCategory.BASIC}
    icon = "sticky-note"
    kind = BlockKind.NOTE
    pure = True

    class Input(BlockSchema):
        text: str = SchemaField(description="The note", format="long-text")

    class Output(BlockSchema):
        output: str = SchemaField(description="The note")
        error: str = SchemaField(description="Why it failed")

    test_input = [{"text": "Señor 😀\n"}, {"text": ""}, {}]
    test_output = [[("output", "Señor 😀\n")], [("output", "")], [("error", says("text"))]]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "output", input_data.text
