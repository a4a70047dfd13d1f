"""Checking a graph that is not stored."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request

from backend.executor.graph_problems import problems_in_file
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.new_graph import graph_in, told
from backend.server.routes.graphs import GRAPH_BODY
from backend.server.wire.graphs import GraphProblems

router = APIRouter(prefix="/api/graphs", tags=["graphs"], route_class=JsonRoute)


@router.post("/validate", response_model=GraphProblems, openapi_extra=GRAPH_BODY)
async def check_graph(site: SiteDep, caller: CallerDep, request: Request) -> dict[str, Any]:
    """Everything that keeps the graphs of a file from running; nothing is stored."""
    graph = await graph_in(request)
    problems = await asyncio.to_thread(problems_in_file, graph, site.app.catalogue.find)
    return {"problems": told(tuple(problems))}
