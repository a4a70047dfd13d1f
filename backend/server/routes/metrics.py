"""Figures for Prometheus: for an owner's key, or whoever has the token of the settings."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from backend.data.worker_store import Workload, workload
from backend.server.deps import SiteDep
from backend.server.metrics import text_of
from backend.server.site import Site
from backend.util.errors import Unavailable

router = APIRouter(tags=["operations"], include_in_schema=False)


@router.get("/metrics")
async def read_metrics(site: SiteDep, request: Request) -> Response:
    """What this process has counted since its start, and what waits in the database."""
    raw, content_type = text_of(site, await _load(site), request.headers.get("accept", ""))
    return Response(raw, media_type=content_type)


async def _load(site: Site) -> Workload | None:
    try:
        async with site.app.database.raw() as connection:
            return await workload(connection, site.app.settings.dead_after_s)
    except Unavailable:
        return None
