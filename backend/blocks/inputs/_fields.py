"""What all inputs of a graph have in common: their settings, and that they give on what they were given."""

from __future__ import annotations

from typing import Any

from backend.data.block import BlockCategory, BlockKind, BlockOutput
from backend.data.model import BlockSchema, SchemaField


class InputFields(BlockSchema):
    """The settings of an input; the engine puts the run's value into `value` before the run."""

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


class GivesItsValue:
    """For inputs of a graph: they give their value, and nothing where there is none."""

    categories = {BlockCategory.INPUT, BlockCategory.BASIC}
    kind = BlockKind.INPUT
    pure = True
    static_output = True

    def run(self, input_data: Any, **kwargs: Any) -> BlockOutput:
        if input_data.value is not None:
            yield "result", input_data.value
