"""THE MAIN LOOP of a run: ask the plan what can start, start it, record what it says, finish.

Nothing here decides (plan.py does) and nothing here remembers (journal.py does). The loop has no task
of its own: `pump` is called whenever something happened, and pure blocks run inside it. Every step is
appended to the journal in the order in which the plan saw it, so that replaying the journal through
the plan gives the same state.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Protocol, cast

import orjson
import structlog

from backend.data.block import BlockKind, Execution
from backend.data.model import JsonObject
from backend.data.run_store import END_BELOW, REQUEUE, REQUEUE_IF_ANSWERED
from backend.data.run import EventKind, Leftover, RunError, RunEvent, RunOptions, RunStatus, RunSummary
from backend.executor.bound import BoundNode
from backend.executor.context import Wait, firing_id
from backend.executor.journal import RunLog
from backend.executor.outputs import Output, named_outputs, output_name
from backend.executor.plan import Firing, Plan, Value
from backend.executor.program import ERROR_PIN, Program
from backend.executor.run_node import Failure, Memory, NodeRun, describe, pinned_values
from backend.executor.services import Services
from backend.executor.values import Encoded, Held, Stored, digest, hold, raw_json, release, size_bytes, to_wire
from backend.util.clock import new_id, now
from backend.util.errors import BlockError, LimitReached

log = structlog.get_logger(__name__)

SLICE_S = 0.005
"""How long pure blocks of one run may keep the event loop before others get a turn."""
SHORT_WAIT_S = 2.0
"""Waits up to this long are sat out in memory; longer ones free the worker."""
_LONGEST_INLINE = 1_000
_SPILL_BYTES = 1_024
_SUMMARY_OUTPUT_BYTES = 65_536


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
        self.root: RunLoop = parent.root if parent else self
        self.firings = 0
        """Firings of this run and, at the root, of all below it."""
        self.plan = Plan(program.compiled)
        self.done: asyncio.Future[RunStatus | None] = asyncio.get_running_loop().create_future()
        """The final state once it is on disk; None when the run waits or was taken away."""
        self.errors: list[RunError] = []
        self.outputs: list[Output] = []
        self.live: dict[tuple[int, int], NodeRun] = {}
        self.memories: dict[tuple[int, int], Memory] = {}
        self.waits: dict[tuple[int, int], tuple[Firing, Wait]] = {}
        self.calls: dict[tuple[int, int, str], ToolCall] = {}
        self.call_of: dict[tuple[int, int], ToolCall] = {}
        self.is_over = False
        self.has_below = False
        """Whether child runs or reviews may be left when the run ends."""
        self.active_s = 0.0
        limits, settings = options.limits, services.settings
        self.max_waiting_values = limits.max_waiting_values or settings.max_waiting_values
        self.max_firings = limits.max_firings or settings.max_firings
        self._max_active_s = limits.max_active_s or settings.max_active_s
        self._inline_bytes = settings.inline_value_bytes
        self._is_pumping = False
        self._timers: list[asyncio.TimerHandle] = []
        self._began = time.perf_counter()

    # -- life ------------------------------------------------------------------------------------------

    def begin(self, replay: Replayed | None = None) -> None:
        """Go, for the first time or on from where a replay has ended."""
        self._began = time.perf_counter()
        self.log.note(EventKind.STATE, None, None, {"status": RunStatus.RUNNING.value})
        if self.parent is None:
            left_s = max(self._max_active_s - self.active_s, 0.0)
            self._timers.append(asyncio.get_running_loop().call_later(left_s, self._on_active_too_long))
        if replay is not None:
            replay.start_interrupted()
            self._wake_due()
            self.poke()
        self.pump()

    def fail(self, code: str, message: str) -> None:
        """End the run for a reason that is no block's."""
        self._fail_run(RunError(code=code, message=message))

    def pump(self) -> None:
        """Start whatever can start; find out whether the run is over or has to wait."""
        if self.is_over or self._is_pumping:
            return
        self._is_pumping = True
        try:
            self._start_ready()
        except Exception as error:  # a bug of ours must end the run, not leave it hanging
            log.exception("run.internal_error", run_id=self.row.id)
            self._fail_run(RunError(code="internal_error", message=f"Blockyard failed: {error!r}. Please report it."))
        finally:
            self._is_pumping = False

    def _start_ready(self) -> None:
        plan, count, until = self.plan, 0, time.perf_counter() + SLICE_S
        while (firing := plan.take_ready()) is not None:
            self._start(firing)
            if self.is_over:
                return
            count += 1
            if count & 31 == 0 and time.perf_counter() > until:
                asyncio.get_running_loop().call_soon(self.pump)
                return
        if plan.is_over():
            self._finish(RunStatus.COMPLETED_WITH_ERRORS if self.errors else RunStatus.COMPLETED)
        elif plan.is_waiting():
            self._rest()
        else:
            self._open_gates()

    def _start(self, firing: Firing) -> None:
        root = self.root
        root.firings += 1
        if root.firings > root.max_firings:
            root.limit("max_firings", f"{root.max_firings:,} firings")
            return
        node = self.program.by_plan[firing.node.index]
        key = (node.index, firing.n)
        if node.execution is Execution.INLINE and key not in self.memories and not _has_stored(firing):
            self._run_inline(firing, node)
        else:
            self._run_beside(firing, node, key)

    # -- pure blocks, here and now ---------------------------------------------------------------------

    def _run_inline(self, firing: Firing, node: BoundNode) -> None:
        """The fast path: started, every yield and finished are one record."""
        plan, run_log = self.plan, self.log
        t = run_log.now_us()
        path, refs, taken = _path(firing), _refs(firing), firing.inputs
        plan.start(firing)
        seq = run_log.next_seq
        yields: list[tuple[str, Any, int | None]] = []
        said: list[tuple[str, Held]] = []
        iterator: Iterator[Any] | None = None
        try:
            iterator = self._open_inline(firing, node, taken)
            each = firing.node.spec.each
            for pin, given in iterator:
                if pin == ERROR_PIN:
                    raise BlockError(given if isinstance(given, str) else str(given))
                node.check_output(pin, given)
                held = self._storable(hold(given), firing)
                seq += 1
                value = plan.yielded(firing, pin, held, seq)
                said.append((pin, held))
                yields.append((pin, to_wire(held), value.item.index if pin in each else None))
                if firing.pending >= self.max_waiting_values or len(yields) >= _LONGEST_INLINE:
                    break
            else:
                plan.ended(firing)
                run_log.append(("i", node.index, firing.n, path, refs, yields, t, run_log.now_us() - t))
                if node.block.kind is BlockKind.OUTPUT:
                    self.take_outputs(node, firing.n, said)
                return
        except Exception as error:  # whatever a block raises is its failure
            self._unpack(firing, node, (path, refs, t), yields)
            self.take_outputs(node, firing.n, said)
            self._on_inline_failed(firing, node, said, describe(error))
            return
        self._unpack(firing, node, (path, refs, t), yields)
        self.take_outputs(node, firing.n, said)
        self._go_on_beside(firing, node, said, iterator)

    def _open_inline(self, firing: Firing, node: BoundNode, taken: dict[str, Any]) -> Iterator[Any]:
        if node.pinned is not None:
            return pinned_values(node)
        overrides = self.overrides.get(node.index)
        if firing.node.spec.is_collect:
            overrides = {pin: [release(part.data) for part in parts] for pin, parts in taken.items()}
            data = node.input_model({}, overrides)
        else:
            data = node.input_model({pin: value.data for pin, value in taken.items()}, overrides)
        wanted = node.block.wanted_keywords
        if not wanted:
            return cast("Iterator[Any]", node.block.run(data))
        facts = self.facts(node, firing)
        return cast("Iterator[Any]", node.block.run(data, **{k: v for k, v in facts.items() if k in wanted}))

    def _unpack(
        self, firing: Firing, node: BoundNode, start: tuple[Any, Any, int], yields: list[tuple[str, Any, int | None]]
    ) -> None:
        """Record as single events what did not fit one record."""
        path, refs, t = start
        self.log.append(("s", node.index, firing.n, path, refs, t))
        for pin, wire, index in yields:
            self.log.append(("y", node.index, firing.n, pin, wire, index, t))

    def _on_inline_failed(
        self, firing: Firing, node: BoundNode, said: list[tuple[str, Held]], failure: Failure
    ) -> None:
        if node.node.policy.retry.times:
            self._go_on_beside(firing, node, said, _raising(failure))
        else:
            self._record_failure(firing, node, failure, attempt=1)

    def _go_on_beside(
        self, firing: Firing, node: BoundNode, said: list[tuple[str, Held]], rest: Iterator[Any] | None
    ) -> None:
        memory = Memory(yields=[(pin, digest(held)) for pin, held in said])
        run = NodeRun(self, firing, node, memory)
        run.begun = rest
        self._spawn(run)

    # -- everything else, in tasks ---------------------------------------------------------------------

    def _run_beside(self, firing: Firing, node: BoundNode, key: tuple[int, int]) -> None:
        is_again = key in self.memories
        memory = self.memories.setdefault(key, Memory())
        if is_again:
            self.log.note(EventKind.RESUMED, node.index, firing.n, {})
        else:
            t = self.log.now_us()
            self.log.append(("s", node.index, firing.n, _path(firing), _refs(firing), t))
        self.plan.start(firing)
        self._spawn(NodeRun(self, firing, node, memory))

    def _spawn(self, run: NodeRun) -> None:
        key = (run.node.index, run.firing.n)
        self.memories[key] = run.memory
        self.live[key] = run
        run.task = self.services.spawn(run.execute())

    def start_again(self, firing: Firing, node: BoundNode, memory: Memory) -> None:
        """After a crash: a firing that had started and not finished. Its `started` stands already."""
        self._spawn(NodeRun(self, firing, node, memory))

    def on_yield(self, run: NodeRun, pin: str, held: Held) -> None:
        """A block gave a value: record it, let it flow, start what it lets start."""
        node, firing = run.node, run.firing
        held = self._storable(held, firing)
        t = self.log.now_us()
        seq = self.log.next_seq
        value = self.plan.yielded(firing, pin, held, seq)
        index = value.item.index if pin in firing.node.spec.each else None
        self.log.append(("y", node.index, firing.n, pin, to_wire(held), index, t))
        self.take_outputs(node, firing.n, [(pin, held)])
        call = self.call_of.get((node.index, firing.n))
        if call is not None:
            call.take(pin, held)
        self.pump()

    def on_finished(self, run: NodeRun) -> None:
        """A block came to its end."""
        self._forget(run)
        self.plan.ended(run.firing)
        self.log.append(("f", run.node.index, run.firing.n, self.log.now_us()))
        self.end_call((run.node.index, run.firing.n), None)
        self.pump()

    def on_failed(self, run: NodeRun, failure: Failure) -> None:
        """A block failed for good."""
        self._forget(run)
        self._record_failure(run.firing, run.node, failure, run.attempt)
        self.end_call((run.node.index, run.firing.n), failure.message)
        self.pump()

    def on_retried(self, run: NodeRun, failure: Failure, pause_s: float) -> None:
        """A block failed and is tried again."""
        data = {"code": failure.code, "message": failure.message, "attempt": run.attempt, "pause_s": round(pause_s, 3)}
        self.log.note(EventKind.RETRIED, run.node.index, run.firing.n, data)

    def on_suspended(self, run: NodeRun, wait: Wait) -> None:
        """A block waits: for a time, a person or a child run."""
        key = (run.node.index, run.firing.n)
        del self.live[key]
        self.plan.wait(run.firing)
        self.waits[key] = (run.firing, wait)
        self.root.has_below = True
        data = {"for": wait.kind, "key": wait.key, "until": wait.until and wait.until.isoformat(), **wait.detail}
        self.log.note(EventKind.WAITING, run.node.index, run.firing.n, data)
        if wait.kind == "person":
            self._store_review(run, wait)
        self._watch_clock(wait)
        self.pump()

    def _forget(self, run: NodeRun) -> None:
        key = (run.node.index, run.firing.n)
        self.live.pop(key, None)
        self.memories.pop(key, None)

    def _record_failure(self, firing: Firing, node: BoundNode, failure: Failure, attempt: int) -> None:
        path = [index for _, _, index in firing.item.path]
        data = {"code": failure.code, "message": failure.message, "attempt": attempt}
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
        )
        if verdict == "stop":
            self._fail_run(error)
        else:
            self.errors.append(error)

    # -- values ----------------------------------------------------------------------------------------

    def _storable(self, held: Held, firing: Firing) -> Held:
        """The value, put into the blob table when it is large or too many wait already."""
        size = size_bytes(held)
        if size < _SPILL_BYTES:
            return held
        is_spilling = firing.pending >= self.max_waiting_values
        if (size <= self._inline_bytes and not is_spilling) or isinstance(held, Stored):
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
        return Stored(blob_id, len(raw), digest(held))

    def take_outputs(self, node: BoundNode, firing: int, said: list[tuple[str, Held]]) -> None:
        """Keep what an output node gives: the run returns it."""
        if node.block.kind is BlockKind.OUTPUT:
            name = output_name(node)
            self.outputs += [(node.index, firing, name, held) for pin, held in said if pin == "output"]

    def facts(self, node: BoundNode, firing: Firing) -> dict[str, str]:
        """What a block may ask for by keyword."""
        row = self.row
        return {
            "user_id": row.user_id,
            "graph_id": row.graph_id,
            "run_id": row.id,
            "node_id": node.id,
            "idempotency_key": firing_id(row.id, node.id, firing.n, "key"),
        }

    def tell(self, run: NodeRun, kind: str, data: JsonObject) -> None:
        """Something for watchers that is not recorded."""
        self.services.tell(
            RunEvent(
                run_id=self.row.id, seq=None, at=now(), node_id=run.node.id, firing=run.firing.n, kind=kind, data=data
            )
        )

    def charge(self, run: NodeRun, usd_micros: int, what: str) -> None:
        """Add to the run's cost."""
        loop: RunLoop | None = self
        while loop is not None:
            loop.row.cost_usd_micros += usd_micros
            loop.log.change_row()
            loop = loop.parent
        self.log.note(EventKind.CHARGED, run.node.index, run.firing.n, {"usd_micros": usd_micros, "what": what})

    # -- tools -----------------------------------------------------------------------------------------

    async def call_tool(
        self, caller: NodeRun, node_id: str, inputs: JsonObject, key: str
    ) -> tuple[list[tuple[str, Any]], str | None]:
        """Fire a tool node for a block; its outputs, or the text of its error."""
        caller.check_alive()
        name = (caller.node.index, caller.firing.n, key)
        call = self.calls.get(name)
        if call is None:
            held = {pin: hold(value) for pin, value in inputs.items()}
            call = self.open_call(caller.firing, caller.node, node_id, held, key, self.log.next_seq)
            self.log.note(
                "called",
                call.node.index,
                call.firing.n,
                {
                    "caller": [caller.node.index, caller.firing.n],
                    "key": key,
                    "inputs": {pin: to_wire(value) for pin, value in held.items()},
                },
            )
            self.pump()
        await asyncio.shield(call.ended)
        return call.outputs, call.error

    def open_call(
        self, caller: Firing, caller_node: BoundNode, node_id: str, held: dict[str, Held], key: str, seq: int
    ) -> ToolCall:
        """Tell the plan of a call; also when replaying one."""
        node = self.program.compiled.by_id.get(node_id)
        if node is None:
            raise BlockError(f"There is no tool {node_id!r} in this graph.")
        firing = self.plan.call(caller, node, cast("dict[str, object]", held), seq)
        call = ToolCall(firing, self.program.by_plan[node.index])
        self.calls[caller_node.index, caller.n, key] = call
        self.call_of[call.node.index, firing.n] = call
        return call

    def end_call(self, key: tuple[int, int], error: str | None) -> None:
        """A firing has ended: if a block asked for it, it gets the answer."""
        call = self.call_of.pop(key, None)
        if call is not None:
            call.end(error)

    # -- waiting ---------------------------------------------------------------------------------------

    def poke(self) -> None:
        """Somebody answered a review of this run or of a child: look again."""
        for key, (firing, wait) in list(self.waits.items()):
            if wait.kind in ("person", "graph"):
                self._resume(key, firing)
        self.pump()

    def _wake_due(self) -> None:
        moment = now()
        for key, (firing, wait) in list(self.waits.items()):
            if wait.until is not None and wait.until <= moment:
                self._resume(key, firing)
            elif wait.until is not None:
                self._watch_clock(wait)

    def _on_clock(self) -> None:
        if not self.is_over:
            self._wake_due()
            self.pump()

    def _resume(self, key: tuple[int, int], firing: Firing) -> None:
        del self.waits[key]
        self.memories.setdefault(key, Memory())
        self.plan.resume(firing)

    def _watch_clock(self, wait: Wait) -> None:
        if wait.until is not None:
            delay_s = max((wait.until - now()).total_seconds(), 0.0)
            self._timers.append(asyncio.get_running_loop().call_later(delay_s + 0.001, self._on_clock))

    def _rest(self) -> None:
        """Nothing runs and something waits: sit it out if it is short, free the worker otherwise."""
        moments = [wait.until for _, wait in self.waits.values() if wait.until is not None]
        wake_at = min(moments, default=None)
        if wake_at is not None and (wake_at - now()).total_seconds() <= SHORT_WAIT_S:
            return
        self.row.wake_at = wake_at
        self.row.worker_id = None
        self._change_state(RunStatus.WAITING)
        if self.parent is None:
            self.log.also(REQUEUE_IF_ANSWERED, self.row.id, self.row.user_id)
        self._leave(None)

    def _store_review(self, run: NodeRun, wait: Wait) -> None:
        detail = wait.detail
        self.log.also(
            "INSERT INTO review (id, user_id, run_id, node_id, firing, key, name, data, is_editable) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::json, $9) ON CONFLICT DO NOTHING",
            detail["review_id"],
            self.row.user_id,
            self.row.id,
            run.node.id,
            run.firing.n,
            wait.key,
            detail["name"],
            orjson.dumps(detail["data"]).decode(),
            detail["is_editable"],
        )

    # -- back-pressure ---------------------------------------------------------------------------------

    def _open_gates(self) -> None:
        """Let paused generators go on; the lowest one also when nothing else can."""
        paused = sorted((key, run) for key, run in self.live.items() if run.gate is not None)
        if not paused:
            return
        for _, run in paused:
            if run.firing.pending <= self.max_waiting_values // 2:
                self._open_gate(run)
        if len(paused) == len(self.live) and all(run.gate is not None and not run.gate.is_set() for _, run in paused):
            self._open_gate(paused[0][1])

    def _open_gate(self, run: NodeRun) -> None:
        run.allowance = max(self.max_waiting_values, run.firing.pending + self.max_waiting_values)
        if run.gate is not None:
            run.gate.set()

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

    def _on_active_too_long(self) -> None:
        if not self.is_over:
            self.limit("max_active_s", f"{self._max_active_s:g} s of activity")

    def limit(self, name: str, what: str) -> None:
        message = f"The run reached its limit of {what}. Raise {name} in the graph's settings if that is intended."
        self._fail_run(RunError(code=LimitReached.code, message=message))

    def _fail_run(self, error: RunError) -> None:
        self.errors.append(error)
        self._finish(RunStatus.FAILED)

    def _finish(self, status: RunStatus) -> None:
        self.row.ended_at = now()
        self.row.wake_at = None
        self.row.worker_id = None
        self.row.summary = self._summary().model_dump_json()
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
        written = cast("asyncio.Future[None]", self.log.flushed())
        written.add_done_callback(lambda done: self._settle(None if done.exception() else status))

    def _stop_work(self) -> None:
        self.is_over = True
        for timer in self._timers:
            timer.cancel()
        for run in self.live.values():
            run.is_alive = False
            if run.task is not None:
                run.task.cancel()
        self.live.clear()

    def _settle(self, status: RunStatus | None) -> None:
        self.services.forget(self)
        if not self.done.done():
            self.done.set_result(status)

    def _summary(self) -> RunSummary:
        is_small = sum(size_bytes(held) for *_, held in self.outputs) < _SUMMARY_OUTPUT_BYTES
        outputs = self.output_values() if is_small else None
        return RunSummary(
            outputs=outputs,
            errors=self.errors,
            leftovers=[
                Leftover(node_id=left.node_id, pin=left.pin, count=left.count) for left in self.plan.leftovers()
            ],
            never_fired=self.plan.never_fired(),
            firings=self.plan.firing_count,
        )

    def output_values(self) -> dict[str, list[Any]]:
        """What the run returns: name -> values, each node's in the order of its firings."""
        return named_outputs(self.outputs)


