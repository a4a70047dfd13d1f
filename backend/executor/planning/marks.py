"""What the canvas says about a node: where items are forgotten, and where a result may depend on timing."""

from __future__ import annotations

from backend.executor.planning.reach import sinks
from backend.executor.planning.shape import CompiledNode, CompiledPin, Kind, Mark


def find_marks(components: list[list[CompiledNode]]) -> dict[str, list[Mark]]:
    """Node id to its marks, for the nodes that have any."""
    marks: dict[str, list[Mark]] = {}
    unordered: set[int] = set()
    for component in components:
        for node in component:
            if _is_unordered(node):
                unordered.add(node.index)
        behind = any(node.index in unordered for node in component)
        for node in component:
            if behind:
                unordered.add(node.index)
            found = _marks_of(node, is_unordered=node.index in unordered)
            if found:
                marks[node.id] = found
            if behind and not _restores_order(node):
                unordered.update(sink.index for sink in sinks(node))
    return marks


def _is_unordered(node: CompiledNode) -> bool:
    is_merge = node.kind is not Kind.COLLECT and any(len(pin.links) > 1 for pin in node.pins)
    return is_merge or node.is_cyclic or node.is_arrival or node.is_tool


def _restores_order(node: CompiledNode) -> bool:
    return node.kind is Kind.COLLECT and not node.scope_type


def _marks_of(node: CompiledNode, *, is_unordered: bool) -> list[Mark]:
    marks = [_drop(pin) for pin in node.pins if _drops(pin)]
    marks += [_merge(pin) for pin in node.pins if len(pin.links) > 1]
    if node.is_cyclic:
        marks.append(Mark("cycle", None, "On a cycle: its firings are numbered as they come round."))
    if node.is_arrival:
        marks.append(Mark("arrival", None, "Its values flow as they come, not in the order of its inputs."))
    if node.is_tool and node.pins:
        marks.append(Mark("tool_pins", None, "A call takes the last values of its linked pins."))
    if len(node.groups) > 1:
        marks.append(Mark("order_paired", None, "Pairs unrelated lists by order: first with first."))
    if is_unordered and (len(node.groups) > 1 or node.states):
        marks.append(
            Mark("timing", None, "What meets here may depend on timing: order matters and is not fixed.")
        )
    return marks


def _drops(pin: CompiledPin) -> bool:
    return not pin.is_state and any(
        _depth_behind(pin, position) > pin.depth for position in range(len(pin.links))
    )


def _depth_behind(pin: CompiledPin, position: int) -> int:
    link = pin.links[position]
    return link.source.depth + (link.source_pin in link.source.each)


def _drop(pin: CompiledPin) -> Mark:
    return Mark("drops", pin.name, f"Values from deeper items forget their item at {pin.name}.")


def _merge(pin: CompiledPin) -> Mark:
    return Mark("merge", pin.name, f"Several links meet at {pin.name}: their values mix as they arrive.")
