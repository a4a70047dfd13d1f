"""Whether this process lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Response

from backend.data.migrate import known_revisions
from backend.data.status_store import load_readiness
from backend.server.deps import JsonRoute, SiteDep
from backend.server.site import Site
from backend.server.wire.operations import Health
from backend.util.errors import Unavailable

router = APIRouter(prefix="/api/health", tags=["operations"], route_class=JsonRoute)


@router.get("/live")
async def live() -> Health:
    """200 as long as the process answers."""
    return Health(status="live")


@router.get("/ready", responses={503: {"model": Health}})
async def ready(site: SiteDep, response: Response) -> Health:
    """200 when the database is reachable and up to date and the worker is at work, else 503."""
    problems = await _problems(site)
    if problems:
        response.status_code = 503
    return Health(status="not ready" if problems else "ready", problems=problems)


async def _problems(site: Site) -> list[str]:
    app = site.app
    try:
        async with app.database.begin() as connection:
            revision, is_beating = await load_readiness(connection, app.worker.id, app.settings.dead_after_s)
    except Unavailable:
        return ["The database cannot be reached. Look whether it runs."]
    problems: list[str] = []
    head = known_revisions()[-1]
    if revision != head:
        problems.append(
            f"The database is at revision {revision!r}, this code at {head!r}. Restart Blockyard."
        )
    if not is_beating:
        problems.append("The worker gives no sign of life. Restart Blockyard.")
    return problems
