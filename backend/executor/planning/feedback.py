"""Which pins carry state round a cycle, and which nodes can fire at all.

A state pin has a default and is fed from its own cycle only: without it the node could never fire first. Cycles are
looked at one after the other, from the start of the graph; in each the nodes that something else enters come first,
then those that start by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from backend.executor.planning.shape import CompiledNode, CompiledPin, CompileProblem


class Feedback:
    """What can fire, assuming that every node without linked pins starts."""

    def __init__(self, nodes: list[CompiledNode]) -> None:
        self.can_fire = [False] * len(nodes)
        self._missing: list[dict[CompiledPin, None]] = [
            {} if node.is_tool else {pin: None for pin in node.pins if not pin.is_loop} for node in nodes
        ]
        self._stuck: dict[int, CompiledNode] = {}
        self._entered: dict[int, CompiledNode] = {}
        self._by_itself: dict[int, CompiledNode] = {}

    def solve(self, component: list[CompiledNode]) -> CompileProblem | None:
        """Marks the state pins of a component whose predecessors are solved; the problem if it cannot start."""
        self._spread(node for node in component if not self._waits(node))
        if not component[0].is_cyclic:
            return None
        self._stuck = {node.index: node for node in component if not self.can_fire[node.index]}
        for node in self._stuck.values():
            self._consider(node)
        while self._entered or self._by_itself:
            self._break_open(self._entered or self._by_itself)
        return self._deadlock()

    def _waits(self, node: CompiledNode) -> bool:
        if node.is_tool:
            return not any(self.can_fire[caller.index] for caller in node.callers)
        return bool(self._missing[node.index])

    def _break_open(self, candidates: dict[int, CompiledNode]) -> None:
        chosen = [candidates[index] for index in sorted(candidates)]
        candidates.clear()
        for node in chosen:
            for pin in self._missing[node.index]:
                pin.is_state = True
            self._missing[node.index].clear()
        self._spread(chosen)

    def _spread(self, nodes: Iterable[CompiledNode]) -> None:
        work = [node for node in nodes if not self.can_fire[node.index]]
        while work:
            node = work.pop()
            if self.can_fire[node.index]:
                continue
            self._mark(node)
            work.extend(callee for callee in node.callees if not self.can_fire[callee.index])
            for port in node.outs.values():
                work.extend(link.pin.node for link in port.links if self._feed(link.pin))

    def _mark(self, node: CompiledNode) -> None:
        self.can_fire[node.index] = True
        self._stuck.pop(node.index, None)
        self._entered.pop(node.index, None)
        self._by_itself.pop(node.index, None)

    def _feed(self, pin: CompiledPin) -> bool:
        """Takes the pin off its node's list; whether the node can fire now."""
        node = pin.node
        missing = self._missing[node.index]
        if pin not in missing:
            return False
        del missing[pin]
        if missing and node.index in self._stuck:
            self._consider(node)
        return not missing

    def _consider(self, node: CompiledNode) -> None:
        missing = self._missing[node.index]
        if missing and all(_has_own_default(pin) for pin in missing):
            is_entered = len(missing) < len(node.pins)
            self._by_itself.pop(node.index, None)
            (self._entered if is_entered else self._by_itself)[node.index] = node

    def _deadlock(self) -> CompileProblem | None:
        stuck = [self._stuck[index] for index in sorted(self._stuck)]
        if any(self._is_starved(pin) for node in stuck for pin in self._missing[node.index]):
            return None
        for node in stuck:
            for pin in self._missing[node.index]:
                return CompileProblem(
                    node.id,
                    pin.name,
                    "cycle_cannot_start",
                    f"Nothing starts the cycle through {node.id}.{pin.name}: give {pin.name} a default, or link "
                    "something from outside the cycle into it.",
                )
        return None

    def _is_starved(self, pin: CompiledPin) -> bool:
        return all(link.source.component != pin.node.component for link in pin.links)


def _has_own_default(pin: CompiledPin) -> bool:
    node = pin.node
    return pin.name not in node.spec.required and all(
        link.source.component == node.component and not link.is_static for link in pin.links
    )


def find_never(nodes: list[CompiledNode], feedback: Feedback) -> list[str]:
    """Ids of the nodes that cannot fire in this run, in graph order; state pins are known."""
    fires = [False] * len(nodes)
    missing = [
        {} if node.is_tool else {pin: None for pin in node.pins if not (pin.is_loop or pin.is_state)}
        for node in nodes
    ]
    work = [node for node in nodes if not missing[node.index] and _starts(node)]
    while work:
        node = work.pop()
        if fires[node.index] or not feedback.can_fire[node.index]:
            continue
        fires[node.index] = True
        work.extend(node.callees)
        for pin in (link.pin for port in node.outs.values() for link in port.links):
            if pin in missing[pin.node.index]:
                del missing[pin.node.index][pin]
                if not missing[pin.node.index]:
                    work.append(pin.node)
    return [node.id for node in nodes if not fires[node.index]]


def _starts(node: CompiledNode) -> bool:
    return not node.is_tool and (bool(node.pins) or node.spec.is_start)
