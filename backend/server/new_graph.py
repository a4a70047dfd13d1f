"""A graph that comes in: parsed beside the event loop, and looked through for what keeps it from running."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.graph import Graph
from backend.data.graph_file import parse_graph
from backend.data.graph_ids import under_new_ids
from backend.data.graph_import import as_problems, missing_graphs
from backend.executor.program import FindBlock, problems_of
from backend.executor.triggers.live import trigger_problems
from backend.util.errors import GraphInvalid, Problem

BESIDE_BYTES = 65_536
_BESIDE_NODES = 100


async def graph_in(request: Request) -> Graph:
    """The graph in the body.

    Raises:
        BadInput, GraphInvalid, TooLarge: see `parse_graph` and `limited`.
    """
    raw = await request.body()
    return parse_graph(raw) if len(raw) < BESIDE_BYTES else await asyncio.to_thread(parse_graph, raw)


async def problems_with(graph: Graph, find_block: FindBlock) -> list[dict[str, Any]]:
    """What keeps it from running, as it is told to callers."""
    return told(await _problems(graph, find_block))


def told(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Problems as they are told to callers."""
    return [asdict(problem) for problem in problems]


async def _problems(graph: Graph, find_block: FindBlock) -> tuple[Problem, ...]:
    if len(graph.nodes) < _BESIDE_NODES:
        return problems_of(graph, find_block)
    return await asyncio.to_thread(problems_of, graph, find_block)


async def all_problems(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> tuple[Problem, ...]:
    """The same, with the graphs that it runs and that are not there."""
    missing = await missing_graphs(connection, user_id, graph, find_block)
    return (*await _problems(graph, find_block), *as_problems(missing))


async def refuse_unpublishable(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> None:
    """Let only a graph pass that can run, with blocks that keep their ids and triggers that can listen.

    Raises:
        GraphInvalid: all that is wrong.
    """
    unfinished = [
        Problem(
            f"The block {block.name!r} has no id of its own, so a stored graph may lose it.",
            "Give its class an `id`.",
            node.id,
        )
        for node in graph.nodes
        if (block := find_block(node.block_id)) is not None and not block.has_own_id
    ]
    silent = await trigger_problems(connection, user_id, graph, find_block)
    problems = (*await all_problems(connection, user_id, graph, find_block), *unfinished, *silent)
    if problems:
        raise GraphInvalid(problems)


__all__ = [
    "BESIDE_BYTES",
    "all_problems",
    "graph_in",
    "problems_with",
    "refuse_unpublishable",
    "told",
    "under_new_ids",
]
