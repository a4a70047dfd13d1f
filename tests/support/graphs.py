"""Graphs for tests, written short: `graph([node("a", AddBlock, x=1), ...], ["a.out -> b.in", ...])`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backend.data.block import Block
from backend.data.graph import Graph, Link, Node, NodePolicy, RetryPolicy

STATIC_ARROW = "=>"
"""Between the ends of a link that keeps its last value; other links have `->`."""


def graph(nodes: Iterable[Node], links: Iterable[str] = (), name: str = "test") -> Graph:
    """A graph that is not stored yet; its links are written as `link` reads them."""
    return Graph(name=name, nodes=list(nodes), links=[link(text, str(k)) for k, text in enumerate(links)])


def node(
    node_id: str,
    block: type[Block] | Block,
    *,
    policy: NodePolicy | None = None,
    pinned: dict[str, list[Any]] | None = None,
    disabled: bool = False,
    **constants: Any,
) -> Node:
    """A node of a block, with its constants by name."""
    return Node(
        id=node_id,
        block_id=block.id,
        input_default=constants,
        policy=policy or NodePolicy(),
        pinned=pinned,
        disabled=disabled,
    )


def link(text: str, link_id: str) -> Link:
    """`a.out -> b.in`, or `a.out => b.in` for a static link."""
    is_static = STATIC_ARROW in text
    source, sink = text.split(STATIC_ARROW if is_static else "->")
    source_id, source_name = source.strip().split(".", 1)
    sink_id, sink_name = sink.strip().split(".", 1)
    return Link(
        id=link_id,
        source_id=source_id,
        source_name=source_name,
        sink_id=sink_id,
        sink_name=sink_name,
        is_static=is_static,
    )


def retries(times: int, *kinds: str, backoff_s: float = 0.001, **policy: Any) -> NodePolicy:
    """A policy that tries again at once."""
    return NodePolicy(retry=RetryPolicy(times=times, backoff_s=backoff_s, kinds=list(kinds)), **policy)


CONTINUE = NodePolicy(on_error="continue")
