"""Small graphs for the tests of the command line."""

from __future__ import annotations

from typing import Any

TEXT = "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158"
NUMBER = "96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98"
OUTPUT = "363ae599-353e-4804-937e-b2ee3cef3da4"
CALCULATOR = "b1ab9b19-67a6-406d-abf5-2dba76d00c79"
COLLECT = "bfabf41e-2619-4d07-919f-60493d3417e9"
TIMER = "d67a9c52-5e4e-11e2-bcfd-0800200c9a71"
STEP = "f66a3543-28d3-4ab5-8945-9b336371e2ce"
CREATE_LIST = "a912d5c7-6e00-4542-b2a9-8034136930e4"


def node(node_id: str, block_id: str, **constants: Any) -> dict[str, Any]:
    return {"id": node_id, "block_id": block_id, "input_default": constants}


def link(text: str) -> dict[str, Any]:
    """`"a.result -> b.value"`."""
    source, sink = (end.split(".", 1) for end in text.split(" -> "))
    return {
        "id": f"{text}"[:64],
        "source_id": source[0],
        "source_name": source[1],
        "sink_id": sink[0],
        "sink_name": sink[1],
    }


def graph(*nodes: dict[str, Any], links: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": "test", "nodes": list(nodes), "links": [link(text) for text in links]}


def timer_graph(seconds: float, message: str = "done") -> dict[str, Any]:
    return graph(
        node("wait", TIMER, seconds=seconds, input_message=message),
        node("end", OUTPUT, name="said"),
        links=("wait.output_message -> end.value",),
    )
