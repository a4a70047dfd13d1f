"""Drafts: what is being composed, kept from being overwritten by `If-Match`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data.draft_store import read_draft as load_draft
from backend.data.draft_store import write_draft
from backend.data.graph import Graph
from backend.data.graph_ids import pointing_to
from backend.data.graph_store import load_graph
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.etags import IfMatch, etag, expected
from backend.server.graph_parts import VersionInPath
from backend.server.new_graph import graph_in, problems_with
from backend.server.routes.graphs import GRAPH_BODY
from backend.server.wire.graphs import DraftSaved, DraftView

router = APIRouter(prefix="/api/graphs", tags=["graphs"], route_class=JsonRoute)


@router.get("/{graph_id}/draft", response_model=DraftView)
async def read_draft(site: SiteDep, caller: CallerDep, graph_id: str, response: Response) -> dict[str, Any]:
    """What is being composed, with its revision as ETag; the newest version where nothing else is."""
    async with site.app.database.begin() as connection:
        draft = await load_draft(connection, caller.user_id, graph_id)
    response.headers.update(etag(draft.revision))
    return {
        "revision": draft.revision,
        "based_on_version": draft.based_on_version,
        "is_changed": draft.is_changed,
        "saved_at": draft.saved_at,
        "saved_by": draft.saved_by,
        "graph": draft.graph,
        "problems": await problems_with(draft.graph, site.app.catalogue.find),
    }


@router.put("/{graph_id}/draft", response_model=DraftSaved, openapi_extra=GRAPH_BODY)
async def save_draft(
    site: SiteDep,
    caller: CallerDep,
    graph_id: str,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Store what is being composed, in place of the revision that `If-Match` names; else 412.

    Problems keep nothing from being stored. Graphs in the file get ids of their own when the draft
    becomes a version.
    """
    revisions = expected(if_match)
    graph = pointing_to(await graph_in(request), graph_id)
    async with site.app.database.begin() as connection:
        revision = await write_draft(connection, caller.user_id, graph, revisions)
    return await _saved(site, graph, revision, response)


@router.post("/{graph_id}/versions/{version}/restore", response_model=DraftSaved)
async def restore_version(
    site: SiteDep,
    caller: CallerDep,
    graph_id: str,
    version: VersionInPath,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Put a version into the draft, in place of the revision that `If-Match` names; else 412."""
    revisions = expected(if_match)
    async with site.app.database.begin() as connection:
        graph = await load_graph(connection, caller.user_id, graph_id, version)
        revision = await write_draft(connection, caller.user_id, graph, revisions, based_on_version=version)
    return await _saved(site, graph, revision, response)


async def _saved(site: SiteDep, graph: Graph, revision: int, response: Response) -> dict[str, Any]:
    response.headers.update(etag(revision))
    return {"revision": revision, "problems": await problems_with(graph, site.app.catalogue.find)}
