"""What a caller is told of a run that has come to rest: the same object at the command line and over HTTP."""

from __future__ import annotations

from backend.data.model import JsonObject
from backend.data.run import RunSummary, RunView

MICROS_PER_CREDIT = 10_000


def run_result(view: RunView, *, duration_ms: float | None = None) -> JsonObject:
    """Status, outputs and whatever went wrong; `outputs` maps a name to the list of its values.

    `duration_ms` is from accepted to the final state on disk; without it the stored times are used, and it
    is None while the run goes on.
    """
    summary = view.summary or RunSummary()
    if duration_ms is None and view.ended_at is not None:
        duration_ms = (view.ended_at - view.created_at).total_seconds() * 1000
    return {
        "run_id": view.id,
        "status": view.status.value,
        "outputs": summary.outputs or {},
        "answer": None if view.answer is None else view.answer.model_dump(mode="json"),
        "duration_ms": None if duration_ms is None else round(duration_ms, 3),
        "cost": cost(view.cost_usd_micros),
        "leftovers": [left.model_dump(mode="json") for left in summary.leftovers],
        "never_fired": summary.never_fired,
        "errors": [error.model_dump(mode="json") for error in summary.errors],
    }


def cost(usd_micros: int) -> JsonObject:
    """An amount as money and as credits."""
    return {"usd_micros": usd_micros, "credits": usd_micros / MICROS_PER_CREDIT}
