"""What lies at nodes of several pins: values meet by item, outer values serve every item of a scope, state goes round."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from backend.executor.planning.items import (
    DEFAULT,
    Default,
    Firing,
    Inputs,
    Item,
    LoopLine,
    Match,
    Outer,
    Scope,
    StateLine,
    Value,
)
from backend.executor.planning.shape import CompiledNode, CompiledPin, Group, Kind
from backend.executor.planning.table import Table

Fire = Callable[[CompiledNode, Item, Inputs, Sequence[Firing]], Firing]


class Pairing:
    """Pairs the values of every node that has several pins; calls `fire` for what is complete."""

    def __init__(self, nodes: list[CompiledNode], fire: Fire, to_ask: dict[CompiledNode, None]) -> None:
        self._tables: list[Table | None] = [None] * len(nodes)
        self._fire = fire
        self._to_ask = to_ask

    def table(self, node: CompiledNode) -> Table:
        """What lies at a node."""
        table = self._tables[node.index]
        if table is None:
            table = self._tables[node.index] = Table(node)
        return table

    def tables(self) -> Iterator[Table]:
        """The nodes where anything ever lay, in graph order."""
        return (table for table in self._tables if table is not None)

    def start_free(self, node: CompiledNode, top: Item) -> None:
        """The first firing of a node that nothing but its own cycle feeds."""
        if node.loops:
            self._begin_loop(node, top, Match(top, {}, []))
        else:
            self._drive_first(node, top, {})

    def arrive(self, pin: CompiledPin, item: Item, value: Value) -> None:
        """A value for a pin of a node that has several; `item` has the pin's depth."""
        node = pin.node
        table = self._tables[node.index] or self.table(node)
        if pin.is_static or node.is_tool:
            self._arrive_static(table, pin, item, value)
        elif pin.is_loop:
            _loop_line(item, node).fed[node.loops.index(pin)].append(value)
            self._go_round(node, item)
        elif pin.is_state:
            self._arrive_state(table, pin, item, value)
        elif pin.is_outer:
            self._arrive_outer(table, pin, item, value)
        else:
            self._arrive_full(table, pin, item, value)
        if table.watchers:
            self._tell(table)

    def _tell(self, table: Table) -> None:
        self._to_ask.update(table.watchers)
        table.watchers.clear()

    # Queue pins

    def _arrive_full(self, table: Table, pin: CompiledPin, item: Item, value: Value) -> None:
        node, queues = table.node, table.queues
        group = node.groups[pin.group]
        for other in group.full:
            if other is not pin and item not in queues[other.position].by_item:
                queues[pin.position].put(item, value)
                if node.parks:
                    _park(node, item)
                return
        inputs: Inputs = {}
        owes: list[Firing] = []
        for other in group.full:
            if other is pin:
                taken = value
            else:
                taken = queues[other.position].take(item)
                if node.parks:
                    _unpark(node, item)
            inputs[other.name] = taken
            owes.append(taken.origin)
        if node.is_plain_join:
            self._fire(node, item, inputs, owes)
        else:
            self._complete(table, pin.group, Match(item, inputs, owes))

    def _arrive_outer(self, table: Table, pin: CompiledPin, item: Item, value: Value) -> None:
        served = table.outer.setdefault(pin, {}).setdefault(item, [])
        served.append(Outer(value))
        if table.node.parks:
            _park(table.node, item)
        self._wake(table, (pin, item, len(served) - 1))

    def _wake(self, table: Table, key: tuple[CompiledPin, Item, int]) -> None:
        for position, match in table.waiting.pop(key, ()):
            if table.node.parks:
                _unpark(table.node, match.item)
            self._complete(table, position, match)

    def _complete(self, table: Table, position: int, match: Match) -> None:
        """Adds outer and static values to a match of one group, or lets it wait for the first that is missing."""
        node = table.node
        group = node.groups[position]
        missing = self._missing(table, group, match.item, with_statics=position == 0)
        if missing is not None:
            table.waiting.setdefault(missing, []).append((position, match))
            if node.parks:
                _park(node, match.item)
            return
        for pin in group.outer:
            at, place = _served(pin, match.item)
            self._use(table, match, pin, at, table.outer[pin][at][place])
        if position == 0:
            for pin in node.statics:
                match.inputs[pin.name] = _static(pin, match.item.at_depth(pin.depth))
        if len(node.groups) == 1:
            self._matched(table, match)
        else:
            self._zip(table, position, match)

    def _missing(
        self, table: Table, group: Group, item: Item, *, with_statics: bool
    ) -> tuple[CompiledPin, Item, int] | None:
        for pin in group.outer:
            at, place = _served(pin, item)
            if len(table.outer.get(pin, {}).get(at, ())) <= place:
                return pin, at, place
        if with_statics:
            for pin in table.node.statics:
                at = item.at_depth(pin.depth)
                if at.statics is None or pin not in at.statics:
                    return pin, at, -1
        return None

    def _use(self, table: Table, match: Match, pin: CompiledPin, at: Item, outer: Outer) -> None:
        match.inputs[pin.name] = outer.value
        if not outer.is_used:
            outer.is_used = True
            match.owes.append(outer.value.origin)
            if table.node.parks:
                _unpark(table.node, at)

    def _zip(self, table: Table, position: int, match: Match) -> None:
        """Unrelated groups pair in order, within the item they share."""
        node = table.node
        shared = match.item.at_depth(node.zip_depth)
        lines = table.zipped.get(shared)
        if lines is None:
            lines = table.zipped[shared] = [deque() for _ in node.groups]
        lines[position].append(match)
        if node.parks:
            _park(node, match.item)
        if not all(lines):
            return
        parts = [line.popleft() for line in lines]
        if not any(lines):
            del table.zipped[shared]
        whole = Match(parts[0].item, {}, [])
        for part in parts:
            if node.parks:
                _unpark(node, part.item)
            whole.inputs.update(part.inputs)
            whole.owes += part.owes
        self._matched(table, whole)

    def _matched(self, table: Table, match: Match) -> None:
        node = table.node
        if node.loops:
            line = _loop_line(match.item, node)
            if line.kept is None:
                self._begin_loop(node, match.item, match)
            else:
                table.starts.append(match)
                self._to_ask[node] = None
                if node.parks:
                    _park(node, match.item)
        elif node.states:
            line_of_scope = _scope_line(match.item, node)
            line_of_scope.turns.append(match)
            table.turns += 1
            if node.parks:
                _park(node, match.item)
            self._take_turns(table, line_of_scope)
        else:
            self._fire(node, match.item, match.inputs, match.owes)

    # State pins

    def _arrive_state(self, table: Table, pin: CompiledPin, item: Item, value: Value) -> None:
        node = table.node
        if node.kind is Kind.STATIC:
            _state_line(item, node).fed[node.states.index(pin)].append(value)
            self._drive(node, item)
        else:
            line = _scope_line(item, node)
            line.fed[node.states.index(pin)].append(value)
            self._take_turns(table, line)

    def _take_turns(self, table: Table, line: StateLine) -> None:
        node = table.node
        while line.turns and all(line.fed):
            match = line.turns.popleft()
            table.turns -= 1
            _take_state(node, line, match.inputs)
            if node.parks:
                _unpark(node, match.item)
            self._fire(node, match.item, match.inputs, match.owes)

    def give_back(self, firing: Firing, inputs: Inputs, spent: set[CompiledPin]) -> None:
        """A failed firing leaves its state to the next of its scope, but for the pins it has already fed."""
        node = firing.node
        line = _scope_line(firing.item, node)
        for pin, fed in zip(node.states, line.fed, strict=True):
            if pin not in spent:
                taken = inputs.get(pin.name, DEFAULT)
                fed.appendleft(DEFAULT if isinstance(taken, list) else taken)
        table = self.table(node)
        self._take_turns(table, line)
        self._tell(table)

    def _drive(self, node: CompiledNode, item: Item) -> None:
        """Where nothing else drives the node, what comes back drives it, by item."""
        line = _state_line(item, node)
        while all(line.fed) and not isinstance(line.fed[0][0], Default):
            inputs = _statics(node, item) or {}
            _take_state(node, line, inputs)
            self._fire(node, item, inputs, ())

    def _drive_first(self, node: CompiledNode, item: Item, inputs: Inputs) -> None:
        if node.states:
            _take_state(node, _state_line(item, node), inputs)
        self._fire(node, item, inputs, ())
        if node.states:
            self._drive(node, item)

    # Loop pins

    def _begin_loop(self, node: CompiledNode, item: Item, match: Match) -> None:
        _loop_line(item, node).kept = match.inputs
        self._fire(node, item, dict(match.inputs), match.owes)
        self._go_round(node, item)

    def _go_round(self, node: CompiledNode, item: Item) -> None:
        line = _loop_line(item, node)
        while line.kept is not None and all(line.fed):
            inputs = dict(line.kept)
            for pin, fed in zip(node.loops, line.fed, strict=True):
                inputs[pin.name] = fed.popleft()
            self._fire(node, item, inputs, ())

    def waiting_start(self, node: CompiledNode) -> Item | None:
        """The item of the next second start that waits at this node."""
        table = self._tables[node.index]
        return table.starts[0].item if table is not None and table.starts else None

    def start_again(self, node: CompiledNode) -> None:
        """The next second start: what came back for the first is forgotten."""
        table = self.table(node)
        match = table.starts.popleft()
        if node.parks:
            _unpark(node, match.item)
        if match.item.loops is not None:
            match.item.loops.pop(node.index, None)
        self._begin_loop(node, match.item, match)
        self._tell(table)

    # Static pins

    def _arrive_static(self, table: Table, pin: CompiledPin, item: Item, value: Value) -> None:
        if item.statics is None:
            item.statics = {}
        item.statics[pin] = value
        node = table.node
        if node.kind is Kind.JOIN:
            self._wake(table, (pin, item, -1))
        elif node.kind is Kind.STATIC:
            self._fire_completed(table, item)

    def _fire_completed(self, table: Table, item: Item) -> None:
        """Fires for each item whose set of static values this arrival completes or renews."""
        node = table.node
        if item.depth == node.depth:
            self._note_below(table, item)
            items = [item]
        else:
            items = list(table.below.get(item, ()))
        for one in items:
            inputs = _statics(node, one)
            if inputs is not None:
                self._fire_static(node, one, inputs)

    def _note_below(self, table: Table, item: Item) -> None:
        """Lets static values from around this item find it. It never stops waiting for the next of them."""
        node = table.node
        is_new = False
        for depth in {pin.depth for pin in node.statics if pin.depth < node.depth}:
            items = table.below.setdefault(item.at_depth(depth), {})
            is_new = item not in items
            items[item] = None
        if is_new and node.parks:
            _park(node, item)

    def _fire_static(self, node: CompiledNode, item: Item, inputs: Inputs) -> None:
        if node.loops:
            line = _loop_line(item, node)
            if line.kept is None:
                self._begin_loop(node, item, Match(item, inputs, []))
            else:
                line.kept = inputs
        elif not node.states:
            self._fire(node, item, inputs, ())
        elif isinstance(next(iter(_state_line(item, node).fed[0]), None), Default):
            self._drive_first(node, item, inputs)

    def kept_for_call(self, node: CompiledNode, item: Item) -> Inputs:
        """The last values of a tool's linked pins for this item, as far as there are any."""
        inputs: Inputs = {}
        for pin in node.statics:
            kept = item.at_depth(pin.depth).statics
            if kept is not None and pin in kept:
                inputs[pin.name] = kept[pin]
        return inputs

    # What a collect asks

    def completing(self, node: CompiledNode, scope: Scope) -> int:
        """Mask of the classes that may still complete, from outside, what waits at this node in this scope."""
        table = self.table(node)
        classes = 0
        for pin in node.pins:
            if _comes_from_outside(table, pin, scope):
                classes |= pin.feeders
        return classes

    def watch(self, node: CompiledNode, collect: CompiledNode) -> None:
        """Asks the collect again after anything has changed at this node."""
        self.table(node).watchers[collect] = None


