"""Polls: which trigger nodes ask for news, how they do, and asking at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.data import poll_store as store
from backend.executor.triggers.polls import Polls
from backend.server.deps import CallerDep, IdCursor, JsonRoute, Limit, SiteDep, next_cursor
from backend.server.routes.schedules import OfGraph
from backend.server.wire.common import Page
from backend.server.wire.schedules import PollChecked, PollView

router = APIRouter(prefix="/api/polls", tags=["triggers"], route_class=JsonRoute)


@router.get("", response_model=Page[PollView])
async def list_polls(
    site: SiteDep, caller: CallerDep, cursor: IdCursor = None, limit: Limit = 50, graph_id: OfGraph = None
) -> dict[str, Any]:
    """The nodes of your published graphs that ask services for news, newest first."""
    async with site.app.database.begin() as connection:
        items = await store.list_polls(
            connection, caller.user_id, limit=limit, before=cursor, graph_id=graph_id
        )
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.get("/{poll_id}", response_model=PollView)
async def read_poll(site: SiteDep, caller: CallerDep, poll_id: str) -> dict[str, Any]:
    """A node that asks for news: when it did last, when it does next, what is wrong."""
    async with site.app.database.begin() as connection:
        return await store.read_poll(connection, caller.user_id, poll_id)


@router.post("/{poll_id}/check", response_model=PollChecked)
async def check_poll(site: SiteDep, caller: CallerDep, poll_id: str) -> dict[str, Any]:
    """Ask now: what was found and started, or what went wrong. 409 while somebody asks already."""
    checked = await Polls(site.app.worker).check(caller.user_id, poll_id)
    return {
        "found": checked.found,
        "run_ids": list(checked.run_ids),
        "is_first": checked.is_first,
        "problem": checked.problem,
    }
