"""What the blocks of a graph usually take."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.data import graph_store
from backend.data.run_result import cost
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.wire.graphs import TypicalNodes

router = APIRouter(prefix="/api/graphs", tags=["graphs"], route_class=JsonRoute)


@router.get("/{graph_id}/typical", response_model=TypicalNodes)
async def read_typical(site: SiteDep, caller: CallerDep, graph_id: str) -> dict[str, Any]:
    """Time and cost of each block in the last 20 completed runs: the medians. Very long runs are left out."""
    async with site.app.database.begin() as connection:
        await graph_store.newest_version(connection, caller.user_id, graph_id)
    return {
        "items": [
            {
                "node_id": one.node_id,
                "duration_ms": one.duration_ms,
                "cost": cost(one.usd_micros),
                "runs": one.runs,
            }
            for one in await site.typical.of_graph(caller.user_id, graph_id)
        ]
    }
