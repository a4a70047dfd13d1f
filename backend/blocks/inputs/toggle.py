"""An input that is on or off."""

from __future__ import annotations

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class AgentToggleInputBlock(GivesItsValue, Block):
    """An input of the graph: yes or no. A run that says nothing gets no."""

    id = "cbf36ab5-df4a-43b6-8a7f-f7ed8652116e"
    icon = "toggle-right"

    class Input(InputFields):
        value: bool = SchemaField(default=False, description="What the run says, else this one")

    class Output(BlockSchema):
        result: bool = SchemaField(description="True or false, for as long as the run lasts")

    test_input = [
        {"name": "send mail", "value": True},
        {"name": "off", "value": False},
        {"name": "nothing is said"},
        {"name": "words", "value": " Yes "},
        {"name": "a number", "value": 0},
        {"name": "größe 😀", "value": "größe 😀"},
        {"name": "a list", "value": [True]},
        {"value": True},
    ]
    test_output = [
        [("result", True)],
        [("result", False)],
        [("result", False)],
        [("result", True)],
        [("result", False)],
        [("error", says("value", "größe"))],
        [("error", says("value"))],
        [("error", says("name"))],
    ]
