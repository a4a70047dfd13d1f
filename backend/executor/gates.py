"""Back-pressure: a generator pauses while too many of its values wait downstream (execution.md, rule 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.executor.run_loop import FiringKey
    from backend.executor.run_node import NodeRun


def open_gates(live: Mapping[FiringKey, NodeRun], callers: int, most: int) -> None:
    """Let paused generators go on when half of what may wait is gone; the lowest one also when nothing else can.

    `callers` are blocks that wait for a tool they have called: they do not go on by themselves either.
    """
    paused = [run for _, run in sorted(live.items()) if run.gate is not None]
    if not paused:
        return
    for run in paused:
        if run.firing.pending <= most // 2:
            _open(run, most)
    is_stuck = len(paused) + callers == len(live) and not any(_is_open(run) for run in paused)
    if is_stuck:
        lowest = paused[0]
        _open(lowest, lowest.firing.pending + most)


def _is_open(run: NodeRun) -> bool:
    return run.gate is None or run.gate.is_set()


def _open(run: NodeRun, allowance: int) -> None:
    run.allowance = allowance
    if run.gate is not None:
        run.gate.set()
