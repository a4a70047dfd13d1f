"""Nodes of the planner's tests as real blocks, so that a worker executes the same graphs."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any, ClassVar, Literal, cast

from pydantic import create_model

from backend.data.block import AsyncBlockOutput, Block, BlockOutput, Context
from backend.data.graph import Graph, Link, NodePolicy
from backend.data.graph import Node as GraphNode
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.executor.compiled import LinkSpec
from backend.util.clock import now
from backend.util.errors import BlockError
from tests.executor.plan_driver import WAIT, Call, Emission, Fail, Node
from tests.executor.plan_graphs import Traced

Way = Literal["inline", "async", "thread"]
LONGEST_PAUSE_S = 0.003
_OUTPUTS = (
    "out",
    "item",
    "key",
    "list",
    "yes",
    "no",
    "a",
    "b",
    "call",
    "done",
    "history",
    "ask",
    "items",
    "tools",
)
_numbers = count()


def encode(value: Any) -> Any:
    """As JSON, so that `decode` gives back the same Python value: tuples, keys that are tuples, lineages."""
    if isinstance(value, Traced):
        return {"py:traced": [encode(value.lineage), encode(value.data)]}
    if type(value) is tuple:
        return {"py:tuple": [encode(part) for part in value]}
    if type(value) is list:
        return [encode(part) for part in value]
    if type(value) is dict:
        return {"py:dict": [[encode(k), encode(v)] for k, v in value.items()]}
    return value


def decode(value: Any) -> Any:
    """What `encode` was given."""
    if type(value) is list:
        return [decode(part) for part in value]
    if isinstance(value, dict):
        return _decode_object(value)
    return value


def _decode_object(value: dict[str, Any]) -> Any:
    kind, content = next(iter(value.items()), ("", cast("Any", None)))
    if kind == "py:traced":
        return Traced(decode(content[0]), decode(content[1]))
    if kind == "py:tuple":
        return tuple(map(decode, content))
    if kind == "py:dict":
        return {decode(k): decode(v) for k, v in content}
    return value


class AdaptedBlock(Block):
    """A node's generator; pins that got nothing are absent from what it is given, as they are in the driver."""

    id = "adapted"
    node: ClassVar[Node]
    seed: ClassVar[int] = 0

    def emissions(self, input_data: BlockSchema, firing: int) -> Generator[Emission, Any, None]:
        given = {
            name: decode(getattr(input_data, name))
            for name in type(input_data).model_fields
            if name in input_data.model_fields_set
        }
        try:
            answer: Any = None
            steps = _generator(self.node.run(given, firing))
            while True:
                answer = yield steps.send(answer)
        except StopIteration:
            return
        except Fail as error:
            raise BlockError(str(error)) from error

    def run(self, input_data: Any, *args: Any, **kwargs: Any) -> BlockOutput | AsyncBlockOutput:
        raise AssertionError("the subclass says how it is run")


def _generator(emissions: Any) -> Generator[Emission, Any, None]:
    if isinstance(emissions, Generator):
        return cast("Generator[Emission, Any, None]", emissions)
    return (emission for emission in emissions)


class InlineBlock(AdaptedBlock):
    """The node as a pure block."""

    id = "adapted-inline"
    pure = True

    def run(self, input_data: BlockSchema, **kwargs: Any) -> BlockOutput:
        for pin, value in cast("Iterator[tuple[str, Any]]", self.emissions(input_data, 0)):
            yield pin, encode(value)


class ThreadBlock(AdaptedBlock):
    """The node as a block that runs in a thread."""

    id = "adapted-thread"

    def run(self, input_data: BlockSchema, **kwargs: Any) -> BlockOutput:
        for pin, value in cast("Iterator[tuple[str, Any]]", self.emissions(input_data, 0)):
            yield pin, encode(value)


class AsyncBlock(AdaptedBlock):
    """The node as an async block that takes a random, seeded time for every step; it may wait and call tools."""

    id = "adapted-async"

    async def run(self, input_data: BlockSchema, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        random = Random(f"{self.seed}/{self.node.id}/{context.firing}")
        steps, answer, number = self.emissions(input_data, context.firing), None, 0
        while True:
            await asyncio.sleep(max(0.0, random.uniform(-LONGEST_PAUSE_S, LONGEST_PAUSE_S)))
            try:
                emission = steps.send(answer)
            except StopIteration:
                return
            number += 1
            answer = None
            if emission is WAIT:
                until = now() + timedelta(seconds=random.uniform(0, LONGEST_PAUSE_S))
                await context.wait_until(until, key=str(number))
            elif isinstance(emission, Call):
                given = {pin: encode(value) for pin, value in emission.inputs.items()}
                said = await context.call_tool(emission.tool, given, key=str(number))
                answer = [(pin, decode(value)) for pin, value in said]
            else:
                yield emission[0], encode(emission[1])


_BASES: dict[Way, type[AdaptedBlock]] = {"inline": InlineBlock, "async": AsyncBlock, "thread": ThreadBlock}


def adapted(
    nodes: list[Node], links: list[LinkSpec], ways: dict[str, Way], seed: int = 0
) -> tuple[Graph, list[type[Block]]]:
    """The graph and its blocks; `ways` says by node id how each is executed."""
    blocks = [_block(node, links, _BASES[ways[node.id]], seed) for node in nodes]
    graph = Graph(
        name="adapted",
        nodes=[_graph_node(node, block) for node, block in zip(nodes, blocks, strict=True)],
        links=[_link(spec, str(place)) for place, spec in enumerate(links)],
    )
    return graph, blocks


def needs_context(node: Node) -> bool:
    """Whether the node may wait or call tools, so that only an async block can do it."""
    return node.run.__qualname__.startswith(("_waits", "_calls"))


def _block(node: Node, links: list[LinkSpec], base: type[AdaptedBlock], seed: int) -> type[Block]:
    number = next(_numbers)
    linked = [spec.sink_pin for spec in links if spec.sink_id == node.id]
    called_with = ["in"] if any(spec.is_call and spec.sink_id == node.id for spec in links) else []
    outputs = [*_OUTPUTS, *(s.source_pin for s in links if s.source_id == node.id), *node.each]
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "id": f"adapted-{number}",
        "node": node,
        "seed": seed,
        "collects": node.collect,
        "loop_pins": node.loop,
        "static_output": node.static_output,
        "Input": _schema("Input", [*node.pins, *linked, *called_with, *node.const], required=node.required),
        "Output": _schema("Output", outputs, each=node.each),
    }
    return cast("type[Block]", type(f"Adapted{number}Block", (base,), namespace))


def _schema(
    name: str,
    pins: list[str],
    *,
    required: frozenset[str] = frozenset(),
    each: frozenset[str] = frozenset(),
) -> type[BlockSchema]:
    fields: JsonObject = {
        pin: (Any, SchemaField(each=pin in each) if pin in required else SchemaField(None, each=pin in each))
        for pin in dict.fromkeys(pins)
        if pin != "error"
    }
    return create_model(name, __base__=BlockSchema, **fields)


def _graph_node(node: Node, block: type[Block]) -> GraphNode:
    policy = NodePolicy(on_error=node.on_error, order=node.order, parallel=node.slots)
    constants = {pin: encode(value) for pin, value in node.const.items()}
    return GraphNode(id=node.id, block_id=block.id, input_default=constants, policy=policy)


def _link(spec: LinkSpec, link_id: str) -> Link:
    return Link(
        id=link_id,
        source_id=spec.source_id,
        source_name=spec.source_pin,
        sink_id=spec.sink_id,
        sink_name=spec.sink_pin,
        is_static=spec.is_static,
    )
