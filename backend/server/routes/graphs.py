"""Graphs: storing, finding, reading, checking and deleting them, and starting their runs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from backend.data import graph_store
from backend.data.graph import Graph
from backend.data.graph_store import GraphFilter, Sort
from backend.executor.triggers import live
from backend.executor.triggers.keeper import tell_webhooks
from backend.server.deps import CallerDep, JsonRoute, KeyDep, Limit, SiteDep, Version
from backend.server.graph_parts import WhichDep, audit, graph_at, make_graph, told_saved
from backend.server.new_graph import all_problems, graph_in, problems_with, told, under_new_ids
from backend.server.paging import LongCursor, after_cursor, cursor_after
from backend.server.start_run import RunRequest, request_in, start_run
from backend.server.wire.common import Page
from backend.server.wire.graphs import (
    LONGEST_FOLDER,
    LONGEST_NAME,
    CopyRequest,
    Folder,
    GraphChange,
    GraphProblems,
    GraphRow,
    GraphSaved,
    GraphView,
    tidy_folder,
)
from backend.server.wire.runs import RunAccepted, RunResult

router = APIRouter(prefix="/api", tags=["graphs"], route_class=JsonRoute)
MODELS_IN_BODIES = (Graph, RunRequest)
"""Models that routes parse themselves; OpenAPI is told of them in http.py."""


def _body(name: str, *, is_required: bool) -> dict[str, Any]:
    """What OpenAPI says of a body that a route parses itself."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"requestBody": {"required": is_required, "content": content}}


GRAPH_BODY, RUN_BODY = _body("Graph", is_required=True), _body("RunRequest", is_required=False)
InFolder = Annotated[
    str | None, Query(max_length=LONGEST_FOLDER, description="Empty: those that are in none")
]
WithTag = Annotated[str | None, Query(min_length=1, max_length=60)]
Text = Annotated[
    str | None,
    Query(alias="q", min_length=1, max_length=200, description="In name, description or tags, in any case"),
]
SortBy = Annotated[Sort, Query(description="`updated`: changed last first")]


@router.post("/graphs", status_code=201, response_model=GraphSaved, openapi_extra=GRAPH_BODY)
async def create_graph(site: SiteDep, caller: CallerDep, key: KeyDep, request: Request) -> dict[str, Any]:
    """Store a graph under a new id, with those in its file; problems come back beside it."""
    graph = under_new_ids(await graph_in(request), caller.user_id, key and f"graphs:{key}")
    return await make_graph(site, caller, request, graph, how="graph.create")


@router.get("/graphs", response_model=Page[GraphRow])
async def list_graphs(
    site: SiteDep,
    caller: CallerDep,
    cursor: LongCursor = None,
    limit: Limit = 50,
    folder: InFolder = None,
    tag: WithTag = None,
    text: Text = None,
    sort: SortBy = "updated",
) -> dict[str, Any]:
    """Your graphs, those first that were changed last, or by name."""
    wanted = GraphFilter(None if folder is None else tidy_folder(folder), tag, text)
    after = after_cursor(cursor, sort)
    async with site.app.database.begin() as connection:
        items = await graph_store.list_graphs(
            connection, caller.user_id, limit=limit, sort=sort, after=after, wanted=wanted
        )
    return {"items": items, "next_cursor": cursor_after(items, limit, sort)}


@router.get("/folders", response_model=Page[Folder])
async def list_folders(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """The folders that your graphs are in, by name; there are no others."""
    async with site.app.database.begin() as connection:
        return {"items": await graph_store.list_folders(connection, caller.user_id)}


@router.get("/graphs/{graph_id}", response_model=GraphView)
async def read_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, version: Version = None
) -> dict[str, Any]:
    """A version of a graph, and what keeps it from running."""
    async with site.app.database.begin() as connection:
        graph = await graph_store.load_graph(connection, caller.user_id, graph_id, version)
        row = await graph_store.read_graph_row(connection, caller.user_id, graph_id)
    problems = await problems_with(graph, site.app.catalogue.find)
    return {**row, **graph.model_dump(), "problems": problems}


@router.put("/graphs/{graph_id}", response_model=GraphSaved, openapi_extra=GRAPH_BODY)
async def save_graph(site: SiteDep, caller: CallerDep, graph_id: str, request: Request) -> dict[str, Any]:
    """Store a new version, unless the newest one says the same. Graphs in the file get new ids.

    A draft that says something else stays as it is.
    """
    graph = under_new_ids(await graph_in(request), caller.user_id, None, own_id=graph_id)
    async with site.app.database.begin() as connection:
        await graph_store.newest_version(connection, caller.user_id, graph_id)
        saved = await graph_store.save_graph(connection, caller.user_id, graph)
    site.app.worker.tell_graph_changed(graph_id)
    return await told_saved(site, saved)


@router.patch("/graphs/{graph_id}", response_model=GraphRow)
async def change_graph(site: SiteDep, caller: CallerDep, graph_id: str, body: GraphChange) -> dict[str, Any]:
    """Rename a graph, move it to a folder, tag it, say how long its runs are kept.

    A new name is the draft's as well; versions keep theirs.
    """
    changes = body.model_dump(exclude_unset=True)
    async with site.app.database.begin() as connection:
        await graph_store.change_graph(connection, caller.user_id, graph_id, changes)
        return await graph_store.read_graph_row(connection, caller.user_id, graph_id)


@router.delete("/graphs/{graph_id}", status_code=204)
async def delete_graph(site: SiteDep, caller: CallerDep, graph_id: str, request: Request) -> Response:
    """Delete a graph with its drafts, versions, triggers and schedules, once its runs have ended; they can be read.

    Webhooks that no other graph listens to go too, also at their providers.
    Other processes may start runs of it for five more seconds.
    """
    async with site.app.database.begin() as connection:
        await graph_store.delete_graph(connection, caller.user_id, graph_id)
        touched = await live.remove(connection, caller.user_id, graph_id)
        await audit(connection, caller, request, "graph.delete", graph_id)
    site.app.worker.tell_graph_changed(graph_id)
    tell_webhooks(site.app.worker, touched.webhook_ids)
    return Response(status_code=204)


@router.post("/graphs/{graph_id}/copy", status_code=201, response_model=GraphSaved)
async def copy_graph(
    site: SiteDep,
    caller: CallerDep,
    graph_id: str,
    key: KeyDep,
    request: Request,
    body: CopyRequest | None = None,
) -> dict[str, Any]:
    """Make a graph of the draft of another, in the same folder, with the same tags."""
    async with site.app.database.begin() as connection:
        graph = await graph_at(connection, caller.user_id, graph_id, "draft")
        row = await graph_store.read_graph_row(connection, caller.user_id, graph_id)
    name = (body and body.name) or f"Copy of {graph.name}"[:LONGEST_NAME]
    copy = under_new_ids(
        graph.model_copy(update={"name": name}), caller.user_id, key and f"copy:{graph_id}:{key}"
    )
    return await make_graph(
        site, caller, request, copy, how="graph.create", folder=row["folder"], tags=row["tags"]
    )


@router.post("/graphs/{graph_id}/validate", response_model=GraphProblems)
async def validate_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, version: WhichDep = None
) -> dict[str, Any]:
    """Every problem of a stored version or of the draft, each with node, pin and cure."""
    async with site.app.database.begin() as connection:
        graph = await graph_at(connection, caller.user_id, graph_id, version)
        problems = await all_problems(connection, caller.user_id, graph, site.app.catalogue.find)
    return {"problems": told(problems)}


@router.post(
    "/graphs/{graph_id}/runs",
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
