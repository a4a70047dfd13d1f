"""Run another graph as a part of this one."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, model_validator

from backend.data.block import (
    AsyncBlockOutput,
    Block,
    BlockCategory,
    BlockKind,
    Context,
    GraphResult,
    NodePins,
    Pin,
)
from backend.data.examples import says
from backend.data.json_types import as_list, as_object, definitions
from backend.data.model import BlockSchema, JsonObject, SchemaField

_ERROR = Pin("error", {"type": "string", "description": "Why the graph failed, and where"})


def _example_child(_context: Context, graph_id: str, version: int | None, inputs: JsonObject) -> GraphResult:
    said = f"{graph_id} {version} {inputs.get('Your question?')}"
    return GraphResult("run", [("Résumé", said), ("n", inputs), ("n", None)])


class AgentExecutorBlock(Block):
    """Run another graph of yours. Its inputs are this node's inputs, its outputs are this node's outputs.

    The pins come from the stored `input_schema` and `output_schema`; what is not linked is taken from
    `inputs`. `user_id` of imported graphs is ignored: a graph runs as whoever started the run.
    """

    id = "e189baac-8c20-45a1-94a7-55177ea42565"
    categories = {BlockCategory.AGENT}
    icon = "workflow"
    kind = BlockKind.AGENT
    differences = (
        "A graph that fails fails this node, which has an `error` pin; there the node ends as if all were well.",
        "`user_id` is ignored: the graph runs as whoever started the run.",
        "Without a `graph_version` the newest version runs; there the version is required.",
    )

    class Input(BlockSchema):
        user_id: str = SchemaField(default="", description="Ignored", hidden=True)
        graph_id: str = SchemaField(description="Which graph to run")
        graph_version: int | None = SchemaField(default=None, description="Which version; none: the newest")
        agent_name: str | None = SchemaField(default=None, description="What people call the graph")
        inputs: JsonObject = SchemaField(description="Values of its inputs that are not linked")
        input_schema: JsonObject = SchemaField(description="JSON Schema of its inputs, which become pins")
        output_schema: JsonObject = SchemaField(description="JSON Schema of its outputs, which become pins")
        nodes_input_masks: JsonObject | None = SchemaField(
            default=None, description="Ignored", advanced=True, hidden=True
        )

    class Output(BlockSchema):
        error: str = SchemaField(description="Why the graph failed, and where")

    _constants = {
        "graph_id": "child",
        "graph_version": 3,
        "user_id": "somebody else",
        "inputs": {"Your question?": "constant", "n": 1},
        "input_schema": {"properties": {"Your question?": {"type": "string"}, "n": {"type": "integer"}}},
        "output_schema": {"properties": {"Résumé": {"type": "string"}, "n": {}}},
    }
    test_input = [
        _constants,
        {**_constants, "Your question?": "linked"},
        {**_constants, "inputs": {}, "graph_version": 4},
        {"graph_version": 1, "inputs": {}, "input_schema": {}, "output_schema": {}},
    ]
    test_output = [
        [("Résumé", "child 3 constant"), ("n", {"Your question?": "constant", "n": 1}), ("n", None)],
        [("Résumé", "child 3 linked"), ("n", {"Your question?": "linked", "n": 1}), ("n", None)],
        [("Résumé", "child 4 None"), ("n", {}), ("n", None)],
        [("error", says("graph_id"))],
    ]
    test_mock = {"call": _example_child}

    def pins(self, constants: JsonObject) -> NodePins:
        """The child's inputs and outputs; the block's own settings are there too, most of them hidden."""
        settings = {
            name: Pin(name, pin.schema, pin.is_required, is_hidden=name != "graph_id")
            for name, pin in self._class_pins.inputs.items()
        }
        given = as_object(constants.get("inputs")) or {}
        inputs = _schema_pins(constants.get("input_schema"), optional=frozenset(given))
        outputs = _schema_pins(constants.get("output_schema"), optional=None)
        return NodePins(inputs={**settings, **inputs}, outputs={"error": _ERROR, **outputs})

    def input_model(self, constants: JsonObject) -> type[BlockSchema]:
        """Folds a firing's values into `inputs`. What graph is run is fixed here: no value that flows decides it."""
        names, settings = frozenset(_properties(constants.get("input_schema"))), self.Input.model_fields

        class ChildInput(BlockSchema):
            model_config = ConfigDict(extra="ignore", protected_namespaces=())

            graph_id: str
            graph_version: int | None = None
            inputs: JsonObject

            @model_validator(mode="before")
            @classmethod
            def _fold(cls, values: JsonObject) -> JsonObject:
                flowing = {
                    name: value
                    for name, value in values.items()
                    if name in names and not (name in settings and value == constants.get(name))
                }
                fixed: JsonObject = {
                    key: constants[key] for key in ("graph_id", "graph_version") if key in constants
                }
                return {**fixed, "inputs": {**(as_object(constants.get("inputs")) or {}), **flowing}}

        return ChildInput

    async def call(
        self, context: Context, graph_id: str, version: int | None, inputs: JsonObject
    ) -> GraphResult:
        return await context.run_graph(graph_id, version, inputs)

    async def run(self, input_data: Any, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        child = await self.call(context, input_data.graph_id, input_data.graph_version, input_data.inputs)
        for name, value in child.outputs:
            yield name, value


def _properties(schema: Any) -> JsonObject:
    return as_object((as_object(schema) or {}).get("properties")) or {}


def _schema_pins(schema: Any, *, optional: frozenset[str] | None) -> dict[str, Pin]:
    """A pin for each property; required as the schema says, unless optional. None: all of them are."""
    whole = as_object(schema) or {}
    listed: list[Any] = [] if optional is None else as_list(whole.get("required")) or []
    required = frozenset(listed).difference(optional or ())
    defs = definitions(whole)
    return {
        name: Pin(name, {**(as_object(one) or {}), **({"$defs": defs} if defs else {})}, name in required)
        for name, one in _properties(schema).items()
    }
