"""The graphs that the benchmarks run."""

from __future__ import annotations

from typing import Any

from backend.blocks.basic.respond import RespondToCallerBlock
from backend.blocks.example.triggers import ExampleTriggerBlock
from backend.blocks.lists.collect import CollectBlock
from backend.data.block import Block
from backend.data.graph import Graph, Link, Node
from bench.blocks import CountBlock, EffectBlock, FibonacciBlock, HeavyFibonacciBlock, PassBlock


def fibonacci_row(count: int = 40, n: int = 10) -> Graph:
    """W1: light pure nodes in a row."""
    return _row("bench-w1", [node(f"n{k}", FibonacciBlock, n=n) for k in range(count)], "result", "after")


def effect_row(count: int = 40) -> Graph:
    """W1: nodes with effects in a row."""
    return _row("bench-effects", _first_with_value(EffectBlock, count, pin="value"), "value", "value")


def independent_fibonacci(count: int = 10, n: int = 33) -> Graph:
    """W1b: heavy nodes that know nothing of each other."""
    nodes = [node(f"n{k}", HeavyFibonacciBlock, n=n) for k in range(count)]
    return Graph(id="bench-w1b", name="bench-w1b", nodes=nodes, links=[])


def fan_out(count: int = 1000, passes: int = 3) -> Graph:
    """W3: one node gives out `count` values, each goes through `passes` nodes, a last one gathers them."""
    middle = [node(f"p{k}", PassBlock) for k in range(passes)]
    links = [link(f"p{k}.value", f"p{k + 1}.value") for k in range(passes - 1)]
    links += [link("count.item", "p0.value"), link(f"p{passes - 1}.value", "all.items")]
    nodes = [node("count", CountBlock, count=count), *middle, node("all", CollectBlock)]
    return Graph(id="bench-w3", name="bench-w3", nodes=nodes, links=links)


def single_node() -> Graph:
    """W4: a run that is nearly nothing, so that the queue is what is measured."""
    return _row("bench-w4", _first_with_value(PassBlock, 1, pin="value"), "value", "value")


def ten_nodes() -> Graph:
    """W2: trivial nodes in a row."""
    return _row("bench-w2", _first_with_value(PassBlock, 10, pin="value"), "value", "value")


def answered_webhook() -> Graph:
    """W2: a webhook comes in, ten trivial nodes run, the answer has their result."""
    row = _row("bench-w2-webhook", [node(f"n{k}", PassBlock) for k in range(10)], "value", "value")
    nodes = [node("trigger", ExampleTriggerBlock), *row.nodes, node("say", RespondToCallerBlock)]
    links = [link("trigger.event_data", "n0.value"), *row.links, link("n9.value", "say.body")]
    return row.model_copy(update={"nodes": nodes, "links": links})


def effects_of_items(name: str, count: int, effects: int = 3) -> Graph:
    """W8: one node gives out `count` values, each goes through nodes with effects: events come one by one."""
    nodes = [node("count", CountBlock, count=count), *(node(f"e{k}", EffectBlock) for k in range(effects))]
    links = [link("count.item", "e0.value")]
    links += [link(f"e{k}.value", f"e{k + 1}.value") for k in range(effects - 1)]
    return Graph(id=name, name=name, nodes=nodes, links=links)


def node(node_id: str, block: type[Block], **constants: Any) -> Node:
    return Node(id=node_id, block_id=block.id, input_default=constants)


def link(source: str, sink: str) -> Link:
    """Both ends as `node.pin`."""
    source_id, _, source_name = source.partition(".")
    sink_id, _, sink_name = sink.partition(".")
    return Link(
        id=f"{source}-{sink}",
        source_id=source_id,
        source_name=source_name,
        sink_id=sink_id,
        sink_name=sink_name,
    )


def _first_with_value(block: type[Block], count: int, *, pin: str) -> list[Node]:
    return [node("n0", block, **{pin: 1}), *(node(f"n{k}", block) for k in range(1, count))]


def _row(name: str, nodes: list[Node], out: str, into: str) -> Graph:
    links = [link(f"n{k}.{out}", f"n{k + 1}.{into}") for k in range(len(nodes) - 1)]
    return Graph(id=name, name=name, nodes=nodes, links=links)
