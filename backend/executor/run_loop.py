"""THE MAIN LOOP of a run: ask the plan what can start, start it, record what it says, finish.

Nothing here decides (plan.py does) and nothing here remembers (journal.py does). The loop has no task
of its own: `pump` is called whenever something happened, and pure blocks run inside it. Every step is
appended to the journal in the order in which the plan saw it, so that replaying the journal through
the plan gives the same state.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator
from typing import Any

import structlog

from backend.data.model import JsonObject
from backend.data.run import EventKind, RunError, RunEvent, RunOptions, RunStatus
from backend.data.run_store import END_BELOW, REQUEUE, REQUEUE_IF_ASKED
from backend.executor.bound import BoundNode
from backend.executor.callers import Callers
from backend.executor.calls import Calls
from backend.executor.context import Wait, firing_id
from backend.executor.gates import open_gates
from backend.executor.inline import Said, refs_of, run_inline
from backend.executor.outputs import OUTPUT_PIN, Output, named_outputs, output_name, summary_json
from backend.executor.plan import Firing, Plan
from backend.executor.program import Program
from backend.executor.purse import Purse
from backend.executor.reuse import Reuse, take_over
from backend.executor.run_log import RunLog
from backend.executor.run_node import Failure, Memory, NodeRun, exchange_in, exchange_of
from backend.executor.services import Replayed, Services
from backend.executor.values import Held, Stored, digest, raw_json, size_bytes, to_wire
from backend.executor.waits import Waits
from backend.util.clock import new_id, now
from backend.util.errors import LimitReached

log = structlog.get_logger(__name__)

SLICE_S = 0.005
"""How long pure blocks of one run may keep the event loop before others get a turn."""
_SPILL_BYTES = 1_024

FiringKey = tuple[int, int]
"""(node index, number of the firing)"""


class RunLoop:
    """One run in this process."""

    def __init__(
        self,
        services: Services,
        program: Program,
        run_log: RunLog,
        options: RunOptions,
        overrides: dict[int, JsonObject],
        parent: RunLoop | None = None,
    ) -> None:
        self.services = services
        self.program = program
        self.log = run_log
        self.row = run_log.row
        self.options = options
        self.overrides = overrides
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self._above: RunLoop | None = parent.root if parent else None
        self.firings = 0
        """Firings of this run and, at the root, of all below it."""
        self.plan = Plan(program.compiled)
        self.done: asyncio.Future[RunStatus | None] = asyncio.get_running_loop().create_future()
        """The final state once it is on disk; None when the run waits or was taken away."""
        self.errors: list[RunError] = []
        self.outputs: list[Output] = []
        self.live: dict[FiringKey, NodeRun] = {}
        self.memories: dict[FiringKey, Memory] = {}
        # Made when first needed: most runs neither wait nor call, and then leave no cycle of references behind.
        self._waits: Waits | None = None
        self._calls: Calls | None = None
        self.is_over = False
        self.reuse: Reuse | None = None
        """What it takes over from another run."""
        self.edits: dict[int, JsonObject] = {}
        """Node index -> input pins whose values a person has replaced."""
        self.has_stored = False
        """Whether a value of this run lies in the blob table."""
        self.purse: Purse = parent.purse if parent else Purse(options, program.graph.limits)
        self.has_below = False
        """Whether child runs or reviews may be left when the run ends."""
        self.active_s = 0.0
        run, graph, settings = options.limits, program.graph.limits, services.settings
        self.max_waiting_values = (
            run.max_waiting_values or graph.max_waiting_values or settings.max_waiting_values
        )
        self.max_firings = run.max_firings or graph.max_firings or settings.max_firings
        self._max_active_s = run.max_active_s or graph.max_active_s or settings.max_active_s
        self._inline_bytes = settings.inline_value_bytes
        self.callers = Callers()
        self._is_pumping = False
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Future[None] | None = None
        self._began = time.perf_counter()

    @property
    def root(self) -> RunLoop:
        """The run at the top, to which limits, budget and cancel belong."""
        return self._above or self

    @property
    def waits(self) -> Waits:
        """What its firings wait for."""
        if self._waits is None:
            self._waits = Waits(self)
        return self._waits

    @property
    def calls(self) -> Calls:
        """The tools that its blocks have called."""
        if self._calls is None:
            self._calls = Calls(self)
        return self._calls

    # -- life ------------------------------------------------------------------------------------------

    def begin(self, replay: Replayed | None = None) -> None:
        """Go, for the first time or on from where a replay has ended."""
        self._began = time.perf_counter()
        self.log.note(EventKind.STATE, None, None, self.services.begin(self))
        if replay is not None:
            replay.start_interrupted()
            self.waits.wake_due()
            self.waits.wake_asking()
        self.pump()
        if self.parent is None and not self.is_over:
            left_s = max(self._max_active_s - self.active_s, 0.0)
            self._timer = asyncio.get_running_loop().call_later(left_s, self._on_active_too_long)

    def fail(self, code: str, message: str) -> None:
        """End the run for a reason that is no block's."""
        self._fail_run(RunError(code=code, message=message))

    def stop(self, error: RunError) -> None:
        """End the run because of a failure that no node handles."""
        if not self.is_over:
            self._fail_run(error)

    def pump(self) -> None:
        """Start whatever can start; find out whether the run is over or has to wait."""
        if self.is_over or self._is_pumping:
            return
        self._is_pumping = True
        try:
            self._start_ready()
        except Exception as error:  # a bug of ours must end the run, not leave it hanging
            log.exception("run.internal_error", run_id=self.row.id)
            self._fail_run(
                RunError(code="internal_error", message=f"Blockyard failed: {error!r}. Please report it.")
            )
        finally:
            self._is_pumping = False

    def _start_ready(self) -> None:
        plan, count, until = self.plan, 0, time.perf_counter() + SLICE_S
        while (firing := plan.take_ready()) is not None:
            self._start(firing)
            if self.is_over or self.root.is_over:
                return
            count += 1
            if count & 31 == 0 and time.perf_counter() > until:
                asyncio.get_running_loop().call_soon(self.pump)
                return
        if plan.is_over():
            completed = RunStatus.COMPLETED_WITH_ERRORS if self.errors else RunStatus.COMPLETED
            self._finish(RunStatus.FAILED if plan.is_stopped else completed)
        elif plan.is_waiting():
            self._rest()
        else:
            callers = self._calls.waiting_callers if self._calls is not None else 0
            open_gates(self.live, callers, self.max_waiting_values)

    def _start(self, firing: Firing) -> None:
        root = self._above or self
        root.firings += 1
        if root.firings > root.max_firings:
            root.limit("max_firings", f"{root.max_firings:,} firings")
            return
        if self.reuse is not None and take_over(self, self.reuse, firing):
            return
        node = self.program.by_plan[firing.node.index]
        key = (node.index, firing.n)
        is_new = key not in self.memories and not firing.is_called
        if node.is_inline and is_new and not (self.has_stored and _has_stored(firing)):
            run_inline(self, firing, node)
        else:
            self._run_beside(firing, node, key)

    # -- everything else, in tasks ---------------------------------------------------------------------

    def go_on_beside(self, firing: Firing, node: BoundNode, said: Said, rest: Iterator[Any] | None) -> None:
        """A pure block that was not done in one go: where it stands is `rest`, None: it has not begun."""
        memory = self.remember((node.index, firing.n))
        memory.yields += [(pin, digest(held)) for pin, held, _ in said]
        run = NodeRun(self, firing, node, memory)
        run.begun = rest
        self._spawn(run)

    def _run_beside(self, firing: Firing, node: BoundNode, key: FiringKey) -> None:
        is_again = key in self.memories
        memory = self.memories.setdefault(key, Memory())
        if is_again:
            self.log.note(EventKind.RESUMED, node.index, firing.n, {})
        else:
            t = self.log.now_us()
            self.log.append(("s", node.index, firing.n, firing.item.path, refs_of(firing), t))
        self.plan.start(firing)
        self._spawn(NodeRun(self, firing, node, memory))

    def _spawn(self, run: NodeRun) -> None:
        self.memories[run.key] = run.memory
        self.live[run.key] = run
        run.task = self.services.spawn(self.services.execution_of(run))

    def start_again(self, firing: Firing, node: BoundNode, memory: Memory) -> None:
        """After a crash: a firing that had started and not finished. Its `started` stands already."""
        self._spawn(NodeRun(self, firing, node, memory))

    def on_yield(self, run: NodeRun, pin: str, held: Held) -> None:
        """A block gave a value: record it, let it flow, start what it lets start."""
        node, firing = run.node, run.firing
        held = self.storable(pin, held, firing)
        t = self.log.now_us()
        seq = self.log.next_seq
        value = self.plan.yielded(firing, pin, held, seq)
        index = value.item.index if pin in firing.node.spec.each else None
        self.log.append(("y", node.index, firing.n, pin, to_wire(held), index, t))
        self.take_outputs(node, firing.n, [(pin, held, index)])
        if self._calls is not None:
            self._calls.take(run.key, pin, held)
        self.pump()

    def on_finished(self, run: NodeRun) -> None:
        """A block came to its end."""
        self._forget(run)
        self.plan.ended(run.firing)
        self.log.append(("f", run.node.index, run.firing.n, self.log.now_us()))
        if self._calls is not None:
            self._calls.end(run.key, None)
        self.pump()

    def on_failed(self, run: NodeRun, failure: Failure) -> None:
        """A block failed for good."""
        self._forget(run)
        self.record_failure(run.firing, run.node, failure, run.attempt)
        if self._calls is not None:
            self._calls.end(run.key, failure.message)
        self.pump()

    def on_retried(self, run: NodeRun, failure: Failure, pause_s: float) -> None:
        """A block failed and is tried again."""
        data = {
            "code": failure.code,
            "message": failure.message,
            "attempt": run.attempt,
            "pause_s": round(pause_s, 3),
            **exchange_in(failure),
        }
        self.log.note(EventKind.RETRIED, run.node.index, run.firing.n, data)

    def on_suspended(self, run: NodeRun, wait: Wait) -> None:
        """A block waits: for a time, a person or a child run."""
        del self.live[run.key]
        self.plan.wait(run.firing)
        self.waits.add(run, wait)
        self.pump()

    def remember(self, key: FiringKey) -> Memory:
        """What is recorded of a firing that is not over."""
        return self.memories.setdefault(key, Memory())

    def _forget(self, run: NodeRun) -> None:
        self.live.pop(run.key, None)
        self.memories.pop(run.key, None)

    def record_failure(self, firing: Firing, node: BoundNode, failure: Failure, attempt: int) -> None:
        path = [index for _, _, index in firing.item.path]
        data = {"code": failure.code, "message": failure.message, "attempt": attempt, **exchange_in(failure)}
        seq = self.log.note(EventKind.FAILED, node.index, firing.n, data)
        verdict = self.plan.failed(firing, failure.message, seq)
        if verdict == "handled":
            return
        error = RunError(
            node_id=node.id,
            node_name=node.label,
            firing=firing.n,
            item=path,
            code=failure.code,
            message=failure.message,
            exchange=exchange_of(data, self.errors),
        )
        if verdict == "stop":
            self._fail_run(error)
        else:
            self.errors.append(error)

    # -- values ----------------------------------------------------------------------------------------

    def storable(self, pin: str, held: Held, firing: Firing) -> Held:
        """The value, put into the blob table when it is large or too many wait already.

        One that links pick parts from stays: the plan, which picks, reads nothing.
        """
        size = size_bytes(held)
        if size < _SPILL_BYTES:
            return held
        is_spilling = firing.pending >= self.max_waiting_values
        if size <= self._inline_bytes and not is_spilling:
            return held
        port = firing.node.outs.get(pin)
        if port is not None and any(link.pick for link in port.links):
            return held
        raw, blob_id = raw_json(held), new_id()
        self.log.also(
            "INSERT INTO blob (id, user_id, run_id, size_bytes, data) VALUES ($1, $2, $3, $4, $5)",
            blob_id,
            self.row.user_id,
            self.row.id,
            len(raw),
            raw,
        )
        self.has_stored = True
        return Stored(blob_id, len(raw), digest(held))

    def take_outputs(self, node: BoundNode, firing: int, said: Said) -> None:
        """Keep what an output node gives: the run returns it."""
        if node.is_output:
            name = output_name(node)
            self.outputs += [(node.index, firing, name, held) for pin, held, _ in said if pin == OUTPUT_PIN]

    def facts(self, node: BoundNode, firing: Firing, wanted: Collection[str]) -> dict[str, str]:
        """Of what a block may ask for by keyword, that which it wants."""
        row = self.row
        known = {"user_id": row.user_id, "graph_id": row.graph_id, "run_id": row.id, "node_id": node.id}
        found = {name: value for name, value in known.items() if name in wanted}
        if "idempotency_key" in wanted:
            found["idempotency_key"] = firing_id(row.id, node.id, firing.n, "key")
        return found

    def tell(self, run: NodeRun, kind: str, data: JsonObject) -> None:
        """Something for watchers that is not recorded."""
        self.services.tell(
            RunEvent(
                run_id=self.row.id,
                seq=None,
                at=now(),
                node_id=run.node.id,
                firing=run.firing.n,
                kind=kind,
                data=data,
            )
        )

    # -- waiting ---------------------------------------------------------------------------------------

    def poke(self) -> None:
        """Somebody answered a review of this run or of one below it: look again."""
        if not self.is_over:
            self.waits.wake_asking()
            self.pump()

    def _rest(self) -> None:
        """Nothing runs and something waits: sit it out if it is short, free the worker otherwise."""
        wake_at = self.waits.next_moment()
        if self.waits.is_short(wake_at):
            return
        self.row.wake_at = wake_at
        self.row.worker_id = None
        self._change_state(RunStatus.WAITING)
        if self.parent is None:
            self.log.also(REQUEUE_IF_ASKED, self.row.id, self.row.user_id)
        self._leave(None)

    # -- the end ---------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop at once; final state cancelled."""
        if not self.is_over:
            self._finish(RunStatus.CANCELLED)

    def release_run(self) -> None:
        """Shut down: give the run back to the queue, for another worker to go on with."""
        if self.is_over:
            return
        if self.parent is None:
            self.row.worker_id = None
            self._change_state(RunStatus.QUEUED)
            self.log.also(REQUEUE, self.row.id, self.row.user_id)
        self._leave(None)

    def abandon(self) -> None:
        """The run is another worker's now: drop everything, write nothing."""
        if not self.is_over:
            self._stop_work()
            self._settle(None)

    def refuse(self, message: str) -> None:
        """The database does not take what the run records, and has forgotten it: it failed."""
        self.errors = [RunError(code="not_stored", message=message)]
        self.outputs = []
        self._finish(RunStatus.FAILED)

    def _on_active_too_long(self) -> None:
        if not self.is_over:
            self.limit("max_active_s", f"{self._max_active_s:g} s of activity")

    def limit(self, name: str, what: str) -> None:
        message = (
            f"The run reached its limit of {what}. Raise {name} in the graph's settings if that is intended."
        )
        if not self.is_over:
            self._fail_run(RunError(code=LimitReached.code, message=message))

    def _fail_run(self, error: RunError) -> None:
        self.errors.append(error)
        self._finish(RunStatus.FAILED)

    def _finish(self, status: RunStatus) -> None:
        self.services.billing.close(self)
        self.row.ended_at = now()
        self.row.wake_at = None
        self.row.worker_id = None
        self.row.summary = summary_json(self.plan, self.errors, self.outputs)
        self._change_state(status)
        if self.parent is None and self.has_below:
            self.log.also(END_BELOW, self.row.id)
        self._leave(status)

    def _change_state(self, status: RunStatus) -> None:
        self.row.status = status
        active_s = self.active_s + time.perf_counter() - self._began
        self.log.note(EventKind.STATE, None, None, {"status": status.value, "active_s": round(active_s, 3)})
        self.log.change_row()

    def _leave(self, status: RunStatus | None) -> None:
        self._stop_work()
        written = self._leaving = self.log.flushed()
        written.add_done_callback(lambda done: self._left(done, status))

    def _left(self, done: asyncio.Future[None], status: RunStatus | None) -> None:
        error = done.exception()
        if done is self._leaving:  # else the run was refused as it left, and leaves anew
            self._settle(None if error else status)

    def _stop_work(self) -> None:
        self.is_over = True
        if self._waits is not None:
            self._waits.stop()
        if self._timer is not None:
            self._timer.cancel()
        for run in self.live.values():
            run.is_alive = False
            if run.task is not None:
                run.task.cancel()
        self.live.clear()

    def _settle(self, status: RunStatus | None) -> None:
        self.services.forget(self)
        self.plan.close()
        if not self.done.done():
            self.done.set_result(status)
        self.callers.leave()

    def output_values(self) -> dict[str, list[Any]]:
        """What the run returns: name -> values, each node's in the order of its firings."""
        return named_outputs(self.outputs)


def _has_stored(firing: Firing) -> bool:
    for value in firing.inputs.values():
        if isinstance(value, list):
            if any(type(part.data) is Stored for part in value):
                return True
        elif type(value.data) is Stored:
            return True
    return False
