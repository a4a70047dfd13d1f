"""Slots, waiting, order, failures, calls, back-pressure: what happens to single firings."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Generator, Iterator
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from backend.executor.compiled import NOTHING, LinkSpec, NodeSpec, compile_graph
from backend.executor.plan import Firing, Plan
from tests.executor.plan_blocks import Ins, add, burst, collector, each, failing, join, same, source, tag
from tests.executor.plan_driver import (
    WAIT,
    Call,
    Driver,
    Emission,
    Fail,
    Node,
    compiled,
    link,
    run_all,
    run_same,
)

EACH = frozenset({"item"})


def list_to(*nodes: NodeSpec, items: int = 3) -> Plan:
    """A plan in which a generator has just given items to the first of the nodes, which are in a row."""
    row = [NodeSpec("g", each=EACH), *nodes]
    links = [
        LinkSpec(one.id, "item" if one.id == "g" else "out", other.id, "in") for one, other in pairwise(row)
    ]
    plan = Plan(compile_graph(row, links), trace=True)
    start(plan, items)
    return plan


def start(plan: Plan, items: int) -> Firing:
    generator = take(plan)
    plan.start(generator)
    for index in range(items):
        plan.yielded(generator, "item", index, index)
    plan.ended(generator)
    return generator


def take(plan: Plan) -> Firing:
    firing = plan.take_ready()
    assert firing is not None
    return firing


def start_next(plan: Plan) -> Firing:
    firing = take(plan)
    plan.start(firing)
    return firing


def finish(plan: Plan, firing: Firing, data: object = None) -> None:
    plan.yielded(firing, "out", data, 0)
    plan.ended(firing)


def arrived(plan: Plan, node_id: str) -> list[object]:
    """What firings of the node got on `in`, by number."""
    values = [firing.inputs["in"] for firing in plan.firings if firing.node.id == node_id]
    return [value.data for value in values if not isinstance(value, list)]


def test_no_more_firings_run_side_by_side_than_there_are_slots() -> None:
    plan = list_to(NodeSpec("a", slots=2), items=5)
    first, second = start_next(plan), start_next(plan)
    assert plan.take_ready() is None
    assert plan.ready() == []
    plan.ended(second)
    third = start_next(plan)
    assert (first.n, second.n, third.n) == (0, 1, 2)
    assert plan.take_ready() is None


def test_values_leave_in_firing_order_while_a_lower_one_runs() -> None:
    plan = list_to(NodeSpec("a"), NodeSpec("b"))
    one, two, three = start_next(plan), start_next(plan), start_next(plan)
    finish(plan, three, "third")
    plan.yielded(two, "out", "second", 0)
    assert arrived(plan, "b") == []
    finish(plan, one, "first")
    assert arrived(plan, "b") == ["first", "second"]
    plan.ended(two)
    assert arrived(plan, "b") == ["first", "second", "third"]


def test_values_of_the_lowest_firing_flow_before_it_ends() -> None:
    plan = list_to(NodeSpec("a"), NodeSpec("b"))
    plan.yielded(start_next(plan), "out", "early", 0)
    assert arrived(plan, "b") == ["early"]


def test_order_arrival_lets_values_flow_at_once() -> None:
    plan = list_to(NodeSpec("a", order="arrival"), NodeSpec("b"))
    _, two, three = start_next(plan), start_next(plan), start_next(plan)
    finish(plan, three, "third")
    plan.yielded(two, "out", "second", 0)
    assert arrived(plan, "b") == ["third", "second"]


def test_order_arrival_still_pairs_by_item_and_collects_in_order() -> None:
    nodes = [
        each(items=[1, 2, 3]),
        Node("a", tag("a"), order="arrival"),
        Node("b", tag("b"), order="arrival"),
        Node("j", join),
        collector(),
    ]
    links = [
        link("g.item", "a.in"),
        link("g.item", "b.in"),
        link("a.out", "j.x"),
        link("b.out", "j.y"),
        link("j.out", "c.items"),
    ]
    for run in run_all(nodes, links):
        assert run.outs("c", "list") == [[(("a", v), ("b", v)) for v in (1, 2, 3)]]


def test_waiting_firing_holds_no_slot() -> None:
    plan = list_to(NodeSpec("a", slots=1))
    first = start_next(plan)
    assert plan.take_ready() is None
    plan.wait(first)
    second = start_next(plan)
    assert second.n == 1
    assert not plan.is_waiting()
    plan.wait(second)
    plan.wait(start_next(plan))
    assert plan.is_waiting()
    assert not plan.is_over()


def test_resumed_firing_goes_before_those_that_never_started() -> None:
    plan = list_to(NodeSpec("a", slots=2))
    start_next(plan)
    second = start_next(plan)
    plan.wait(second)
    plan.resume(second)
    assert [firing.n for firing in plan.ready()] == [1]
    plan.start(second)
    assert second.state == "running"
    assert plan.take_ready() is None


def test_lowest_firing_gets_a_slot_when_all_are_taken() -> None:
    plan = list_to(NodeSpec("a", slots=1))
    first = start_next(plan)
    plan.wait(first)
    second = start_next(plan)
    plan.resume(first)
    assert plan.take_ready() is first
    plan.start(first)
    finish(plan, second)
    finish(plan, first)
    assert take(plan).n == 2


def test_other_resumed_firing_waits_for_a_slot() -> None:
    plan = list_to(NodeSpec("a", slots=1))
    for _ in range(2):
        plan.wait(start_next(plan))
    third = start_next(plan)
    second = next(firing for firing in plan.firings if firing.node.id == "a" and firing.n == 1)
    plan.resume(second)
    assert plan.take_ready() is None
    plan.ended(third)
    assert plan.take_ready() is second


def test_values_of_firings_that_wait_still_leave_in_order() -> None:
    def waits(ins: Ins, n: int) -> Iterator[Emission]:
        yield WAIT
        yield "out", ins["in"]

    run = run_same(
        [each(items=[1, 2, 3, 4]), Node("w", waits, slots=2), Node("a", same), collector()],
        [link("g.item", "w.in"), link("w.out", "a.in"), link("a.out", "c.items")],
    )
    assert run.outs("a") == [1, 2, 3, 4]
    assert run.outs("c", "list") == [[1, 2, 3, 4]]


def test_scope_is_not_settled_while_a_firing_waits() -> None:
    nodes = [each(items=[1, 2]), Node("w", lambda ins, n: [WAIT, ("out", ins["in"])]), collector()]
    links = [link("g.item", "w.in"), link("w.out", "c.items")]
    run = Driver(compiled(nodes, links), nodes, wakes=lambda _: False).run()
    assert run.status == "waiting"
    assert run.firings("c") == []


def test_stop_makes_nothing_ready_any_more() -> None:
    plan = list_to(NodeSpec("a"), NodeSpec("b"))
    one, two = start_next(plan), start_next(plan)
    finish(plan, one, "first")
    assert plan.failed(two, "broken", 0) == "stop"
    assert plan.take_ready() is None
    assert plan.ready() == []
    assert plan.is_over()
    assert two.error == "broken"


def test_failure_after_values_keeps_the_values() -> None:
    def fails_late(ins: Ins, n: int) -> Iterator[Emission]:
        yield "out", 1
        raise Fail("late")

    run = run_same([Node("a", fails_late, on_error="continue"), Node("b", same)], [link("a.out", "b.in")])
    assert run.outs("b") == [1]
    assert run.errors == [("a", (), "late")]


def adds_unless(bad: int) -> Any:
    def run(ins: Ins, n: int) -> Iterator[Emission]:
        if ins["entry"] == bad:
            raise Fail("bad entry")
        yield from add(ins, n)

    return run


@pytest.mark.parametrize(("bad", "lists"), [(1, [[2], [2, 3]]), (2, [[1], [1, 3]]), (3, [[1], [1, 2]])])
def test_failed_firing_gives_its_state_to_the_next(bad: int, lists: list[list[int]]) -> None:
    run = run_same(
        [each(items=[1, 2, 3]), Node("a", adds_unless(bad), on_error="continue"), collector()],
        [link("g.item", "a.entry"), link("a.list", "a.list"), link("a.list", "c.items")],
    )
    assert run.outs("a", "list") == lists
    assert run.outs("c", "list") == [lists]
    assert run.leftovers() == {}


def test_failed_firing_that_has_passed_its_state_on_does_not_give_it_back() -> None:
    def adds_then_fails(ins: Ins, n: int) -> Iterator[Emission]:
        yield from add(ins, n)
        raise Fail("after")

    run = run_same(
        [each(items=[1, 2]), Node("a", adds_then_fails, on_error="continue")],
        [link("g.item", "a.entry"), link("a.list", "a.list")],
    )
    assert run.outs("a", "list") == [[1], [1, 2]]


def test_state_comes_back_through_a_linked_error_pin() -> None:
    run = run_same(
        [
            each(items=[1, 2, 3]),
            Node("a", adds_unless(2)),
            Node("mend", lambda ins, n: [("out", ["mended"])], required=frozenset({"in"})),
        ],
        [
            link("g.item", "a.entry"),
            link("a.list", "a.list"),
            link("a.error", "mend.in"),
            link("mend.out", "a.list"),
        ],
    )
    assert run.outs("a", "list") == [[1], ["mended", 3]]


def asks(ins: Ins, n: int) -> Generator[Emission, Any, None]:
    results = yield Call("tool", {"in": (ins["in"], 1)})
    more = yield Call("tool", {"in": (ins["in"], 2)})
    yield "out", [value for _, value in results + more]


CALLED = Node("tool", tag("t"), is_start=False)
CALL = link("agent.tools", "tool.call", call=True)


def test_call_goes_back_to_its_caller_and_down_the_links_with_its_item() -> None:
    nodes = [
        each(items="pq"),
        Node("agent", asks),
        CALLED,
        Node("log", tag("log")),
        collector("c"),
        collector("d"),
    ]
    links = [
        CALL,
        link("g.item", "agent.in"),
        link("tool.out", "log.in"),
        link("log.out", "c.items"),
        link("agent.out", "d.items"),
    ]
    answers = [("t", (letter, k)) for letter in "pq" for k in (1, 2)]
    for run in run_all(nodes, links):
        assert run.outs("c", "list") == [[("log", answer) for answer in answers]]
        assert run.outs("d", "list") == [[answers[:2], answers[2:]]]
        assert run.status == "completed"


def test_call_starts_although_the_tools_slots_are_taken() -> None:
    links = [LinkSpec("agent", "tools", "tool", "call", is_call=True)]
    plan = Plan(compile_graph([NodeSpec("agent"), NodeSpec("tool", slots=1)], links), trace=True)
    caller = start_next(plan)
    tool = plan.compiled.by_id["tool"]
    calls = [plan.call(caller, tool, {"in": k}, k) for k in range(3)]
    assert plan.ready() == calls
    for called in calls:
        assert start_next(plan) is called
    assert plan.take_ready() is None
    plan.yielded(calls[2], "out", "answer", 9)
    assert [(pin, value.data) for pin, value in calls[2].emitted or ()] == [("out", "answer")]


def test_failed_call_is_its_callers_to_handle() -> None:
    def copes(ins: Ins, n: int) -> Generator[Emission, Any, None]:
        results = yield Call("tool", {"in": 3})
        yield "out", results

    nodes = [Node("agent", copes), Node("tool", failing(lambda v: v == 3), is_start=False)]
    run = run_same(nodes, [CALL])
    assert run.outs("agent") == [[("error", "bad 3")]]
    assert run.status == "completed"


def test_call_takes_the_last_values_of_the_tools_linked_pins() -> None:
    def asks_once(ins: Ins, n: int) -> Generator[Emission, Any, None]:
        results = yield Call("tool", {"x": 1})
        yield "out", [value for _, value in results]

    nodes = [Node("key", source("K")), Node("agent", asks_once), Node("tool", join, is_start=False)]
    run = run_same(nodes, [CALL, link("key.out", "agent.in"), link("key.out", "tool.y")], order=False)
    assert run.outs("agent") == [[(1, "K")]]


def test_tool_is_called_only_over_its_link() -> None:
    plan = Plan(compile_graph([NodeSpec("agent"), NodeSpec("tool")], []))
    with pytest.raises(ValueError, match="no link"):
        plan.call(start_next(plan), plan.compiled.by_id["tool"], {}, 0)


def test_pending_counts_each_link_until_the_consumer_starts() -> None:
    links = [
        LinkSpec("g", "item", "a", "in"),
        LinkSpec("g", "item", "j", "x"),
        LinkSpec("a", "out", "j", "y"),
    ]
    plan = Plan(compile_graph([NodeSpec("g", each=EACH), NodeSpec("a"), NodeSpec("j")], links), trace=True)
    generator = start(plan, 3)
    assert generator.pending == 6
    mapped = start_next(plan)
    assert generator.pending == 5
    finish(plan, mapped)
    assert (generator.pending, mapped.pending) == (5, 1)
    joined = next(firing for firing in plan.ready() if firing.node.id == "j")
    plan.start(joined)
    assert (generator.pending, mapped.pending) == (4, 0)


def test_pending_counts_held_values_but_no_static_or_unlinked_ones() -> None:
    links = [
        LinkSpec("g", "item", "a", "in"),
        LinkSpec("a", "out", "b", "in"),
        LinkSpec("a", "out", "b", "kept", is_static=True),
    ]
    plan = Plan(compile_graph([NodeSpec("g", each=EACH), NodeSpec("a"), NodeSpec("b")], links))
    start(plan, 2)
    start_next(plan)
    held = start_next(plan)
    plan.yielded(held, "out", 1, 0)
    plan.yielded(held, "nowhere", 1, 0)
    assert held.pending == 1


def test_pending_goes_down_once_for_a_value_that_serves_many_items() -> None:
    run = run_same(
        [each(items=[1, 2, 3]), Node("s", source("cfg")), Node("j", join)],
        [link("g.item", "j.x"), link("s.out", "j.y")],
    )
    assert [firing.pending for firing in run.plan.firings] == [0] * len(run.plan.firings)


def test_link_without_the_part_it_picks_delivers_nothing() -> None:
    def pick(data: object) -> object:
        return data["a"] if isinstance(data, dict) and "a" in data else NOTHING

    picking = LinkSpec("s", "out", "b", "in", pick=pick)
    nodes = [Node("s", burst, const={"items": [{"a": 1}, {"b": 2}, {"a": 3}]}), Node("b", same)]
    run = run_same(nodes, [picking])
    assert run.outs("b") == [1, 3]
    assert run.firings("s")[0].pending == 0


def test_started_firing_is_found_by_its_number_for_a_replay() -> None:
    plan = list_to(NodeSpec("a"))
    index = plan.compiled.by_id["a"].index
    second = plan.find_ready(index, 1)
    assert second is not None
    assert second.n == 1
    plan.start(second)
    assert plan.find_ready(index, 1) is None
    assert plan.find_ready(index, 3) is None
    assert [firing.n for firing in plan.ready()] == [0, 2]


def test_replay_of_what_happened_leads_to_the_same_plan() -> None:
    nodes = [each("o", [[1, 2], [], [3]]), each("g"), Node("m", tag("m")), collector("c"), Node("j", join)]
    links = [
        link("o.item", "g.items"),
        link("g.item", "m.in"),
        link("m.out", "c.items"),
        link("c.list", "j.x"),
        link("o.item", "j.y"),
    ]
    graph = compiled(nodes, links)
    run = Driver(graph, nodes, Random(7)).run()
    replay = Driver(graph, nodes)
    for kind, firing in run.log:
        same_one = next(f for f in replay.plan.firings if (f.node, f.n) == (firing.node, firing.n))
        replay.do(kind, same_one)
    assert replay.record() == run.record()
    assert [(f.node.id, f.n) for f in replay.plan.firings] == [(f.node.id, f.n) for f in run.plan.firings]


def test_what_is_consumed_is_forgotten() -> None:
    class Big:
        pass

    plan = Plan(compile_graph([NodeSpec("s"), NodeSpec("b")], [LinkSpec("s", "out", "b", "in")]))
    big = Big()
    seen = weakref.ref(big)
    first = start_next(plan)
    plan.yielded(first, "out", big, 0)
    plan.ended(first)
    second = start_next(plan)
    del big
    plan.ended(second)
    del first, second
    gc.collect()
    assert seen() is None


def test_values_and_firings_know_their_items() -> None:
    plan = Plan(
        compile_graph(
            [NodeSpec("g", each=EACH), NodeSpec("h", each=EACH), NodeSpec("b")],
            [LinkSpec("g", "item", "h", "in"), LinkSpec("h", "item", "b", "in")],
        )
    )
    start(plan, 2)
    inner = start_next(plan)
    assert inner.item.path == (("g", 0, 0),)
    for index in range(2):
        value = plan.yielded(inner, "item", index, index)
        assert value.item.path == (("g", 0, 0), ("h", 0, index))
    assert plan.yielded(inner, "list", [], 2).item.path == (("g", 0, 0),)


def test_unreached_and_uncalled_nodes() -> None:
    def one_way(ins: Ins, n: int) -> list[Emission]:
        return [("yes", 1)]

    nodes = [
        Node("f", one_way),
        Node("a", same),
        Node("b", same),
        Node("trigger", source(1), is_start=False),
        Node("behind", same),
        CALLED,
    ]
    links = [
        link("f.yes", "a.in"),
        link("f.no", "b.in"),
        link("trigger.out", "behind.in"),
        link("f.tools", "tool.call", call=True),
    ]
    assert run_same(nodes, links).plan.never_fired() == ["b"]
