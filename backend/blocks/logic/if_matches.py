"""Compare a value with another one and go one of two ways."""

from __future__ import annotations

from typing import Any

from backend.blocks.logic._matching import matches
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import is_small


class IfInputMatchesBlock(Block):
    """Give one of two outputs, depending on whether the input is the value. The types need not be the same."""

    id = "6dbbc4b3-ca6c-42b6-b508-da52d23e13f2"
    categories = {BlockCategory.LOGIC}
    icon = "equal"
    pure = True
    differences = (
        "The value becomes the input's type as a link would convert it: the text 'false' is the boolean false.",
    )

    class Input(BlockSchema):
        input: Any = SchemaField(description="The value to look at")
        value: Any = SchemaField(description="What it is compared with, once it is of the input's type")
        yes_value: Any = SchemaField(default=None, description="Given when they match, null too")
        no_value: Any = SchemaField(default=None, description="Given when they do not, null too")

    class Output(BlockSchema):
        result: bool = SchemaField(description="Whether they match")
        yes_output: Any = SchemaField(description="Only when they match")
        no_output: Any = SchemaField(description="Only when they do not")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"input": 10, "value": "10", "yes_value": "ten", "no_value": "another number"},
        {"input": "größe 😀", "value": "größe", "yes_value": 1, "no_value": [None]},
        {"input": "10", "value": 10},
        {"input": 10, "value": "ten"},
        {"input": False, "value": "no"},
        {"input": {"a": [1]}, "value": '{"a": [1]}'},
        {"input": [1], "value": 1},
        {"input": "", "value": []},
        {"input": 1.5, "value": {"a": 1}},
        {"input": "x" * 100_000, "value": "x" * 100_000, "yes_value": "long"},
        {"input": 1},
    ]
    test_output = [
        [("result", True), ("yes_output", "ten")],
        [("result", False), ("no_output", [None])],
        [("result", True), ("yes_output", None)],
        [("result", False), ("no_output", None)],
        [("result", True), ("yes_output", None)],
        [("result", True), ("yes_output", None)],
        [("result", True), ("yes_output", None)],
        [("result", False), ("no_output", None)],
        [("result", False), ("no_output", None)],
        [("result", True), ("yes_output", "long")],
        [("error", says("value"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return is_small(input_data.input, input_data.value)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        is_match = matches(input_data.input, input_data.value)
        yield "result", is_match
        if is_match:
            yield "yes_output", input_data.yes_value
        else:
            yield "no_output", input_data.no_value
