"""Brings a run loop to where its journal ends: the same calls to the plan, in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.data.run import EventKind, RunError
from backend.executor.bound import BoundNode
from backend.executor.calls import CALLED
from backend.executor.context import Wait
from backend.executor.inline import refs_of
from backend.executor.plan import Firing
from backend.executor.records import Record, Segment, numbered
from backend.executor.run_loop import RunLoop
from backend.executor.run_node import exchange_of
from backend.executor.values import Held, Stored, digest, from_wire
from backend.util.errors import Diverged


class Replay:
    """Feeds the journal of one run to its loop, then hands the loop over, ready to `begin`."""

    def __init__(self, loop: RunLoop) -> None:
        self._loop = loop
        self._plan = loop.plan
        self._open: dict[tuple[int, int], Firing] = {}

    def run(self, segments: Sequence[Segment]) -> None:
        """Replay everything; firings that had started and not ended are started again.

        Raises:
            Diverged: the journal does not fit the graph; the run cannot go on.
        """
        for seq, _, record in numbered(segments):
            self._apply(seq, record)

    def start_interrupted(self) -> None:
        """Start again what was at work when the journal ends."""
        for key, firing in sorted(self._open.items()):
            if key in self._loop.waits:
                continue
            memory = self._loop.remember(key)
            memory.is_interrupted = True
            self._loop.start_again(firing, self._node(key[0]), memory)

    def _apply(self, seq: int, record: Record) -> None:
        code = record[0]
        if code == "i":
            self._apply_inline(seq, record)
        elif code == "s":
            firing = self._start(record[1], record[2], record[4])
            if self._loop.reuse is not None:
                self._loop.reuse.take(
                    firing
                )  # in vain, as then; but it is told apart from those of the other run
        elif code == "y":
            self._yielded(record[1], record[2], record[3], self._held(record[4]), seq)
        elif code == "f":
            self._end(record[1], record[2])
        else:
            self._apply_rare(seq, record[1], record[2], record[3], record[4])

    def _apply_inline(self, seq: int, record: Record) -> None:
        _, index, n, _, refs, yields, _, _ = record
        firing = self._start(index, n, refs)
        node = self._node(index)
        reuse = self._loop.reuse
        outcome = reuse.take(firing) if reuse is not None else None
        for offset, (pin, wire, _) in enumerate(yields, start=1):
            held = self._held(wire)
            if reuse is not None and outcome is not None:
                reuse.note(seq + offset, outcome.yields[offset - 1][0])
            self._plan.yielded(firing, pin, held, seq + offset)
            self._loop.take_outputs(node, n, [(pin, held, None)])
        del self._open[index, n]
        self._plan.ended(firing)

    def _start(self, index: int, n: int, refs: dict[str, Any]) -> Firing:
        firing = self._find_ready(index, n)
        if refs_of(firing) != refs:
            raise Diverged(
                f"The journal says that firing {n} of {self._node(index).label!r} took other values."
            )
        self._plan.start(firing)
        self._loop.root.firings += 1
        self._open[index, n] = firing
        return firing

    def _find_ready(self, index: int, n: int) -> Firing:
        firing = self._plan.find_ready(self._loop.program.plan_index[index], n)
        if firing is None:
            raise Diverged(
                f"The journal has a firing {n} of {self._node(index).label!r} that cannot have started."
            )
        return firing

    def _yielded(self, index: int, n: int, pin: str, held: Held, seq: int) -> None:
        firing = self._open[index, n]
        self._plan.yielded(firing, pin, held, seq)
        memory = self._loop.remember((index, n))
        memory.yields.append((pin, digest(held)))
        self._loop.take_outputs(self._node(index), n, [(pin, held, None)])
        self._loop.calls.take((index, n), pin, held)

    def _end(self, index: int, n: int) -> None:
        firing = self._open.pop((index, n))
        self._loop.memories.pop((index, n), None)
        self._plan.ended(firing)
        self._loop.calls.end((index, n), None)

    def _apply_rare(self, seq: int, kind: str, index: int | None, n: int | None, data: Any) -> None:
        loop = self._loop
        if kind == EventKind.STATE:
            loop.active_s = data.get("active_s", loop.active_s)
        if index is None or n is None:
            return
        key = (index, n)
        if kind == EventKind.FAILED:
            self._failed(key, data, seq)
        elif kind == EventKind.STEP:
            loop.remember(key).steps[data["key"]] = data["result"]
        elif kind == EventKind.RETRIED:
            loop.remember(key).attempts = data["attempt"]
        elif kind == EventKind.CHARGED:
            if "attempt" in data:  # the row has the sum
                loop.remember(key).paid_attempt = data["attempt"]
        elif kind == EventKind.WAITING:
            until = data.get("until")
            detail = {name: value for name, value in data.items() if name not in ("for", "key", "until")}
            firing = self._open[key]
            self._plan.wait(firing)
            loop.remember(key)
            wait = Wait(data["for"], data["key"], until and datetime.fromisoformat(until), detail)
            loop.waits.restore(key, firing, wait)
        elif kind == EventKind.RESUMED:
            firing = loop.waits.take(key)
            self._plan.resume(firing)
            self._plan.start(firing)
        elif kind == CALLED:
            caller_index, caller_n = data["caller"]
            held = {pin: from_wire(value) for pin, value in data["inputs"].items()}
            loop.calls.open(
                self._open[caller_index, caller_n],
                self._node(caller_index),
                self._node(index).id,
                held,
                data["key"],
                seq,
            )

    def _failed(self, key: tuple[int, int], data: Any, seq: int) -> None:
        firing = self._open.pop(key)
        self._loop.memories.pop(key, None)
        node = self._node(key[0])
        path = [index for _, _, index in firing.item.path]
        verdict = self._plan.failed(firing, data["message"], seq)
        if verdict != "handled":
            self._loop.errors.append(
                RunError(
                    node_id=node.id,
                    node_name=node.label,
                    firing=key[1],
                    item=path,
                    code=data["code"],
                    message=data["message"],
                    exchange=exchange_of(data, self._loop.errors),
                )
            )
        self._loop.calls.end(key, data["message"])

    def _held(self, wire: Any) -> Held:
        held = from_wire(wire)
        if isinstance(held, Stored):
            self._loop.has_stored = True
        return held

    def _node(self, index: int) -> BoundNode:
        node = self._loop.program.nodes[index]
        if node is None:
            raise Diverged(f"The journal names node {index}, which does not take part in this run.")
        return node
