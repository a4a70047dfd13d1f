"""A graph as a file: with the graphs that it runs, without anything secret or private."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.block import BlockKind
from backend.data.graph import MAX_ID_LENGTH, Graph, Node
from backend.data.graph_ids import GRAPH_PIN, MAX_SUB_GRAPHS, VERSION_PIN
from backend.data.graph_privacy import (
    Altered,
    FindBlock,
    secret_inputs_of,
    without_references,
    without_secrets,
)
from backend.data.model import JsonObject
from backend.data.version_store import load_graph
from backend.util.errors import BadInput, NotFound, Problem

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
Place = tuple[str, int | None]
"""Which graph a node runs: its id, and its version where the node says one."""


async def export_graph(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> JsonObject:
    """The graph as a document, the graphs that it runs under `sub_graphs`.

    `left_out`, which is there when anything was, says what whoever imports it has to fill in. Graphs
    that are not the user's or were deleted are left out.

    Raises:
        BadInput: it runs more graphs than a file may hold.
    """
    own: dict[Place, Graph] = {(graph.id, None): graph, (graph.id, graph.version): graph}
    found = own | await _children(connection, user_id, graph, find_block)
    names = _file_ids(graph, found)
    files = {names[place]: _pointed(one, found, names, find_block) for place, one in found.items()}
    secret = {file_id: secret_inputs_of(one, find_block) for file_id, one in files.items()}
    left_out: list[Altered] = []
    documents: list[JsonObject] = []
    for one in files.values():
        cleaned, _ = without_references(one, find_block)
        cleaned, gone = without_secrets(cleaned, find_block, secret)
        left_out += gone
        documents.append(_document(cleaned))
    whole: JsonObject = {**documents[0], "sub_graphs": documents[1:]}
    return {**whole, "left_out": [asdict(one) for one in left_out]} if left_out else whole


async def _children(
    connection: AsyncConnection, user_id: str, root: Graph, find_block: FindBlock
) -> dict[Place, Graph]:
    """The graphs that it runs, those that these run, and so on."""
    known: set[Place] = {(root.id, None), (root.id, root.version)}
    found: dict[Place, Graph] = {}
    rest = [root]
    while rest:
        for place in run_places(rest.pop(), find_block):
            if place in known:
                continue
            known.add(place)
            try:
                found[place] = await load_graph(connection, user_id, *place)
            except NotFound:
                continue
            rest.append(found[place])
            if len(found) > 2 * MAX_SUB_GRAPHS:
                raise _too_many()
    return found


def run_places(graph: Graph, find_block: FindBlock) -> list[Place]:
    """The graphs that its nodes run."""
    places = (run_place(node, find_block) for node in graph.nodes)
    return list(dict.fromkeys(place for place in places if place is not None))


def run_place(node: Node, find_block: FindBlock) -> Place | None:
    """Which graph the node runs; None when it runs none, or does not say which."""
    block = find_block(node.block_id)
    target, version = node.input_default.get(GRAPH_PIN), node.input_default.get(VERSION_PIN)
    if block is None or block.kind is not BlockKind.AGENT or not isinstance(target, str) or not target:
        return None
    return target, version if type(version) is int and 0 < version <= 2**31 - 1 else None


def _file_ids(root: Graph, found: dict[Place, Graph]) -> dict[Place, str]:
    """Under which id each graph stands in the file: its own, unless several versions of it are there."""
    ids: dict[tuple[str, int], str] = {(root.id, root.version): root.id}
    taken = {root.id}
    for one in found.values():
        if (one.id, one.version) not in ids:
            file_id = one.id if one.id not in taken else _apart(one)
            ids[one.id, one.version] = file_id
            taken.add(file_id)
    if len(ids) > MAX_SUB_GRAPHS + 1:
        raise _too_many()
    return {place: ids[one.id, one.version] for place, one in found.items()}


def _too_many() -> BadInput:
    problem = Problem(f"It runs more than {MAX_SUB_GRAPHS} other graphs.", "Export parts of it.")
    return BadInput(str(problem), problems=(problem,))


def _apart(graph: Graph) -> str:
    tail = f"-v{graph.version}"
    return graph.id[: MAX_ID_LENGTH - len(tail)] + tail


def _pointed(
    graph: Graph, found: dict[Place, Graph], names: dict[Place, str], find_block: FindBlock
) -> Graph:
    """The graph under its id in the file; its nodes run what stands there under those ids."""

    def pointed(node: Node) -> Node:
        place = run_place(node, find_block)
        if place not in names:
            return node
        constants = {**node.input_default, GRAPH_PIN: names[place]}
        return node.model_copy(update={"input_default": constants})

    own = next(names[place] for place, one in found.items() if one is graph)
    return graph.model_copy(update={"id": own, "nodes": list(map(pointed, graph.nodes)), "sub_graphs": []})


def _document(graph: Graph) -> JsonObject:
    return graph.model_dump(mode="json", exclude={"sub_graphs": True, "nodes": {"__all__": {"pinned"}}})


def file_name(graph_name: str) -> str:
    """A name that every file system takes."""
    stem = _UNSAFE.sub("-", graph_name).strip("-.")[:_LONGEST_NAME].rstrip("-.")
    return f"{stem or 'graph'}.json"


def file_bytes(document: Any) -> bytes:
    """The document as it is written."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
