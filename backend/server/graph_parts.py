"""What several routes on graphs do: find the version that is asked for, tell what was stored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store, graph_store
from backend.data.draft_store import read_draft
from backend.data.graph import Graph
from backend.data.graph_store import load_graph
from backend.server.access import Caller
from backend.server.deps import MAX_INT
from backend.server.logins import address_of
from backend.server.new_graph import problems_with
from backend.server.site import Site

Which = Annotated[int, Field(ge=1, le=MAX_INT)] | Literal["draft"]
"""The number of a version, or the draft."""
VersionInPath = Annotated[int, Path(ge=1, le=MAX_INT)]
WhichDep = Annotated[Which | None, Query(description="A number or `draft`; the newest version without it")]


async def graph_at(connection: AsyncConnection, user_id: str, graph_id: str, which: Which | None) -> Graph:
    """The graph as it was in that version, or as it is being composed.

    Raises:
        NotFound: there is no such version of a graph of this user.
    """
    if which == "draft":
        return (await read_draft(connection, user_id, graph_id)).graph
    return await load_graph(connection, user_id, graph_id, which)


async def make_graph(
    site: Site,
    caller: Caller,
    request: Request,
    graph: Graph,
    *,
    how: str,
    folder: str = "",
    tags: list[str] | None = None,
) -> dict[str, Any]:
    """Store a new graph and those in its file; what is there already, when the request is a repetition.

    Raises:
        Conflict: what the first request made was deleted.
    """
    async with site.app.database.begin() as connection:
        saved, is_new = await graph_store.create_graph(
            connection, caller.user_id, graph, folder=folder, tags=tags
        )
        if is_new:
            await audit(connection, caller, request, how, saved.id)
    site.app.worker.tell_graph_changed(saved.id)
    return await told_saved(site, saved)


async def told_saved(site: Site, graph: Graph) -> dict[str, Any]:
    """Id, version and problems of a graph that was stored."""
    problems = await problems_with(graph, site.app.catalogue.find)
    return {"id": graph.id, "version": graph.version, "problems": problems}


async def audit(
    connection: AsyncConnection, caller: Caller, request: Request, action: str, graph_id: str, **detail: Any
) -> None:
    """Write down who did this to a graph."""
    await audit_store.record(
        connection,
        caller.user_id,
        action,
        target_kind="graph",
        target_id=graph_id,
        address=address_of(request),
        detail=detail,
    )
