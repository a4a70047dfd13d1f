"""An input of whole numbers."""

from __future__ import annotations

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class AgentNumberInputBlock(GivesItsValue, Block):
    """An input of the graph: a whole number."""

    id = "96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98"
    icon = "hash"
    differences = ("A number with a fraction, such as 2.5, is refused; there the fraction is dropped.",)

    class Input(InputFields):
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
