"""A run as callers see it: the result object, the row of a list, the details."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import Response

from backend.data.run import RunStatus, RunView
from backend.data.run_details import Part, StoredDetails, blob_sizes
from backend.data.run_list import ListedRun
from backend.data.run_result import cost, run_result
from backend.executor.run_loop import RunLoop
from backend.executor.shown import Shown, beginning, looks_like_ours, preview
from backend.server.site import Site

_JSON = "application/json"
_OURS = '"$'
"""What the names in references and previews begin with."""


def loop_result(loop: RunLoop, status: RunStatus, duration_s: float) -> Response:
    """200 from memory: the run has ended in this process and is on disk."""
    raw = loop.row.summary or "{}"
    summary: dict[str, Any] = orjson.loads(raw)
    if summary.get("outputs") is None:
        summary["outputs"] = shown_outputs(loop.row.id, loop.output_values())
    elif _OURS in raw:
        summary["outputs"] = shown_outputs(loop.row.id, summary["outputs"])
    return _result(loop, status, summary, duration_s)


def answered_result(loop: RunLoop, duration_s: float) -> Response:
    """200 from memory: the run goes on, and has answered whoever waits for it."""
    summary: dict[str, Any] = {"outputs": {}, "leftovers": [], "never_fired": [], "errors": []}
    return _result(loop, loop.row.status, summary, duration_s)


def view_result(view: RunView) -> Response:
    """The same from the database; in the view, outputs are as in a journal."""
    result = run_result(view, duration_ms=duration_ms(view.created_at, view.ended_at) or 0.0)
    result["outputs"] = shown_outputs(view.id, result["outputs"])
    return Response(orjson.dumps(result), media_type=_JSON)


def shown_outputs(run_id: str, outputs: dict[str, list[Any]], shown: Shown | None = None) -> dict[str, Any]:
    """Outputs that are as in a journal, fit to be shown: those over the inline limit as previews."""
    shown = shown or Shown(run_id, longest_bytes=None)
    return {name: [shown.value(value, "") for value in values] for name, values in outputs.items()}


async def look_up_beginnings(site: Site, user_id: str, shown: Shown) -> None:
    """Give the previews of large values their text."""
    if shown.blobs:
        async with site.app.database.begin() as connection:
            shown.fill(await blob_sizes(connection, user_id, list(shown.blobs)))


def _result(loop: RunLoop, status: RunStatus, summary: dict[str, Any], duration_s: float) -> Response:
    answer = loop.callers.answer
    content = {
        "run_id": loop.row.id,
        "status": status.value,
        "outputs": summary["outputs"] or {},
        "answer": None if answer is None else answer.model_dump(mode="json"),
        "duration_ms": round(duration_s * 1000, 3),
        "cost": cost(loop.row.cost_usd_micros),
        "leftovers": summary["leftovers"],
        "never_fired": summary["never_fired"],
        "errors": summary["errors"],
    }
    return Response(orjson.dumps(content), media_type=_JSON)


def accepted(run_id: str, status: RunStatus) -> Response:
    """202: it is stored and goes on."""
    raw = orjson.dumps({"run_id": run_id, "status": status.value})
    return Response(raw, status_code=202, headers={"location": f"/api/runs/{run_id}"}, media_type=_JSON)


def duration_ms(started: datetime | None, ended: datetime | None) -> float | None:
    """From one to the other; None while one of them is missing."""
    if started is None or ended is None:
        return None
    return round((ended - started).total_seconds() * 1000, 3)


def run_row(run: ListedRun | StoredDetails) -> dict[str, Any]:
    """A run in a list."""
    return {
        "run_id": run.id,
        "status": run.status,
        "graph_id": run.graph_id,
        "graph_version": run.graph_version,
        "graph_name": run.graph_name,
        "parent_run_id": run.parent_run_id,
        "parent_node_id": run.parent_node_id,
        "parent_firing": run.parent_firing,
        "from_run_id": run.from_run_id,
        "from_node_id": run.from_node_id,
        "labels": run.labels,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "wake_at": run.wake_at,
        "duration_ms": duration_ms(run.created_at, run.ended_at),
        "cost": cost(run.cost_usd_micros),
        "error": run.error if isinstance(run, ListedRun) else next((e.message for e in run.errors), None),
    }


def run_details(run: StoredDetails, inputs: list[Part], options: list[Part]) -> dict[str, Any]:
    """A run on its own page, without its outputs."""
    return {
        **run_row(run),
        "root_run_id": run.root_run_id,
        "child_runs": run.child_runs,
        "cancel_requested_at": run.cancel_requested_at,
        "inputs": {part.name: _shown_part(run.id, "input", part) for part in inputs},
        "options": {part.name: _shown_part(run.id, "option", part) for part in options},
        "answer": run.answer,
        "leftovers": run.leftovers,
        "never_fired": run.never_fired,
        "errors": run.errors,
        "error_count": run.error_count,
    }


def _shown_part(run_id: str, kind: str, part: Part) -> Any:
    """What was sent is stored as it came, so it is not unwrapped."""
    if part.is_cut:
        return preview(run_id, f"{kind}.{part.place}", part.size_bytes, beginning(part.text))
    value = orjson.loads(part.text)
    return {"$value": value} if looks_like_ours(value) else value
