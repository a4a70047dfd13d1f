"""The graph version of a run, as far as its journal refers to it: nodes by their position, links by their pins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from backend.data.pins import MISSING, parse, pick
from backend.executor.shown import unwrapped
from backend.executor.values import is_reference

Pin = tuple[str, str]
"""Node and pin."""


@dataclass(frozen=True, slots=True)
class ShapeNode:
    """A node as it was when the run was made."""

    id: str
    label: str
    block_id: str
    output_name: str
    """Under which its values are returned, if it is an output."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`links` has, for an input pin, the output pins that are linked to it."""

    nodes: list[ShapeNode]
    places: dict[str, int]
    links: dict[Pin, list[Pin]]

    def picked(self, wire: Any, *, by: Pin, of: Pin) -> Any:
        """What a link to the pin `by` took of a value that was given on the pin `of`, as in a journal."""
        if is_reference(wire):
            return wire
        for source_id, name in self.links.get(by, ()):
            pin = parse(name)
            if of == (source_id, pin.base):
                part = pick(unwrapped(wire), pin.path)
                if part is not MISSING:
                    return {"$value": part}
        return wire


class _Metadata(BaseModel):
    customized_name: str | None = None


class _Node(BaseModel):
    """Of a stored node what is needed here: it was checked when it was stored."""

    id: str
    block_id: str
    input_default: dict[str, Any] = {}
    metadata: _Metadata = _Metadata()


class _Link(BaseModel):
    source_id: str
    source_name: str
    sink_id: str
    sink_name: str


class _Definition(BaseModel):
    nodes: list[_Node]
    links: list[_Link]


def shape_of(definition: bytes) -> Shape:
    """The shape of a stored graph version."""
    graph = _Definition.model_validate_json(definition)
    nodes = [_shape_node(node) for node in graph.nodes]
    links: dict[Pin, list[Pin]] = {}
    for link in graph.links:
        links.setdefault((link.sink_id, link.sink_name), []).append((link.source_id, link.source_name))
    return Shape(nodes, {node.id: place for place, node in enumerate(nodes)}, links)


def _shape_node(node: _Node) -> ShapeNode:
    label = node.metadata.customized_name or node.id
    return ShapeNode(node.id, label, node.block_id, str(node.input_default.get("name", node.id)))
