"""Inputs of text: one line, or many."""

from __future__ import annotations

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

_LONG = "größe 😀\n" * 20_000


class AgentShortTextInputBlock(GivesItsValue, Block):
    """An input of the graph: one line of text."""

    id = "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158"
    icon = "text-cursor-input"

    class Input(InputFields):
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


class AgentLongTextInputBlock(GivesItsValue, Block):
    """An input of the graph: text of any length, with line breaks."""

    id = "90a56ffb-7024-4b2b-ab50-e26c5e5ab8ba"
    icon = "letter-text"

    class Input(InputFields):
        value: str | None = SchemaField(
            default=None, description="The text of the run, else this one", format="long-text"
        )

    class Output(BlockSchema):
        result: str = SchemaField(description="The text, for as long as the run lasts")

    test_input = [
        {"name": "letter", "value": "Dear Zoë,\n\nthank you."},
        {"name": "empty", "value": ""},
        {"name": "nothing", "value": None},
        {"name": "long", "value": _LONG},
        {"name": "an object becomes JSON", "value": {"é": [1, None]}},
        {"name": None, "value": "without a name"},
    ]
    test_output = [
        [("result", "Dear Zoë,\n\nthank you.")],
        [("result", "")],
        [],
        [("result", _LONG)],
        [("result", '{"é": [1, null]}')],
        [("error", says("name"))],
    ]
