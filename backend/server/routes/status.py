"""What is running, for the front page."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter

from backend.data.review_store import list_open_reviews
from backend.data.run_list import list_runs
from backend.data.status_store import count_runs, load_counts
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.run_answer import run_row
from backend.server.wire.operations import Status
from backend.util.version import own_version

router = APIRouter(prefix="/api/status", tags=["operations"], route_class=JsonRoute)
_SHOWN = 10


@router.get("", response_model=Status)
async def read_status(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """What is running. An owner sees how many runs everybody has, others their own."""
    app, user_id = site.app, caller.user_id
    async with app.database.begin() as connection:
        counts = await load_counts(connection, app.settings.dead_after_s)
        if caller.role != "owner":
            counts["runs"] = await count_runs(connection, user_id)
        runs = (await list_runs(connection, user_id, limit=_SHOWN)).runs
        reviews = await list_open_reviews(connection, user_id, limit=100)
    return {
        "version": own_version(),
        "database": "embedded" if app.database.embedded else "external",
        "uptime_s": round(time.monotonic() - site.started_at, 1),
        "blocks": len(app.catalogue),
        "last_runs": [run_row(run) for run in runs],
        "graph_names": {run.graph_id: run.graph_name for run in runs if run.graph_name is not None},
        "open_reviews": len(reviews),
        **counts,
    }
