"""Keep a value for the whole run."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class StoreValueBlock(Block):
    """Keep a value, so that it can be used again and again. Where `data` is empty, `input` is given on."""

    id = "1ff065e9-88e8-4358-9d82-8dc91f622ba9"
    categories = {BlockCategory.BASIC}
    icon = "bookmark"
    pure = True
    static_output = True

    class Input(BlockSchema):
        input: Any = SchemaField(description="Starts the block; is the value when there is no data")
        data: Any = SchemaField(
            default=None, description="The value; 0, false and empty ones give way to the input"
        )

    class Output(BlockSchema):
        output: Any = SchemaField(description="The value, for as long as the run lasts")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"input": "trigger", "data": {"é": [1]}},
        {"input": "trigger", "data": 0},
        {"input": "trigger", "data": []},
        {"input": "größe 😀"},
        {"data": 1},
    ]
    test_output = [
        [("output", {"é": [1]})],
        [("output", "trigger")],
        [("output", "trigger")],
        [("output", "größe 😀")],
        [("error", says("input"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "output", input_data.data or input_data.input
