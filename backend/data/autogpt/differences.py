"""What runs otherwise here than on the platform, of all that this file uses."""

from __future__ import annotations

from collections import Counter, defaultdict

from backend.data.autogpt.elements import ERROR_PIN, FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.known_blocks import id_of
from backend.data.autogpt.sub_agents import is_agent
from backend.data.block import BlockKind
from backend.data.graph_ids import GRAPH_PIN

_PAIRING = (
    "Values pair by item here, not by their order of arrival: what was made from one item meets what else was "
    "made from it, and an item that failed on the way is missing."
)
_FAILURE = (
    "A failure that no link takes from the error pin ends the run here; there it ended the node. Link the error "
    "pin, or let the node continue on errors."
)
_STORED = "Values that this block kept within a graph stay where they were; it begins without any."
_SCHEDULE = "The file recommends the schedule {!r}. Nothing was scheduled; add it where you want it."
_CIRCLE = "These graphs run each other. A run ends with a failure where they are nested too deep."
_HAS_NO_PART = frozenset({BlockKind.INPUT, BlockKind.OUTPUT, BlockKind.NOTE})


def tell_differences(graphs: list[FileGraph], findings: Findings) -> None:
    """Each difference that applies, once, with the nodes that it concerns."""
    for graph in graphs:
        if graph.cron:
            findings.differ(graph, None, _SCHEDULE.format(graph.cron))
        for node in graph.nodes:
            if node.block is not None:
                for text in node.block.differences:
                    findings.differ(graph, node, text, node.block.name)
            if node.block_id == id_of("PersistInformationBlock"):
                findings.differ(graph, node, _STORED)
        for node in _joins_of_items(graph):
            findings.differ(graph, node, _PAIRING)
        for node in _unguarded(graph):
            findings.differ(graph, node, _FAILURE)
    for graph, node in _in_circles(graphs):
        findings.differ(graph, node, _CIRCLE)


def _joins_of_items(graph: FileGraph) -> list[FileNode]:
    """Nodes behind something that gives items, at which several values have to meet."""
    sinks: dict[str, list[str]] = defaultdict(list)
    reached: list[str] = []
    for link in graph.links:
        sinks[link.source.id].append(link.sink.id)
        block = link.source.block
        pin = block.pins(link.source.constants).outputs.get(link.source_name) if block else None
        if pin is not None and pin.is_each:
            reached.append(link.sink.id)
    behind = _reachable(reached, sinks)
    pins = Counter(
        node_id for node_id, _ in {(x.sink.id, x.sink_name) for x in graph.links if not x.is_static}
    )
    return [node for node in graph.nodes if node.id in behind and pins[node.id] > 1]


def _reachable(start: list[str], sinks: dict[str, list[str]]) -> set[str]:
    found, rest = set(start), list(start)
    while rest:
        for sink in sinks[rest.pop()]:
            if sink not in found:
                found.add(sink)
                rest.append(sink)
    return found


def _unguarded(graph: FileGraph) -> list[FileNode]:
    """Nodes whose failure nothing takes up, in a graph where something else would have gone on."""
    sources = {link.source.id for link in graph.links}
    ends = [node for node in graph.nodes if node.id not in sources and not _is_note(node)]
    if len(ends) < 2:
        return []
    guarded = {link.source.id for link in graph.links if link.source_name == ERROR_PIN}
    return [
        node
        for node in graph.nodes
        if node.block is not None
        and node.block.kind not in _HAS_NO_PART
        and not node.disabled
        and node.id not in guarded
    ]


def _is_note(node: FileNode) -> bool:
    return node.known is not None and node.known.kind == "note"


def _in_circles(graphs: list[FileGraph]) -> list[tuple[FileGraph, FileNode]]:
    """Nodes that run a graph which comes back to their own."""
    runs = [(graph, node) for graph in graphs for node in graph.nodes if is_agent(node)]
    targets: dict[str, list[str]] = defaultdict(list)
    for graph, node in runs:
        targets[graph.id].append(str(node.constants.get(GRAPH_PIN)))
    plain = {source: list(dict.fromkeys(found)) for source, found in targets.items()}
    within = {graph.id: _reachable([graph.id], defaultdict(list, plain)) for graph in graphs}
    return [
        (graph, node)
        for graph, node in runs
        if graph.id in within.get(str(node.constants.get(GRAPH_PIN)), ())
    ]
