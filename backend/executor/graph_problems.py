"""What keeps a graph, and those that came with it in its file, from running."""

from __future__ import annotations

from backend.data.graph import Graph
from backend.data.run import RunOptions
from backend.executor.program import FindBlock, build
from backend.util.errors import GraphInvalid, Problem


def problems_in_file(graph: Graph, find_block: FindBlock, options: RunOptions | None = None) -> list[Problem]:
    """Problems of the graph itself, then of the others, which say which graph they are in."""
    own = _problems(graph, find_block, options)
    return [*own, *(problem for child in graph.sub_graphs for problem in _named(child, find_block))]


def _named(graph: Graph, find_block: FindBlock) -> list[Problem]:
    own = [
        Problem(f"In {graph.name!r}: {p.message}", p.cure, p.node_id, p.pin, p.path)
        for p in _problems(graph, find_block, None)
    ]
    return [*own, *(problem for child in graph.sub_graphs for problem in _named(child, find_block))]


def _problems(graph: Graph, find_block: FindBlock, options: RunOptions | None) -> list[Problem]:
    try:
        build(graph, find_block, options)
    except GraphInvalid as error:
        return list(error.problems)
    return []
