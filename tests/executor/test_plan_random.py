"""Random graphs under random schedules: deterministic, items never mixed, collects complete, runs end."""

from __future__ import annotations

import os
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.executor.compiled import Compiled, CompiledLink, CompiledNode
from backend.executor.plan import Firing
from tests.executor.plan_blocks import add, burst, collector, each, join, same, source
from tests.executor.plan_driver import Driver, Node, compiled, link
from tests.executor.plan_graphs import Allowed, RandomGraph, graphs

EXAMPLES = int(os.environ.get("EX", "300"))
CONFIG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="EX" not in os.environ,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
SEED = st.integers(0, 10**6)


def describe(graph: Compiled) -> str:
    """The links, for a failing test."""
    return " ".join(
        f"{link.source.id}.{link.source_pin}{'=' if link.is_static else '-'}>{node.id}.{pin.name}"
        for node in graph.nodes
        for pin in node.pins
        for link in pin.links
    )


def has_static_repeats(run: Driver) -> bool:
    """A static pin got a second value for the same item: which one counts is a matter of timing."""
    seen: dict[Any, int] = defaultdict(int)
    for node in run.graph.nodes:
        for pin in node.statics:
            for edge in pin.links:
                for firing in run.firings(edge.source.id):
                    for name, value in firing.emitted or ():
                        if name == edge.source_pin:
                            seen[node.index, pin.name, value.item.path[: pin.depth]] += 1
    return any(count > 1 for count in seen.values())


def has_repeats(run: Driver) -> bool:
    """Some pin got several values of one item over a link from outside its cycle."""
    for node in run.graph.nodes:
        for pin in node.pins:
            for edge in pin.links:
                if edge.source.component != node.component and _repeats(run, edge, pin.depth):
                    return True
    return False


def _repeats(run: Driver, edge: CompiledLink, depth: int) -> bool:
    paths = [
        value.item.path[:depth]
        for firing in run.firings(edge.source.id)
        for name, value in firing.emitted or ()
        if name == edge.source_pin
    ]
    return len(set(paths)) < len(paths)


def drops_items(graph: Compiled) -> bool:
    """Some pin gets values from deeper items than its own."""
    return any(mark.code == "drops" for marks in graph.marks.values() for mark in marks)


def pairs_by_order(graph: Compiled) -> bool:
    """Some node pairs unrelated lists."""
    return any(len(node.groups) > 1 for node in graph.nodes)


def check_determinism(graph: RandomGraph, seeds: list[int]) -> None:
    """The same firings, inputs and outputs under every schedule, where the rules promise it."""
    plan = compiled(graph.nodes, graph.links)
    first = Driver(plan, graph.nodes).run()
    if has_static_repeats(first):
        return
    by_arrival = graph.has_loop or any(node.is_tool for node in plan.nodes)
    if by_arrival and has_repeats(first):
        return
    is_ordered = not by_arrival and not any(node.states for node in plan.nodes)
    if not is_ordered and pairs_by_order(plan):
        return
    for seed in seeds:
        other = Driver(plan, graph.nodes, Random(seed)).run()
        if first.status == other.status == "limit":
            continue
        assert other.record() == first.record(), describe(plan)
        assert other.leftovers() == first.leftovers(), describe(plan)
        if is_ordered:
            assert other.orders() == first.orders(), describe(plan)


@CONFIG
@given(graphs(Allowed(merge=False)), st.lists(SEED, min_size=4, max_size=4))
def test_result_does_not_depend_on_the_order_of_completion(graph: RandomGraph, seeds: list[int]) -> None:
    check_determinism(graph, seeds)


@CONFIG
@given(graphs(Allowed(merge=False, wait=True)), st.lists(SEED, min_size=4, max_size=4))
def test_result_does_not_depend_on_how_long_firings_wait(graph: RandomGraph, seeds: list[int]) -> None:
    check_determinism(graph, seeds)


@CONFIG
@given(graphs(Allowed(burst=False, wait=True)), SEED)
def test_items_are_never_mixed_and_every_run_ends(graph: RandomGraph, seed: int) -> None:
    plan = compiled(graph.nodes, graph.links)
    run = Driver(plan, graph.nodes, Random(seed)).run()
    if has_static_repeats(run):
        return
    if not (pairs_by_order(plan) or drops_items(plan)):
        assert not graph.mixed, describe(plan)
    if run.status == "limit":
        return
    assert run.status.startswith("completed"), describe(plan)
    for collect in plan.collects:
        openers = [node for node in plan.nodes if collect in node.closes]
        opened = sum(len(run.firings(node.id)) for node in openers) if collect.pins[0].depth else 1
        assert len(run.firings(collect.id)) == opened, describe(plan)


