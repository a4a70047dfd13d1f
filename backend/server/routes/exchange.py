"""Graphs as files: out without anything secret, in with a report."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data.graph_export import export_graph, file_bytes, file_name
from backend.data.graph_import import missing_graphs, read_import
from backend.data.import_report import Imported
from backend.server.deps import CallerDep, JsonRoute, KeyDep, SiteDep
from backend.server.graph_parts import WhichDep, graph_at, make_graph
from backend.server.routes.graphs import GRAPH_BODY
from backend.server.wire.graphs import GraphFile, ImportReport

router = APIRouter(prefix="/api/graphs", tags=["graphs"], route_class=JsonRoute)


@router.get("/{graph_id}/export", response_model=GraphFile)
async def download_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, version: WhichDep = None
) -> Response:
    """The graph as a file, with the graphs that it runs; without secrets, credentials and pinned outputs."""
    async with site.app.database.begin() as connection:
        graph = await graph_at(connection, caller.user_id, graph_id, version)
        document = await export_graph(connection, caller.user_id, graph, site.app.catalogue.find)
    raw = await asyncio.to_thread(file_bytes, document)
    headers = {"content-disposition": f'attachment; filename="{file_name(graph.name)}"'}
    return Response(raw, media_type="application/json", headers=headers)


@router.post("/import", status_code=201, response_model=ImportReport, openapi_extra=GRAPH_BODY)
async def import_graph(site: SiteDep, caller: CallerDep, key: KeyDep, request: Request) -> dict[str, Any]:
    """Store the graphs of a file under new ids, and tell what is not as it was.

    Nodes whose block is missing are stored as they are.
    """
    imported = await read_beside(await request.body(), caller.user_id, key, site)
    find = site.app.catalogue.find
    saved = await make_graph(site, caller, request, imported.graph, how="graph.import")
    async with site.app.database.begin() as connection:
        gone = await missing_graphs(connection, caller.user_id, imported.graph, find)
    return {**saved, **imported.report(gone)}


async def read_beside(raw: bytes, user_id: str, key: str | None, site: SiteDep) -> Imported:
    """Beside the event loop whatever its length: what a file of strangers costs does not show in it."""
    find = site.app.catalogue.find
    return await asyncio.to_thread(read_import, raw, user_id, key and f"import:{key}", find)
