"""Schedules: made, changed, looked at, and run before their time."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store
from backend.data import schedule_store as store
from backend.data.cron import Cron, parse_cron
from backend.data.model import JsonObject
from backend.data.schedule_store import NOT_PUBLISHED, Outcome
from backend.executor.triggers.schedules import SIGNAL, check_inputs
from backend.server.access import Caller
from backend.server.deps import CallerDep, IdCursor, JsonRoute, KeyDep, Limit, SiteDep, next_cursor
from backend.server.logins import address_of
from backend.server.repeated import id_for
from backend.server.site import Site
from backend.server.wire.common import Page
from backend.server.wire.runs import RunAccepted
from backend.server.wire.schedules import CronBody, CronPreview, ScheduleBody, ScheduleChange, ScheduleView
from backend.util.clock import new_id, now
from backend.util.errors import BadInput, Conflict

router = APIRouter(prefix="/api/schedules", tags=["triggers"], route_class=JsonRoute)
OfGraph = Annotated[str | None, Query(min_length=1, max_length=64, description="Of this graph only")]
_PLAIN = ("name", "inputs", "overlap")


@router.get("", response_model=Page[ScheduleView])
async def list_schedules(
    site: SiteDep, caller: CallerDep, cursor: IdCursor = None, limit: Limit = 50, graph_id: OfGraph = None
) -> dict[str, Any]:
    """Your schedules, newest first, each with its next five times."""
    async with site.app.database.begin() as connection:
        items = await store.list_schedules(
            connection, caller.user_id, limit=limit, before=cursor, graph_id=graph_id
        )
    return {"items": [_view(row) for row in items], "next_cursor": next_cursor(items, limit)}


@router.post("/preview", response_model=CronPreview)
async def preview_schedule(body: CronBody) -> dict[str, Any]:
    """When a cron expression is due, before anything is stored; 400 with the field that is wrong."""
    return _times(parse_cron(body.cron, body.timezone))


@router.post("", status_code=201, response_model=ScheduleView)
async def create_schedule(
    site: SiteDep, caller: CallerDep, key: KeyDep, request: Request, body: ScheduleBody
) -> dict[str, Any]:
    """Let a graph run when its time comes, in its published version.

    The graph need not be published yet; its inputs are checked all the same, against the newest version then.
    """
    cron = parse_cron(body.cron, body.timezone)
    values: JsonObject = {
        **body.model_dump(include={*_PLAIN, "is_active"}),
        "cron": cron.fields,
        "timezone": cron.zone.key,
        "next_at": cron.after(now()) if body.is_active else None,
    }
    await _check(site, caller, body.graph_id, body.inputs)
    schedule_id = id_for(caller.user_id, "POST /api/schedules", key)
    async with site.app.database.begin() as connection:
        row = await store.create_schedule(connection, caller.user_id, schedule_id, body.graph_id, values)
        await _audit(connection, caller, request, "schedule.create", schedule_id, graph_id=body.graph_id)
    site.app.worker.send(SIGNAL, schedule_id)
    return _view(row)


@router.get("/{schedule_id}", response_model=ScheduleView)
async def read_schedule(site: SiteDep, caller: CallerDep, schedule_id: str) -> dict[str, Any]:
    """A schedule: its next times, what came of the last one, what was missed, what is wrong."""
    async with site.app.database.begin() as connection:
        return _view(await store.read_schedule(connection, caller.user_id, schedule_id))


@router.patch("/{schedule_id}", response_model=ScheduleView)
async def change_schedule(
    site: SiteDep, caller: CallerDep, request: Request, schedule_id: str, body: ScheduleChange
) -> dict[str, Any]:
    """Change when, how, with what and whether it runs. What came due while it was off is not caught up."""
    asked = body.model_dump(exclude_none=True)
    if "inputs" in asked:
        async with site.app.database.begin() as connection:
            seen = await store.read_schedule(connection, caller.user_id, schedule_id)
        await _check(site, caller, seen["graph_id"], asked["inputs"])
    async with site.app.database.begin() as connection:
        before = await store.lock_schedule(connection, caller.user_id, schedule_id)
        changes = _changes(before, asked)
        await store.change_schedule(connection, caller.user_id, schedule_id, changes)
        await _audit(connection, caller, request, "schedule.change", schedule_id, changed=sorted(asked))
        row = await store.read_schedule(connection, caller.user_id, schedule_id)
    site.app.worker.send(SIGNAL, schedule_id)
    return _view(row)


@router.delete("/{schedule_id}", status_code=204)
async def delete_schedule(site: SiteDep, caller: CallerDep, request: Request, schedule_id: str) -> Response:
    """Delete a schedule. A run that it has started goes on."""
    async with site.app.database.begin() as connection:
        await store.delete_schedule(connection, caller.user_id, schedule_id)
        await _audit(connection, caller, request, "schedule.delete", schedule_id)
    return Response(status_code=204)


@router.post("/{schedule_id}/run-now", status_code=202, response_model=RunAccepted)
async def run_schedule_now(site: SiteDep, caller: CallerDep, key: KeyDep, schedule_id: str) -> dict[str, Any]:
    """Start a run as the schedule would, beside whatever goes on. Its times stay as they are."""
    async with site.app.database.begin() as connection:
        row = await store.read_schedule(connection, caller.user_id, schedule_id)
    if row["published_version"] is None:
        raise Conflict(NOT_PUBLISHED)
    worker = site.app.worker
    accepted = await worker.submit(
        caller.user_id,
        row["graph_id"],
        row["inputs"],
        version=row["published_version"],
        idempotency_key=store.run_now_key(schedule_id, key or new_id()),
    )
    async with site.app.database.begin() as connection:
        await store.change_schedule(connection, caller.user_id, schedule_id, {"last_run_id": accepted.run_id})
    return {"run_id": accepted.run_id, "status": (await worker.view(caller.user_id, accepted.run_id)).status}


async def _check(site: Site, caller: Caller, graph_id: str, inputs: JsonObject) -> None:
    """Let only inputs pass that the published version takes, or the newest where none is."""
    async with site.app.database.begin() as connection:
        version = await store.version_to_run(connection, caller.user_id, graph_id)
    await check_inputs(site.app.worker, caller.user_id, graph_id, version, inputs)


def _changes(before: JsonObject, asked: JsonObject) -> JsonObject:
    """Columns to change. When it is due is worked out anew only where that may have changed."""
    changes: JsonObject = {name: asked[name] for name in _PLAIN if name in asked}
    is_active = asked.get("is_active", before["is_active"])
    is_other_time = "cron" in asked or "timezone" in asked or is_active != before["is_active"]
    if is_other_time:
        said = {**before, **asked}
        cron = parse_cron(said["cron"], said["timezone"])
        changes |= {"cron": cron.fields, "timezone": cron.zone.key, "is_active": is_active}
        changes["next_at"] = cron.after(now()) if is_active else None
        if before["last_outcome"] == Outcome.WAITING:
            changes["last_outcome"] = Outcome.SKIPPED
            changes["missed"] = before["missed"] + 1
    if changes:
        changes["problem"] = ""
    return changes


def _times(cron: Cron) -> dict[str, Any]:
    return {
        "cron": cron.fields,
        "timezone": cron.zone.key,
        "description": cron.describe(),
        "next_times": cron.next_times(now()),
    }


def _view(row: JsonObject) -> dict[str, Any]:
    problem = NOT_PUBLISHED if row["published_version"] is None else row["problem"]
    is_stale = row["published_version"] is not None and row["problem"] == NOT_PUBLISHED
    shown: JsonObject = {**row, "problem": "" if is_stale else problem}
    shown["last_outcome"] = row["last_outcome"] or None
    shown["is_waiting"] = row["is_active"] and row["last_outcome"] == Outcome.WAITING
    times: JsonObject = {"description": "", "next_times": []}
    try:
        times = _times(parse_cron(row["cron"], row["timezone"]))
    except BadInput as error:  # the zone is not known any more
        shown["problem"] = str(error)
    return {**shown, **(times if row["is_active"] else times | {"next_times": []})}


async def _audit(
    connection: AsyncConnection,
    caller: Caller,
    request: Request,
    action: str,
    schedule_id: str,
    **detail: Any,
) -> None:
    await audit_store.record(
        connection,
        caller.user_id,
        action,
        target_kind="schedule",
        target_id=schedule_id,
        address=address_of(request),
        detail=detail,
    )
