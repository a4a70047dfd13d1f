"""What keeps what waiting: for every node the class of things its firings keep unsettled.

Only few places of a graph ask whether something may still come: a collect, a second start of a loop, and a pin whose
value would complete others that wait before a collect. Nodes that reach the same places are one class, so a run counts
what lives by class and asks with one `&`. Classes are numbered downstream: the highest is nearest.
"""

from __future__ import annotations

from backend.executor.planning.shape import CompiledNode, CompiledPin, Kind


def assign_reach(components: list[list[CompiledNode]]) -> None:
    """Sets `watch`, `upstream`, `parks`, `closes` and the pins' `feeders`."""
    nodes = [node for component in components for node in component]
    collects = [node for node in nodes if node.kind is Kind.COLLECT]
    if not collects and not any(node.loops for node in nodes):
        return
    _find_parking(components)
    _assign_classes(components)
    _assign_masks(components)
    by_index = {node.index: node for node in nodes}
    for collect in collects:
        _assign_opener(collect, by_index)


def _find_parking(components: list[list[CompiledNode]]) -> None:
    before_collect: set[int] = set()
    for component in reversed(components):
        if any(
            sink.kind is Kind.COLLECT or sink.index in before_collect
            for node in component
            for sink in sinks(node)
        ):
            before_collect.update(node.index for node in component)
            for node in component:
                node.parks = bool(node.loops or _completing_pins(node)) and node.kind in (
                    Kind.JOIN,
                    Kind.STATIC,
                )


def sinks(node: CompiledNode) -> list[CompiledNode]:
    """Where a node's values and calls go."""
    linked = [link.pin.node for port in node.outs.values() for link in port.links]
    return linked + node.callees


def _completing_pins(node: CompiledNode) -> list[CompiledPin]:
    """Pins whose next value may complete values of a deeper scope that wait here."""
    depth = max([node.depth, *(len(group.scope_type) for group in node.groups)])
    pins = [pin for group in node.groups for pin in group.outer]
    pins += [pin for pin in node.statics if pin.depth < depth]
    if len(node.groups) > 1:
        pins += [pin for group in node.groups for pin in group.full]
    if node.state_depth < depth:
        pins += node.states
    return pins


def _assign_classes(components: list[list[CompiledNode]]) -> None:
    targets = _Targets(components)
    reached = [0] * len(components)
    for number in reversed(range(len(components))):
        for node in components[number]:
            reached[number] |= targets.of_node.get(node.index, 0)
            for port in node.outs.values():
                for link in port.links:
                    reached[number] |= targets.of_pin.get(link.pin, 0)
            for sink in sinks(node):
                reached[number] |= targets.of_collect.get(sink.index, 0) | reached[sink.component]
    classes: dict[int, int] = {}
    for number, component in enumerate(components):
        if reached[number]:
            watch = classes.setdefault(reached[number], len(classes))
            for node in component:
                node.watch = watch


class _Targets:
    """One bit for each place that asks."""

    def __init__(self, components: list[list[CompiledNode]]) -> None:
        self.count = 0
        self.of_collect: dict[int, int] = {}
        self.of_node: dict[int, int] = {}
        self.of_pin: dict[CompiledPin, int] = {}
        for node in (node for component in components for node in component):
            if node.kind is Kind.COLLECT:
                self.of_collect[node.index] = self._next()
            elif node.loops:
                self.of_node[node.index] = self._next()
            if node.parks:
                for pin in _completing_pins(node):
                    self.of_pin[pin] = self._next()

    def _next(self) -> int:
        self.count += 1
        return 1 << (self.count - 1)


def _assign_masks(components: list[list[CompiledNode]]) -> None:
    above = [0] * len(components)
    for number, component in enumerate(components):
        own = _class_bit(component[0])
        if component[0].is_cyclic:
            above[number] |= own
        for node in component:
            node.upstream = above[number] | own if node.loops else above[number]
            for pin in node.pins:
                for link in pin.links:
                    pin.feeders |= _class_bit(link.source) | above[link.source.component]
            for sink in sinks(node):
                if sink.component != number:
                    above[sink.component] |= own | above[number]


def _class_bit(node: CompiledNode) -> int:
    return 1 << node.watch if node.watch >= 0 else 0


def _assign_opener(collect: CompiledNode, nodes: dict[int, CompiledNode]) -> None:
    scope_type = collect.pins[0].scope_type
    if scope_type:
        opener = nodes[scope_type[-1]]
        if opener.scope_type == scope_type[:-1]:
            opener.closes.append(collect)
