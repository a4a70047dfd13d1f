"""Nodes that run another graph of the file: which one it is, and which pins it gives them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from backend.data.autogpt.elements import FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.known_blocks import AGENT
from backend.data.graph_ids import GRAPH_PIN, VERSION_PIN
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.util.errors import BadInput, Problem

_INPUTS, _INPUT_SCHEMA, _OUTPUT_SCHEMA = "inputs", "input_schema", "output_schema"
_TYPE_KEYS = ("type", "anyOf", "items", "format")
_FIRST_VERSION = 1
_LONGEST_ID = 64
_MAX_NAMED = 5
_MAX_SCHEMA_BYTES = 8 * 1_048_576
"""Of all nodes of a file that run graphs: many nodes that run one large graph would fill the disk."""

Names = tuple[frozenset[str], frozenset[str]]
"""Of a graph's inputs and outputs."""


@dataclass(frozen=True)
class Child:
    """A graph as those see it that run it."""

    graph: FileGraph
    input_schema: JsonObject
    output_schema: JsonObject

    @property
    def names(self) -> Names:
        return _names(self.input_schema), _names(self.output_schema)

    @cached_property
    def size(self) -> int:
        """In bytes, of what every node that runs it will hold."""
        return len(orjson.dumps([self.input_schema, self.output_schema]))


class SubAgents:
    """The graphs of a file, to be found by id or, where ids were given anew on one side only, by their pins.

    What a node runs is decided from the pins of the graphs alone, so graphs that run each other end nothing.
    """

    def __init__(self, graphs: list[FileGraph], findings: Findings) -> None:
        self._findings = findings
        self._used = 0
        self._by_id: dict[str, Child] = {}
        self._by_names: dict[Names, list[Child]] = defaultdict(list)
        for place, graph in enumerate(graphs):
            child = Child(graph, _input_schema(graph), _output_schema(graph))
            if graph.file_id:
                self._by_id.setdefault(graph.file_id, child)
            if place:
                self._by_names[child.names].append(child)

    def resolve(self, graph: FileGraph, node: FileNode) -> None:
        """Let the node run the graph that it ran, with the pins that this has; ask where that is not clear.

        Raises:
            BadInput: what all nodes hold of the graphs they run is too much.
        """
        found = self._found(node.constants)
        if len(found) == 1:
            self._connect(graph, node, found[0])
        else:
            self._ask(graph, node, found)

    def _found(self, constants: JsonObject) -> list[Child]:
        target = constants.get(GRAPH_PIN)
        if isinstance(target, str) and target in self._by_id:
            return [self._by_id[target]]
        names = _names(constants.get(_INPUT_SCHEMA)), _names(constants.get(_OUTPUT_SCHEMA))
        alike = self._by_names.get(names, [])
        exact = [one for one in alike if one.graph.version == constants.get(VERSION_PIN)]
        return exact if len(exact) == 1 else alike

    def _connect(self, graph: FileGraph, node: FileNode, child: Child) -> None:
        self._used += child.size
        if self._used > _MAX_SCHEMA_BYTES:
            problem = Problem(
                "The graphs that this file's nodes run have too many inputs.", "Import fewer at once."
            )
            raise BadInput(str(problem), problems=(problem,))
        names = _names(child.input_schema)
        given = as_object(node.constants.get(_INPUTS)) or {}
        for name in sorted(given.keys() - names):
            self._findings.change(
                graph, node, name, f"{child.graph.name!r} has no such input; the value was left out."
            )
        node.constants |= {
            GRAPH_PIN: child.graph.id,
            VERSION_PIN: _FIRST_VERSION,
            _INPUTS: {name: value for name, value in given.items() if name in names and value is not None},
            _INPUT_SCHEMA: child.input_schema,
            _OUTPUT_SCHEMA: child.output_schema,
        }

    def _ask(self, graph: FileGraph, node: FileNode, candidates: list[Child]) -> None:
        """Whose graphs the ids named is unknown, so they go; the pins stay."""
        target = node.constants.pop(GRAPH_PIN, None)
        node.constants.pop(VERSION_PIN, None)
        for pin in (_INPUT_SCHEMA, _OUTPUT_SCHEMA):
            node.constants[pin] = _bare(node.constants.get(pin))
        node.constants[_INPUTS] = as_object(node.constants.get(_INPUTS)) or {}
        self._findings.miss(
            graph, node, f"graph {target[:_LONGEST_ID] if isinstance(target, str) else ''}".strip()
        )
        self._findings.change(graph, node, GRAPH_PIN, _question(candidates))


def is_agent(node: FileNode) -> bool:
    return node.block_id == AGENT


def is_input(node: FileNode, pin: str) -> bool:
    """Whether the graph that the node runs has an input of this name, as far as the node knows."""
    return pin in (as_object((as_object(node.constants.get(_INPUT_SCHEMA)) or {}).get("properties")) or {})


def _question(candidates: list[Child]) -> str:
    if not candidates:
        return "The graph that it runs is not in the file. Choose one of yours."
    shown = ", ".join(repr(one.graph.name[:80]) for one in candidates[:_MAX_NAMED])
    return f"It may run any of {len(candidates)} graphs of the file: {shown}. Choose one."


def _input_schema(graph: FileGraph) -> JsonObject:
    """The inputs of a graph as a JSON Schema; of several with one name the first one says how it looks."""
    properties: JsonObject = {}
    required: list[str] = []
    for node in graph.nodes:
        name = node.constants.get("name")
        if node.known is None or node.known.kind != "input" or not isinstance(name, str) or not name:
            continue
        if name not in properties:
            properties[name] = _property(node, name)
            if "default" not in properties[name]:
                required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def _output_schema(graph: FileGraph) -> JsonObject:
    names = [
        name
        for node in graph.nodes
        if node.known is not None
        and node.known.kind == "output"
        and isinstance(name := node.constants.get("name"), str)
        and name
    ]
    return {"type": "object", "properties": {name: {"title": name} for name in names}, "required": []}


def _property(node: FileNode, name: str) -> JsonObject:
    said = {key: node.constants.get(key) for key in ("description", "advanced", "secret")}
    found: JsonObject = {"title": node.constants.get("title") or name, **_type_of(node)}
    found |= {key: value for key, value in said.items() if value}
    value = node.constants.get("value")
    return found if value is None else {**found, "default": value}


def _type_of(node: FileNode) -> JsonObject:
    options = as_list(node.constants.get("options"))
    if options:
        return {"enum": options}
    pin = node.block.pins({}).inputs.get("value") if node.block else None
    if pin is None or "$defs" in pin.schema:
        return {}
    return {key: pin.schema[key] for key in _TYPE_KEYS if key in pin.schema}


def _bare(schema: Any) -> JsonObject:
    """The names of the properties, and which are required, without what somebody had entered."""
    whole = as_object(schema) or {}
    listed = as_list(whole.get("required")) or []
    names = as_object(whole.get("properties")) or {}
    required = [name for name in listed if isinstance(name, str) and name in names]
    return {"type": "object", "properties": {name: {"title": name} for name in names}, "required": required}


def _names(schema: Any) -> frozenset[str]:
    return frozenset(as_object((as_object(schema) or {}).get("properties")) or {})
