"""What a run is given: the engine puts each input's value into `value` before the run."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockKind, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class _InputFields(BlockSchema):
    name: str = SchemaField(description="What the input is called; callers give its value under this name")
    value: Any = SchemaField(default=None, description="The value of the run, else this one")
    title: str | None = SchemaField(
        default=None, description="What the form shows instead of the name", advanced=True
    )
    description: str | None = SchemaField(
        default=None, description="What to enter, for people", advanced=True
    )
    advanced: bool = SchemaField(
        default=False, description="Fold away in the form; only with a value", advanced=True
    )
    secret: bool = SchemaField(default=False, description="Never show the value", advanced=True)


class AgentInputBlock(Block):
    """An input of the graph, of any type. Without a value it gives nothing, and what hangs on it stays idle."""

    id = "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b"
    categories = {BlockCategory.INPUT, BlockCategory.BASIC}
    icon = "log-in"
    kind = BlockKind.INPUT
    pure = True
    static_output = True

    class Input(_InputFields):
        pass

    class Output(BlockSchema):
        result: Any = SchemaField(description="The value, for as long as the run lasts")

    test_input = [
        {"name": "topic", "value": {"a": [1, None, "größe 😀"]}},
        {"name": "no value"},
        {"name": "empty text is a value", "value": ""},
        {"name": "zero is a value", "value": 0},
    ]
    test_output = [[("result", {"a": [1, None, "größe 😀"]})], [], [("result", "")], [("result", 0)]]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if input_data.value is not None:
            yield "result", input_data.value


class AgentShortTextInputBlock(Block):
    """An input of the graph: one line of text."""

    id = "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158"
    categories = {BlockCategory.INPUT, BlockCategory.BASIC}
    icon = "text-cursor-input"
    kind = BlockKind.INPUT
    pure = True
    static_output = True

    class Input(_InputFields):
        value: str | None = SchemaField(
            default=None, description="The text of the run, else this one", format="short-text"
        )

    class Output(BlockSchema):
        result: str = SchemaField(description="The text, for as long as the run lasts")

    test_input = [
        {"name": "city", "value": "Zürich"},
        {"name": "empty", "value": ""},
        {"name": "nothing", "value": None},
        {"name": "a number becomes text", "value": 7},
        {"value": "without a name"},
    ]
    test_output = [[("result", "Zürich")], [("result", "")], [], [("result", "7")], [("error", says("name"))]]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if input_data.value is not None:
            yield "result", input_data.value


class AgentNumberInputBlock(Block):
    """An input of the graph: a whole number."""

    id = "96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98"
    categories = {BlockCategory.INPUT, BlockCategory.BASIC}
    icon = "hash"
    kind = BlockKind.INPUT
    pure = True
    static_output = True

    class Input(_InputFields):
        value: int | None = SchemaField(default=None, description="The number of the run, else this one")

    class Output(BlockSchema):
        result: int = SchemaField(description="The number, for as long as the run lasts")

    test_input = [
        {"name": "count", "value": 7},
        {"name": "zero", "value": 0},
        {"name": "nothing", "value": None},
        {"name": "a fraction", "value": 2.5},
    ]
    test_output = [[("result", 7)], [("result", 0)], [], [("error", says("value"))]]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if input_data.value is not None:
            yield "result", input_data.value
