"""A graph that comes in: parsed beside the event loop, under ids of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import Request

from backend.data.graph import Graph, Node
from backend.data.graph_file import parse_graph
from backend.executor.program import FindBlock, problems_of
from backend.util.clock import new_id
from backend.util.errors import BadInput, Problem

_BESIDE_BYTES = 65_536
_BESIDE_NODES = 100
_GRAPH_PIN = "graph_id"


async def graph_in(request: Request) -> Graph:
    """The graph in the body.

    Raises:
        BadInput, GraphInvalid, TooLarge: see `parse_graph` and `limited`.
    """
    raw = await request.body()
    return parse_graph(raw) if len(raw) < _BESIDE_BYTES else await asyncio.to_thread(parse_graph, raw)


async def problems_with(graph: Graph, find_block: FindBlock) -> list[dict[str, Any]]:
    """What keeps it from running, as it is told to callers."""
    if len(graph.nodes) < _BESIDE_NODES:
        problems = problems_of(graph, find_block)
    else:
        problems = await asyncio.to_thread(problems_of, graph, find_block)
    return [asdict(problem) for problem in problems]


def under_new_ids(graph: Graph, user_id: str, key: str | None, *, own_id: str | None = None) -> Graph:
    """The graph and those in its file under new ids, with the nodes that run them pointing there.

    A file's ids may be another user's, and nobody is to learn that. The same `key` gives the same ids,
    so that a repeated request stores nothing twice. `own_id` is kept for the graph itself.

    Raises:
        BadInput: two graphs in the file have the same id.
    """
    news: dict[str, str] = {}
    made = [_new_id(user_id, key, place) for place, _ in enumerate(_all(graph))]
    for place, one in enumerate(_all(graph)):
        if one.id in news:
            problem = Problem(
                f"Two graphs in the file have the id {one.id!r}.", "Rename one.", path="sub_graphs"
            )
            raise BadInput(str(problem), problems=(problem,))
        if one.id:
            news[one.id] = made[place]
    if own_id is not None:
        news[graph.id], made[0] = own_id, own_id
    return _renamed(graph, news, iter(made))


def _all(graph: Graph) -> Iterator[Graph]:
    yield graph
    for child in graph.sub_graphs:
        yield from _all(child)


def _new_id(user_id: str, key: str | None, place: int) -> str:
    return new_id() if key is None else str(uuid5(NAMESPACE_URL, f"blockyard:{user_id}:{key}:{place}"))


def _renamed(graph: Graph, news: dict[str, str], made: Iterator[str]) -> Graph:
    """`made` has the new ids in the order of `_all`."""
    return graph.model_copy(
        update={
            "id": next(made),
            "nodes": [_repointed(node, news) for node in graph.nodes],
            "sub_graphs": [_renamed(child, news, made) for child in graph.sub_graphs],
        }
    )


def _repointed(node: Node, news: dict[str, str]) -> Node:
    target = node.input_default.get(_GRAPH_PIN)
    if not isinstance(target, str) or not target or target not in news:
        return node
    return node.model_copy(update={"input_default": {**node.input_default, _GRAPH_PIN: news[target]}})
