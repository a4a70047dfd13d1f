"""Decides what can start: a graph plus what has happened in a run. No await, no clock, no I/O.

The run loop tells what happens (`start`, `yielded`, `ended`, `failed`, `wait`, `resume`, `call`) and asks what may start
(`take_ready`). The plan is a function of that sequence alone, so a replay of a journal leads to the same plan.
The rules are those of docs: firings of one node run side by side and their values leave in firing order (lanes.py),
values meet by item (pairing.py), collects fire when their scope is settled (settling.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Literal

from backend.executor.compiled import NOTHING, Compiled, CompiledLink, CompiledNode, CompiledPin, Kind
from backend.executor.planning.items import Firing, Inputs, Item, Path, Rows, Scope, Value
from backend.executor.planning.lanes import Lane
from backend.executor.planning.leftovers import Leftover, find_leftovers
from backend.executor.planning.pairing import Pairing
from backend.executor.planning.settling import Settling

__all__ = ["Firing", "Inputs", "Item", "Leftover", "Path", "Plan", "Scope", "Value"]

ERROR_PIN = "error"


class Plan:
    """What one run has done and may do next. `trace` keeps every firing with its inputs and values, for tests."""

    def __init__(self, compiled: Compiled, *, trace: bool = False) -> None:
        self.compiled = compiled
        self.is_stopped = False
        self.firing_count = 0
        self.firings: list[Firing] = []
        """Every firing, in the order they came about; empty unless traced."""
        self._trace = trace
        self._lanes = [Lane(node) for node in compiled.nodes]
        self._offered: deque[Lane] = deque()
        self._calls: deque[Firing] = deque()
        self._ready = 0
        self._running = 0
        self._waiting = 0
        self._to_ask: dict[CompiledNode, None] = {}
        self._top = Item(Scope(None, 0, None), 0)
        self._pairing = Pairing(compiled.nodes, self._fire, self._to_ask)
        collects = compiled.collects
        if collects and compiled.never:
            never = set(compiled.never)
            collects = [collect for collect in collects if collect.id not in never]
        self._settling = Settling(collects, self._top, self._pairing, self._fire, self._to_ask)
        self._start_free()

    def _start_free(self) -> None:
        for node in self.compiled.nodes:
            if node.kind is Kind.FREE and node.spec.is_start:
                self._fire(node, self._top, {}, ())
            elif node.kind is Kind.STATIC and not node.statics:
                self._pairing.start_free(node, self._top)
        self._settling.settle()

    # What may start

    def take_ready(self) -> Firing | None:
        """The next firing that may start; None while there is none. Changes nothing until `start`."""
        if self.is_stopped:
            return None
        if self._calls:
            return self._calls[0]
        offered = self._offered
        while offered:
            lane = offered[0]
            firing = lane.candidate()
            if firing is not None:
                return firing
            lane.is_offered = False
            offered.popleft()
        return None

    def ready(self) -> list[Firing]:
        """All that may start now, in the order `take_ready` would give them."""
        if self.is_stopped:
            return []
        return [*self._calls, *(firing for lane in self._offered for firing in lane.candidates())]

    def find_ready(self, node_index: int, n: int) -> Firing | None:
        """The firing of this number that is ready (a replay starts it, slots or not); None if there is none."""
        lane = self._lanes[node_index]
        firing = lane.head if lane.head is not None and lane.head.n <= n else lane.low
        while firing is not None and firing.n < n:
            firing = firing.next
        return firing if firing is not None and firing.n == n and firing.state == "ready" else None

    def is_over(self) -> bool:
        """Nothing runs, is ready or waits; or the plan is stopped."""
        return self.is_stopped or not (self._running or self._ready or self._waiting)

    def is_waiting(self) -> bool:
        """Nothing runs and nothing is ready, but something waits."""
        return not (self.is_stopped or self._running or self._ready) and self._waiting > 0

    # What happens

    def start(self, firing: Firing) -> None:
        """A firing that was ready runs; what it consumes no longer waits."""
        lane = firing.lane
        if firing.is_called:
            self._calls.remove(firing)
        else:
            lane.running += 1
            firing.has_started = True
            lane.leave_queue(firing)
        firing.state = "running"
        self._ready -= 1
        self._running += 1
        for origin in firing.owes:
            origin.pending -= 1
        firing.owes = ()

    def yielded(self, firing: Firing, pin: str, data: object, seq: int) -> Value:
        """The block has yielded: the value flows on at once or is held until its firing's turn."""
        rows = firing.rows
        item = firing.item if rows is None or pin not in firing.node.each else rows.item_for(pin)
        value = Value(data, seq, firing, item)
        if firing.emitted is not None:
            firing.emitted.append((pin, value))
        port = firing.node.outs.get(pin)
        if port is None or self.is_stopped:
            return value
        if firing.yielded_on is not None:
            firing.yielded_on.add(pin)
        firing.pending += port.weight
        if firing.is_flowing:
            for link in port.links:
                self._deliver(link, value)
            if self._to_ask:
                self._settling.settle()
        elif firing.held is None:
            firing.held = [(pin, value)]
        else:
            firing.held.append((pin, value))
        return value

    def ended(self, firing: Firing) -> None:
        """The block is done."""
        self._leave_running(firing)
        firing.state = "ended"
        if not (self._trace or firing.has_failed):
            firing.inputs = {}
        if self.is_stopped:
            return
        if firing.is_flowing:
            self._retire(firing)
            if firing is firing.lane.low:
                self._advance(firing.lane)
        if self._to_ask:
            self._settling.settle()

    def failed(self, firing: Firing, data: object, seq: int) -> Literal["handled", "continued", "stop"]:
        """The block has failed; `data` is what its `error` pin carries.

        "handled": the error pin is linked, or the firing was a call and its caller gets the error. "continued": recorded,
        the run goes on. "stop": nothing becomes ready any more.
        """
        firing.error = data
        firing.has_failed = True
        node = firing.node
        if ERROR_PIN in node.outs:
            self.yielded(firing, ERROR_PIN, data, seq)
        elif not firing.is_called and node.spec.on_error == "stop":
            self.is_stopped = True
            self.ended(firing)
            return "stop"
        self.ended(firing)
        return "handled" if ERROR_PIN in node.outs or firing.is_called else "continued"

    def wait(self, firing: Firing) -> None:
        """A running firing waits for a person, a time or an event: it holds no slot, but its scope is not settled."""
        self._leave_running(firing)
        firing.state = "waiting"
        self._waiting += 1

    def resume(self, firing: Firing) -> None:
        """What a firing waited for is there: it may go on, before any other of its node."""
        firing.state = "ready"
        self._waiting -= 1
        self._ready += 1
        if firing.is_called:
            self._calls.append(firing)
        else:
            firing.lane.resume(firing)
            self._offer(firing.lane)

    def call(self, caller: Firing, node: CompiledNode, inputs: dict[str, object], seq: int) -> Firing:
        """A firing of a tool for its caller, startable at once; what it yields is also kept in its `emitted`.

        Linked pins of the tool give their last values where `inputs` has none.

        Raises:
            ValueError: no link goes from the caller's node to this tool.
        """
        if caller.node not in node.callers:
            raise ValueError(f"{caller.node.id!r} has no link to the tool {node.id!r}")
        item = caller.item.at_depth(node.depth)
        given: Inputs = self._pairing.kept_for_call(node, item)
        for pin, data in inputs.items():
            given[pin] = Value(data, seq, caller, caller.item)
        return self._fire(node, item, given, (), is_called=True)

    # What a run looks like

    def leftovers(self) -> list[Leftover]:
        """Values that were never used, by node and pin."""
        return find_leftovers(self._pairing)

    def never_fired(self) -> list[str]:
        """Ids of the nodes that could have fired and did not, in graph order; tools that nobody called are none."""
        unreachable = set(self.compiled.never)
        return [
            lane.node.id
            for lane in self._lanes
            if not (lane.count or lane.node.is_tool or lane.node.id in unreachable)
        ]

    def close(self) -> None:
        """Nobody asks any more: lets go of what refers back here, so that no garbage collector is needed."""
        self.is_stopped = True
        del self._pairing, self._settling

    # Firings come and go

    def _fire(
        self,
        node: CompiledNode,
        item: Item,
        inputs: Inputs,
        owes: Sequence[Firing],
        *,
        is_called: bool = False,
    ) -> Firing:
        lane = self._lanes[node.index]
        firing = Firing(lane, lane.count, item, item.next_ordinal(node), inputs, owes)
        self.firing_count += 1
        self._ready += 1
        if is_called:
            firing.is_called = True
            firing.emitted = []
            self._calls.append(firing)
        lane.append(firing)
        if not is_called and not lane.is_offered:
            self._offer(lane)
        if node.watch >= 0:
            self._settling.enter(item.scope, node.watch)
        if node.each:
            self._open_scope(firing)
        if node.states:
            firing.yielded_on = set()
        if self._trace:
            firing.emitted = []
            self.firings.append(firing)
        return firing

    def _open_scope(self, firing: Firing) -> None:
        node = firing.node
        scope = Scope(node, firing.ordinal, firing.item)
        firing.rows = Rows(scope)
        if node.watch >= 0:
            self._settling.enter(scope, node.watch)
        for collect in node.closes:
            self._settling.expect(collect, scope, firing.item)

    def _offer(self, lane: Lane) -> None:
        if not lane.is_offered:
            lane.is_offered = True
            self._offered.append(lane)

    def _leave_running(self, firing: Firing) -> None:
        self._running -= 1
        if not firing.is_called:
            lane = firing.lane
            lane.running -= 1
            if lane.head is not None or lane.resumed:
                self._offer(lane)

    def _advance(self, lane: Lane) -> None:
        """The lowest firing is over: the turn goes to the next, and past those that have ended already."""
        firing = lane.pop_low()
        while firing is not None:
            if not firing.is_flowing:
                firing.is_flowing = True
                self._release(firing)
                if firing.state == "ended":
                    self._retire(firing)
            if firing.state != "ended":
                break
            firing = lane.pop_low()
        if lane.resumed or lane.head is not None:
            self._offer(lane)

    def _release(self, firing: Firing) -> None:
        held, firing.held = firing.held, None
        for pin, value in held or ():
            for link in firing.node.outs[pin].links:
                self._deliver(link, value)

    def _retire(self, firing: Firing) -> None:
        """A firing has ended and all it yielded has flowed on."""
        node = firing.node
        if firing.has_failed and node.states and node.kind is Kind.JOIN:
            self._pairing.give_back(firing, firing.inputs, self._spent_states(firing))
        if firing.has_failed and not self._trace:
            firing.inputs = {}
        if node.watch >= 0:
            self._settling.leave(firing.item.scope, node.watch)
            if firing.rows is not None:
                self._settling.leave(firing.rows.scope, node.watch)

    def _spent_states(self, firing: Firing) -> set[CompiledPin]:
        spent = firing.yielded_on or set[str]()
        return {pin for pin in firing.node.states if not spent.isdisjoint(feeding_pins(pin))}

    # Values go down the links

    def _deliver(self, link: CompiledLink, value: Value) -> None:
        pin = link.pin
        if link.pick is not None:
            part = link.pick(value.data)
            if part is NOTHING:
                value.origin.pending -= pin.counts
                return
            value = Value(part, value.seq, value.origin, value.item)
        item = value.item
        if item.depth > pin.depth:
            item = item.at_depth(pin.depth)
        node = pin.node
        kind = node.kind
        if kind is Kind.SINGLE:
            self._fire(node, item, {pin.name: value}, (value.origin,))
        elif kind is Kind.COLLECT:
            self._settling.gather(link, item, value)
        else:
            self._pairing.arrive(pin, item, value)


def feeding_pins(state: CompiledPin) -> set[str]:
    """The output pins of the state's node from which the state comes back, without passing the node again."""
    node = state.node
    found: set[str] = set()
    seen: set[int] = set()
    work = [state]
    while work:
        for link in work.pop().links:
            if link.source is node:
                found.add(link.source_pin)
            elif link.source.index not in seen:
                seen.add(link.source.index)
                work.extend(link.source.pins)
    return found
