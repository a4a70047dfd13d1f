"""Child runs: a graph run by a firing of another, in the same worker, each with its own journal."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from backend.data.away import surely
from backend.data.block import BlockData
from backend.data.run import RunStatus
from backend.executor.context import ChildStart, Wait
from backend.executor.run_loop import RunLoop
from backend.executor.run_node import NodeRun
from backend.executor.services import ChildEnd
from backend.util.errors import LimitReached


class OpensRuns(Protocol):
    """What a worker does for child runs."""

    async def open_child(self, parent: NodeRun, start: ChildStart) -> RunLoop | None:
        """The child's loop, begun or gone on with; None when it had ended before."""
        ...

    async def ended_child(self, user_id: str, child_id: str) -> ChildEnd:
        """How a child came out that had ended before."""
        ...

    async def outputs_of(self, loop: RunLoop) -> dict[str, list[Any]]:
        """What a run in memory returns, large values fetched."""
        ...


class ChildRuns:
    """Starts child runs for firings and follows them to their end."""

    def __init__(self, worker: OpensRuns, max_depth: int) -> None:
        self._worker = worker
        self._max_depth = max_depth

    async def run(self, parent: NodeRun, start: ChildStart) -> ChildEnd:
        """Start the child or go on with it; its outputs, its error, or what it waits for.

        Raises:
            LimitReached: graphs within graphs, deeper than the limit.
        """
        loop = parent.loop
        if loop.depth + 1 > self._max_depth:
            raise LimitReached(
                f"Graphs are nested more than {self._max_depth} deep. Does a graph run itself without an end?"
            )
        child = await self._worker.open_child(parent, start)
        if child is None:
            return await surely("sub-graph", lambda: self._worker.ended_child(loop.row.user_id, start.run_id))
        try:
            status = await asyncio.shield(child.done)
        except asyncio.CancelledError:
            if loop.root.log.lost:
                child.abandon()  # whoever has taken the root over goes on with the child
            else:
                child.cancel()
            raise
        return await self._end_of(child, status)

    async def _end_of(self, child: RunLoop, status: RunStatus | None) -> ChildEnd:
        if status is None:
            return ChildEnd(wait=Wait("graph", "", child.row.wake_at))
        if status in (RunStatus.FAILED, RunStatus.CANCELLED):
            return ChildEnd(error=error_text(status, child.errors))
        return ChildEnd(outputs=flat(await surely("sub-graph", lambda: self._worker.outputs_of(child))))


def flat(outputs: dict[str, list[Any]]) -> list[BlockData]:
    """(name, value) in the order in which the child gives them, name by name."""
    return [(name, value) for name, values in outputs.items() for value in values]


def error_text(status: RunStatus, errors: list[Any]) -> str:
    """Why a child did not come to its end, in a sentence."""
    if status is RunStatus.CANCELLED:
        return "The graph that this block runs was cancelled."
    if not errors:
        return "The graph that this block runs failed."
    last = errors[-1]
    place = f" at {last.node_name!r}" if last.node_name else ""
    return f"The graph that this block runs failed{place}: {last.message}"
