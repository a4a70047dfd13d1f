"""Graphs that run other graphs of their file: which one is meant, and which pins it gives."""

from __future__ import annotations

from typing import Any

import pytest

from backend.data.model import JsonObject
from backend.executor.program import problems_of
from backend.util.errors import BadInput
from tests.support.autogpt import (
    AGENT,
    INPUT,
    OUTPUT,
    VALUE,
    changes,
    ends,
    file,
    find,
    imported,
    named,
    node,
)


def child(graph_id: str, name: str, inputs: list[str], outputs: list[str], version: int = 1) -> JsonObject:
    nodes = [node(f"{name} {one}", INPUT, name=one) for one in inputs]
    nodes += [node(f"{name} {one}", OUTPUT, name=one) for one in outputs]
    return file(nodes, id=graph_id, name=name, version=version)


def call(
    label: str, target: str, inputs: list[str], outputs: list[str], version: int = 1, **given: Any
) -> JsonObject:
    schemas: list[JsonObject] = [{"properties": {one: {} for one in names}} for names in (inputs, outputs)]
    more = {"input_schema": schemas[0], "output_schema": schemas[1], "inputs": given, "user_id": "author"}
    return node(label, AGENT, graph_id=target, graph_version=version, **more)


def test_graph_that_is_run_is_found_by_id_then_by_version_and_pins_then_by_pins() -> None:
    children = [
        child("1", "one", ["q?"], ["a"], version=1),
        child("2", "two", ["q?"], ["a"], version=2),
        child("3", "three", ["x", "y"], ["z"], version=3),
    ]
    calls = [
        call("by id", "1", ["older"], ["a"], version=9),
        call("by version", "gone", ["q?"], ["a"], version=2),
        call("by pins", "gone", ["x", "y"], ["z"], version=9),
        call("either", "gone", ["q?"], ["a"], version=9),
        call("none", "gone", ["other"], ["a"]),
    ]
    read = imported(file(calls, sub_graphs=children))
    names = {one.id: one.name for one in read.graph.sub_graphs}
    targets = {one.label: names.get(one.input_default.get("graph_id", "")) for one in read.graph.nodes}
    assert targets == {"by id": "one", "by version": "two", "by pins": "three", "either": None, "none": None}
    assert [(one.node_name, one.missing) for one in read.missing] == [
        ("either", "graph gone"),
        ("none", "graph gone"),
    ]
    assert "'one', 'two'" in changes(read)["either", "graph_id"]
    assert "author" not in read.graph.model_dump_json()
    asked = {(problem.node_id, problem.pin) for problem in problems_of(read.graph, find)}
    assert {(named(read, name).id, "graph_id") for name in ("either", "none")} <= asked


@pytest.mark.parametrize(
    "lists", [{"sub_graphs": []}, {"subgraphs": {}}, {"sub_graphs": None}, {"sub_graphs": [{}]}]
)
def test_copies_of_a_graph_that_differ_in_the_graphs_within_are_one(lists: dict[str, Any]) -> None:
    other = child("2", "other", ["x"], [])
    if lists == {"sub_graphs": [{}]}:
        lists = {"sub_graphs": [other]}
    plain, newer = child("1", "one", ["q"], ["a"]), child("1", "one", ["q"], ["a"], version=2)
    outer = file([], id="outer", name="outer", sub_graphs=[plain, newer])
    call_it = call("call", "gone", ["q"], ["a"], version=1)
    read = imported(file([call_it], sub_graphs=[outer, {**newer, **lists}, {**plain, **lists}]))
    names = [one.name for one in read.graph.sub_graphs]
    assert sorted(set(names) - {"other"}) == ["one", "outer"]
    assert names.count("one") == 2, "two versions"
    versions = [one.id for one in read.graph.sub_graphs if one.name == "one"]
    assert named(read, "call").input_default["graph_id"] in versions
    assert read.missing == []


def test_pins_come_from_the_graph_that_is_run_and_lost_ones_are_named() -> None:
    one = child("1", "one", ["q?"], ["a"])
    one["nodes"][0]["input_default"] |= {"value": "x", "title": "Question"}
    nodes = [
        call("call", "1", ["q?", "old"], ["a", "b"], old=1),
        node("o", OUTPUT, name="o"),
        node("v", VALUE, input=1),
    ]
    links = ["v.output -> call.old", "v.output -> call.q?", "call.a -> o.value", "call.b -> o.value"]
    read = imported(file(nodes, links, sub_graphs=[one]))
    constants = named(read, "call").input_default
    assert constants["inputs"] == {}
    assert constants["graph_version"] == 1
    assert constants["input_schema"]["properties"] == {"q?": {"title": "Question", "default": "x"}}
    assert constants["input_schema"]["required"] == []
    assert ends(read.graph) == ["v.output -> call.q?", "call.a -> o.value"]
    assert set(changes(read)) == {("call", "old"), ("call", "b")}
    assert problems_of(read.graph, find) == ()


def test_graphs_that_run_each_other_are_imported_and_that_is_said() -> None:
    ping, pong = child("1", "ping", ["i"], ["o"]), child("2", "pong", ["j"], ["p"])
    ping["nodes"].append(call("to pong", "gone", ["j"], ["p"]))
    pong["nodes"].append(call("to ping", "gone", ["i"], ["o"]))
    read = imported(file([call("begin", "gone", ["i"], ["o"])], sub_graphs=[ping, pong]))
    [circle] = [one for one in read.differences if "run each other" in one.text]
    assert [one.node_name for one in circle.nodes] == ["to pong", "to ping"]


def test_one_large_graph_that_many_nodes_run_is_refused_before_it_fills_the_disk() -> None:
    large = child("1", "large", [f"input {k}" for k in range(2_000)], [])
    with pytest.raises(BadInput, match="too many inputs"):
        imported(file([call(f"c{k}", "1", [], []) for k in range(200)], sub_graphs=[large]))
