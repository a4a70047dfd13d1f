"""Whether this process lives, and whether it can work."""

from __future__ import annotations

import shutil
import time

from fastapi import APIRouter, Response

from backend.data.doctor import ENOUGH_BYTES
from backend.data.migrate import known_revisions
from backend.data.status_store import load_readiness
from backend.data.worker_store import workload
from backend.server.deps import JsonRoute, SiteDep
from backend.server.site import Site
from backend.server.wire.operations import Health
from backend.util.errors import Unavailable

router = APIRouter(prefix="/api/health", tags=["operations"], route_class=JsonRoute)

LONG_QUEUED_S = 60.0
_WARNINGS_KEPT_S = 5.0


@router.get("/live")
async def live() -> Health:
    """200 as long as the process answers."""
    return Health(status="live")


@router.get("/ready", responses={503: {"model": Health}})
async def ready(site: SiteDep, response: Response) -> Health:
    """200 when the database is reachable and up to date and the worker is at work, else 503."""
    if site.app.draining.is_set() or site.app.ending.is_set():
        response.status_code = 503
        return Health(status="ending", problems=["This process was told to end. Ask another."])
    problems = await _problems(site)
    if problems:
        response.status_code = 503
        return Health(status="not ready", problems=problems)
    return Health(status="ready", warnings=await _warnings(site))


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


async def _warnings(site: Site) -> list[str]:
    """What somebody should look at though this process works; looked for every few seconds at most."""
    found, until = site.warnings.get("ready", ([], 0.0))
    if until < time.monotonic():
        found = [*await _queue_warnings(site), *_disk_warnings(site)]
        site.warnings["ready"] = (found, time.monotonic() + _WARNINGS_KEPT_S)
    return found


async def _queue_warnings(site: Site) -> list[str]:
    try:
        async with site.app.database.raw() as connection:
            load = await workload(connection, site.app.settings.dead_after_s)
    except Unavailable:
        return []
    warnings: list[str] = []
    if load.queued and load.oldest_queued_s > LONG_QUEUED_S:
        warnings.append(
            f"Runs have been queued for more than {LONG_QUEUED_S:.0f} s. Start more workers, or look why those "
            "that are there take none."
        )
    if load.held_jobs:
        warnings.append("Jobs of the queue failed and are held. `blockyard doctor` says more.")
    return warnings


def _disk_warnings(site: Site) -> list[str]:
    if site.app.database.embedded is None:
        return []
    free = shutil.disk_usage(site.app.settings.data_dir).free
    if free >= ENOUGH_BYTES:
        return []
    return [f"Only {free / 2**30:.1f} GiB are free where the database lies. It stops on a full disk."]
