"""What compiling a graph finds out, refuses and marks, and that it takes no time."""

from __future__ import annotations

import time

import pytest

from backend.executor.compiled import CompileError, LinkSpec, NodeSpec, compile_graph
from tests.executor.plan_driver import link

EACH = frozenset({"item"})
IN = frozenset({"in"})


def problems(nodes: list[NodeSpec], links: list[LinkSpec]) -> list[tuple[str, str | None, str]]:
    with pytest.raises(CompileError) as caught:
        compile_graph(nodes, links)
    return [(problem.node_id, problem.pin, problem.code) for problem in caught.value.problems]


def marks(nodes: list[NodeSpec], links: list[LinkSpec]) -> dict[str, list[tuple[str, str | None]]]:
    found = compile_graph(nodes, links).marks
    return {node_id: [(mark.code, mark.pin) for mark in of_node] for node_id, of_node in found.items()}


def test_all_problems_are_listed_at_once() -> None:
    nodes = [
        NodeSpec("a"),
        NodeSpec("a"),
        NodeSpec("b", required=IN),
        NodeSpec("c", is_collect=True),
        NodeSpec("m"),
    ]
    links = [
        link("a.out", "gone.in"),
        link("lost.out", "a.in"),
        link("b.out", "b.in"),
        link("a.out", "c.items"),
        link("c.list", "m.in"),
        link("m.out", "c.items"),
    ]
    assert problems(nodes, links) == [
        ("a", None, "duplicate_node"),
        ("gone", "in", "unknown_node"),
        ("lost", "out", "unknown_node"),
        ("b", "in", "cycle_cannot_start"),
        ("c", None, "collect_on_cycle"),
    ]


def test_cycle_that_waits_for_itself_is_refused_although_something_enters_it() -> None:
    nodes = [NodeSpec("s"), NodeSpec("a", required=frozenset({"x", "y"})), NodeSpec("b", required=IN)]
    links = [link("s.out", "a.x"), link("a.out", "b.in"), link("b.out", "a.y")]
    assert problems(nodes, links) == [("a", "y", "cycle_cannot_start")]


def test_cycle_behind_a_refused_one_is_not_blamed() -> None:
    nodes = [NodeSpec(name, required=frozenset({"in", "x"})) for name in "ab"]
    links = [link("a.out", "a.in"), link("a.out", "b.x"), link("b.out", "b.in")]
    assert problems(nodes, links) == [("a", "in", "cycle_cannot_start")]


def test_collect_of_two_different_lists_is_refused() -> None:
    nodes = [NodeSpec("g", each=EACH), NodeSpec("h", each=EACH), NodeSpec("c", is_collect=True)]
    assert problems(nodes, [link("g.item", "c.x"), link("h.item", "c.y")]) == [("c", "y", "collect_mixed")]


def test_lists_within_lists_without_end_are_refused() -> None:
    nodes = [NodeSpec(f"g{k}", each=EACH) for k in range(60)]
    links = [link(f"g{k}.item", f"g{k + 1}.in") for k in range(59)]
    assert {code for _, _, code in problems(nodes, links)} == {"too_deep"}


def test_nodes_behind_a_trigger_that_did_not_start_the_run_never_fire() -> None:
    nodes = [
        NodeSpec("t", is_start=False),
        NodeSpec("a"),
        NodeSpec("b"),
        NodeSpec("s"),
        NodeSpec("c", is_collect=True),
    ]
    links = [link("t.out", "a.in"), link("t.out", "b.in"), link("s.out", "b.in"), link("a.out", "c.items")]
    assert compile_graph(nodes, links).never == ["t", "a", "c"]


def test_dynamic_pins_stand_with_their_base_pin() -> None:
    node = NodeSpec("j", input_pins=("first", "values", "last"))
    names = ["last", "values_$_1", "first", "values_$_0", "other", "values_#_key"]
    graph = compile_graph([NodeSpec("s"), node], [link("s.out", f"j.{name}") for name in names])
    pins = [pin.name for pin in graph.by_id["j"].pins]
    assert pins == ["first", "values_$_1", "values_$_0", "values_#_key", "last", "other"]


def test_pin_fed_from_its_own_cycle_only_carries_state() -> None:
    nodes = [NodeSpec("s"), NodeSpec("a"), NodeSpec("m", required=IN)]
    graph = compile_graph(nodes, [link("s.out", "a.x"), link("a.out", "m.in"), link("m.out", "a.y")])
    states = [(pin.node.id, pin.name) for node in graph.nodes for pin in node.states]
    assert states == [("a", "y")]


def test_merges_drops_order_and_cycles_are_marked() -> None:
    nodes = [
        NodeSpec("g", each=EACH),
        NodeSpec("h", each=EACH),
        NodeSpec("m"),
        NodeSpec("z"),
        NodeSpec("w", order="arrival"),
        NodeSpec("plain"),
    ]
    links = [
        link("g.item", "m.in"),
        link("g.list", "m.in"),
        link("g.item", "w.in"),
        link("w.out", "z.x"),
        link("h.item", "z.y"),
        link("h.item", "plain.in"),
    ]
    assert marks(nodes, links) == {
        "m": [("drops", "in"), ("merge", "in")],
        "w": [("arrival", None)],
        "z": [("order_paired", None), ("timing", None)],
    }


def test_ten_thousand_nodes_compile_in_linear_time() -> None:
    def seconds(count: int) -> float:
        nodes = [NodeSpec(f"n{k}", is_collect=k == count - 1) for k in reversed(range(count))]
        links = [link(f"n{k}.out", f"n{k + 1}.in") for k in range(count - 1)]
        started = time.perf_counter()
        compile_graph(nodes, links)
        return time.perf_counter() - started

    small = min(seconds(1_000) for _ in range(3))
    assert seconds(10_000) < 40 * small


def test_ten_thousand_cycles_that_open_one_another_compile_in_time() -> None:
    count = 10_000
    nodes = [NodeSpec(f"n{k}", required=IN) for k in range(count)]
    links = [link(f"n{k}.out", f"n{k + 1}.in") for k in range(count - 1)]
    links += [link(f"n{k + 1}.back", f"n{k}.back") for k in range(count - 1)]
    started = time.perf_counter()
    graph = compile_graph([NodeSpec("n0"), *nodes[1:]], links)
    assert time.perf_counter() - started < 20
    assert sum(len(node.states) for node in graph.nodes) == count - 1
