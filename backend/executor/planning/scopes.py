"""Which scope every pin and node belongs to, and how a node's pins pair.

A scope type is the chain of generators around a value. A pin has what its links have in common; a firing has the type
of its deepest pin, of equals the first in the block's order; state and loop pins do not count.
"""

from __future__ import annotations

from collections.abc import Iterable

from backend.executor.planning.shape import CompiledNode, CompiledPin, CompileProblem, Group, Kind, ScopeType

MAX_DEPTH = 50
"""Items within items: a graph that nests deeper is refused."""


def common(left: ScopeType, right: ScopeType) -> ScopeType:
    """The longest chain that both begin with."""
    if left == right:
        return left
    size = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        size += 1
    return left[:size]


def find_scopes(component: list[CompiledNode]) -> CompileProblem | None:
    """Sets the types of a component's pins and nodes; the types of its predecessors are known."""
    order = _from_entries(component) if component[0].is_cyclic else component
    for _ in range(len(component) + 1):
        if not sum([_update(node) for node in order]) or not component[0].is_cyclic:
            break
    for node in component:
        node.scope_type = node.scope_type or ()
        node.depth = len(node.scope_type)
        for pin in node.pins:
            pin.scope_type = pin.scope_type or ()
            pin.depth = len(pin.scope_type)
    return next((_too_deep(node) for node in component if node.depth >= MAX_DEPTH), None)


def _too_deep(node: CompiledNode) -> CompileProblem:
    return CompileProblem(
        node.id,
        None,
        "too_deep",
        f"{node.id} works on items within items, {MAX_DEPTH} deep: collect the items of an inner list before "
        "the next list is opened.",
    )


def _from_entries(component: list[CompiledNode]) -> list[CompiledNode]:
    """The nodes of a cycle, those first that are entered from outside, then what follows them."""
    members = {node.index for node in component}
    entered = [
        node
        for node in component
        if any(link.source.index not in members for pin in node.pins for link in pin.links)
        or any(caller.index not in members for caller in node.callers)
    ]
    order: dict[CompiledNode, None] = {}
    rest = [*entered, *component]
    for start in rest:
        wave = [start]
        while wave:
            node = wave.pop()
            if node in order or node.index not in members:
                continue
            order[node] = None
            wave.extend(link.pin.node for port in node.outs.values() for link in port.links)
            wave.extend(node.callees)
    return list(order)


def _update(node: CompiledNode) -> bool:
    """Works out the type of a node from what is known of its sources; whether that changed it."""
    for pin in node.pins:
        pin.scope_type = _common_of(
            _behind(link.source, link.source_pin) for link in pin.links if link.source.scope_type is not None
        )
    found = _type_of(node)
    if found is None or found == node.scope_type:
        return False
    node.scope_type = found
    return True


def _behind(source: CompiledNode, pin: str) -> ScopeType:
    scope_type = source.scope_type or ()
    if pin in source.each and len(scope_type) < MAX_DEPTH:
        return (*scope_type, source.index)
    return scope_type


def _common_of(types: Iterable[ScopeType]) -> ScopeType | None:
    result: ScopeType | None = None
    for scope_type in types:
        result = scope_type if result is None else common(result, scope_type)
    return result


def _type_of(node: CompiledNode) -> ScopeType | None:
    if node.is_tool:
        return _common_of(caller.scope_type for caller in node.callers if caller.scope_type is not None)
    drive = [pin for pin in node.pins if not pin.is_state and not pin.is_loop]
    drive = [pin for pin in drive if not pin.is_static] or drive
    if not drive:
        return ()
    types = [pin.scope_type for pin in drive if pin.scope_type is not None]
    if not types:
        return None
    deepest = max(types, key=len)
    return deepest[:-1] if node.spec.is_collect else deepest


def assign_roles(node: CompiledNode) -> None:
    """Sorts a node's pins into static, state, loop and queue pins, and the queue pins into groups that pair."""
    pins = node.pins
    if node.is_tool:
        node.kind = Kind.TOOL
        node.statics = pins
        _cut(pins, node)
    elif not pins:
        node.kind = Kind.FREE
    elif node.spec.is_collect:
        node.kind = Kind.COLLECT
    else:
        _assign_joined(node)
    for position, pin in enumerate(pins):
        pin.position = position
        is_kept = node.kind is not Kind.COLLECT and (pin.is_static or pin.is_state or pin.is_loop)
        pin.counts = not (is_kept or node.is_tool)


def _assign_joined(node: CompiledNode) -> None:
    node.statics = [pin for pin in node.pins if pin.is_static]
    fed_back = [pin for pin in node.pins if not pin.is_static and (pin.is_state or pin.is_loop)]
    if any(pin.is_loop for pin in fed_back):
        node.loops = fed_back
        for pin in fed_back:
            pin.is_loop, pin.is_state = True, False
    else:
        node.states = fed_back
    queues = [pin for pin in node.pins if not (pin.is_static or pin.is_state or pin.is_loop)]
    _cut([*node.statics, *fed_back], node)
    node.state_depth = min((pin.depth for pin in node.states), default=0)
    _group(node, queues)
    if len(node.pins) == 1 and queues:
        node.kind = Kind.SINGLE
    else:
        node.kind = Kind.JOIN if queues else Kind.STATIC
    is_joined_only = not (node.statics or node.states or node.loops)
    node.is_plain_join = is_joined_only and len(node.groups) == 1 and not node.groups[0].outer


def _cut(pins: list[CompiledPin], node: CompiledNode) -> None:
    for pin in pins:
        pin.depth = len(common(pin.scope_type or (), node.scope_type or ()))


def _group(node: CompiledNode, queues: list[CompiledPin]) -> None:
    lead = node.scope_type or ()
    rest: list[CompiledPin] = queues
    while rest:
        scope_type = _deepest(rest) if node.groups else lead
        chain = [pin for pin in rest if scope_type[: pin.depth] == pin.scope_type]
        full = [pin for pin in chain if pin.depth == len(scope_type)]
        outer = [pin for pin in chain if pin.depth < len(scope_type)]
        for pin in chain:
            pin.group, pin.is_outer = len(node.groups), pin.depth < len(scope_type)
        node.groups.append(Group(scope_type, full, outer))
        rest = [pin for pin in rest if pin not in chain]
    shared = lead
    for group in node.groups[1:]:
        shared = common(shared, group.scope_type)
    node.zip_depth = len(shared)


def _deepest(pins: list[CompiledPin]) -> ScopeType:
    return max((pin.scope_type or () for pin in pins), key=len)
