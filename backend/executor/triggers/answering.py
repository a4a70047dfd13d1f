"""Which nodes of a graph may answer whoever sent the delivery: for that its sender is kept waiting."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.blocks.basic.respond import RespondToCallerBlock
from backend.data.graph import Graph
from backend.data.graph_export import run_place
from backend.data.graph_store import load_graph
from backend.executor.program import FindBlock
from backend.util.errors import NotFound

Place = tuple[str, int | None]
"""A graph, and which version; None: the newest."""


async def answering_nodes(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> frozenset[str]:
    """The nodes that answer themselves, and those that run a graph in which one does, however deep."""
    return await _Search(connection, user_id, find_block).nodes(graph)


class _Search:
    """Looks into each graph once, so that graphs in a circle end it too."""

    def __init__(self, connection: AsyncConnection, user_id: str, find_block: FindBlock) -> None:
        self._connection = connection
        self._user_id = user_id
        self._find_block = find_block
        self._known: dict[Place, bool] = {}

    async def nodes(self, graph: Graph) -> frozenset[str]:
        found: set[str] = set()
        for node in graph.nodes:
            if node.disabled:
                continue
            place = run_place(node, self._find_block)
            if node.block_id == RespondToCallerBlock.id or (place is not None and await self._answers(place)):
                found.add(node.id)
        return frozenset(found)

    async def _answers(self, place: Place) -> bool:
        if place not in self._known:
            self._known[place] = False
            self._known[place] = bool(await self._nodes_at(place))
        return self._known[place]

    async def _nodes_at(self, place: Place) -> frozenset[str]:
        try:
            return await self.nodes(await load_graph(self._connection, self._user_id, *place))
        except NotFound:
            return frozenset()  # that it is missing is told elsewhere
