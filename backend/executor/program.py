"""From a graph to what can run: every problem found at once, or a `Program` that many runs share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from backend.data import convert
from backend.data.block import Block, BlockKind, NodePins
from backend.data.credential_fields import problem_of
from backend.data.graph import Graph, Link, Node
from backend.data.json_types import as_object
from backend.data.model import BlockSchema, JsonObject
from backend.data.pins import MISSING, base_name, fold, parse, pick
from backend.data.run import RunOptions
from backend.executor.bound import BoundNode, bind
from backend.executor.compiled import NOTHING, Compiled, CompileError, LinkSpec, NodeSpec, compile_graph
from backend.executor.values import hold, release
from backend.util.errors import BadInput, GraphInvalid, Problem

FindBlock = Callable[[str], Block | None]
TOOLS_PIN = "tools"
ERROR_PIN = "error"
_NEVER_RUN = frozenset({BlockKind.NOTE})


@dataclass(frozen=True, slots=True)
class Program:
    """A graph version made ready. Nothing in it changes, so all its runs share it.

    `nodes` has one entry for each node of the graph, None for those that do not take part; `by_plan`
    has those that do, in the order of the planner's nodes.
    """

    graph: Graph
    nodes: tuple[BoundNode | None, ...]
    by_plan: tuple[BoundNode, ...]
    compiled: Compiled
    inputs: dict[str, list[BoundNode]]
    node_ids: tuple[str, ...]
    plan_index: dict[int, int]
    """Node index -> the planner's index."""
    trigger: BoundNode | None = None
    """The trigger that starts the run; it gets the inputs."""

    def bind_inputs(self, given: JsonObject) -> dict[int, JsonObject]:
        """What the run's inputs put into the input nodes: node index -> constants.

        Raises:
            BadInput: an input is missing, unknown or of the wrong type; all of them are named.
        """
        if self.trigger is not None:
            return {self.trigger.index: _for_trigger(self.trigger, given)}
        problems = [
            Problem(
                f"There is no input {name!r}.",
                f"This graph has: {self._known_inputs()}.",
                path=f"inputs.{name}",
            )
            for name in given
            if name not in self.inputs
        ]
        bound: dict[int, JsonObject] = {}
        for name, nodes in self.inputs.items():
            for node in nodes:
                try:
                    bound.update(_bind_input(node, name, given))
                except BadInput as error:
                    problems.extend(error.problems)
        if problems:
            raise BadInput("; ".join(map(str, problems)), problems=tuple(problems))
        return bound

    def _known_inputs(self) -> str:
        return ", ".join(map(repr, self.inputs)) or "no inputs"


def _for_trigger(node: BoundNode, given: JsonObject) -> JsonObject:
    """The values of a trigger's pins, hidden ones included."""
    problems = tuple(
        Problem(f"The trigger {node.label!r} has no input {name!r}.", path=f"inputs.{name}")
        for name in given
        if name not in node.pins.inputs
    )
    if problems:
        raise BadInput("; ".join(map(str, problems)), problems=problems)
    return dict(given)


def _bind_input(node: BoundNode, name: str, given: JsonObject) -> dict[int, JsonObject]:
    """The constant of the node when it gets a value; a value that is not given is its own, which must fit too."""
    path = f"inputs.{name}"
    own = node.constants.get("value")
    wanted = own if given.get(name) is None else given[name]
    try:
        value = None if wanted is None else _input_value(node, wanted)
    except ValueError as error:
        raise BadInput(problems=(Problem(f"The input {name!r} does not fit: {error}", path=path),)) from error
    if value is None and not _is_optional(node):
        raise BadInput(problems=(Problem(f"The input {name!r} is missing.", "Give it a value.", path=path),))
    return {} if value is None or wanted is own else {node.index: {"value": value}}


def _input_value(node: BoundNode, wanted: Any) -> Any:
    """The value as the block and the node itself take it: what a person may choose from is set in the node."""
    value = _fitted(node.model, node.pins, "value", wanted)
    own = node.pins.inputs["value"].schema
    return convert.convert(value, own) if "enum" in own and value is not None else value


def _is_optional(node: BoundNode) -> bool:
    """Whether the block has a value of its own to give."""
    field = node.model.model_fields["value"]
    return field.get_default(call_default_factory=True) is not None


