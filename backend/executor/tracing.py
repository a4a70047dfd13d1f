"""Spans of runs and of their firings; only made when the settings name a collector (util/telemetry.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode

from backend.data.run import EventKind, RunStatus
from backend.executor.records import Segment
from backend.util.telemetry import Tracing

if TYPE_CHECKING:
    from opentelemetry.context import Context

    from backend.executor.run_loop import RunLoop
    from backend.executor.run_node import NodeRun

TRACEPARENT = "traceparent"
"""In the `state` event with which a run begins: the span of it, so that it goes on in the same trace."""


class RunTracer:
    """See `services.Tracer`."""

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing
        self._spans: dict[RunLoop, Span] = {}
        self._parents: dict[str, Context] = {}

    def resumes(self, loop: RunLoop, segments: Sequence[Segment]) -> None:
        """The run goes on from its journal: its span belongs to the trace in which it began."""
        for segment in segments:
            for record in segment.records:
                if record[0] == "k" and record[1] == EventKind.STATE and TRACEPARENT in record[4]:
                    self._parents[loop.row.id] = self._tracing.context_of(record[4][TRACEPARENT])
                    return

    def run_began(self, loop: RunLoop) -> str:
        """Open the run's span, below the firing or the request that started it; its `traceparent`."""
        row = loop.row
        span = self._tracing.tracer.start_span(
            f"run {row.graph_id}",
            context=self._parents.pop(row.id, None) if loop.parent is None else None,
            attributes={
                "blockyard.run_id": row.id,
                "blockyard.root_run_id": row.root_run_id,
                "blockyard.graph_id": row.graph_id,
                "blockyard.graph_version": row.graph_version,
                "enduser.id": row.user_id,
            },
        )
        self._spans[loop] = span
        return self._tracing.traceparent_of(trace.set_span_in_context(span))

    def run_left(self, loop: RunLoop) -> None:
        """Close the run's span: it has ended, waits, or goes on in another process."""
        span = self._spans.pop(loop, None)
        if span is None:
            return
        status = loop.row.status
        span.set_attribute("blockyard.status", "lost" if loop.log.lost else status.value)
        span.set_attribute("blockyard.firings", loop.firings)
        if status is RunStatus.FAILED:
            code = loop.errors[-1].code if loop.errors else "unknown"
            span.set_attribute("error.type", code)
            span.set_status(Status(StatusCode.ERROR, code))
        span.end()

    async def firing(self, run: NodeRun) -> None:
        """Execute a firing within a span of its own."""
        parent = self._spans.get(run.loop)
        context = trace.set_span_in_context(parent if parent is not None else trace.INVALID_SPAN)
        attributes: dict[str, Any] = {
            "blockyard.run_id": run.loop.row.id,
            "blockyard.node_id": run.node.id,
            "blockyard.block": run.node.block.name,
            "blockyard.firing": run.firing.n,
        }
        with self._tracing.tracer.start_as_current_span(
            run.node.block.name,
            context=context,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                await run.execute()
            finally:
                span.set_attribute("blockyard.attempt", run.attempt)
                span.set_attribute("blockyard.is_waiting", run.firing.state == "waiting")
                if run.failure is not None and run.firing.has_failed:
                    span.set_attribute("error.type", run.failure.code)
                    span.set_status(Status(StatusCode.ERROR, run.failure.code))
