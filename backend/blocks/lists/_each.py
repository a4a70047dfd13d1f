"""What blocks have in common that evaluate an expression for each item."""

from __future__ import annotations

from typing import Any

from backend.data.block import Execution
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError
from backend.util.expression import is_simple

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class EachItemInput(BlockSchema):
    list: Items = SchemaField(description="The list; it stays as it is")
    expression: str = SchemaField(
        description="In Jinja2 syntax, with item, index (from 0) and the values by their names; "
        "braces around it are optional",
        placeholder="item.price > 10",
    )
    values: JsonObject = SchemaField(
        default_factory=JsonObject, description="More values for the expression, by their names"
    )


def execution_of(constants: JsonObject, linked: frozenset[str]) -> Execution:
    """Inline only where the expression is known to be simple; else it waits for another process."""
    expression = constants.get("expression")
    if not isinstance(expression, str) or "expression" in linked:
        return Execution.THREAD
    try:
        return Execution.INLINE if is_simple(expression) else Execution.THREAD
    except BlockError:  # it cannot be read, which takes no time to say
        return Execution.INLINE
