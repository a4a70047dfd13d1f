"""Runs: lists, details, events, cancel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from backend.data.run import RunStatus
from backend.data.run_store import list_runs as list_stored_runs
from backend.executor.events import is_end
from backend.server.deps import MAX_INT, CallerDep, Cursor, JsonRoute, Limit, SiteDep
from backend.server.run_answer import run_details, run_row
from backend.server.wire.common import Page
from backend.server.wire.runs import RunAccepted, RunDetails, RunEvents, RunRow

router = APIRouter(prefix="/api/runs", tags=["runs"], route_class=JsonRoute)


@router.get("", response_model=Page[RunRow])
async def list_runs(
    site: SiteDep,
    caller: CallerDep,
    graph_id: Annotated[str | None, Query(max_length=64)] = None,
    status: RunStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Your runs, newest first."""
    async with site.app.database.begin() as connection:
        views = await list_stored_runs(
            connection, caller.user_id, limit=limit, before=cursor, graph_id=graph_id, status=status
        )
    last = views[-1].id if len(views) == limit else None
    return {"items": [run_row(view) for view in views], "next_cursor": last}


@router.get("/{run_id}", response_model=RunDetails)
async def read_run(site: SiteDep, caller: CallerDep, run_id: str) -> dict[str, Any]:
    """A run: its inputs, where it stands, what it came to."""
    return run_details(await site.app.worker.view(caller.user_id, run_id))


@router.get("/{run_id}/events", response_model=RunEvents)
async def read_events(
    site: SiteDep,
    caller: CallerDep,
    run_id: str,
    after: Annotated[int, Query(ge=0, le=MAX_INT, description="The number of the last event you have")] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> dict[str, Any]:
    """What is recorded of a run, in order."""
    events = (await site.app.worker.events(caller.user_id, run_id, after=after))[:limit]
    last = events[-1].seq if events else None
    return {"items": events, "next_after": last or after, "is_end": bool(events) and is_end(events[-1])}


@router.post("/{run_id}/cancel", status_code=202)
async def cancel_run(site: SiteDep, caller: CallerDep, run_id: str) -> RunAccepted:
    """Ask a run to end; within a second it does. One that has ended stays as it is."""
    return RunAccepted(run_id=run_id, status=await site.app.worker.cancel(caller.user_id, run_id))
