"""An input of rows and columns."""

from __future__ import annotations

from typing import Any

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

_HEADERS = ["Column 1", "Column 2", "Column 3"]
_MANY = [{"n": n} for n in range(2_000)]


class AgentTableInputBlock(GivesItsValue, Block):
    """An input of the graph: a table, as a list of rows. A run that gives none gets an empty list.

    A row is an object of its cells by column. Rows may lack columns, and may have others than the form shows.
    """

    id = "5603b273-f41e-4020-af7d-fbc9c6a8d928"
    icon = "table"

    class Input(InputFields):
        value: list[JsonObject] | None = SchemaField(
            default_factory=list, description="The rows of the run, else these", format="table"
        )
        column_headers: list[str] = SchemaField(default=_HEADERS, description="The columns of the form")

    class Output(BlockSchema):
        result: list[JsonObject] = SchemaField(description="The rows, for as long as the run lasts")

    test_input = [
        {
            "name": "guests",
            "column_headers": ["name", "city"],
            "value": [{"name": "Zoë", "city": "Zürich"}, {"name": "Ada"}],
        },
        {"name": "nothing is given"},
        {"name": "null", "value": None},
        {"name": "empty", "value": []},
        {"name": "other columns", "value": [{"größe 😀": [1, None]}]},
        {"name": "one row", "value": {"Column 1": 1}},
        {"name": "JSON text", "value": '[{"a": 1}]', "column_headers": "a"},
        {"name": "many", "value": _MANY},
        {"name": "rows as lists", "value": [["Ada", "London"]]},
        {"name": "text", "value": "Ada, London"},
    ]
    test_output = [
        [("result", [{"name": "Zoë", "city": "Zürich"}, {"name": "Ada"}])],
        [("result", [])],
        [("result", [])],
        [("result", [])],
        [("result", [{"größe 😀": [1, None]}])],
        [("result", [{"Column 1": 1}])],
        [("result", [{"a": 1}])],
        [("result", _MANY)],
        [("error", says("value", "object"))],
        [("error", says("value", "object"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "result", input_data.value or []
