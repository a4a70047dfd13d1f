"""A file from elsewhere becomes a graph of one's own; whoever imports it is told what is not as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.autogpt.document import is_from_autogpt, unwrapped
from backend.data.autogpt.importer import import_document
from backend.data.autogpt.known_blocks import known_block
from backend.data.autogpt.renames import RETIRED_IDS
from backend.data.graph import MAX_LINKS, MAX_NODES, Graph, Node
from backend.data.graph_export import run_place, run_places
from backend.data.graph_file import graph_of
from backend.data.graph_ids import GRAPH_PIN, all_of, under_new_ids
from backend.data.graph_privacy import Altered, FindBlock, without_references
from backend.data.import_limits import refuse_crowded
from backend.data.import_report import Imported, Mapped, Missing, Wanted
from backend.data.json_types import as_list, as_object
from backend.data.model import is_credentials_name
from backend.data.version_store import has_version
from backend.util.collector import uncollected
from backend.util.errors import GraphInvalid, Problem
from backend.util.json_text import parse_json

_MAX_LEFT_OUT = 1_000


def read_import(raw: bytes, user_id: str, key: str | None, find_block: FindBlock) -> Imported:
    """The graph in a file, our own or the AutoGPT platform's. Nothing in it is executed, nothing looked up.

    Graphs get new ids, the same for the same `key`. Nodes and links keep theirs in files of our own.

    Raises:
        BadInput, GraphInvalid: see `parse_graph`; nobody can store it.
        TooLarge: it holds more than is read.
    """
    refuse_crowded(raw)
    with uncollected():
        value = parse_json(raw)
        if is_from_autogpt(value, RETIRED_IDS):
            return import_document(value, user_id, key, find_block)
        return _own(unwrapped(value), user_id, key, find_block)


def _own(value: Any, user_id: str, key: str | None, find_block: FindBlock) -> Imported:
    _refuse_many(value)
    read = graph_of(value)
    file_ids = [one.id for one in all_of(read)]
    graph = under_new_ids(read, user_id, key)
    news = dict(zip(file_ids, (one.id for one in all_of(graph)), strict=True))
    changed = [*_left_out(value, news)]
    graph = _cleaned(graph, find_block, changed)
    pairs = list(zip(file_ids, all_of(graph), strict=True))
    return Imported(
        graph,
        mapped=[Mapped(file_id, one.id, one.name, _known(one, find_block)) for file_id, one in pairs],
        missing=[gone for _, one in pairs for gone in _unknown(one, find_block)],
        changed=changed,
        credentials=[wanted for _, one in pairs for wanted in _wanted(one, find_block)],
    )


def _refuse_many(value: Any) -> None:
    """Let only a file pass that is read in a moment.

    Raises:
        GraphInvalid: there is more in its graphs.
    """
    nodes = links = 0
    rest = [as_object(value) or {}]
    while rest:
        one = rest.pop()
        nodes += len(as_list(one.get("nodes")) or [])
        links += len(as_list(one.get("links")) or [])
        rest += [inner for inner in map(as_object, as_list(one.get("sub_graphs")) or []) if inner]
    if nodes > MAX_NODES or links > MAX_LINKS:
        said = f"The file has {nodes:,} nodes and {links:,} links in all its graphs."
        raise GraphInvalid((Problem(said, f"Import {MAX_NODES:,} and {MAX_LINKS:,} at once, or fewer."),))


def _cleaned(graph: Graph, find_block: FindBlock, changed: list[Altered]) -> Graph:
    cleaned, altered = without_references(graph, find_block)
    changed += altered
    children = [_cleaned(child, find_block, changed) for child in graph.sub_graphs]
    return cleaned.model_copy(update={"sub_graphs": children})


def _left_out(value: Any, news: dict[str, str]) -> list[Altered]:
    """What the export says it left out, for the graphs as they are called now."""
    listed = as_list((as_object(value) or {}).get("left_out")) or []
    found: list[Altered] = []
    for entry in map(as_object, listed[:_MAX_LEFT_OUT]):
        said = [(entry or {}).get(name) for name in ("graph_id", "node_id", "pin", "why")]
        graph_id, node_id, pin, why = (one if isinstance(one, str) else "" for one in said)
        if graph_id in news and node_id:
            found.append(Altered(news[graph_id], node_id[:64], pin[:500] or None, why[:500]))
    return found


def _known(graph: Graph, find_block: FindBlock) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for node in graph.nodes:
        block = find_block(node.block_id)
        if block is not None:
            counts[block.name] += 1
    return dict(counts)


def _unknown(graph: Graph, find_block: FindBlock) -> list[Missing]:
    return [
        Missing(graph.id, node.id, node.label, node.block_id, "block", _name_of(node))
        for node in graph.nodes
        if find_block(node.block_id) is None
    ]


def _name_of(node: Node) -> str | None:
    known = known_block(node.block_id)
    return known.name if known else None


def _wanted(graph: Graph, find_block: FindBlock) -> Iterator[Wanted]:
    """The credentials that nodes need, of which the file may say the provider and the type."""
    for node in graph.nodes:
        block = find_block(node.block_id)
        found = [name for name in node.input_default if is_credentials_name(name)]
        for pin in dict.fromkeys([*(block.Input.credentials_pins() if block else ()), *found]):
            reference = as_object(node.input_default.get(pin)) or {}
            said = [reference.get(name) for name in ("provider", "type")]
            provider, kind = (one[:60] if isinstance(one, str) else None for one in said)
            providers, types = [[one] if one else [] for one in (provider, kind)]
            yield Wanted(graph.id, node.id, node.label, pin[:500], provider, providers, types)


async def missing_graphs(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> list[Missing]:
    """The nodes that run a graph, or a version of one, that this user does not have."""
    within = {one.id for one in all_of(graph)}
    places = {place for one in all_of(graph) for place in run_places(one, find_block)}
    absent = {
        place
        for place in sorted(places, key=str)
        if place[0] not in within and not await has_version(connection, user_id, *place)
    }
    return [
        Missing(one.id, node.id, node.label, node.block_id, f"graph {place[0]}")
        for one in all_of(graph)
        for node in one.nodes
        if (place := run_place(node, find_block)) and place in absent
    ]


def as_problems(missing: list[Missing]) -> list[Problem]:
    """The same for whoever wants to run or publish the graph."""
    return [
        Problem(
            "The graph that this node runs does not exist, or not in this version.",
            "Choose one of yours.",
            one.node_id,
            GRAPH_PIN,
        )
        for one in missing
    ]
