"""A run as callers see it: the result object, the row of a list, the details."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import Response

from backend.data.run import RunStatus, RunSummary, RunView
from backend.data.run_result import cost, run_result
from backend.executor.run_loop import RunLoop

_JSON = "application/json"


def loop_result(loop: RunLoop, status: RunStatus, duration_s: float) -> Response:
    """200 from memory: the run has ended in this process and is on disk."""
    summary: dict[str, Any] = orjson.loads(loop.row.summary or b"{}")
    if summary.get("outputs") is None:
        summary["outputs"] = loop.output_values()
    return _result(loop.row.id, status.value, summary, duration_s * 1000, loop.row.cost_usd_micros)


def view_result(view: RunView) -> Response:
    """The same from the database."""
    return Response(orjson.dumps(run_result(view, duration_ms=duration_ms(view) or 0.0)), media_type=_JSON)


def _result(run_id: str, status: str, summary: dict[str, Any], ms: float, usd_micros: int) -> Response:
    content = {
        "run_id": run_id,
        "status": status,
        "outputs": summary["outputs"] or {},
        "duration_ms": round(ms, 3),
        "cost": cost(usd_micros),
        "leftovers": summary["leftovers"],
        "never_fired": summary["never_fired"],
        "errors": summary["errors"],
    }
    return Response(orjson.dumps(content), media_type=_JSON)


def accepted(run_id: str, status: RunStatus) -> Response:
    """202: it is stored and goes on."""
    raw = orjson.dumps({"run_id": run_id, "status": status.value})
    return Response(raw, status_code=202, headers={"location": f"/api/runs/{run_id}"}, media_type=_JSON)


def duration_ms(view: RunView) -> float | None:
    """From accepted to the end; None before it."""
    if view.ended_at is None:
        return None
    return round(_ms_between(view.created_at, view.ended_at), 3)


def _ms_between(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() * 1000


def run_row(view: RunView) -> dict[str, Any]:
    """A run in a list."""
    errors = view.summary.errors if view.summary else []
    return {
        "run_id": view.id,
        "status": view.status,
        "graph_id": view.graph_id,
        "graph_version": view.graph_version,
        "parent_run_id": view.parent_run_id,
        "created_at": view.created_at,
        "started_at": view.started_at,
        "ended_at": view.ended_at,
        "duration_ms": duration_ms(view),
        "cost": cost(view.cost_usd_micros),
        "error": errors[0].message if errors else None,
    }


def run_details(view: RunView) -> dict[str, Any]:
    """A run on its own page."""
    summary = view.summary or RunSummary()
    return {
        **run_row(view),
        "inputs": view.inputs,
        "wake_at": view.wake_at,
        "outputs": summary.outputs or {},
        "leftovers": summary.leftovers,
        "never_fired": summary.never_fired,
        "errors": summary.errors,
    }
