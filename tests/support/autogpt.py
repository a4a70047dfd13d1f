"""Files in the format of the AutoGPT platform, and what an import makes of them."""

from __future__ import annotations

import json
from typing import Any

from backend.blocks import catalogue
from backend.data.autogpt.known_blocks import id_of
from backend.data.graph import Graph, Node
from backend.data.graph_ids import all_of
from backend.data.graph_import import read_import
from backend.data.import_report import Imported
from backend.data.model import JsonObject

AGENT, VALUE = id_of("AgentExecutorBlock"), id_of("StoreValueBlock")
INPUT, OUTPUT = id_of("AgentInputBlock"), id_of("AgentOutputBlock")
find = catalogue().find


def node(label: str, block: str, /, **constants: Any) -> JsonObject:
    metadata = {"position": {"x": 1, "y": 2}, "customized_name": label}
    return {"id": label, "block_id": block, "input_default": constants, "metadata": metadata}


def link(text: str, **more: Any) -> JsonObject:
    """`"a.result -> b.value"`."""
    source, sink = (end.strip().split(".", 1) for end in text.split("->"))
    ends = {"source_id": source[0], "source_name": source[1], "sink_id": sink[0], "sink_name": sink[1]}
    return {"id": f"link {text}", **ends, **more}


def file(nodes: list[JsonObject], links: list[str] | None = None, **more: Any) -> JsonObject:
    whole = {"id": "theirs", "version": 3, "is_active": True, "name": "Theirs", "description": ""}
    return {**whole, "nodes": nodes, "links": [link(one) for one in links or []], **more}


def imported(whole: Any, key: str | None = None) -> Imported:
    return read_import(json.dumps(whole).encode(), "user", key, find)


def named(read: Imported, name: str) -> Node:
    [found] = [one for graph in all_of(read.graph) for one in graph.nodes if one.label == name]
    return found


def ends(graph: Graph) -> list[str]:
    labels = {one.id: one.label for one in graph.nodes}
    return [
        f"{labels[one.source_id]}.{one.source_name} -> {labels[one.sink_id]}.{one.sink_name}"
        for one in graph.links
    ]


def changes(read: Imported) -> dict[tuple[str, str | None], str]:
    return {(one.node_name, one.pin): one.why for one in read.changed}
