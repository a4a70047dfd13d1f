"""Loops of foreign files that begin with a value from outside: as a constant, or told as running otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from backend.data.autogpt.known_blocks import id_of
from backend.data.import_report import Imported
from backend.data.model import JsonObject
from backend.executor.program import problems_of
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

LIST, EXTEND, MODEL = id_of("CreateListBlock"), id_of("AddToListBlock"), id_of("AITextGeneratorBlock")
BACK = "more.updated_list -> more.list"


def told_pairing(read: Imported) -> list[str]:
    found = [one for one in read.differences if "pair by item" in one.text]
    assert len(found) < 2
    assert all(one.count == len(one.nodes) for one in found)
    return [place.node_name for one in found for place in one.nodes]


def test_loop_begins_with_the_constant_that_came_over_a_link() -> None:
    read = imported(
        file(
            [node("first", LIST, values=[1]), node("more", EXTEND, entry=2)],
            ["first.list -> more.list", BACK],
        )
    )
    assert named(read, "more").input_default["list"] == [1]
    assert ends(read.graph) == [BACK]
    assert ("more", "list") in changes(read)
    assert told_pairing(read) == []


def test_links_of_placeholders_stay_as_they_are() -> None:
    assert find(MODEL) is None
    nodes = [node("first", LIST, values=[1]), node("ai", MODEL, prompt="hi"), node("more", EXTEND, entry=2)]
    links = ["first.list -> ai.prompt", "ai.response -> more.list", "more.updated_list -> ai.prompt"]
    read = imported(file(nodes, links))
    assert ends(read.graph) == links
    assert named(read, "ai").input_default["prompt"] == "hi"


@pytest.mark.parametrize("target", ["child", "gone"])
def test_first_value_of_a_graph_that_is_run_stands_among_its_inputs(target: str) -> None:
    parts = [node("i", INPUT, name="so far"), node("o", OUTPUT, name="then"), node("j", INPUT, name="x")]
    child = file(parts, ["i.result -> o.value"], id="child", name="Child")
    schemas: JsonObject = {
        "input_schema": {"properties": {"so far": {}}},
        "output_schema": {"properties": {"then": {}}},
    }
    call = node(
        "call",
        AGENT,
        graph_id=target,
        graph_version=1,
        inputs={"x": 5} if target == "child" else {},
        **schemas,
    )
    nodes = [node("first", LIST, values=[1]), call, node("more", EXTEND, entry=2)]
    links = ["first.list -> call.so far", "call.then -> more.list", "more.updated_list -> call.so far"]
    read = imported(file(nodes, links, sub_graphs=[child]))
    constants = named(read, "call").input_default
    assert constants["inputs"] == ({"so far": [1], "x": 5} if target == "child" else {"so far": [1]})
    assert "so far" not in constants
    assert ends(read.graph) == links[1:]
    if target == "child":
        assert problems_of(read.graph, find) == (), "the loop can begin"


def test_which_graph_is_run_does_not_come_from_a_loop() -> None:
    call = node("call", AGENT, graph_id="gone", inputs={}, output_schema={"properties": {"then": {}}})
    links = ["first.output -> call.graph_id", "call.then -> call.graph_id"]
    read = imported(file([node("first", VALUE, input="x"), call], links))
    assert "graph_id" not in named(read, "call").input_default
    assert ends(read.graph) == links


@pytest.mark.parametrize(
    ("nodes", "links"),
    [
        ([node("first", LIST)], ["first.list -> more.list", BACK]),
        ([node("first", INPUT, name="f", value=[])], ["first.result -> more.list", BACK]),
        ([node("first", LIST, values=[1]), node("keep", VALUE)],
         ["first.list -> more.list", "more.updated_list -> keep.input", "keep.output -> more.list"]),
        ([node("first", LIST, **{f"values_$_{k}": k for k in range(1_001)})], ["first.list -> more.list", BACK]),
        ([node("first", LIST, values=["x" * 1_100_000])], ["first.list -> more.list", BACK]),
    ],
    ids=["nothing known", "input", "static source", "many constants", "large value"],
)  # fmt: skip
def test_loop_that_cannot_begin_with_a_constant_is_told_once(nodes: list[Any], links: list[str]) -> None:
    read = imported(file([*nodes, node("more", EXTEND, entry=2)], links))
    assert sorted(ends(read.graph)) == sorted(links)
    assert told_pairing(read) == ["more"]


def test_loop_behind_items_is_told_once() -> None:
    nodes = [node("each", id_of("StepThroughItemsBlock"), items=[1]), node("more", EXTEND)]
    read = imported(file(nodes, ["each.item -> more.entry", "each.item -> more.list", BACK]))
    assert told_pairing(read) == ["more"]


def test_loop_that_nothing_enters_is_not_told() -> None:
    nodes = [node("a", EXTEND, entry=1), node("b", EXTEND, entry=1, list=[])]
    read = imported(file(nodes, ["a.updated_list -> b.list", "b.updated_list -> a.list"]))
    assert told_pairing(read) == []
