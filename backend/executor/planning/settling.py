"""When a scope is settled for a collect, and when a loop may start again: what lives, counted by scope and class.

A count says how many firings of a class live directly in a scope, plus how many of its inner scopes have any, so most
changes touch one number. Whoever has to wait is noted at one thing that blocks it and asked again when that is gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from backend.executor.planning.items import Firing, Inputs, Item, Scope, Value
from backend.executor.planning.pairing import Pairing
from backend.executor.planning.shape import CompiledLink, CompiledNode, CompiledPin

Fire = Callable[[CompiledNode, Item, Inputs, Sequence[Firing]], Firing]


class Gathered:
    """What a collect has of its scopes: those that are not settled, in order, and the values of each."""

    __slots__ = ("scopes", "values")

    def __init__(self) -> None:
        self.scopes: deque[Scope] = deque()
        self.values: dict[Scope, list[tuple[int, int, int, CompiledPin, Value]]] = {}


class Settling:
    """Counts what lives and fires the collects and second starts that nothing can hold up any longer."""

    def __init__(
        self,
        collects: list[CompiledNode],
        top: Item,
        pairing: Pairing,
        fire: Fire,
        to_ask: dict[CompiledNode, None],
    ) -> None:
        self._root = top.scope
        self._top = top
        self._pairing = pairing
        self._fire = fire
        self._gathered = {collect: Gathered() for collect in collects}
        self.to_ask = to_ask
        """Collects and loops whose wait may be over."""
        for collect in collects:
            if not collect.pins[0].scope_type:
                self.expect(collect, self._root, top)

    # What lives

    def enter(self, scope: Scope | None, watch: int) -> None:
        """Counts a firing of a class in a scope."""
        while scope is not None:
            count = scope.live.get(watch, 0)
            scope.live[watch] = count + 1
            if count:
                return
            scope.mask |= 1 << watch
            scope = scope.parent

    def leave(self, scope: Scope | None, watch: int) -> None:
        """A firing of a class is over."""
        while scope is not None:
            count = scope.live[watch] - 1
            if count:
                scope.live[watch] = count
                return
            del scope.live[watch]
            scope.mask ^= 1 << watch
            if scope.waiters is not None and watch in scope.waiters:
                self.to_ask.update(scope.waiters.pop(watch))
            scope = scope.parent

    # What collects have

    def expect(self, collect: CompiledNode, scope: Scope, at: Item) -> None:
        """A collect will fire for this scope, and lives around it until then."""
        scopes = self._gathered[collect].scopes
        scopes.append(scope)
        if len(scopes) == 1:
            self.to_ask[collect] = None
        if collect.watch >= 0:
            self.enter(at.scope, collect.watch)

    def gather(self, link: CompiledLink, item: Item, value: Value) -> None:
        """A value for the collect behind the link."""
        pin = link.pin
        values = self._gathered[pin.node].values.setdefault(item.scope, [])
        values.append((item.index, link.rank, len(values), pin, value))

    # What is settled

    def settle(self) -> None:
        """Fires whatever need not wait any longer."""
        while self.to_ask:
            asked = sorted(self.to_ask, key=_loops_first)
            self.to_ask.clear()
            for node in asked:
                if node.loops:
                    self._try_loop(node)
                else:
                    self._try_collect(node)

    def _try_loop(self, node: CompiledNode) -> None:
        item = self._pairing.waiting_start(node)
        if item is None:
            return
        if item.scope.mask & node.upstream:
            self._wait_for(node, item.scope, item.scope.mask & node.upstream)
        else:
            self._pairing.start_again(node)
            self.to_ask[node] = None

    def _try_collect(self, collect: CompiledNode) -> None:
        gathered = self._gathered[collect]
        while gathered.scopes:
            scope = gathered.scopes[0]
            if scope.mask & collect.upstream:
                self._wait_for(collect, scope, scope.mask & collect.upstream)
                return
            if scope.parked and self._may_be_completed(collect, scope, list(scope.parked)):
                return
            gathered.scopes.popleft()
            self._fire_collect(collect, scope, gathered.values.pop(scope, []))

    def _wait_for(self, node: CompiledNode, scope: Scope, blocking: int) -> None:
        if scope.waiters is None:
            scope.waiters = {}
        scope.waiters.setdefault(blocking.bit_length() - 1, {})[node] = None

    def _fire_collect(
        self, collect: CompiledNode, scope: Scope, values: list[tuple[int, int, int, CompiledPin, Value]]
    ) -> None:
        values.sort(key=_place)
        lists: dict[str, list[Value]] = {pin.name: [] for pin in collect.pins}
        for _, _, _, pin, value in values:
            lists[pin.name].append(value)
        item = scope.at or self._top
        self._fire(collect, item, {**lists}, [value.origin for *_, value in values])
        if collect.watch >= 0:
            self.leave(item.scope, collect.watch)

    def _may_be_completed(self, collect: CompiledNode, scope: Scope, nodes: list[CompiledNode]) -> bool:
        """Whether what waits in this scope, before the collect, may yet meet something from outside it."""
        for node in nodes:
            if node.watch >= 0 and collect.upstream >> node.watch & 1:
                if self._pairing.waiting_start(node) is not None:
                    self._pairing.watch(node, collect)
                    return True
                blocking = self._root.mask & self._pairing.completing(node, scope)
                if blocking:
                    self._pairing.watch(node, collect)
                    self._wait_for(collect, self._root, blocking)
                    return True
        return False


def _loops_first(node: CompiledNode) -> tuple[bool, int]:
    return (not node.loops, node.index)


def _place(entry: tuple[int, int, int, CompiledPin, Value]) -> tuple[int, int, int]:
    return entry[:3]
