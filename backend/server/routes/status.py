"""What is running, for the front page."""

from __future__ import annotations

import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter

from backend.data.review_store import list_open_reviews
from backend.data.run_store import list_runs
from backend.data.status_store import count_runs, graph_names, load_counts
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.run_answer import run_row
from backend.server.wire.operations import Status

router = APIRouter(prefix="/api/status", tags=["operations"], route_class=JsonRoute)
_SHOWN = 10


def own_version() -> str:
    """Of this package."""
    try:
        return version("blockyard")
    except PackageNotFoundError:
        return "unknown"


@router.get("", response_model=Status)
async def read_status(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """What is running. An owner sees how many runs everybody has, others their own."""
    app, user_id = site.app, caller.user_id
    async with app.database.begin() as connection:
        counts = await load_counts(connection, app.settings.dead_after_s)
        if caller.role != "owner":
            counts["runs"] = await count_runs(connection, user_id)
        views = await list_runs(connection, user_id, limit=_SHOWN)
        names = await graph_names(connection, user_id, {view.graph_id for view in views})
        reviews = await list_open_reviews(connection, user_id, limit=100)
    return {
        "version": own_version(),
        "database": "embedded" if app.database.embedded else "external",
        "uptime_s": round(time.monotonic() - site.started_at, 1),
        "blocks": len(app.catalogue),
        "last_runs": [run_row(view) for view in views],
        "graph_names": names,
        "open_reviews": len(reviews),
        **counts,
    }
