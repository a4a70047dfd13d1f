"""Tools: nodes that a running block calls (execution.md, rule 13)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from backend.executor.bound import BoundNode
from backend.executor.plan import Firing
from backend.executor.values import Held, hold, release, to_wire
from backend.util.errors import BlockError

if TYPE_CHECKING:
    from backend.executor.run_loop import FiringKey, RunLoop
    from backend.executor.run_node import NodeRun

CALLED = "called"


class ToolCall:
    """A firing that a block asked for, and what it has given so far."""

    __slots__ = ("ended", "error", "firing", "node", "outputs")

    def __init__(self, firing: Firing, node: BoundNode) -> None:
        self.firing = firing
        self.node = node
        self.outputs: list[tuple[str, Held]] = []
        self.error: str | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Calls:
    """The calls of one run."""

    def __init__(self, loop: RunLoop) -> None:
        self._loop = loop
        self._by_caller: dict[tuple[int, int, str], ToolCall] = {}
        self._by_firing: dict[FiringKey, ToolCall] = {}
        self._waiting: Counter[FiringKey] = Counter()

    @property
    def waiting_callers(self) -> int:
        """How many firings wait for tools they have called."""
        return len(self._waiting)

    async def call(
        self, caller: NodeRun, node_id: str, inputs: dict[str, Any], key: str
    ) -> tuple[list[tuple[str, Any]], str | None]:
        """Fire a tool node; its outputs, or the text of its error.

        A caller that is run again with the same key gets the same call.
        """
        caller.check_alive()
        call = self._by_caller.get((caller.node.index, caller.firing.n, key))
        if call is None:
            held = {pin: hold(value) for pin, value in inputs.items()}
            call = self.open(caller.firing, caller.node, node_id, held, key, self._loop.log.next_seq)
            data = {
                "caller": [caller.node.index, caller.firing.n],
                "key": key,
                "inputs": {pin: to_wire(value) for pin, value in held.items()},
            }
            self._loop.log.note(CALLED, call.node.index, call.firing.n, data)
            self._loop.pump()
        await self._ended(caller.key, call)
        return [(pin, release(await caller.fetched(held))) for pin, held in call.outputs], call.error

    async def _ended(self, caller: FiringKey, call: ToolCall) -> None:
        self._waiting[caller] += 1
        try:
            await asyncio.shield(call.ended)
        finally:
            self._waiting[caller] -= 1
            self._waiting += Counter()  # drops those at 0

    def open(
        self, caller: Firing, caller_node: BoundNode, node_id: str, held: dict[str, Held], key: str, seq: int
    ) -> ToolCall:
        """Tell the plan of a call; also when a journal is replayed.

        Raises:
            BlockError: the node is no tool of this caller.
        """
        program = self._loop.program
        compiled = program.compiled.by_id.get(node_id)
        if compiled is None:
            raise BlockError(f"There is no tool {node_id!r} in this graph.")
        try:
            firing = self._loop.plan.call(caller, compiled, cast("dict[str, object]", held), seq)
        except ValueError as error:
            raise BlockError(f"{error}. Link its `tools` pin to the tool.") from error
        call = ToolCall(firing, program.by_plan[compiled.index])
        self._by_caller[caller_node.index, caller.n, key] = call
        self._by_firing[call.node.index, firing.n] = call
        return call

    def take(self, key: FiringKey, pin: str, held: Held) -> None:
        """A firing yielded something: if it was called, its caller gets it."""
        call = self._by_firing.get(key)
        if call is not None:
            call.outputs.append((pin, held))

    def end(self, key: FiringKey, error: str | None) -> None:
        """A firing has ended: if it was called, its caller hears of it."""
        call = self._by_firing.pop(key, None)
        if call is not None:
            call.error = error
            if not call.ended.done():
                call.ended.set_result(None)
