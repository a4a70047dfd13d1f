"""Graphs: storing, reading and checking them, and starting their runs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data import graph_store
from backend.data.graph import Graph
from backend.server.deps import (
    CallerDep,
    Cursor,
    JsonRoute,
    KeyDep,
    Limit,
    SiteDep,
    Version,
    next_cursor,
)
from backend.server.new_graph import graph_in, problems_with, under_new_ids
from backend.server.start_run import RunRequest, request_in, start_run
from backend.server.wire.common import Page
from backend.server.wire.graphs import GraphProblems, GraphRow, GraphSaved, GraphView
from backend.server.wire.runs import RunAccepted, RunResult

router = APIRouter(prefix="/api/graphs", tags=["graphs"], route_class=JsonRoute)
MODELS_IN_BODIES = (Graph, RunRequest)
"""Models that routes parse themselves; OpenAPI is told of them in http.py."""


def _body(name: str, *, is_required: bool) -> dict[str, Any]:
    """What OpenAPI says of a body that a route parses itself."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"requestBody": {"required": is_required, "content": content}}


GRAPH_BODY, RUN_BODY = _body("Graph", is_required=True), _body("RunRequest", is_required=False)


@router.post("", status_code=201, response_model=GraphSaved, openapi_extra=GRAPH_BODY)
async def create_graph(site: SiteDep, caller: CallerDep, key: KeyDep, request: Request) -> dict[str, Any]:
    """Store a graph under a new id, with those in its file; problems come back beside it."""
    graph = under_new_ids(await graph_in(request), caller.user_id, key)
    return await _save(site, caller, graph)


@router.get("", response_model=Page[GraphRow])
async def list_graphs(
    site: SiteDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Your graphs, newest first."""
    async with site.app.database.begin() as connection:
        items = await graph_store.list_graphs(connection, caller.user_id, limit=limit, before=cursor)
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.get("/{graph_id}", response_model=GraphView)
async def read_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, version: Version = None
) -> dict[str, Any]:
    """A version of a graph, and what keeps it from running."""
    async with site.app.database.begin() as connection:
        graph = await graph_store.load_graph(connection, caller.user_id, graph_id, version)
    return {**graph.model_dump(), "problems": await problems_with(graph, site.app.catalogue.find)}


@router.put("/{graph_id}", response_model=GraphSaved, openapi_extra=GRAPH_BODY)
async def save_graph(site: SiteDep, caller: CallerDep, graph_id: str, request: Request) -> dict[str, Any]:
    """Store a new version, unless the newest one says the same. Graphs in the file get new ids."""
    graph = await graph_in(request)
    async with site.app.database.begin() as connection:
        await graph_store.load_graph(connection, caller.user_id, graph_id)
    return await _save(site, caller, under_new_ids(graph, caller.user_id, None, own_id=graph_id))


@router.post("/{graph_id}/validate", response_model=GraphProblems)
async def validate_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, version: Version = None
) -> dict[str, Any]:
    """Every problem of a stored version, each with node, pin and cure."""
    async with site.app.database.begin() as connection:
        graph = await graph_store.load_graph(connection, caller.user_id, graph_id, version)
    return {"problems": await problems_with(graph, site.app.catalogue.find)}


@router.post(
    "/{graph_id}/runs",
    response_model=RunResult,
    responses={202: {"model": RunAccepted}},
    tags=["runs"],
    openapi_extra=RUN_BODY,
)
async def run_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, key: KeyDep, request: Request
) -> Response:
    """Start a run: 202 when it is stored; with `wait`, 200 and the result when it has ended in time."""
    asked = await request_in(await request.body())
    return await start_run(site.app.worker, caller, graph_id, key, asked)


async def _save(site: SiteDep, caller: CallerDep, graph: Graph) -> dict[str, Any]:
    saved = await site.app.worker.save_graph(caller.user_id, graph)
    problems = await problems_with(saved, site.app.catalogue.find)
    return {"id": saved.id, "version": saved.version, "problems": problems}
