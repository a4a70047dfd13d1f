"""What a person expects of the usual patterns, under every schedule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.executor.plan_blocks import (
    ITEM_AND_KEY,
    Ins,
    add,
    burst,
    choose,
    collector,
    each,
    failing,
    join,
    same,
    source,
    steps_then_list,
    tag,
)
from tests.executor.plan_driver import Emission, Node, link, run_all, run_same


def test_two_branches_of_a_list_meet_item_by_item() -> None:
    run = run_same(
        [each(items=[1, 2, 3]), Node("a", tag("a")), Node("b", tag("b")), Node("j", join)],
        [link("g.item", "a.in"), link("g.item", "b.in"), link("a.out", "j.x"), link("b.out", "j.y")],
    )
    assert run.outs("j") == [(("a", v), ("b", v)) for v in (1, 2, 3)]
    assert run.leftovers() == {}


def test_item_that_fails_in_one_branch_is_missing_and_shifts_nobody() -> None:
    run = run_same(
        [
            each(items=[1, 2, 3, 4]),
            Node("a", tag("a")),
            Node("b", failing(lambda v: v == 3), on_error="continue"),
            Node("j", join),
            collector(),
        ],
        [
            link("g.item", "a.in"),
            link("g.item", "b.in"),
            link("a.out", "j.x"),
            link("b.out", "j.y"),
            link("j.out", "c.items"),
        ],
    )
    assert run.outs("j") == [(("a", v), v) for v in (1, 2, 4)]
    assert run.outs("c", "list") == [[(("a", v), v) for v in (1, 2, 4)]]
    assert run.leftovers() == {("j", "x"): 1}
    assert run.status == "completed_with_errors"


@pytest.mark.parametrize("late", [0, 6])
def test_value_from_outside_serves_every_item_early_and_late(late: int) -> None:
    chain = [Node(f"m{i}", same) for i in range(late)]
    ends = ["s.out", *(f"m{i}.out" for i in range(late))]
    run = run_same(
        [each(items=[1, 2]), Node("s", source("cfg")), *chain, Node("j", join), collector()],
        [
            link("g.item", "j.x"),
            *(link(ends[i], f"m{i}.in") for i in range(late)),
            link(ends[-1], "j.y"),
            link("j.out", "c.items"),
        ],
    )
    assert run.outs("c", "list") == [[(1, "cfg"), (2, "cfg")]]
    assert run.leftovers() == {}


def test_inner_lists_are_collected_for_each_outer_item() -> None:
    run = run_same(
        [
            each("o", [[1, 2], [], [3]]),
            each("g"),
            Node("m", tag("m")),
            collector("c"),
            collector("d"),
            Node("j", join),
        ],
        [
            link("o.item", "g.items"),
            link("g.item", "m.in"),
            link("m.out", "c.items"),
            link("c.list", "d.items"),
            link("c.list", "j.x"),
            link("o.item", "j.y"),
        ],
    )
    assert run.outs("c", "list") == [[("m", 1), ("m", 2)], [], [("m", 3)]]
    assert run.outs("d", "list") == [[[("m", 1), ("m", 2)], [], [("m", 3)]]]
    assert [v[1] for v in run.outs("j")] == [[1, 2], [], [3]]
    assert run.leftovers() == {}


def test_two_lists_pair_by_order_and_then_with_the_left_one_again() -> None:
    run = run_same(
        [each("g", [1, 2, 3]), each("h", "ab"), Node("z", join, pins=("x", "y")), Node("k", join)],
        [link("g.item", "z.x"), link("h.item", "z.y"), link("z.out", "k.a"), link("g.item", "k.b")],
    )
    assert run.outs("z") == [(1, "a"), (2, "b")]
    assert run.outs("k") == [((1, "a"), 1), ((2, "b"), 2)]
    assert run.leftovers() == {("z", "x"): 1, ("k", "b"): 1}


def test_two_inner_lists_pair_by_order_within_each_outer_item() -> None:
    def two_lists(ins: Ins, n: int) -> list[Emission]:
        v = ins["in"]
        return [("a", [v, v * 10]), ("b", [v] * (3 - v))]

    run = run_same(
        [each("o", [1, 2]), Node("p", two_lists), each("g"), each("h"), Node("z", join)],
        [
            link("o.item", "p.in"),
            link("p.a", "g.items"),
            link("p.b", "h.items"),
            link("g.item", "z.x"),
            link("h.item", "z.y"),
        ],
    )
    assert run.outs("z") == [(1, 1), (10, 1), (2, 2)]


def test_accumulator_by_feedback_sees_items_in_order() -> None:
    run = run_same(
        [each(items=[1, 2, 3]), Node("a", add), collector()],
        [link("g.item", "a.entry"), link("a.list", "a.list"), link("a.list", "c.items")],
    )
    assert run.outs("a", "list") == [[1], [1, 2], [1, 2, 3]]
    assert run.indexes("a") == [(0,), (1,), (2,)]
    assert run.outs("c", "list") == [[[1], [1, 2], [1, 2, 3]]]
    assert run.leftovers() == {}


def test_accumulator_starts_anew_for_each_outer_item() -> None:
    run = run_same(
        [each("o", [[1, 2], [3]]), each("g"), Node("a", add), collector()],
        [
            link("o.item", "g.items"),
            link("g.item", "a.entry"),
            link("a.list", "a.list"),
            link("a.list", "c.items"),
        ],
        order=False,
    )
    assert run.outs("c", "list") == [[[1], [1, 2]], [[3]]]


def test_accumulator_by_feedback_through_another_node() -> None:
    run = run_same(
        [each(items=[1, 2, 3]), Node("a", add), Node("m", same, required=frozenset({"in"}))],
        [link("g.item", "a.entry"), link("a.list", "m.in"), link("m.out", "a.list")],
    )
    assert run.outs("a", "list") == [[1], [1, 2], [1, 2, 3]]


def test_branches_of_a_condition_come_together_in_order() -> None:
    nodes = [
        each(items=list(range(7))),
        Node("f", choose(lambda v: bool(v % 2))),
        Node("a", tag("odd")),
        Node("b", tag("even")),
        Node("m", tag("m")),
        collector(),
    ]
    links = [
        link("g.item", "f.in"),
        link("f.yes", "a.in"),
        link("f.no", "b.in"),
        link("a.out", "m.in"),
        link("b.out", "m.in"),
        link("m.out", "c.items"),
    ]
    for run in run_all(nodes, links):
        assert run.outs("c", "list") == [[("m", ("odd" if v % 2 else "even", v)) for v in range(7)]]


def test_whole_list_meets_each_item_and_the_collected_one() -> None:
    run = run_same(
        [
            Node("g", steps_then_list, each=ITEM_AND_KEY, const={"items": [1, 2]}),
            Node("m", tag("m")),
            collector(),
            Node("j", join),
            Node("k", join),
        ],
        [
            link("g.item", "m.in"),
            link("m.out", "c.items"),
            link("g.item", "j.x"),
            link("g.list", "j.y"),
            link("c.list", "k.x"),
            link("g.list", "k.y"),
        ],
    )
    assert run.outs("j") == [(1, [1, 2]), (2, [1, 2])]
    assert run.outs("k") == [([("m", 1), ("m", 2)], [1, 2])]


def test_total_of_a_collect_goes_back_to_each_item() -> None:
    run = run_same(
        [
            each(items=[1, 3]),
            collector("c"),
            Node("sum", lambda ins, n: [("out", sum(ins["in"]))]),
            Node("j", join),
            collector("d"),
        ],
        [
            link("g.item", "c.items"),
            link("c.list", "sum.in"),
            link("sum.out", "j.y"),
            link("g.item", "j.x"),
            link("j.out", "d.items"),
        ],
    )
    assert run.outs("d", "list") == [[(1, 4), (3, 4)]]


def test_static_values_serve_every_firing() -> None:
    run = run_same(
        [
            Node("a", source(1), static_output=True),
            Node("b", source(2)),
            Node("j", join),
            each(items=[5, 6]),
            Node("k", join),
        ],
        [
            link("a.out", "j.x"),
            link("b.out", "j.y", static=True),
            link("a.out", "k.x"),
            link("j.out", "k.y", static=True),
            link("g.item", "k.z"),
        ],
    )
    assert run.outs("j") == [(1, 2)]
    assert run.outs("k") == [(1, (1, 2), 5), (1, (1, 2), 6)]


def test_static_value_of_an_item_serves_its_item_only() -> None:
    run = run_same(
        [
            each(items=[1, 2, 3]),
            Node("st", tag("s"), static_output=True),
            Node("a", tag("a")),
            Node("j", join),
        ],
        [link("g.item", "st.in"), link("g.item", "a.in"), link("st.out", "j.x"), link("a.out", "j.y")],
    )
    assert run.outs("j") == [(("s", v), ("a", v)) for v in (1, 2, 3)]


def increment(ins: Ins, n: int) -> list[Emission]:
    return [("out", ins.get("in", 0) + 1)]


def test_poll_loop_goes_round_until_its_condition_holds() -> None:
    run = run_same(
        [
            Node("s", source(0)),
            Node("inc", increment),
            Node("f", choose(lambda v: v >= 5)),
            Node("end", tag("end")),
        ],
        [link("s.out", "inc.in"), link("inc.out", "f.in"), link("f.no", "inc.in"), link("f.yes", "end.in")],
    )
    assert run.outs("end") == [("end", 5)]
    assert run.leftovers() == {}


def test_cycle_with_a_default_starts_by_itself() -> None:
    run = run_same(
        [
            Node("inc", increment),
            Node("f", choose(lambda v: v >= 5), required=frozenset({"in"})),
            Node("end", tag("end")),
        ],
        [link("inc.out", "f.in"), link("f.no", "inc.in"), link("f.yes", "end.in")],
    )
    assert run.outs("end") == [("end", 5)]


def test_retry_loop_within_each_item_keeps_the_items_apart() -> None:
    nodes = [
        each(items=[("a", 0), ("b", 2), ("c", 1)]),
        Node("w", lambda ins, n: [("out", (ins["in"][0], ins["in"][1] + 1))]),
        Node("cfg", source("K")),
        Node("j", lambda ins, n: [("out", ins["x"])]),
        Node("f", choose(lambda v: v[1] >= 3)),
        collector(),
    ]
    links = [
        link("g.item", "w.in"),
        link("w.out", "j.x"),
        link("cfg.out", "j.y"),
        link("j.out", "f.in"),
        link("f.no", "w.in"),
        link("f.yes", "c.items"),
    ]
    runs = run_all(nodes, links)
    for run in runs:
        assert run.outs("c", "list") == [[("a", 3), ("b", 3), ("c", 3)]]
        assert run.record() == runs[0].record()


def agent(ins: Ins, n: int) -> Iterator[Emission]:
    history = ins.get("history", []) + ([ins["result"]] if "result" in ins else [])
    if len(history) < 2:
        yield "history", history
        yield "call", (ins["prompt"], len(history))
    else:
        yield "done", (ins["prompt"], history)


AGENT = Node("agent", agent, loop=frozenset({"history", "result"}))
TOOL = Node("tool", lambda ins, n: [("out", ("r", *ins["in"]))])
ROUND = [
    link("agent.history", "agent.history"),
    link("agent.call", "tool.in"),
    link("tool.out", "agent.result"),
]


@pytest.mark.parametrize("static", [True, False])
def test_agent_goes_round_with_its_prompt(static: bool) -> None:
    run = run_same(
        [Node("s", source("p")), AGENT, TOOL, Node("end", tag("end"))],
        [link("s.out", "agent.prompt", static=static), *ROUND, link("agent.done", "end.in")],
    )
    assert run.outs("end") == [("end", ("p", [("r", "p", 0), ("r", "p", 1)]))]
    assert run.leftovers() == {}


@pytest.mark.parametrize("static", [True, False])
def test_agent_goes_round_for_each_item_apart(static: bool) -> None:
    nodes = [each(items=["p", "q", "s"]), AGENT, TOOL, collector()]
    for run in run_all(
        nodes, [link("g.item", "agent.prompt", static=static), *ROUND, link("agent.done", "c.items")]
    ):
        assert run.outs("c", "list") == [[(x, [("r", x, 0), ("r", x, 1)]) for x in "pqs"]]


def test_agent_takes_plain_prompts_one_after_the_other() -> None:
    run = run_same(
        [Node("b", burst, const={"items": ["p", "q"]}), AGENT, TOOL, Node("end", tag("end"))],
        [link("b.out", "agent.prompt"), *ROUND, link("agent.done", "end.in")],
    )
    assert [v[1][0] for v in run.outs("end")] == ["p", "q"]


def test_crawler_with_a_generator_on_a_cycle_ends_and_is_collected() -> None:
    web: dict[str, list[str]] = {"a": ["b", "c"], "b": ["d"], "c": [], "d": []}
    nodes = [
        Node("s", source("a")),
        Node("get", lambda ins, n: [("items", web[ins["in"]])]),
        each("g"),
        collector(),
    ]
    links = [
        link("s.out", "get.in"),
        link("get.items", "g.items"),
        link("g.item", "get.in"),
        link("g.item", "c.items"),
    ]
    for run in run_all(nodes, links):
        lists: list[Any] = run.outs("c", "list")
        assert lists[0] == ["b", "c"]
        assert sorted(map(tuple, lists)) == [(), (), ("b", "c"), ("d",)]


def test_second_outer_value_serves_the_second_list() -> None:
    run = run_same(
        [
            Node("b", burst, const={"items": [[1, 2], [3]]}),
            each("g"),
            Node("cfg", burst, const={"items": "XY"}),
            Node("j", join),
        ],
        [link("b.out", "g.items"), link("g.item", "j.x"), link("cfg.out", "j.y")],
    )
    assert run.outs("j") == [(1, "X"), (2, "X"), (3, "Y")]


def test_linked_error_flows_on_with_its_item() -> None:
    run = run_same(
        [each(items=[1, 2, 3]), Node("b", failing(lambda v: v == 2)), Node("h", tag("err")), Node("j", join)],
        [link("g.item", "b.in"), link("b.error", "h.in"), link("h.out", "j.x"), link("g.item", "j.y")],
    )
    assert run.outs("j") == [(("err", "bad 2"), 2)]
    assert run.status == "completed"


def test_skipped_key_does_not_shift_the_next() -> None:
    def odd_keys(ins: Ins, n: int) -> Iterator[Emission]:
        for v in range(4):
            yield "item", v
            if v % 2:
                yield "key", f"k{v}"

    run = run_same(
        [Node("g", odd_keys, each=ITEM_AND_KEY), Node("j", join)],
        [link("g.item", "j.x"), link("g.key", "j.y")],
    )
    assert run.outs("j") == [(1, "k1"), (3, "k3")]


def test_collect_without_a_list_fires_once_for_the_run() -> None:
    run = run_same(
        [Node("b", burst, const={"items": [1, 2]}), Node("m", tag("m")), collector()],
        [link("b.out", "m.in"), link("m.out", "c.items")],
    )
    assert run.outs("c", "list") == [[("m", 1), ("m", 2)]]