def _comes_from_outside(table: Table, pin: CompiledPin, scope: Scope) -> bool:
    """Whether what waits in this scope may meet a value of the pin that is not there yet and not of the scope."""
    node = table.node
    if pin.is_loop:
        return False
    if pin.is_state:
        return node.state_depth < scope.depth
    if pin.is_static or pin.is_outer:
        if pin.depth >= scope.depth:
            return False
        inner = _scope_at(scope, pin.depth + 1)
        at = inner.at
        if at is None:
            return False
        if pin.is_static:
            return node.kind is Kind.STATIC or at.statics is None or pin not in at.statics
        return len(table.outer.get(pin, {}).get(at, ())) <= inner.ordinal
    return len(node.groups) > 1 and node.zip_depth < scope.depth


def _served(pin: CompiledPin, item: Item) -> tuple[Item, int]:
    """The item whose outer values serve this one, and the place of the one that does."""
    inner = item.at_depth(pin.depth + 1).scope
    return inner.at or item, inner.ordinal


def _scope_at(scope: Scope, depth: int) -> Scope:
    while scope.depth > depth and scope.parent is not None:
        scope = scope.parent
    return scope


def _static(pin: CompiledPin, item: Item) -> Value:
    if item.statics is None:
        raise LookupError(pin)
    return item.statics[pin]


