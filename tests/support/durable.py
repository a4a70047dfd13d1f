"""Blocks and graphs whose repetition after a crash leaves a trace, for the tests of workers and their deaths."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any
from uuid import uuid4

from backend.blocks.agent.review import HumanInTheLoopBlock
from backend.blocks.agent.run_graph import AgentExecutorBlock
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.blocks.lists.collect import CollectBlock
from backend.blocks.logic.step_through import StepThroughItemsBlock
from backend.blocks.numbers.calculator import CalculatorBlock
from backend.blocks.time.countdown import CountdownTimerBlock
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.graph import Graph, Link, Node
from backend.data.model import BlockSchema, SchemaField


class LedgerBlock(Block):
    """Writes a line outside of Blockyard in a recorded step, then gives the value on."""

    id = "6b0f4a0e-7a63-4c39-9a53-0d1d5b5a9b01"
    categories = {BlockCategory.LOGIC}

    class Input(BlockSchema):
        value: Any = SchemaField(description="Any value")
        path: str = SchemaField(description="The ledger")

    class Output(BlockSchema):
        value: Any = SchemaField(description="The same value")

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        async def write() -> str:
            return append_line(input_data.path, context.idempotency_key)

        await asyncio.sleep(0.001)
        await context.step("write", write)
        yield "value", input_data.value


class SleepBlock(Block):
    """Holds the value for a while, in memory; `is_stalling` holds up the whole process with it."""

    id = "6b0f4a0e-7a63-4c39-9a53-0d1d5b5a9b02"
    categories = {BlockCategory.LOGIC}

    class Input(BlockSchema):
        value: Any = SchemaField(description="Any value")
        seconds: float = SchemaField(default=0.0, description="How long")
        is_stalling: bool = SchemaField(default=False, description="Block the event loop")

    class Output(BlockSchema):
        value: Any = SchemaField(description="The same value")

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        if input_data.is_stalling:
            time.sleep(input_data.seconds)
        await asyncio.sleep(input_data.seconds)
        yield "value", input_data.value


Nodes = dict[str, tuple[type[Block], dict[str, Any]]]
"""By id: the block and its constants."""

BLOCKS: tuple[type[Block], ...] = (LedgerBlock, SleepBlock)


def append_line(path: str, key: str) -> str:
    """One line `key nonce time`, written in one piece; the nonce."""
    nonce = uuid4().hex
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, f"{key} {nonce} {time.time():.6f}\n".encode())
    finally:
        os.close(file)
    return nonce


def make(name: str, nodes: Nodes, links: list[str]) -> Graph:
    """A graph; links are written `a.out b.in`."""
    return Graph(
        id=f"durable-{name}",
        name=name,
        nodes=[Node(id=key, block_id=block.id, input_default=given) for key, (block, given) in nodes.items()],
        links=[_link(k, *text.split()) for k, text in enumerate(links)],
    )


def _link(number: int, source: str, sink: str) -> Link:
    (source_id, source_name), (sink_id, sink_name) = source.split("."), sink.split(".")
    return Link(
        id=f"l{number}",
        source_id=source_id,
        source_name=source_name,
        sink_id=sink_id,
        sink_name=sink_name,
    )


IN: Nodes = {"in": (AgentInputBlock, {"name": "x"})}
OUT: Nodes = {"out": (AgentOutputBlock, {"name": "y"})}


def _add(number: int) -> tuple[type[Block], dict[str, Any]]:
    return CalculatorBlock, {"operation": "Add", "b": number}


def pure() -> Graph:
    """y = x + 5, in five pure nodes."""
    nodes: Nodes = {f"add{k}": _add(1) for k in range(5)}
    chain = [f"add{k}.result add{k + 1}.a" for k in range(4)]
    return make("pure", {**IN, **nodes, **OUT}, ["in.result add0.a", *chain, "add4.result out.value"])


def effects(path: str) -> Graph:
    """y = x + 1, with three recorded effects on the way."""
    ledgers: Nodes = {f"led{k}": (LedgerBlock, {"path": path}) for k in range(3)}
    links = ["in.result led0.value", "led0.value add.a", "add.result led1.value", "led1.value led2.value"]
    return make("effects", {**IN, **ledgers, "add": _add(1), **OUT}, [*links, "led2.value out.value"])


def items(path: str) -> Graph:
    """y = [x, x + 1, …] of the list x, an effect for each item."""
    nodes: Nodes = {
        **IN,
        "each": (StepThroughItemsBlock, {}),
        "led": (LedgerBlock, {"path": path}),
        "add": _add(1),
        "all": (CollectBlock, {}),
        **OUT,
    }
    links = ["in.result each.items", "each.item led.value", "led.value add.a"]
    return make("items", nodes, [*links, "add.result all.items", "all.list out.value"])


def waits(seconds: float) -> Graph:
    """y = x, after a wait."""
    nodes: Nodes = {**IN, "wait": (CountdownTimerBlock, {"seconds": str(seconds)}), **OUT}
    return make(
        f"waits-{seconds:g}", nodes, ["in.result wait.input_message", "wait.output_message out.value"]
    )


def review(path: str) -> Graph:
    """y = x as a person left it, with an effect before and after."""
    nodes: Nodes = {
        **IN,
        "led0": (LedgerBlock, {"path": path}),
        "ask": (HumanInTheLoopBlock, {"name": "Fine?"}),
        "led1": (LedgerBlock, {"path": path}),
        **OUT,
    }
    links = ["in.result led0.value", "led0.value ask.data", "ask.approved_data led1.value"]
    return make("review", nodes, [*links, "led1.value out.value"])


def nested(child: Graph, name: str = "nested") -> Graph:
    """y of another graph."""
    schema = {"properties": {"x": {}}, "required": ["x"]}
    given = {
        "graph_id": child.id,
        "inputs": {},
        "input_schema": schema,
        "output_schema": {"properties": {"y": {}}},
    }
    nodes: Nodes = {**IN, "child": (AgentExecutorBlock, given), **OUT}
    return make(name, nodes, ["in.result child.x", "child.y out.value"])


def sleeps(seconds: float, *, is_stalling: bool = False) -> Graph:
    """y = x, held in memory for a while."""
    given = {"seconds": seconds, "is_stalling": is_stalling}
    name = f"{'stalls' if is_stalling else 'sleeps'}-{seconds:g}"
    return make(name, {**IN, "s": (SleepBlock, given), **OUT}, ["in.result s.value", "s.value out.value"])
