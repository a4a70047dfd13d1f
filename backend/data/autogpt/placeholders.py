"""What stands for a node whose block is not here: it keeps its pins, its constants and its links."""

from __future__ import annotations

from collections import defaultdict

from backend.data.autogpt.elements import ERROR_PIN, OLD_TOOLS, TOOLS_PIN, FileGraph
from backend.data.autogpt.findings import Findings
from backend.data.pins import base_name


def put_placeholders(graph: FileGraph, findings: Findings) -> None:
    """Write into each such node what it is called and which pins it had."""
    strangers = [node for node in graph.nodes if node.block is None]
    if not strangers:
        return
    inputs, outputs = _linked_pins(graph)
    for node in strangers:
        known = node.known
        node.metadata["placeholder"] = {
            "name": known.name if known else "",
            "inputs": _all(
                known.inputs if known else (), {*map(base_name, node.constants), *inputs[node.id]}
            ),
            "outputs": _all(known.outputs if known else (), outputs[node.id]),
        }
        findings.miss(graph, node, "block")


def _linked_pins(graph: FileGraph) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Node id -> the pins that links end and begin at."""
    inputs: dict[str, set[str]] = defaultdict(set)
    outputs: dict[str, set[str]] = defaultdict(set)
    for link in graph.links:
        is_old_tool = link.source_name.startswith(OLD_TOOLS)
        inputs[link.sink.id].add(base_name(link.sink_name))
        outputs[link.source.id].add(TOOLS_PIN if is_old_tool else base_name(link.source_name))
    return inputs, outputs


def _all(declared: tuple[str, ...], found: set[str]) -> list[str]:
    """The declared pins, then others by name; every node may have an error, so that is not found but known."""
    return [*declared, *sorted(found.difference(declared, {ERROR_PIN}))]
