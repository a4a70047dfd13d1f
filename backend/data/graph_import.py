"""A file from elsewhere becomes a graph of one's own; whoever imports it is told what is not as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.graph import Graph
from backend.data.graph_export import run_place, run_places
from backend.data.graph_file import graph_of
from backend.data.graph_ids import GRAPH_PIN, all_of, under_new_ids
from backend.data.graph_privacy import Altered, FindBlock, without_references
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.data.version_store import has_version
from backend.util.errors import Problem
from backend.util.json_text import parse_json

_MAX_LEFT_OUT = 1_000


@dataclass(frozen=True, slots=True)
class Mapped:
    """A graph of the file and what it became; `blocks` are those of its blocks that are known here."""

    file_id: str
    id: str
    name: str
    blocks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a node needs that is not here: a block, or a graph that it runs."""

    graph_id: str
    node_id: str
    node_name: str
    block_id: str
    missing: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A graph that is ready to be stored, under new ids, and what is to be said of it."""

    graph: Graph
    mapped: list[Mapped]
    missing: list[Missing]
    changed: list[Altered]

    def report(self, missing_graphs: list[Missing]) -> JsonObject:
        """All but the graph, with what `missing_graphs` found."""
        listed: dict[str, list[Any]] = {
            "mapped": self.mapped,
            "missing": [*self.missing, *missing_graphs],
            "changed": self.changed,
        }
        return {name: [asdict(one) for one in found] for name, found in listed.items()}


def read_import(raw: bytes, user_id: str, key: str | None, find_block: FindBlock) -> Imported:
    """The graph in a file, under new ids. Nothing in it is executed, nothing looked up.

    Raises:
        BadInput, GraphInvalid: see `parse_graph`; nobody can store it.
    """
    value = parse_json(raw)
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
    )


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
        Missing(graph.id, node.id, node.label, node.block_id, "block")
        for node in graph.nodes
        if find_block(node.block_id) is None
    ]


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
