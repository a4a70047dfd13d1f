"""The firings of one node in a run: which has its turn, which may start."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from typing import final

from backend.executor.planning.items import Firing
from backend.executor.planning.shape import CompiledNode


@final
class Lane:
    """Firings are chained from the lowest that is not over to the newest; what is over is forgotten."""

    __slots__ = ("count", "head", "is_offered", "low", "node", "resumed", "running", "tail")

    def __init__(self, node: CompiledNode) -> None:
        self.node = node
        self.count = 0
        """How many firings the node has had."""
        self.low: Firing | None = None
        """The lowest that is not over: its values flow."""
        self.head: Firing | None = None
        """The lowest that never started."""
        self.tail: Firing | None = None
        self.running = 0
        """Firings that hold a slot."""
        self.resumed: list[Firing] = []
        """Those that waited and may go on, lowest first."""
        self.is_offered = False

    def append(self, firing: Firing) -> None:
        """Adds the newest firing."""
        self.count += 1
        if self.low is None or self.tail is None:
            self.low = firing
            firing.is_flowing = True
        else:
            self.tail.next = firing
            if self.node.is_arrival:
                firing.is_flowing = True
        self.tail = firing
        if self.head is None and not firing.is_called:
            self.head = firing

    def candidate(self) -> Firing | None:
        """The next that may start: the lowest that is not over always may, others while slots are free."""
        has_slot = self.running < self.node.slots
        first = self.resumed[0] if self.resumed else self.head
        if first is None or has_slot or first is self.low:
            return first
        return self.head if self.head is self.low else None

    def candidates(self) -> list[Firing]:
        """All that may start now, in order."""
        free = self.node.slots - self.running
        waiting = [*self.resumed, *self._fresh(free)]
        chosen = waiting[: max(0, free)]
        if not chosen and (first := self.candidate()) is not None:
            chosen.append(first)
        return chosen

    def _fresh(self, limit: int) -> Iterator[Firing]:
        firing = self.head
        while firing is not None and limit > 0:
            if not firing.has_started and not firing.is_called:
                limit -= 1
                yield firing
            firing = firing.next

    def leave_queue(self, firing: Firing) -> None:
        """Takes a firing that starts from among those that may."""
        if firing is self.head:
            self._skip_started(firing.next)
        elif self.resumed and firing in self.resumed:
            self.resumed.remove(firing)

    def _skip_started(self, firing: Firing | None) -> None:
        while firing is not None and (firing.has_started or firing.is_called):
            firing = firing.next
        self.head = firing

    def resume(self, firing: Firing) -> None:
        """Puts a firing that waited ahead of those that never started."""
        insort(self.resumed, firing, key=_number)

    def pop_low(self) -> Firing | None:
        """Forgets the lowest, which is over; the next one, if any."""
        low = self.low
        if low is None:
            return None
        self.low, low.next = low.next, None
        if self.low is None:
            self.tail = None
        return self.low


def _number(firing: Firing) -> int:
    return firing.n
