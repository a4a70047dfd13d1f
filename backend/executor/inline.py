"""Pure blocks, here and now: the fast path of a run.

A firing that ends in one go is one record of the journal. What is longer, takes long, or fails and is tried
again, goes on beside the loop as any other block (run_node.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from backend.data.run import EventKind
from backend.executor.answers import PromptContext
from backend.executor.bound import BoundNode, pinned_values
from backend.executor.plan import Firing
from backend.executor.program import ERROR_PIN
from backend.executor.run_node import Failure, describe
from backend.executor.values import Held, hold, is_large, release, to_wire
from backend.util.errors import BlockError

if TYPE_CHECKING:
    from backend.executor.run_loop import RunLoop

LONGEST = 5_000
"""Values of one firing that are taken in one go."""

Said = list[tuple[str, Held, int | None]]
"""Pin, value, and the item that a value on an each pin opened."""


def run_inline(loop: RunLoop, firing: Firing, node: BoundNode) -> None:
    """Run the block to its end, its failure, or until too much of it waits downstream."""
    plan, run_log = loop.plan, loop.log
    began = run_log.now_us()
    path, refs, taken = firing.item.path, refs_of(firing), firing.inputs
    plan.start(firing)
    seq, said = run_log.next_seq, cast("Said", [])
    wires: list[Any] = []
    try:
        values = _open(loop, firing, node, taken)
        each, check = firing.node.spec.each, node.check_output
        for pin, given in values:
            if pin == ERROR_PIN:
                raise BlockError(given if isinstance(given, str) else str(given))
            check(pin, given)
            held = loop.storable(pin, hold(given), firing)
            seq += 1
            value = plan.yielded(firing, pin, held, seq)
            index = value.item.index if pin in each else None
            said.append((pin, held, index))
            wires.append((pin, to_wire(held), index))
            if firing.pending > loop.max_waiting_values or len(said) >= LONGEST:
                break
        else:
            plan.ended(firing)
            run_log.append(("i", node.index, firing.n, path, refs, wires, began, run_log.now_us() - began))
            if node.is_output:
                loop.take_outputs(node, firing.n, said)
            if node.keywords:
                loop.memories.pop((node.index, firing.n), None)
            return
    except _TakesLong:
        _unpack(loop, firing, node, (path, refs, began), said)
        loop.go_on_beside(firing, node, said, None)
        return
    except Exception as error:  # whatever a block raises is its failure
        _unpack(loop, firing, node, (path, refs, began), said)
        _fail(loop, firing, node, said, describe(error))
        return
    _unpack(loop, firing, node, (path, refs, began), said)
    loop.go_on_beside(firing, node, said, values)


def refs_of(firing: Firing) -> dict[str, Any]:
    """The numbers of the events whose values the firing takes, by pin."""
    refs: dict[str, Any] = {}
    for pin, value in firing.inputs.items():
        refs[pin] = [part.seq for part in value] if isinstance(value, list) else value.seq
    return refs


def _open(loop: RunLoop, firing: Firing, node: BoundNode, taken: dict[str, Any]) -> Iterator[Any]:
    if node.pinned is not None:
        return pinned_values(node)
    overrides = loop.overrides.get(node.index)
    if firing.node.spec.is_collect:
        overrides = {pin: [release(part.data) for part in parts] for pin, parts in taken.items()}
        taken = {}
    if node.index in loop.edits:
        edits = loop.edits[node.index]
        taken = {pin: value for pin, value in taken.items() if pin not in edits}
        overrides = {**(overrides or {}), **edits}
    values: dict[str, Held] = {}
    for pin, value in taken.items():
        held = values[pin] = value.data
        if is_large(held):
            raise _TakesLong
    data = node.input_model(values, overrides)
    if not node.block.is_quick(data):
        raise _TakesLong
    if not node.keywords:
        return cast("Iterator[Any]", node.run(data))
    keywords: dict[str, Any] = {**loop.facts(node, firing, node.keywords)}
    if "context" in node.keywords:
        keywords["context"] = PromptContext(loop, node, firing)
    return cast("Iterator[Any]", node.run(data, **keywords))


def _unpack(loop: RunLoop, firing: Firing, node: BoundNode, start: tuple[Any, Any, int], said: Said) -> None:
    """Record as single events what does not fit one record."""
    path, refs, t = start
    loop.log.append(("s", node.index, firing.n, path, refs, t))
    for pin, held, index in said:
        loop.log.append(("y", node.index, firing.n, pin, to_wire(held), index, t))
    memory = loop.memories.get((node.index, firing.n))
    for key, result in memory.steps.items() if memory is not None else ():
        loop.log.note(EventKind.STEP, node.index, firing.n, {"key": key, "result": result})
    loop.take_outputs(node, firing.n, said)


def _fail(loop: RunLoop, firing: Firing, node: BoundNode, said: Said, failure: Failure) -> None:
    if node.node.policy.retry.times:
        loop.go_on_beside(firing, node, said, _Raising(failure))
    else:
        loop.memories.pop((node.index, firing.n), None)
        loop.record_failure(firing, node, failure, attempt=1)


class _TakesLong(Exception):
    """What the block was given keeps it busy for longer than the loop may be."""


class _Raising(Iterator[Any]):
    """Fails as the first attempt did, where it is seen to that it is tried again."""

    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    def __next__(self) -> Any:
        error = BlockError(self._failure.message)
        error.code = self._failure.code  # type: ignore[misc]  # the instance keeps the kind of the first attempt
        raise error
