"""Versions of a graph: saved, named, compared and published."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from backend.data import version_store
from backend.data.graph_diff import diff
from backend.data.graph_store import load_graph, save_draft_as_version
from backend.executor.triggers import live
from backend.server.deps import CallerDep, Cursor, JsonRoute, KeyDep, Limit, SiteDep
from backend.server.graph_parts import VersionInPath, Which, audit, graph_at, told_saved
from backend.server.graph_triggers import told_live
from backend.server.new_graph import refuse_unpublishable
from backend.server.paging import number_cursor
from backend.server.repeated import id_for
from backend.server.wire.common import Page
from backend.server.wire.graphs import (
    Comparison,
    GraphSaved,
    Published,
    PublishRequest,
    VersionRename,
    VersionRequest,
    VersionRow,
)

router = APIRouter(prefix="/api/graphs/{graph_id}", tags=["graphs"], route_class=JsonRoute)


@router.get("/versions", response_model=Page[VersionRow])
async def list_versions(
    site: SiteDep, caller: CallerDep, graph_id: str, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The versions of a graph, newest first."""
    before = number_cursor(cursor)
    async with site.app.database.begin() as connection:
        items = await version_store.list_versions(
            connection, caller.user_id, graph_id, limit=limit, before=before
        )
    more = len(items) == limit and items[-1]["version"] > 1
    return {"items": items, "next_cursor": str(items[-1]["version"]) if more else None}


@router.post("/versions", status_code=201, response_model=GraphSaved, responses={200: {"model": GraphSaved}})
async def save_version(
    site: SiteDep,
    caller: CallerDep,
    graph_id: str,
    key: KeyDep,
    response: Response,
    body: VersionRequest | None = None,
) -> dict[str, Any]:
    """Make a version of the draft. 200 and the newest one when that says the same; it gets the name."""
    request_id = key and id_for(caller.user_id, f"versions:{graph_id}", key)
    async with site.app.database.begin() as connection:
        before = (await version_store.lock_graph(connection, caller.user_id, graph_id))["latest_version"]
        saved = await save_draft_as_version(
            connection, caller.user_id, graph_id, name=body.name if body else "", request_id=request_id
        )
    if saved.version <= before:
        response.status_code = 200
    else:
        site.app.worker.tell_graph_changed(graph_id)
    return await told_saved(site, saved)


@router.patch("/versions/{version}", response_model=VersionRow)
async def name_version(
    site: SiteDep, caller: CallerDep, graph_id: str, version: VersionInPath, body: VersionRename
) -> dict[str, Any]:
    """Give a version another name. What is in it never changes."""
    async with site.app.database.begin() as connection:
        await version_store.name_version(connection, caller.user_id, graph_id, version, body.name)
        return await version_store.read_version(connection, caller.user_id, graph_id, version)


@router.get("/compare", response_model=Comparison)
async def compare_versions(
    site: SiteDep,
    caller: CallerDep,
    graph_id: str,
    from_version: Annotated[Which, Query(alias="from", description="A number or `draft`")],
    to_version: Annotated[Which, Query(alias="to", description="A number or `draft`")] = "draft",
) -> dict[str, Any]:
    """What changed from one version to another: nodes and links added, removed, changed, and moved nodes."""
    async with site.app.database.begin() as connection:
        before = await graph_at(connection, caller.user_id, graph_id, from_version)
        after = await graph_at(connection, caller.user_id, graph_id, to_version)
    found = await asyncio.to_thread(diff, before, after)
    return {
        **asdict(found),
        "is_empty": found.is_empty,
        "from_version": from_version,
        "to_version": to_version,
    }


@router.post("/publish", response_model=Published)
async def publish_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, request: Request, body: PublishRequest | None = None
) -> dict[str, Any]:
    """Let triggers and other programs start this version, from now on; the draft without `version`.

    422 with every problem, and nothing is stored, when it cannot run. The answer waits up to ten seconds for webhooks
    that are made at their providers, and says how they stand. Fresh secrets are in this answer and nowhere else.
    """
    asked = body or PublishRequest()
    user_id = caller.user_id
    async with site.app.database.begin() as connection:
        await version_store.lock_graph(connection, user_id, graph_id)
        if asked.version is None:
            graph = await save_draft_as_version(connection, user_id, graph_id, name=asked.name)
        else:
            graph = await load_graph(connection, user_id, graph_id, asked.version)
            if asked.name:
                await version_store.name_version(connection, user_id, graph_id, graph.version, asked.name)
        await refuse_unpublishable(connection, user_id, graph, site.app.catalogue.find)
        await version_store.set_published(connection, user_id, graph_id, graph.version)
        app = site.app
        touched = await live.go_live(connection, user_id, graph, app.catalogue.find, app.vault)
        await audit(connection, caller, request, "graph.publish", graph_id, version=graph.version)
    site.app.worker.tell_graph_changed(graph_id)
    triggers = await told_live(site.app, user_id, graph_id, graph.version, touched)
    return {"id": graph_id, "published_version": graph.version, "triggers": triggers}


@router.post("/unpublish", response_model=Published)
async def unpublish_graph(
    site: SiteDep, caller: CallerDep, graph_id: str, request: Request
) -> dict[str, Any]:
    """Let nothing but people start the graph any more."""
    async with site.app.database.begin() as connection:
        await version_store.set_published(connection, caller.user_id, graph_id, None)
        touched = await live.stop(connection, caller.user_id, graph_id)
        await audit(connection, caller, request, "graph.unpublish", graph_id)
    site.app.worker.tell_graph_changed(graph_id)
    triggers = await told_live(site.app, caller.user_id, graph_id, None, touched)
    return {"id": graph_id, "published_version": None, "triggers": triggers}