class ToolCall:
    """A firing that a block asked for."""

    __slots__ = ("firing", "node", "outputs", "error", "ended")

    def __init__(self, firing: Firing, node: BoundNode) -> None:
        self.firing = firing
        self.node = node
        self.outputs: list[tuple[str, Any]] = []
        self.error: str | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self, pin: str, held: Held) -> None:
        """The tool yielded something."""
        self.outputs.append((pin, release(held)))

    def end(self, error: str | None) -> None:
        """The tool is done."""
        self.error = error
        if not self.ended.done():
            self.ended.set_result(None)


def _raising(failure: Failure) -> Iterator[Any]:
    error = BlockError(failure.message)
    error.code = failure.code  # type: ignore[misc]  # the instance keeps the kind of the first attempt
    raise error
    yield


def _has_stored(firing: Firing) -> bool:
    for value in firing.inputs.values():
        if isinstance(value, list):
            if any(type(part.data) is Stored for part in value):
                return True
        elif type(value.data) is Stored:
            return True
    return False


def _path(firing: Firing) -> tuple[tuple[str, int, int], ...]:
    return firing.item.path


def _refs(firing: Firing) -> dict[str, Any]:
    return {
        pin: [part.seq for part in value] if isinstance(value, list) else value.seq
        for pin, value in firing.inputs.items()
    }


class Replayed(Protocol):
    """What a replay leaves to be done."""

    def start_interrupted(self) -> None:
        """Start again what was at work when the journal ends."""
        ...
