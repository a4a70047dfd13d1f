"""Nodes and firings of a run as callers see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.data.run_list import LONGEST_ERROR
from backend.data.run_result import cost
from backend.executor.run_history import FiringFacts, NodePage, Taken, Told
from backend.executor.run_index import State, moment_of
from backend.server.wire.run_nodes import FiringStatus, NodeStatus

Json = dict[str, Any]

_STATUS_OF = {
    State.RUNNING: FiringStatus.RUNNING,
    State.WAITING: FiringStatus.WAITING,
    State.FINISHED: FiringStatus.COMPLETED,
    State.FAILED: FiringStatus.FAILED,
}
_OPEN = (State.RUNNING, State.WAITING)


def node_progress(page: NodePage, last_failure: Json | None) -> Json:
    """How far a node is."""
    index, counts = page.index, page.index.counts
    return {
        "node_id": page.node.id,
        "name": page.node.label,
        "block_id": page.node.block_id,
        "status": _node_status(page),
        "started": sum(counts),
        "running": counts[State.RUNNING],
        "waiting": counts[State.WAITING],
        "completed": counts[State.FINISHED],
        "failed": counts[State.FAILED],
        "retried": sum(index.retries.values()),
        "duration_ms": index.busy_us / 1000,
        "cost": cost(index.cost_usd_micros),
        "last_error": last_failure and {"firing": index.failed, **_error(last_failure, LONGEST_ERROR)},
    }


def _node_status(page: NodePage) -> NodeStatus:
    counts = page.index.counts
    if any(counts[state] for state in _OPEN):
        if page.status.is_final:
            return NodeStatus.FAILED if counts[State.FAILED] else NodeStatus.STOPPED
        return NodeStatus.RUNNING if counts[State.RUNNING] else NodeStatus.WAITING
    if counts[State.FAILED]:
        return NodeStatus.FAILED
    return NodeStatus.COMPLETED if counts[State.FINISHED] else NodeStatus.IDLE


def states_of(page: NodePage, wanted: Sequence[FiringStatus]) -> list[State]:
    """The states in which firings with one of these statuses are; empty for all when none is wanted."""
    if not wanted:
        return []
    return [state for state in _STATUS_OF if _firing_status(page, state) in wanted] or [State.NONE]


def _firing_status(page: NodePage, state: State) -> FiringStatus:
    return FiringStatus.STOPPED if state in _OPEN and page.status.is_final else _STATUS_OF[state]


def firing_row(page: NodePage, facts: FiringFacts) -> Json:
    """A firing in a list."""
    index, firing = page.index, facts.firing
    state = State(index.states[firing])
    has_ended = state not in _OPEN
    began_us, ended_us = index.began_us[firing], index.ended_us[firing]
    return {
        "firing": firing,
        "item": [
            {"node_id": node, "ordinal": ordinal, "index": place} for node, ordinal, place in facts.item
        ],
        "status": _firing_status(page, state),
        "started_at": moment_of(began_us),
        "ended_at": moment_of(ended_us) if has_ended else None,
        "duration_ms": (ended_us - began_us) / 1000 if has_ended else None,
        "attempts": index.retries.get(firing, 0) + 1,
        "cost": cost(index.costs.get(firing, 0)),
        "error": _firing_error(facts.ended_with) if state is State.FAILED and facts.ended_with else None,
    }


def _firing_error(data: Json) -> Json:
    return {**_error(data), "exchange": data.get("exchange")}


def _error(data: Json, longest: int | None = None) -> Json:
    return {"code": data.get("code", ""), "message": str(data.get("message", ""))[:longest]}


def waits_for(page: NodePage, facts: FiringFacts) -> Json | None:
    """What an open firing of a run that goes on waits for."""
    data = facts.ended_with
    if data is None or page.index.states[facts.firing] != State.WAITING or page.status.is_final:
        return None
    return {
        "kind": data.get("for", ""),
        "until": data.get("until"),
        "review_id": data.get("review_id"),
        "child_run_id": data.get("child_run_id"),
    }


def taken_inputs(taken: dict[str, Taken]) -> Json:
    """What came on linked pins."""
    return {
        pin: {
            "is_list": one.is_list,
            "count": one.count,
            "values": [{**given(told), "node_id": told.node_id, "pin": told.pin} for told in one.values],
        }
        for pin, one in taken.items()
    }


def given_outputs(told: Sequence[Told]) -> Json:
    """What a firing gave, by pin."""
    outputs: dict[str, dict[str, list[Json]]] = {}
    for one in told:
        outputs.setdefault(one.pin, {"values": []})["values"].append(given(one))
    return outputs


def given(told: Told) -> Json:
    """A value with the event that gave it."""
    return {"seq": told.seq, "value": told.value, "index": told.index, "firing": told.firing}
