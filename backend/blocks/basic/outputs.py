"""What a run gives back."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockKind, BlockOutput, Execution
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError
from backend.util.template import is_simple, render


class AgentOutputBlock(Block):
    """An output of the graph. Without a format it gives the value and then its name, with one the rendered text.

    A format that cannot be rendered does not fail the run: the text then begins with "Error" and holds the
    reason and the value.
    """

    id = "363ae599-353e-4804-937e-b2ee3cef3da4"
    categories = {BlockCategory.OUTPUT, BlockCategory.BASIC}
    icon = "log-out"
    kind = BlockKind.OUTPUT
    pure = True
    static_output = True
    differences = (
        "A format is a template as in Fill Text Template, with the limits and the filters that it has here.",
    )

    class Input(BlockSchema):
        value: Any = SchemaField(default=None, description="What the run gives back under this name")
        name: str = SchemaField(description="What the output is called")
        title: str | None = SchemaField(
            default=None, description="What people see instead of the name", advanced=True
        )
        description: str | None = SchemaField(
            default=None, description="What the value is, for people", advanced=True
        )
        format: str = SchemaField(
            default="",
            description="A template of the text to give back; the value is called like the output",
            placeholder="Result: {{ name_of_the_output }}",
            format="template",
            advanced=True,
        )
        escape_html: bool = SchemaField(
            default=False, description="Make the value safe for HTML", advanced=True
        )
        advanced: bool = SchemaField(
            default=False, description="Fold away where outputs are shown", advanced=True
        )
        secret: bool = SchemaField(default=False, description="Never show the value", advanced=True)

    class Output(BlockSchema):
        output: Any = SchemaField(description="The value, or the text made of it")
        name: Any = SchemaField(description="The name of the output; not given with a format")

    test_input = [
        {"name": "answer", "value": [1, {"ü": None}]},
        {"name": "nothing"},
        {"name": "answer", "value": {"text": "<é>"}, "format": "Got {{ answer.text }}."},
        {"name": "answer", "value": "<é>", "format": "{{ answer }}", "escape_html": True},
        {"name": "answer", "value": 5, "format": "{{ answer|nope }}"},
        {"name": "answer", "value": 5, "format": "{{ answer"},
    ]
    test_output = [
        [("output", [1, {"ü": None}]), ("name", "answer")],
        [("output", None), ("name", "nothing")],
        [("output", "Got <é>.")],
        [("output", "&lt;é&gt;")],
        [("output", says("Error: ", "nope", "5"))],
        [("output", says("Error: "))],
    ]

    def execution_for(self, constants: JsonObject, linked: frozenset[str]) -> Execution:
        """Only a template that can grow needs a thread."""
        is_known = "format" not in linked
        return (
            Execution.INLINE
            if is_known and is_simple(str(constants.get("format") or ""))
            else Execution.THREAD
        )

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if not input_data.format:
            yield "output", input_data.value
            yield "name", input_data.name
        else:
            yield "output", _rendered(input_data)


def _rendered(given: AgentOutputBlock.Input) -> str:
    try:
        return render(given.format, {given.name: given.value}, escape_html=given.escape_html)
    except BlockError as error:
        return f"Error: {error} The value: {given.value!r}"
