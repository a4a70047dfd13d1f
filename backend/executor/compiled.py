"""Compiles a graph for the planner: once per version, shared by all of its runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.executor.planning.components import find_components
from backend.executor.planning.feedback import Feedback, find_never
from backend.executor.planning.marks import find_marks
from backend.executor.planning.reach import assign_reach, sinks
from backend.executor.planning.scopes import assign_roles, find_scopes
from backend.executor.planning.shape import (
    NOTHING,
    CompiledLink,
    CompiledNode,
    CompiledPin,
    CompileError,
    CompileProblem,
    Kind,
    LinkSpec,
    Mark,
    NodeSpec,
    Nothing,
    Port,
)

__all__ = [
    "NOTHING",
    "CompileError",
    "CompileProblem",
    "Compiled",
    "CompiledLink",
    "CompiledNode",
    "CompiledPin",
    "Kind",
    "LinkSpec",
    "Mark",
    "NodeSpec",
    "Nothing",
    "compile_graph",
]

_DYNAMIC = re.compile(r"_[$#@]_")


class Compiled:
    """A graph ready to run. Nothing in it changes afterwards."""

    __slots__ = ("by_id", "collects", "marks", "never", "nodes")

    def __init__(self, nodes: list[CompiledNode], never: list[str], marks: dict[str, list[Mark]]) -> None:
        self.nodes = nodes
        self.by_id = {node.id: node for node in nodes}
        self.never = never
        """Ids of the nodes that cannot fire: behind a trigger that did not start this run, notes."""
        self.marks = marks
        """Node id to what the canvas says about it."""
        self.collects = [node for node in nodes if node.kind is Kind.COLLECT]


def compile_graph(nodes: Sequence[NodeSpec], links: Sequence[LinkSpec]) -> Compiled:
    """The graph with scopes, pairing and reach worked out; positions are those of `nodes`.

    Raises:
        CompileError: the graph cannot run; its `problems` are all there are.
    """
    builder = _Builder(nodes, links)
    problems = builder.problems
    feedback = Feedback(builder.nodes)
    for component in builder.components:
        problems += [problem for problem in (feedback.solve(component), find_scopes(component)) if problem]
    for node in builder.nodes:
        assign_roles(node)
    problems += _collect_problems(builder.nodes)
    if problems:
        raise CompileError(problems)
    assign_reach(builder.components)
    _weigh(builder.nodes)
    return Compiled(builder.nodes, find_never(builder.nodes, feedback), find_marks(builder.components))


class _Builder:
    """Nodes, pins, links and components, before anything is worked out."""

    def __init__(self, specs: Sequence[NodeSpec], links: Sequence[LinkSpec]) -> None:
        self.problems: list[CompileProblem] = []
        self.nodes: list[CompiledNode] = []
        self._by_id: dict[str, CompiledNode] = {}
        for spec in specs:
            self._add_node(spec)
        for rank, link in enumerate(links):
            self._add_link(link, rank)
        for node in self.nodes:
            _sort_pins(node)
        self.components = self._connect()

    def _add_node(self, spec: NodeSpec) -> None:
        if spec.id in self._by_id:
            self._refuse(
                spec.id, None, "duplicate_node", f"Two nodes have the id {spec.id!r}: give one another id."
            )
            return
        node = self._by_id[spec.id] = CompiledNode(spec, len(self.nodes))
        self.nodes.append(node)

    def _add_link(self, spec: LinkSpec, rank: int) -> None:
        source, sink = self._by_id.get(spec.source_id), self._by_id.get(spec.sink_id)
        ends = ((source, spec.source_id, spec.source_pin), (sink, spec.sink_id, spec.sink_pin))
        for node, node_id, name in ends:
            if node is None:
                message = f"A link names the node {node_id!r}, which is not in the graph: remove the link."
                self._refuse(node_id, name, "unknown_node", message)
        if source is None or sink is None:
            return
        if spec.is_call:
            _add_call(source, sink)
            return
        pin = sink.by_name.get(spec.sink_pin)
        if pin is None:
            pin = sink.by_name[spec.sink_pin] = CompiledPin(spec.sink_pin, sink)
        is_static = spec.is_static or source.spec.static_output
        link = CompiledLink(source, spec.source_pin, pin, is_static=is_static, pick=spec.pick, rank=rank)
        pin.links.append(link)
        source.outs.setdefault(spec.source_pin, Port()).links.append(link)

    def _refuse(self, node_id: str, pin: str | None, code: str, message: str) -> None:
        self.problems.append(CompileProblem(node_id, pin, code, message))

    def _connect(self) -> list[list[CompiledNode]]:
        successors = [[sink.index for sink in sinks(node)] for node in self.nodes]
        components = [[self.nodes[index] for index in found] for found in find_components(successors)]
        for number, component in enumerate(components):
            for node in component:
                node.component = number
                node.is_cyclic = len(component) > 1 or node.index in successors[node.index]
        return components


def _add_call(caller: CompiledNode, tool: CompiledNode) -> None:
    tool.is_tool = True
    if tool not in caller.callees:
        caller.callees.append(tool)
        tool.callers.append(caller)


def _sort_pins(node: CompiledNode) -> None:
    order = {name: place for place, name in enumerate(node.spec.input_pins)}

    def place(name: str) -> int:
        return order.get(name, order.get(_DYNAMIC.split(name, maxsplit=1)[0], len(order)))

    node.pins = sorted(node.by_name.values(), key=lambda pin: place(pin.name))
    for pin in node.pins:
        pin.is_static = all(link.is_static for link in pin.links)
        pin.is_loop = pin.name in node.spec.loop


def _collect_problems(nodes: list[CompiledNode]) -> list[CompileProblem]:
    problems: list[CompileProblem] = []
    for node in (node for node in nodes if node.spec.is_collect):
        if node.is_cyclic:
            message = (
                f"{node.id} collects a list on a cycle, so the list would never be complete: move it outside."
            )
            problems.append(CompileProblem(node.id, None, "collect_on_cycle", message))
        for pin in node.pins[1:]:
            if pin.scope_type != node.pins[0].scope_type:
                message = (
                    f"{node.id} collects {node.pins[0].name}, but {pin.name} comes from other items: link "
                    "only pins of the same list, or use two collects."
                )
                problems.append(CompileProblem(node.id, pin.name, "collect_mixed", message))
    return problems


def _weigh(nodes: list[CompiledNode]) -> None:
    for node in nodes:
        for port in node.outs.values():
            port.weight = sum(link.pin.counts for link in port.links)
