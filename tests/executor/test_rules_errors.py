"""What a run does with failures: retries, time-outs, error pins, stop or continue, and how blocks are stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.data.block import Block
from backend.data.graph import Graph, NodePolicy
from backend.data.run import EventKind, RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute, look
from tests.support.graphs import CONTINUE, graph, node, retries

STOPS_WITHIN_S = 1.0


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    b.keys.clear()
    b.StuckBlock.gate.clear()
    b.StuckBlock.seen.clear()
    b.TickBlock.ticks = 0
    return catalogue_with(b.BLOCKS)


# -- retries -------------------------------------------------------------------------------------------------


async def test_firing_is_tried_again_with_the_same_key_and_numbered_attempts(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [node("f", b.FlakyBlock, policy=retries(5), good=3), node("p", b.PureBlock)],
            ["f.early -> p.value"],
        ),
    )
    assert run.status == "completed"
    assert run.outs("f") == [3]
    assert [event.data["attempt"] for event in run.of(EventKind.RETRIED)] == [1, 2]
    assert [len(seen) for seen in b.keys.values()] == [1]
    assert run.outs("p") == [None], "what the first attempt had yielded flows once"


async def test_last_failure_counts_when_the_attempts_are_used_up(worker: Worker) -> None:
    run = await execute(worker, graph([node("f", b.FlakyBlock, policy=retries(2), good=9)]))
    assert run.status == "failed"
    assert run.errors == [("f", "provider_unavailable", "away")]
    assert [event.data["attempt"] for event in run.of(EventKind.FAILED)] == [3]


@pytest.mark.parametrize(("kind", "tries"), [("provider_unavailable", 2), ("rate_limited", 0)])
async def test_only_the_kinds_that_are_named_are_tried_again(kind: str, tries: int, worker: Worker) -> None:
    run = await execute(worker, graph([node("f", b.FlakyBlock, policy=retries(2, kind), good=9)]))
    assert len(run.of(EventKind.RETRIED)) == tries


async def test_pauses_grow_with_jitter_up_to_their_limit(worker: Worker) -> None:
    run = await execute(worker, graph([node("f", b.FlakyBlock, policy=retries(4, backoff_s=0.01), good=9)]))
    pauses = [event.data["pause_s"] for event in run.of(EventKind.RETRIED)]
    longest = [0.01, 0.02, 0.04, 0.08]
    assert all(whole / 2 - 0.001 <= pause <= whole for pause, whole in zip(pauses, longest, strict=True)), (
        pauses
    )


async def test_pause_is_as_long_as_the_provider_asks(worker: Worker) -> None:
    run = await execute(
        worker, graph([node("f", b.FlakyBlock, policy=retries(1), good=2, retry_after_s=0.2)])
    )
    assert [event.data["pause_s"] for event in run.of(EventKind.RETRIED)] == [0.2]
    assert run.outs("f") == [2]


async def test_pure_block_is_tried_again_too(worker: Worker) -> None:
    run = await execute(worker, graph([node("f", b.FailOnBlock, policy=retries(2), value=1, bad=1)]))
    assert run.errors == [("f", "block_failed", "bad 1")]
    assert [event.data["attempt"] for event in run.of(EventKind.RETRIED)] == [1, 2]
    assert run.outs("f", "early") == [1]


async def test_firings_of_other_items_go_on_while_one_is_tried_again(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[3, 1]),
                node("f", b.FlakyBlock, policy=retries(3)),
                node("c", b.GatherBlock),
            ],
            ["g.item -> f.good", "f.out -> c.items"],
        ),
    )
    assert run.outs("c", "list") == [[3, 1]]
    ended = [event.firing for event in run.of(EventKind.FINISHED, "f")]
    assert ended == [1, 0]


# -- time-outs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "constants"),
    [
        (b.EffectBlock, {"pause_s": 20}),
        (b.ProcessBlock, {"value": 1, "sleep_s": 20}),
        (b.StuckBlock, {}),
        (b.TickBlock, {}),
    ],
)
async def test_block_that_takes_too_long_fails_with_its_limit_named(
    block: type[Block], constants: dict[str, Any], worker: Worker
) -> None:
    policy = NodePolicy(timeout_s=0.4)
    run = await execute(worker, graph([node("e", block, policy=policy, **constants)]), timeout_s=5)
    b.StuckBlock.gate.set()
    ((place, code, message),) = run.errors
    assert (run.status, place, code) == ("failed", "e", "timeout")
    assert "0.4 s" in message


async def test_attempt_that_times_out_is_tried_again(worker: Worker) -> None:
    policy = retries(1, "timeout", timeout_s=0.1)
    run = await execute(worker, graph([node("e", b.EffectBlock, policy=policy, pause_s=20)]))
    assert b.effects["e/0"] == 2
    assert [code for _, code, _ in run.errors] == ["timeout"]


# -- error pins, stop, continue ------------------------------------------------------------------------------


@pytest.mark.parametrize("yields_error", [True, False])
async def test_error_flows_on_with_its_item_after_the_earlier_values(
    yields_error: bool, worker: Worker
) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1, 2, 3]),
                node("f", b.FailOnBlock, bad=2, yields_error=yields_error),
                node("j", b.JoinBlock),
                node("c", b.GatherBlock),
            ],
            ["g.item -> f.value", "f.error -> j.x", "f.early -> j.y", "f.out -> c.items"],
        ),
    )
    assert run.status == "completed"
    assert run.outs("j") == [["bad 2", 2]]
    assert run.indexes("j") == [(1,)]
    assert run.outs("c", "list") == [[1, 3]]


async def test_failure_stops_what_runs_and_says_where_it_was(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1, 2]),
                node("f", b.FailOnBlock, bad=2),
                node("e", b.EffectBlock, pause_s=20),
                node("after", b.PureBlock),
            ],
            ["g.item -> f.value", "e.out -> after.value"],
        ),
        timeout_s=3,
    )
    assert run.status == "failed"
    assert run.view.summary is not None
    (error,) = run.view.summary.errors
    assert (error.node_id, error.firing, error.item, error.code, error.message) == (
        "f",
        1,
        [1],
        "block_failed",
        "bad 2",
    )
    assert error.node_name
    assert not run.keys("after")


async def test_failure_that_may_be_passed_over_is_recorded_and_the_run_goes_on(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1, 2, 3, 2]),
                node("f", b.FailOnBlock, policy=CONTINUE, bad=2),
                node("c", b.GatherBlock),
            ],
            ["g.item -> f.value", "f.out -> c.items"],
        ),
    )
    assert run.status == "completed_with_errors"
    assert run.view.summary is not None
    assert [(error.firing, error.item) for error in run.view.summary.errors] == [(1, [1]), (3, [3])]
    assert run.outs("c", "list") == [[1, 3]]


@pytest.mark.parametrize("how", ["cause", "context"])
async def test_kind_of_an_error_is_found_behind_the_one_that_wraps_it(how: str, worker: Worker) -> None:
    policy = retries(1, "rate_limited")
    run = await execute(worker, graph([node("w", b.WrappedErrorBlock, policy=policy, how=how)]))
    assert [code for _, code, _ in run.errors] == ["rate_limited"]
    assert len(run.of(EventKind.RETRIED)) == 1


# -- stopping what runs ------------------------------------------------------------------------------------


async def begin(worker: Worker, made: Graph, has_begun: Callable[[], bool]) -> tuple[Graph, str]:
    """A run that is at work."""
    saved = await worker.save_graph(LOCAL_USER_ID, made)
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {})
    for _ in range(400):
        if has_begun():
            break
        await asyncio.sleep(0.01)
    return saved, accepted.run_id


async def cancelled(worker: Worker, saved: Graph, run_id: str) -> EngineRun:
    """The run after its cancel, which must be over within a second."""
    await worker.cancel(LOCAL_USER_ID, run_id)
    run = await look(worker, saved, run_id, timeout_s=STOPS_WITHIN_S)
    assert run.view.status is RunStatus.CANCELLED
    return run


async def test_cancel_stops_an_async_block_within_a_second(worker: Worker) -> None:
    saved, run_id = await begin(
        worker, graph([node("e", b.EffectBlock, pause_s=20)]), lambda: bool(b.effects)
    )
    run = await cancelled(worker, saved, run_id)
    assert run.outs("e") == []


async def test_cancel_stops_a_process_within_a_second_and_the_next_has_one(worker: Worker) -> None:
    saved, run_id = await begin(
        worker, graph([node("p", b.ProcessBlock, value=3, sleep_s=20)]), lambda: bool(worker.loops)
    )
    await asyncio.sleep(0.3)
    await cancelled(worker, saved, run_id)
    again = await execute(worker, graph([node("p", b.ProcessBlock, value=3)]), timeout_s=10)
    assert again.outs("p") == [9]


async def test_thread_notices_a_cancel_at_its_next_yield(worker: Worker) -> None:
    saved, run_id = await begin(worker, graph([node("t", b.TickBlock)]), lambda: b.TickBlock.ticks > 3)
    run = await cancelled(worker, saved, run_id)
    await asyncio.sleep(0.1)
    ticks = b.TickBlock.ticks
    await asyncio.sleep(0.2)
    assert b.TickBlock.ticks == ticks
    assert len(run.outs("t")) <= ticks


async def test_late_results_of_an_abandoned_thread_are_discarded(worker: Worker) -> None:
    saved, run_id = await begin(
        worker,
        graph([node("s", b.StuckBlock), node("p", b.PureBlock)], ["s.out -> p.value"]),
        lambda: bool(b.StuckBlock.seen),
    )
    before = await cancelled(worker, saved, run_id)
    b.StuckBlock.gate.set()
    await asyncio.sleep(0.2)
    assert b.StuckBlock.seen == ["began", "woke", "yields 0"]
    after = await look(worker, saved, run_id, timeout_s=0)
    assert after.events == before.events
    assert after.outs("s") == []


async def test_block_that_asks_after_its_run_has_ended_gets_nothing(worker: Worker) -> None:
    saved, run_id = await begin(
        worker,
        graph([node("e", b.EffectBlock, pause_s=20), node("s", b.SleepBlock, seconds=1.5)]),
        lambda: bool(b.effects),
    )
    run = await cancelled(worker, saved, run_id)
    await asyncio.sleep(1.8)
    after = await look(worker, saved, run_id, timeout_s=0)
    assert after.events == run.events
