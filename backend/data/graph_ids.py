"""Ids of graphs that come in: a file's graphs get new ones, and the nodes that run them point there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from backend.data.graph import Graph, Node
from backend.util.clock import new_id
from backend.util.errors import BadInput, Problem

GRAPH_PIN = "graph_id"
VERSION_PIN = "graph_version"
MAX_SUB_GRAPHS = 200
"""In one file, at all depths."""
_FIRST_VERSION = 1


def under_new_ids(graph: Graph, user_id: str, key: str | None, *, own_id: str | None = None) -> Graph:
    """The graph and those in its file under new ids, with the nodes that run them pointing there.

    A file's ids may be another user's, and nobody is to learn that. The same `key` gives the same ids,
    so that a repeated request stores nothing twice. `own_id` is kept for the graph itself.

    Raises:
        BadInput: two graphs in the file have the same id, or there are too many.
    """
    count = sum(1 for _ in all_of(graph))
    if count > MAX_SUB_GRAPHS + 1:
        cure = f"Import {MAX_SUB_GRAPHS} at once, or fewer."
        problem = Problem(f"There are {count - 1:,} graphs within the file.", cure, path="sub_graphs")
        raise BadInput(str(problem), problems=(problem,))
    news: dict[str, str] = {}
    made = [new_graph_id(user_id, key, place) for place, _ in enumerate(all_of(graph))]
    for place, one in enumerate(all_of(graph)):
        if one.id in news:
            problem = Problem(
                f"Two graphs in the file have the id {one.id!r}.", "Rename one.", path="sub_graphs"
            )
            raise BadInput(str(problem), problems=(problem,))
        if one.id:
            news[one.id] = made[place]
    if own_id is not None:
        news[graph.id], made[0] = own_id, own_id
    return _renamed(graph, news, iter(made), own_id)


def all_of(graph: Graph) -> Iterator[Graph]:
    """The graph and those in its file, the graph itself first."""
    yield graph
    for child in graph.sub_graphs:
        yield from all_of(child)


def pointing_to(graph: Graph, own_id: str) -> Graph:
    """The graph under that id; what ran it under the id in its file runs it under the new one."""
    news = {graph.id: own_id} if graph.id else {}
    return _renamed(graph, news, iter([own_id, *(one.id for one in list(all_of(graph))[1:])]), own_id)


def new_graph_id(user_id: str, key: str | None, place: int) -> str:
    """The id of a file's graph in that place; the same for the same `key`."""
    return new_id() if key is None else str(uuid5(NAMESPACE_URL, f"blockyard:{user_id}:{key}:{place}"))


def _renamed(graph: Graph, news: Mapping[str, str], made: Iterator[str], own_id: str | None) -> Graph:
    """`made` has the new ids in the order of `all_of`."""
    return graph.model_copy(
        update={
            "id": next(made),
            "nodes": [_repointed(node, news, own_id) for node in graph.nodes],
            "sub_graphs": [_renamed(child, news, made, own_id) for child in graph.sub_graphs],
        }
    )


def _repointed(node: Node, news: Mapping[str, str], own_id: str | None) -> Node:
    """The node, running what it ran before. Graphs that are new here begin with version 1 again."""
    target = node.input_default.get(GRAPH_PIN)
    if not isinstance(target, str) or not target or target not in news:
        return node
    constants = {**node.input_default, GRAPH_PIN: news[target]}
    if constants.get(VERSION_PIN) is not None and news[target] != own_id:
        constants[VERSION_PIN] = _FIRST_VERSION
    return node.model_copy(update={"input_default": constants})
