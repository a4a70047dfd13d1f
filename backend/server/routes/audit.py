"""The audit log, for owners."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from backend.data import audit_store
from backend.server.deps import CallerDep, IdCursor, JsonRoute, Limit, SiteDep, next_cursor
from backend.server.wire.audit import AuditEntryView
from backend.server.wire.common import Page
from backend.server.wire.people import Moment

router = APIRouter(prefix="/api/audit", tags=["operations"], route_class=JsonRoute)


@router.get("", response_model=Page[AuditEntryView])
async def read_audit(
    site: SiteDep,
    caller: CallerDep,
    user_id: Annotated[str | None, Query(max_length=64, description="Who did it")] = None,
    action: Annotated[str, Query(max_length=100, description="What the action begins with, as `user.`")] = "",
    target_id: Annotated[str | None, Query(max_length=64, description="To what it was done")] = None,
    after: Annotated[Moment | None, Query(description="From this moment on")] = None,
    before: Annotated[Moment | None, Query(description="Until just before this moment")] = None,
    cursor: IdCursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Who did what, newest first."""
    async with site.app.database.begin() as connection:
        items = await audit_store.list_entries(
            connection,
            limit=limit,
            cursor=cursor,
            user_id=user_id,
            action=action,
            target_id=target_id,
            after=after,
            before=before,
        )
    return {"items": items, "next_cursor": next_cursor(items, limit)}