class Watchful(Driver):
    """Looks after everything that happens whether a collect or a loop waits that need not wait."""

    def do(self, kind: str, firing: Firing) -> None:
        super().do(kind, firing)
        if not self.plan.is_stopped:
            for node in self.graph.nodes:
                assert not (node.loops and self.may_start_again(node)), (node, kind, firing)
            for collect in self.graph.collects:
                assert not self.is_settled(collect), (collect, kind, firing)

    def may_start_again(self, node: CompiledNode) -> bool:
        item = self.plan._pairing.waiting_start(node)
        return item is not None and not item.scope.mask & node.upstream

    def is_settled(self, collect: CompiledNode) -> bool:
        scopes = self.plan._settling._gathered[collect].scopes
        if not scopes or scopes[0].mask & collect.upstream:
            return False
        pairing, live = self.plan._pairing, self.plan._top.scope.mask
        return not any(
            pairing.waiting_start(node) is not None or live & pairing.completing(node, scopes[0])
            for node in scopes[0].parked or ()
            if node.watch >= 0 and collect.upstream >> node.watch & 1
        )


@pytest.mark.parametrize("seed", range(40))
def test_first_list_is_collected_before_the_second_outer_value_comes(seed: int) -> None:
    nodes = [
        Node("b", burst, const={"items": [[1, 2], [3]]}),
        each("g"),
        Node("cfg", burst, const={"items": "XYZ"}),
        Node("j", join),
        collector(),
    ]
    links = [
        link("b.out", "g.items"),
        link("g.item", "j.x"),
        link("cfg.out", "j.y"),
        link("j.out", "c.items"),
    ]
    run = Watchful(compiled(nodes, links), nodes, Random(seed)).run()
    assert run.outs("c", "list") == [[(1, "X"), (2, "X")], [(3, "Y")]]


@pytest.mark.parametrize("seed", range(40))
def test_collect_waits_for_state_that_goes_round_outside_its_list(seed: int) -> None:
    nodes = [
        Node("s", source(0)),
        each(items=[1, 2, 3]),
        Node("a", add),
        Node("silent", lambda ins, n: []),
        Node("m", same, required=frozenset({"in"})),
        collector(),
    ]
    links = [
        link("s.out", "silent.entry"),
        link("silent.list", "m.in"),
        link("m.out", "silent.list"),
        link("g.item", "a.entry"),
        link("a.list", "m.in"),
        link("m.out", "a.list"),
        link("a.list", "c.items"),
    ]
    run = Watchful(compiled(nodes, links), nodes, Random(seed)).run()
    assert run.outs("c", "list") == [[[1], [1, 2], [1, 2, 3]]]


@pytest.mark.parametrize("seed", range(40))
def test_collect_waits_for_static_values_from_outside_that_let_an_item_fire(seed: int) -> None:
    nodes = [each(items=[1, 2]), Node("s", source("cfg")), Node("m", same), Node("j", join), collector()]
    links = [
        link("s.out", "m.in"),
        link("g.item", "j.x", static=True),
        link("m.out", "j.y", static=True),
        link("j.out", "c.items"),
    ]
    run = Watchful(compiled(nodes, links), nodes, Random(seed)).run()
    assert run.outs("c", "list") == [[(1, "cfg"), (2, "cfg")]]


@CONFIG
@given(graphs(Allowed(wait=True)), SEED)
def test_nothing_waits_longer_than_it_must(graph: RandomGraph, seed: int) -> None:
    run = Watchful(compiled(graph.nodes, graph.links), graph.nodes, Random(seed), limit=1_000).run()
    if run.status.startswith("completed"):
        assert run.plan._top.scope.mask == 0


@CONFIG
@given(graphs(Allowed()), SEED)
def test_collects_are_complete_and_in_order(graph: RandomGraph, seed: int) -> None:
    plan = compiled(graph.nodes, graph.links)
    run = Driver(plan, graph.nodes, Random(seed)).run()
    if run.status == "limit":
        return
    for collect in plan.collects:
        check_collect(run, collect)


def check_collect(run: Driver, collect: CompiledNode) -> None:
    """Every value that was sent to the collect is in the firing of its scope, by index."""
    depth = collect.pins[0].depth
    expected: dict[Any, list[tuple[int, Any]]] = defaultdict(list)
    for edge in collect.pins[0].links:
        for firing in run.firings(edge.source.id):
            for pin, value in firing.emitted or ():
                if pin == edge.source_pin:
                    path = value.item.path[:depth]
                    scope = (path[:-1], path[-1][:2]) if depth else ()
                    expected[scope].append((path[-1][2] if depth else 0, value))
    got = [firing.inputs["items"] for firing in run.firings(collect.id)]
    assert sum(map(len, expected.values())) == sum(len(values) for values in got if isinstance(values, list))
    by_scope = {
        frozenset(id(value) for _, value in sent): {id(v): i for i, v in sent} for sent in expected.values()
    }
    for values in got:
        assert isinstance(values, list)
        if values:
            indexes = [by_scope[frozenset(map(id, values))][id(value)] for value in values]
            assert indexes == sorted(indexes)
