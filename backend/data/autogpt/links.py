"""Links between pins that are there; what cannot be kept is detached and named."""

from __future__ import annotations

from collections.abc import Mapping

from backend.data.autogpt.elements import ERROR_PIN, OLD_TOOLS, TOOLS_PIN, Ends, FileGraph, FileLink, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.known_blocks import id_of
from backend.data.autogpt.privacy import takes_credential
from backend.data.autogpt.renames import present_sink
from backend.data.autogpt.sub_agents import is_agent
from backend.data.block import BlockKind, Pin
from backend.data.pins import base_name, parse

_DETACHED = "The link was taken off."
_STARVED = "What made it start was taken off, so it was disabled. Link it anew and enable it."


class Links:
    """Goes once through the links of a graph, with the pins of each node looked up once."""

    def __init__(self, graph: FileGraph, findings: Findings) -> None:
        self._graph = graph
        self._findings = findings
        self._nodes = _by_file_id(graph, findings)
        self._inputs: dict[str, frozenset[str] | None] = {}
        self._outputs: dict[str, frozenset[str] | None] = {}
        self._losers: dict[str, FileNode] = {}
        self._lost_flow: set[tuple[str, str]] = set()
        self._kept_pins: set[tuple[str, str]] = set()

    def take(self) -> None:
        """Keep the links whose nodes and pins exist."""
        taken = (self._taken(ends) for ends in self._graph.ends)
        found = [link for link in taken if link is not None]
        self._graph.links = list({_key(link): link for link in found}.values())
        self._disable_starved()

    def _disable_starved(self) -> None:
        """A node that nothing feeds any more would fire by itself, and send what nobody asked for.

        So would one that waited for a value each time and has only links now that keep theirs. A node that runs
        a graph has the defaults of that, so links that kept their values are no loss to it.
        """
        links = self._graph.links
        held = {link.sink.id for link in links}
        fed = {link.sink.id for link in links if not link.is_static and link.source is not link.sink}
        waited = {node_id for node_id, _ in self._lost_flow - self._kept_pins}
        for node in self._losers.values():
            has_none = node.id not in held and not is_agent(node)
            is_starved = has_none or (node.id in waited and node.id not in fed)
            if is_starved and not _starts(node) and not node.disabled:
                node.disabled = True
                self._findings.change(self._graph, node, None, _STARVED)

    def _taken(self, ends: Ends) -> FileLink | None:
        link = self._held(ends)
        sink = self._nodes.get(ends.sink_id)
        if sink is None:
            return None
        if link is not None:
            self._kept_pins.add((sink.id, ends.sink_name))
            return link
        self._losers[sink.id] = sink
        source = self._nodes.get(ends.source_id)
        is_static = ends.is_static or (source is not None and _is_static(source))
        if not is_static and source is not sink:
            self._lost_flow.add((sink.id, ends.sink_name))
        return None

    def _held(self, ends: Ends) -> FileLink | None:
        source, sink = self._nodes.get(ends.source_id), self._nodes.get(ends.sink_id)
        if source is None or sink is None:
            self._lose(
                source or sink,
                ends.source_name if source else ends.sink_name,
                "A node of a link is not there.",
            )
            return None
        if takes_credential(sink, ends.sink_name):
            self._lose_secret(source, sink, ends.sink_name)
            return None
        pin = present_sink(self._graph, sink, ends.sink_name, self._findings)
        is_static = ends.is_static or _is_static(source)
        link = FileLink(source, ends.source_name, sink, pin, is_static)
        return link if self._has_ends(link) else None

    def _has_ends(self, link: FileLink) -> bool:
        if not _has_path(link.source_name) and not link.is_call:
            self._lose(link.source, link.source_name, "This names no part of a value.")
        elif not _has_path(link.sink_name):
            self._lose(link.sink, link.sink_name, "This names no part of a value.")
        elif not self._gives(link):
            self._lose(link.source, link.source_name, f"There is no output {base_name(link.source_name)!r}.")
        elif not self._takes(link):
            self._lose(link.sink, link.sink_name, f"There is no input {base_name(link.sink_name)!r}.")
        else:
            return True
        return False

    def _gives(self, link: FileLink) -> bool:
        outputs = self._outputs_of(link.source)
        if outputs is None or (link.is_call and TOOLS_PIN in outputs):
            return True
        base = base_name(link.source_name)
        if base == ERROR_PIN and not _cannot_fail(link.source):
            return True
        return base in outputs and not link.source_name.startswith(OLD_TOOLS)

    def _takes(self, link: FileLink) -> bool:
        inputs = self._inputs_of(link.sink)
        return inputs is None or base_name(link.sink_name) in inputs

    def _outputs_of(self, node: FileNode) -> frozenset[str] | None:
        if node.id not in self._outputs:
            self._outputs[node.id] = _outputs(node)
        return self._outputs[node.id]

    def _inputs_of(self, node: FileNode) -> frozenset[str] | None:
        if node.id not in self._inputs:
            self._inputs[node.id] = _linkable(node.input_pins())
        return self._inputs[node.id]

    def _lose(self, node: FileNode | None, pin: str, why: str) -> None:
        self._findings.change(self._graph, node, pin, f"{why} {_DETACHED}")

    def _lose_secret(self, source: FileNode, sink: FileNode, pin: str) -> None:
        """A key came over a link; whatever kept it is emptied and switched off."""
        self._lose(sink, pin, "Choose a credential instead.")
        if source.block_id == id_of("StoreValueBlock") and not source.disabled:
            for name in ("input", "data"):
                source.constants.pop(name, None)
            source.disabled = True
            why = "It kept a key that a credential replaces. The key was left out and the node disabled; remove it."
            self._findings.change(self._graph, source, None, why)


def _by_file_id(graph: FileGraph, findings: Findings) -> dict[str, FileNode]:
    nodes: dict[str, FileNode] = {}
    for node in graph.nodes:
        if node.file_id and nodes.setdefault(node.file_id, node) is not node:
            why = "Another node of the file has the same id; links go to that one. Link this one anew."
            findings.change(graph, node, None, why)
    return nodes


def _key(link: FileLink) -> tuple[str, str, str, str]:
    return link.source.id, link.source_name, link.sink.id, link.sink_name


def _is_static(node: FileNode) -> bool:
    if node.block is not None:
        return node.block.static_output
    return node.known is not None and node.known.is_static


def _starts(node: FileNode) -> bool:
    """Whether it gives what it has whether it is linked or not."""
    return node.block is not None and node.block.kind in (BlockKind.INPUT, BlockKind.NOTE, BlockKind.TRIGGER)


def _cannot_fail(node: FileNode) -> bool:
    """Inputs and outputs of a graph have no error pin there, so that a link from it is a mistake."""
    return node.block is not None and node.block.kind in (BlockKind.INPUT, BlockKind.OUTPUT)


def _outputs(node: FileNode) -> frozenset[str] | None:
    if node.block is not None:
        declared = frozenset(node.block.pins(node.constants).outputs)
        return declared | frozenset(node.known.outputs if node.known and not declared else ())
    return frozenset(node.known.outputs) if node.known else None


def _linkable(pins: Mapping[str, Pin] | tuple[str, ...] | None) -> frozenset[str] | None:
    if isinstance(pins, Mapping):
        return frozenset(name for name, pin in pins.items() if not pin.is_hidden)
    return None if pins is None else frozenset(pins)


def _has_path(name: str) -> bool:
    try:
        parse(name)
    except ValueError:
        return False
    return True