def _statics(node: CompiledNode, item: Item) -> Inputs | None:
    """The last value of each static pin for this item; None while one is missing."""
    inputs: Inputs = {}
    for pin in node.statics:
        at = item.at_depth(pin.depth)
        if at.statics is None or pin not in at.statics:
            return None
        inputs[pin.name] = at.statics[pin]
    return inputs


def _loop_line(item: Item, node: CompiledNode) -> LoopLine:
    if item.loops is None:
        item.loops = {}
    line = item.loops.get(node.index)
    if line is None:
        line = item.loops[node.index] = LoopLine(len(node.loops))
    return line


def _state_line(item: Item, node: CompiledNode) -> StateLine:
    if item.states is None:
        item.states = {}
    line = item.states.get(node.index)
    if line is None:
        line = item.states[node.index] = StateLine(len(node.states))
    return line


def _scope_line(item: Item, node: CompiledNode) -> StateLine:
    scope = item.at_depth(node.state_depth).scope
    if scope.states is None:
        scope.states = {}
    line = scope.states.get(node.index)
    if line is None:
        line = scope.states[node.index] = StateLine(len(node.states))
    return line


def _take_state(node: CompiledNode, line: StateLine, inputs: Inputs) -> None:
    for pin, fed in zip(node.states, line.fed, strict=True):
        state = fed.popleft()
        if isinstance(state, Value):
            inputs[pin.name] = state


def _park(node: CompiledNode, item: Item) -> None:
    """Counts something that waits at a node for partners, in its scope and as one in each scope around it."""
    scope: Scope | None = item.scope
    while scope is not None:
        if scope.parked is None:
            scope.parked = {}
        count = scope.parked.get(node, 0)
        scope.parked[node] = count + 1
        if count:
            return
        scope = scope.parent


def _unpark(node: CompiledNode, item: Item) -> None:
    scope: Scope | None = item.scope
    while scope is not None and scope.parked is not None:
        count = scope.parked[node] - 1
        if count:
            scope.parked[node] = count
            return
        del scope.parked[node]
        scope = scope.parent