def build(graph: Graph, find_block: FindBlock, options: RunOptions | None = None) -> Program:
    """Check the whole graph and make it ready.

    Raises:
        GraphInvalid: with every problem, each with node, pin and cure.
    """
    return _Builder(graph, find_block, options or RunOptions()).build()


def problems_of(graph: Graph, find_block: FindBlock) -> tuple[Problem, ...]:
    """Everything that keeps the graph from running; empty when it can."""
    try:
        build(graph, find_block)
    except GraphInvalid as error:
        return error.problems
    return ()


class _Builder:
    """Goes once through nodes and links and collects problems on the way."""

    def __init__(self, graph: Graph, find_block: FindBlock, options: RunOptions) -> None:
        self.graph = graph
        self.find_block = find_block
        self.options = options
        self.problems: list[Problem] = []
        self.nodes: dict[str, Node] = {}
        self.blocks: dict[str, Block] = {}
        self.pins: dict[str, NodePins] = {}
        self.links: list[Link] = []
        self.linked: dict[str, set[str]] = defaultdict(set)
        self.absent: set[str] = set()
        """Nodes whose block is not there."""

    def build(self) -> Program:
        self._take_nodes()
        self._take_links()
        self._keep_until()
        self._check_types()
        for node in self.nodes.values():
            self._check_constants(node)
            self._check_required(node)
        compiled = self._compile()
        if self.problems or compiled is None:
            raise GraphInvalid(tuple(self.problems))
        return self._program(compiled)

    def _problem(
        self, message: str, cure: str = "", node_id: str | None = None, pin: str | None = None
    ) -> None:
        self.problems.append(Problem(message, cure, node_id, pin))

    # -- nodes and links -------------------------------------------------------------------------------

    def _take_nodes(self) -> None:
        seen: set[str] = set()
        for node in self.graph.nodes:
            if node.id in seen:
                self._problem("Two nodes have this id.", "Give one of them another id.", node.id)
                continue
            seen.add(node.id)
            block = self.find_block(node.block_id)
            if block is None and not node.disabled:
                self.absent.add(node.id)
                self._problem(
                    f"The block {_block_name(node)} is not in the catalogue.",
                    "Replace the node, disable it, or install what provides the block.",
                    node.id,
                )
            if block is None or node.disabled or block.kind in _NEVER_RUN:
                continue
            self.nodes[node.id] = node
            self.blocks[node.id] = block
            self.pins[node.id] = block.pins(node.input_default)
        self.known = seen

    def _take_links(self) -> None:
        seen: set[str] = set()
        for link in self.graph.links:
            if link.id in seen:
                self._problem(
                    f"Two links have the id {link.id!r}.", "Give one of them another id.", link.sink_id
                )
            seen.add(link.id)
            ends = [("source", link.source_id), ("sink", link.sink_id)]
            missing = [(side, node_id) for side, node_id in ends if node_id not in self.known]
            for side, node_id in missing:
                self._problem(f"The {side} of link {link.id!r} does not exist.", "Remove the link.", node_id)
            if (
                not missing
                and link.source_id in self.nodes
                and link.sink_id in self.nodes
                and self._has_pins(link)
                and self._has_paths(link)
            ):
                self.links.append(link)
                self.linked[link.sink_id].add(link.sink_name)

    def _has_pins(self, link: Link) -> bool:
        outputs, inputs = self.pins[link.source_id].outputs, self.pins[link.sink_id].inputs
        source, sink = base_name(link.source_name), base_name(link.sink_name)
        is_call = source == TOOLS_PIN or link.source_name.startswith(f"{TOOLS_PIN}_^_")
        has_source = source in outputs or source == ERROR_PIN or (is_call and TOOLS_PIN in outputs)
        has_sink = sink in inputs and not inputs[sink].is_hidden
        if not has_source:
            self._problem(
                f"There is no output {source!r}.",
                f"It has: {_names(outputs)}.",
                link.source_id,
                link.source_name,
            )
        if not has_sink:
            self._problem(
                f"There is no input {sink!r}.", f"It has: {_names(inputs)}.", link.sink_id, link.sink_name
            )
        return has_source and has_sink

    def _has_paths(self, link: Link) -> bool:
        """Whether the names of its pins, where they name a part of a value, can be read."""
        ends = [(link.sink_id, link.sink_name)]
        if not is_call(link):
            ends.append((link.source_id, link.source_name))
        for node_id, name in ends:
            try:
                parse(name)
            except ValueError as error:
                self._problem(str(error), "", node_id, name)
                return False
        return True

    def _keep_until(self) -> None:
        """`until_node`: what does not lead to the node does not take part."""
        target = self.options.until_node
        if target is None:
            return
        if target not in self.nodes:
            self._problem(
                "The run should stop after a node that does not take part.", "Choose another.", target
            )
            return
        sources: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            sources[link.sink_id].add(link.source_id)
        kept, rest = {target}, [target]
        while rest:
            for source in sources[rest.pop()] - kept:
                kept.add(source)
                rest.append(source)
        self.nodes = {node_id: node for node_id, node in self.nodes.items() if node_id in kept}
        self.links = [link for link in self.links if link.sink_id in kept]

    # -- checks ----------------------------------------------------------------------------------------

    def _check_types(self) -> None:
        for link in self.links:
            if link.source_name == ERROR_PIN or base_name(link.sink_name) != link.sink_name:
                continue
            source = self.pins[link.source_id].outputs.get(link.source_name)
            sink = self.pins[link.sink_id].inputs[link.sink_name]
            if source is None or (self.blocks[link.sink_id].collects and link.sink_name == "items"):
                continue
            if not convert.can_fit(source.schema, sink.schema):
                self._problem(
                    f"{convert.describe(source.schema)} from {link.source_id}.{link.source_name} can never be "
                    f"{convert.describe(sink.schema)}.",
                    "Put a block between them that converts it, or link another pin.",
                    link.sink_id,
                    link.sink_name,
                )

    def _check_constants(self, node: Node) -> None:
        linked = self.linked[node.id]
        constants = {
            name: value
            for name, value in node.input_default.items()
            if value is not None and name not in linked
        }
        try:
            folded = fold(constants)
        except ValueError as error:
            self._problem(f"Its constants do not fit together: {error}", "Correct them.", node.id)
            return
        model = self.blocks[node.id].input_model(node.input_default)
        unfinished = {base_name(name) for name in linked}  # a link brings the rest of the list or the object
        unfinished.update(model.credentials_pins())  # _check_required looks at them
        for name, value in folded.items():
            if name not in model.model_fields or name in unfinished or value is None:
                continue
            try:
                _fitted(model, self.pins[node.id], name, value)
            except ValueError as error:
                self._problem(f"Its value does not fit: {error}", "Correct it.", node.id, name)

    def _check_required(self, node: Node) -> None:
        linked = {base_name(name) for name in self.linked[node.id]}
        given = {base_name(name) for name, value in node.input_default.items() if value is not None} | linked
        for name, pin in self.pins[node.id].inputs.items():
            if pin.is_required and not pin.is_hidden and name not in given:
                sources = self._sources[node.id, name]
                if sources & self.absent:
                    continue  # said there already
                self._problem(
                    "Nothing feeds this input: its source is disabled."
                    if sources
                    else "This input is missing.",
                    "Enable the source, give it a value, or link something to it."
                    if sources
                    else "Give it a value, or link something to it.",
                    node.id,
                    name,
                )
        block = self.blocks[node.id]
        for name in block.Input.credentials_pins():
            if found := problem_of(block.Input, name, node.input_default):
                self.problems.append(replace(found, node_id=node.id))

    @cached_property
    def _sources(self) -> dict[tuple[str, str], set[str]]:
        """(node, pin) -> the nodes that any link comes from, whether they take part or not."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for link in self.graph.links:
            found[link.sink_id, base_name(link.sink_name)].add(link.source_id)
        return found

    # -- the planner's view ----------------------------------------------------------------------------

    def _compile(self) -> Compiled | None:
        if not self.nodes:
            if not self.problems:
                self._problem(
                    "Nothing in this graph can start.", "Add an input, a trigger, or any block without links."
                )
            return None
        specs = [self._node_spec(node) for node in self.nodes.values()]
        try:
            return compile_graph(specs, [self._link_spec(link) for link in self.links])
        except CompileError as error:
            for found in error.problems:
                self._problem(found.message, "", found.node_id, found.pin)
            return None

    def _node_spec(self, node: Node) -> NodeSpec:
        block, pins, linked = self.blocks[node.id], self.pins[node.id], self.linked[node.id]
        has_constant = {name for name, value in node.input_default.items() if value is not None}
        position = {name: place for place, name in enumerate(pins.inputs)}
        calls = self._incoming[node.id]
        return NodeSpec(
            id=node.id,
            input_pins=tuple(sorted(linked, key=lambda name: position.get(base_name(name), len(position)))),
            each=frozenset(name for name, pin in pins.outputs.items() if pin.is_each),
            loop=block.loop_pins,
            required=frozenset(
                name for name in linked if name not in has_constant and _needs_value(pins, name)
            ),
            static_output=block.static_output,
            is_collect=block.collects,
            is_start=self._may_start(node, calls),
            on_error=node.policy.on_error,
            order=node.policy.order or block.order,
            slots=node.policy.parallel,
        )

    def _may_start(self, node: Node, incoming: list[Link]) -> bool:
        """Tools fire when called, triggers when they started the run."""
        if self.blocks[node.id].kind is BlockKind.TRIGGER:
            return node.id == self.options.trigger_node
        return not (incoming and all(is_call(link) for link in incoming))

    @cached_property
    def _incoming(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            found[link.sink_id].append(link)
        return found

    def _link_spec(self, link: Link) -> LinkSpec:
        parsed = parse(link.source_name)
        calls = is_call(link)
        return LinkSpec(
            source_id=link.source_id,
            source_pin=TOOLS_PIN if calls else parsed.base,
            sink_id=link.sink_id,
            sink_pin=link.sink_name,
            is_static=link.is_static or self.blocks[link.source_id].static_output,
            pick=_picker(parsed.path) if parsed.path and not calls else None,
            is_call=calls,
        )

    def _program(self, compiled: Compiled) -> Program:
        bound = {
            node.id: bind(
                index,
                node,
                self.blocks[node.id],
                self.pins[node.id],
                frozenset(self.linked[node.id]),
                self.options.pins.get(node.id, node.pinned),
            )
            for index, node in enumerate(self.graph.nodes)
            if node.id in self.nodes
        }
        inputs: dict[str, list[BoundNode]] = defaultdict(list)
        for node in bound.values():
            if node.block.kind is BlockKind.INPUT:
                inputs[str(node.constants.get("name", node.id))].append(node)
        by_plan = tuple(bound[node.id] for node in compiled.nodes)
        return Program(
            graph=self.graph,
            nodes=tuple(bound.get(node.id) for node in self.graph.nodes),
            by_plan=by_plan,
            compiled=compiled,
            inputs=dict(inputs),
            node_ids=tuple(node.id for node in self.graph.nodes),
            plan_index={node.index: place for place, node in enumerate(by_plan)},
            trigger=self._trigger(bound),
        )

    def _trigger(self, bound: dict[str, BoundNode]) -> BoundNode | None:
        chosen = self.options.trigger_node
        if chosen is None:
            return None
        node = bound.get(chosen)
        if node is None or node.block.kind is not BlockKind.TRIGGER:
            raise GraphInvalid(
                (Problem("This node is no trigger of the graph.", "Choose a trigger.", chosen),)
            )
        return node


def _block_name(node: Node) -> str:
    """The block as people know it, as far as the import said, and its id."""
    placeholder = as_object((node.metadata.model_extra or {}).get("placeholder")) or {}
    name = placeholder.get("name")
    return f"{name} ({node.block_id})" if isinstance(name, str) and name else repr(node.block_id)


def _names(pins: Iterable[str]) -> str:
    return ", ".join(map(repr, pins)) or "none"


def is_call(link: Link) -> bool:
    """Whether the sink is a tool of the source, which calls it."""
    return link.source_name == TOOLS_PIN or link.source_name.startswith(f"{TOOLS_PIN}_^_")


def _needs_value(pins: NodePins, name: str) -> bool:
    base = base_name(name)
    return base != name or pins.inputs[base].is_required


def _picker(path: Any) -> Callable[[object], object]:
    def part_of(held: Any) -> object:
        value = pick(release(held), path)
        return NOTHING if value is MISSING else hold(value)

    return part_of


def _fitted(model: type[BlockSchema], pins: NodePins, name: str, value: Any) -> Any:
    """The value of a pin, converted if it must be.

    Raises:
        ValueError: it does not fit; fit for a person.
    """
    adapter = model.pin_adapter(name)
    if adapter is None:
        return value
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        if name not in pins.inputs:
            raise ValueError(f"{error.errors()[0]['msg']}.") from error
    converted = convert.convert(value, pins.inputs[name].schema)
    try:
        return adapter.validate_python(converted)
    except ValidationError as error:
        raise ValueError(f"{error.errors()[0]['msg']}.") from error
