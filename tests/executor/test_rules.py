"""Rules 9, 10, 12 and 14 of what a run does: inputs, the end, limits, and what a node can be set to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data import review_store
from backend.data.block import Decision
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.run import EventKind, RunLimits, RunOptions, RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.errors import BadInput, GraphInvalid
from tests.support import blocks as b
from tests.support.engine import catalogue_with, execute, look
from tests.support.graphs import CONTINUE, graph, node

BIG = 1_500_000
"""Bytes: more than a value may have inline."""


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    return catalogue_with(b.BLOCKS)


DYNAMIC: dict[str, Any] = {"text": "hi", "values_$_0": "first", "parts_#_k": 1}


# -- 9: constants, values and dynamic pins are folded, converted, validated ------------------------------


async def test_constants_values_and_dynamic_pins_come_together(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("n", b.PureBlock, value="12"),
                node("l", b.PureBlock, value=["a", "b"]),
                node("t", b.TypedBlock, **DYNAMIC),
            ],
            ["n.out -> t.number", "l.out_$_1 -> t.values_$_2", "l.out -> t.parts_#_all"],
        ),
    )
    assert run.status == "completed", run.errors
    assert run.outs("t") == [[12, "hi", ["first", None, "b"], {"k": 1, "all": ["a", "b"]}]]


async def test_constant_of_a_linked_pin_gives_way_to_the_value(worker: Worker) -> None:
    run = await execute(
        worker,
        graph([node("n", b.PureBlock, value=5), node("t", b.TypedBlock, number=1)], ["n.out -> t.number"]),
    )
    assert run.outs("t") == [[5, "", [], {}]]


async def test_invalid_input_fails_its_firing_with_the_field_named_and_no_other(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1, "many", 3]),
                node("t", b.TypedBlock, policy=CONTINUE),
                node("c", b.GatherBlock),
            ],
            ["g.item -> t.number", "t.out -> c.items"],
        ),
    )
    ((place, code, message),) = run.errors
    assert (place, code) == ("t", "invalid_input")
    assert "'number'" in message
    assert run.outs("c", "list") == [[[1, "", [], {}], [3, "", [], {}]]]


async def test_part_that_a_value_does_not_have_does_not_flow(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [node("n", b.PureBlock, value=["only"]), node("p", b.PureBlock), node("q", b.PureBlock)],
            ["n.out_$_0 -> p.value", "n.out_$_1 -> q.value"],
        ),
    )
    assert run.outs("p") == ["only"]
    assert run.view.summary is not None
    assert run.view.summary.never_fired == ["q"]


@pytest.mark.parametrize(
    ("constants", "word"),
    [
        ({"number": "many"}, "number"),
        ({"values_$_0": 1, "values_#_a": 2}, "values"),
        ({"values_$_99999": 1}, "values"),
    ],
)
async def test_constants_that_cannot_fit_are_refused_before_the_run(
    constants: dict[str, Any], word: str, worker: Worker
) -> None:
    saved = await worker.save_graph(LOCAL_USER_ID, graph([node("t", b.TypedBlock, **constants)]))
    with pytest.raises(GraphInvalid, match=word):
        await worker.submit(LOCAL_USER_ID, saved.id, {})


async def test_inputs_of_the_run_are_converted_and_unknown_or_missing_ones_named(worker: Worker) -> None:
    saved = await worker.save_graph(LOCAL_USER_ID, graph([node("x", AgentInputBlock, name="x")]))
    with pytest.raises(BadInput, match=r"no input 'z'.*'x' is missing"):
        await worker.submit(LOCAL_USER_ID, saved.id, {"z": 1})


@pytest.mark.parametrize("odd", ["nan", "nan inside", "set", "object", "int key", "big int", "surrogate"])
async def test_value_that_is_no_json_fails_its_block(odd: str, worker: Worker) -> None:
    run = await execute(worker, graph([node("s", b.SayBlock, odd=odd)]))
    assert [(place, code) for place, code, _ in run.errors] == [("s", "invalid_output")], run.outs("s", "any")
    assert run.errors[0][2].endswith(".")


@pytest.mark.parametrize(("odd", "value"), [("tuple", [1, [2, 3]]), ("null inside", [None, {"a": None}])])
async def test_tuples_become_lists_and_null_is_a_value(odd: str, value: Any, worker: Worker) -> None:
    run = await execute(
        worker, graph([node("s", b.SayBlock, odd=odd), node("p", b.PureBlock)], ["s.any -> p.value"])
    )
    assert run.outs("p") == [value]


@pytest.mark.parametrize(("odd", "words"), [("wrong type", "'text'"), ("unknown pin", "'nowhere'")])
async def test_yield_that_its_pin_cannot_carry_fails_the_block(odd: str, words: str, worker: Worker) -> None:
    run = await execute(worker, graph([node("s", b.SayBlock, odd=odd)]))
    ((place, code, message),) = run.errors
    assert (run.status, place, code) == ("failed", "s", "invalid_output")
    assert words in message


# -- 10: the end ---------------------------------------------------------------------------------------------


async def test_end_lists_leftovers_and_what_never_fired(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1, 2, 3]),
                node("h", b.ItemsBlock, items=["a"]),
                node("j", b.JoinBlock),
                node("f", b.FailOnBlock, bad="nothing"),
                node("behind", b.PureBlock),
                node("out", AgentOutputBlock, name="never"),
            ],
            [
                "g.item -> j.x",
                "h.item -> j.y",
                "j.out -> f.value",
                "f.error -> behind.value",
                "behind.out -> out.value",
            ],
        ),
    )
    assert run.status == "completed"
    assert run.leftovers() == {("j", "x"): 2}
    assert run.view.summary is not None
    assert run.view.summary.never_fired == ["behind", "out"]
    assert run.output == {}


async def test_run_is_waiting_only_when_nothing_of_it_runs(worker: Worker, database: Database) -> None:
    saved = await worker.save_graph(
        LOCAL_USER_ID, graph([node("a", b.AskBlock, value=1), node("e", b.EffectBlock, pause_s=0.4)])
    )
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {})
    await asyncio.sleep(0.2)
    asked = [e for e in await worker.events(LOCAL_USER_ID, accepted.run_id) if e.kind == EventKind.WAITING]
    assert [event.node_id for event in asked] == ["a"]
    assert (await worker.view(LOCAL_USER_ID, accepted.run_id)).status is RunStatus.RUNNING
    view = await worker.wait(LOCAL_USER_ID, accepted.run_id, 0.6)
    assert view.status is RunStatus.WAITING
    assert accepted.run_id not in worker.loops
    async with database.begin() as connection:
        (review,) = await review_store.list_open_reviews(connection, LOCAL_USER_ID)
    await worker.decide(LOCAL_USER_ID, review["id"], Decision(False, 2, "no"))
    run = await look(worker, saved, accepted.run_id)
    assert run.status == "completed"
    assert run.outs("a") == [[False, 2, "no"]]


# -- 12: limits ------------------------------------------------------------------------------------------------


def endless() -> Graph:
    return graph(
        [node("p", b.PureBlock, value=0), node("q", b.PureBlock), node("r", b.PureBlock)],
        ["p.out -> q.value", "q.out -> r.value", "r.out -> q.value"],
    )


async def test_run_of_too_many_firings_fails_and_says_which_limit(worker: Worker) -> None:
    options = RunOptions(limits=RunLimits(max_firings=50))
    run = await execute(worker, endless(), options=options)
    assert run.status == "failed"
    ((_, code, message),) = run.errors
    assert code == "limit_reached"
    assert "max_firings" in message
    assert len(run.of(EventKind.STARTED)) == 50


async def test_run_that_is_active_too_long_fails_and_stops_what_runs(worker: Worker) -> None:
    options = RunOptions(limits=RunLimits(max_active_s=0.3))
    run = await execute(
        worker,
        graph([node("e", b.EffectBlock, pause_s=20), node("f", b.PureBlock)], ["e.out -> f.value"]),
        options=options,
        timeout_s=3,
    )
    assert run.status == "failed"
    assert "max_active_s" in run.errors[0][2]


async def test_endless_pure_cycle_leaves_time_for_other_runs_and_can_be_cancelled(worker: Worker) -> None:
    saved = await worker.save_graph(LOCAL_USER_ID, endless())
    options = RunOptions(limits=RunLimits(max_firings=1_000_000_000))
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {}, options=options)
    other = await execute(worker, graph([node("p", b.PureBlock, value=1)]), timeout_s=5)
    assert other.status == "completed"
    await worker.cancel(LOCAL_USER_ID, accepted.run_id)
    view = await worker.wait(LOCAL_USER_ID, accepted.run_id, 2)
    assert view.status is RunStatus.CANCELLED


async def test_graph_that_runs_itself_ends_at_the_depth_limit(worker: Worker) -> None:
    saved = await worker.save_graph(LOCAL_USER_ID, graph([node("i", AgentInputBlock, name="x")]))
    saved = await worker.save_graph(
        LOCAL_USER_ID,
        graph(
            [node("i", AgentInputBlock, name="x"), node("p", b.ParentBlock, graph_id=saved.id)],
            ["i.result -> p.x"],
        ).model_copy(update={"id": saved.id, "version": saved.version}),
    )
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {"x": 1})
    run = await look(worker, saved, accepted.run_id)
    assert run.status == "failed"
    assert "nested more than 20 deep" in run.errors[0][2]


async def test_large_value_travels_by_reference_and_arrives_whole(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.GrowBlock, count=2, size=BIG),
                node("p", b.PureBlock, mark="m"),
                node("e", b.EffectBlock),
                node("c", b.GatherBlock),
                node("n", LengthBlock),
                node("k", LengthBlock),
            ],
            [
                "g.item -> p.value",
                "g.item -> e.value",
                "p.out_$_1 -> n.value",
                "e.out -> c.items",
                "c.list -> k.value",
            ],
        ),
    )
    assert run.status == "completed", run.errors
    assert run.outs("n") == [BIG, BIG]
    assert run.outs("k") == [[BIG, BIG]]
    values = [event.data["value"] for event in run.of(EventKind.YIELDED, "g")]
    assert [value["size"] > BIG for value in values] == [True, True]


class LengthBlock(b.PureBlock):
    """How long a text is; of a list, of each of its texts."""

    id = "test-length"

    def run(self, input_data: Any, **kwargs: Any) -> Any:
        value = input_data.value
        yield "out", [len(part) for part in value] if isinstance(value, list) else len(value)


@pytest.fixture(autouse=True)
def length(blocks: Catalogue) -> None:
    blocks.add(LengthBlock)


# -- 14: disabled, pinned, until_node ----------------------------------------------------------------------


async def test_links_of_a_disabled_node_are_absent(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("a", b.PureBlock, value=1),
                node("d", b.PureBlock, disabled=True),
                node("p", b.PureBlock, mark="m"),
            ],
            ["a.out -> d.value", "d.out -> p.value"],
        ),
    )
    assert run.outs("p") == [["m", None]]
    assert not run.keys("d")


async def test_pin_that_a_disabled_node_starves_is_named_before_the_run(worker: Worker) -> None:
    saved = await worker.save_graph(
        LOCAL_USER_ID,
        graph([node("d", b.PureBlock, disabled=True), node("j", b.JoinBlock, x=1)], ["d.out -> j.y"]),
    )
    with pytest.raises(GraphInvalid, match="source is disabled") as caught:
        await worker.submit(LOCAL_USER_ID, saved.id, {})
    assert [(problem.node_id, problem.pin) for problem in caught.value.problems] == [("j", "y")]


async def test_pinned_outputs_are_used_instead_of_running(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [node("e", b.EffectBlock, pinned={"out": [7, 8]}, value=1), node("p", b.PureBlock)],
            ["e.out -> p.value"],
        ),
    )
    assert run.outs("p") == [7, 8]
    assert not b.effects


async def test_pinned_outputs_of_each_item_keep_their_items(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1], pinned={"item": ["a", "b"]}),
                node("e", b.EffectBlock),
                node("j", b.JoinBlock),
            ],
            ["g.item -> e.value", "e.out -> j.x", "g.item -> j.y"],
        ),
    )
    assert run.outs("j") == [["a", "a"], ["b", "b"]]


async def test_until_node_runs_what_leads_to_it_and_nothing_else(worker: Worker) -> None:
    nodes = [node("a", b.PureBlock, value=1), *(node(name, b.EffectBlock) for name in "bcd")]
    links = ["a.out -> b.value", "b.out -> c.value", "a.out -> d.value"]
    run = await execute(worker, graph(nodes, links), options=RunOptions(until_node="b"))
    assert run.status == "completed"
    assert run.outs("b") == [1]
    assert set(b.effects) == {"b/0"}
