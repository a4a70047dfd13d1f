"""An input of any type."""

from __future__ import annotations

from typing import Any

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block
from backend.data.model import BlockSchema, SchemaField


class AgentInputBlock(GivesItsValue, Block):
    """An input of the graph, of any type. Without a value it gives nothing, and what hangs on it stays idle."""

    id = "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b"
    icon = "log-in"

    class Input(InputFields):
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
