"""What runs otherwise here than on the platform, of all that this file uses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from backend.data.autogpt.circles import circles
from backend.data.autogpt.elements import ERROR_PIN, FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.known_blocks import id_of
from backend.data.autogpt.sub_agents import is_agent
from backend.data.block import BlockKind, Pin
from backend.data.graph_ids import GRAPH_PIN
from backend.data.json_types import alternatives, definitions
from backend.data.model import JsonObject

_PAIRING = (
    "Values pair by item here, not by their order of arrival: what was made from one item meets what else was "
    "made from it, and an item that failed on the way is missing."
)
_FAILURE = (
    "A failure that no link takes from the error pin ends the run here; there it ended the node. Link the error "
    "pin, or let the node continue on errors."
)
_NUMBERS = "What comes over a link and is no number fails here; there a text that is none becomes 0, and a list its length."
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
        pairing = _joins_of_items(graph) | _begun_from_outside(graph)
        for node in (node for node in graph.nodes if node.id in pairing):
            findings.differ(graph, node, _PAIRING)
        for node in _unguarded(graph):
            findings.differ(graph, node, _FAILURE)
        for node in _fed_with_what_may_be_no_number(graph):
            findings.differ(graph, node, _NUMBERS)
    for graph, node in _in_circles(graphs):
        findings.differ(graph, node, _CIRCLE)


def _joins_of_items(graph: FileGraph) -> set[str]:
    """Nodes behind something that gives items, at which several values have to meet."""
    sinks: dict[str, list[str]] = defaultdict(list)
    items: dict[str, frozenset[str]] = {}
    reached: list[str] = []
    for link in graph.links:
        source = link.source
        sinks[source.id].append(link.sink.id)
        if source.id not in items:
            items[source.id] = _item_pins(source)
        if link.source_name in items[source.id]:
            reached.append(link.sink.id)
    behind = _reachable(reached, sinks)
    pins = Counter(
        node_id for node_id, _ in {(x.sink.id, x.sink_name) for x in graph.links if not x.is_static}
    )
    return {node_id for node_id in behind if pins[node_id] > 1}


def _item_pins(node: FileNode) -> frozenset[str]:
    """The outputs of a node that give items; of all its links at once, since some blocks make their pins anew."""
    if node.block is None:
        return frozenset()
    outputs = node.block.pins(node.constants).outputs
    return frozenset(name for name, pin in outputs.items() if pin.is_each)


def _begun_from_outside(graph: FileGraph) -> set[str]:
    """Nodes with a pin at which a loop comes back, and at which something else arrives as well."""
    numbers = circles(graph.links)
    arriving: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for link in graph.links:
        comes_back = numbers[link.source.id] == numbers[link.sink.id]
        arriving[link.sink.id, link.sink_name].add(comes_back)
    return {node_id for (node_id, _), found in arriving.items() if len(found) == 2}


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
    if len(ends) < 2 and not any(_item_pins(node) for node in graph.nodes if node.id in sources):
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


def _fed_with_what_may_be_no_number(graph: FileGraph) -> list[FileNode]:
    """Nodes with a pin for numbers that a link feeds from a pin for anything else."""
    wanted: dict[str, frozenset[str]] = {}
    given: dict[str, frozenset[str]] = {}
    found: set[str] = set()
    for link in graph.links:
        source, sink = link.source, link.sink
        if source.block is None or sink.block is None:
            continue
        if sink.id not in wanted:
            wanted[sink.id] = _number_pins(sink.block.pins(sink.constants).inputs)
        if link.sink_name not in wanted[sink.id]:
            continue
        if source.id not in given:
            given[source.id] = _number_pins(source.block.pins(source.constants).outputs)
        if link.source_name not in given[source.id]:
            found.add(sink.id)
    return [node for node in graph.nodes if node.id in found]


def _number_pins(pins: Mapping[str, Pin]) -> frozenset[str]:
    return frozenset(name for name, pin in pins.items() if _is_number(pin.schema))


def _is_number(schema: JsonObject) -> bool:
    kinds = {one.get("type") for one in alternatives(schema, definitions(schema))} - {"null"}
    return bool(kinds) and kinds <= {"integer", "number"}


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
