"""What people are shown of a run's nodes is what its journal says, event by event."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import pytest

from backend.blocks import Catalogue
from backend.data.graph import Graph
from backend.data.run import EventKind, RunEvent
from backend.data.user_store import LOCAL_USER_ID
from backend.executor import journal_pages
from backend.executor.journal_reader import read_segments
from backend.executor.run_history import RunHistory
from backend.executor.run_index import RunIndex, State, moment_of
from backend.executor.shown import Shown
from backend.executor.values import Stored
from backend.executor.worker import Worker
from backend.util.errors import NotFound
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute
from tests.support.graphs import CONTINUE, graph, node, retries

LARGE = "large " * 300_000
ODD = {"$blob": "mine", "$preview": 1}


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    b.keys.clear()
    return catalogue_with(b.BLOCKS)


def lists() -> Graph:
    """Items, parts of them, failures that are taken and that are not, retries, costs, a gathering."""
    items = [{"a": n, "b": [n]} for n in range(7)]
    return graph(
        [
            node("items", b.ItemsBlock, items=items),
            node("part", b.PureBlock),
            node("fail", b.FailOnBlock, policy=CONTINUE, bad=3),
            node("effect", b.EffectBlock, times=2),
            node("flaky", b.FlakyBlock, policy=retries(5), good=3),
            node("steps", b.StepsBlock),
            node("handled", b.PureBlock),
            node("all", b.GatherBlock),
        ],
        [
            "items.item_#_a -> part.value",
            "part.out -> fail.value",
            "fail.out -> effect.value",
            "fail.error -> handled.value",
            "items.item_#_b_$_0 -> all.items",
            "items.list -> steps.value",
        ],
    )


def waits() -> Graph:
    return graph(
        [node("sleep", b.SleepBlock, value=5), node("after", b.PureBlock)], ["sleep.out -> after.value"]
    )


def calls() -> Graph:
    tools = [node("caller", b.CallerBlock, tool="tool", calls=[1, "two"]), node("tool", b.PureBlock)]
    return graph(tools, ["caller.tools -> tool.value"])


def large() -> Graph:
    return graph(
        [
            node("first", b.PureBlock, value=LARGE),
            node("odd", b.PureBlock, value=ODD),
            node("join", b.JoinBlock),
        ],
        ["first.out -> join.x", "odd.out -> join.y"],
    )


GRAPHS = {"lists": lists, "waits": waits, "calls": calls, "large": large}


@dataclass
class Firing:
    """A firing as its events tell it."""

    state: State = State.RUNNING
    began: datetime | None = None
    ended: datetime | None = None
    item: list[Any] = field(default_factory=list)
    refs: dict[str, Any] = field(default_factory=dict)
    yields: list[RunEvent] = field(default_factory=list)
    attempts: int = 1
    cost: int = 0
    error: str | None = None


def told_by(events: list[RunEvent]) -> dict[str, dict[int, Firing]]:
    """Node -> number -> firing."""
    nodes: dict[str, dict[int, Firing]] = defaultdict(dict)
    for event in events:
        if event.node_id is None or event.firing is None or event.kind == "called":
            continue
        firing = nodes[event.node_id].setdefault(event.firing, Firing())
        if event.kind == EventKind.STARTED:
            firing.began = event.at
            firing.item = [[s["node_id"], s["ordinal"], s["index"]] for s in event.data["item"]]
            firing.refs = event.data["inputs"]
        elif event.kind == EventKind.YIELDED:
            firing.yields.append(event)
        elif event.kind in (EventKind.FINISHED, EventKind.FAILED):
            firing.state = State.FINISHED if event.kind == EventKind.FINISHED else State.FAILED
            firing.ended, firing.error = event.at, event.data.get("message")
        elif event.kind == EventKind.RETRIED:
            firing.attempts += 1
        elif event.kind == EventKind.CHARGED:
            firing.cost += event.data["usd_micros"]
        elif event.kind == EventKind.WAITING:
            firing.state = State.WAITING
        elif event.kind == EventKind.RESUMED:
            firing.state = State.RUNNING
    return nodes


@pytest.fixture(params=GRAPHS)
async def run(worker: Worker, request: pytest.FixtureRequest) -> EngineRun:
    return await execute(worker, GRAPHS[request.param]())


async def test_firings_are_as_their_events_tell(worker: Worker, run: EngineRun) -> None:
    told = told_by(run.events)
    assert told
    for node_id in (one.id for one in run.graph.nodes):
        page = await worker.history.node(LOCAL_USER_ID, run.view.id, node_id)
        expected = told.get(node_id, {})
        assert list(page.index.numbers(-1, [])) == sorted(expected)
        for facts in await worker.history.facts(page, sorted(expected)):
            firing = expected[facts.firing]
            assert (facts.item, facts.refs) == (firing.item, firing.refs)
            assert page.index.states[facts.firing] == firing.state
            assert moment_of(page.index.began_us[facts.firing]) == firing.began
            assert moment_of(page.index.ended_us[facts.firing]) == firing.ended
            assert page.index.retries.get(facts.firing, 0) + 1 == firing.attempts
            assert page.index.costs.get(facts.firing, 0) == firing.cost
            assert (facts.ended_with or {}).get("message") == firing.error


async def test_values_that_nodes_gave_come_in_order_and_in_pages(worker: Worker, run: EngineRun) -> None:
    for node_id, firings in told_by(run.events).items():
        page = await worker.history.node(LOCAL_USER_ID, run.view.id, node_id)
        given = sorted((e for one in firings.values() for e in one.yields), key=lambda event: event.seq or 0)
        for pin in {event.data["pin"] for event in given}:
            seqs, after = [], 0
            while found := await worker.history.told(page, Shown(run.view.id), limit=2, after=after, pin=pin):
                seqs += [told.seq for told in found]
                after = found[-1].seq
            assert seqs == [event.seq for event in given if event.data["pin"] == pin]
        for number, firing in firings.items():
            found = await worker.history.told(page, Shown(run.view.id), limit=100, firing=number)
            assert [(told.seq, told.firing) for told in found] == [(e.seq, number) for e in firing.yields]
            assert [told.index for told in found] == [e.data.get("index") for e in firing.yields]


async def test_every_recorded_value_is_found_whole_by_its_number(worker: Worker, run: EngineRun) -> None:
    by_seq = {event.seq: event for event in run.events}
    for seq, event in by_seq.items():
        assert seq is not None
        if event.kind != EventKind.YIELDED:
            with pytest.raises(NotFound):
                await worker.history.value(LOCAL_USER_ID, run.view.id, seq)
            continue
        value, recorded = await worker.history.value(LOCAL_USER_ID, run.view.id, seq), event.data["value"]
        if isinstance(value, Stored):
            assert value.blob_id == recorded["$blob"]
        else:
            is_wrapped = isinstance(recorded, dict) and "$value" in recorded
            assert orjson.loads(value) == (recorded["$value"] if is_wrapped else recorded)


async def test_index_that_grew_segment_by_segment_is_the_one_made_at_once(
    worker: Worker, run: EngineRun
) -> None:
    async with worker.database.raw() as connection:
        segments = await read_segments(connection, run.view.id)
    grown = RunIndex()
    for segment in segments:
        grown.take([segment])
    _, _, index = await worker.history.overview(LOCAL_USER_ID, run.view.id)
    assert grown.next_seq == index.next_seq == (run.events[-1].seq or 0) + 1
    assert grown.nodes.keys() == index.nodes.keys()
    for place, one in grown.nodes.items():
        assert all(getattr(one, name) == getattr(index.nodes[place], name) for name in one.__slots__)


async def test_taken_values_are_the_parts_that_links_picked(worker: Worker) -> None:
    run = await execute(worker, lists())
    shown = Shown(run.view.id)
    part = await worker.history.node(LOCAL_USER_ID, run.view.id, "part")
    for facts in await worker.history.facts(part, range(7)):
        [told] = (await worker.history.taken(part, facts, shown))["value"].values
        assert (told.value, told.node_id, told.pin) == (facts.firing, "items", "item")
    gathered = await worker.history.node(LOCAL_USER_ID, run.view.id, "all")
    [facts] = await worker.history.facts(gathered, [0])
    taken = (await worker.history.taken(gathered, facts, shown))["items"]
    assert (taken.is_list, taken.count, [told.value for told in taken.values]) == (True, 7, list(range(7)))
    handled = await worker.history.node(LOCAL_USER_ID, run.view.id, "handled")
    [facts] = await worker.history.facts(handled, [0])
    [told] = (await worker.history.taken(handled, facts, shown))["value"].values
    assert (told.node_id, told.pin, told.firing) == ("fail", "error", 3)
    assert "3" in told.value


async def test_a_called_tool_took_what_its_caller_gave(worker: Worker) -> None:
    run = await execute(worker, calls())
    page = await worker.history.node(LOCAL_USER_ID, run.view.id, "tool")
    taken = [
        await worker.history.taken(page, facts, Shown(run.view.id))
        for facts in await worker.history.facts(page, [0, 1])
    ]
    assert [one["value"].values[0].value for one in taken] == [1, "two"]


async def test_large_values_are_previews_and_those_that_look_so_are_wrapped(worker: Worker) -> None:
    run = await execute(worker, large())
    shown = Shown(run.view.id)
    join = await worker.history.node(LOCAL_USER_ID, run.view.id, "join")
    [facts] = await worker.history.facts(join, [0])
    taken = await worker.history.taken(join, facts, shown)
    [x], [y] = taken["x"].values, taken["y"].values
    assert dict(x.value)["$preview"] is None, "it is in the blob table"
    assert list(shown.blobs) == [x.value["href"].rpartition("/")[2]]
    shown.fill(dict.fromkeys(shown.blobs, (0, '"large lar')))
    assert x.value["$preview"] == "large lar"
    assert y.value == {"$value": ODD}


async def test_long_journals_are_read_in_many_parts_and_give_the_same(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await execute(worker, lists())
    whole = await _all_of(RunHistory(worker.database), run)
    monkeypatch.setattr(journal_pages, "_BATCH_BYTES", (1,))
    monkeypatch.setattr(journal_pages, "_BESIDE_BYTES", 1)
    assert await _all_of(RunHistory(worker.database), run) == whole


async def _all_of(history: RunHistory, run: EngineRun) -> list[Any]:
    seen: list[Any] = []
    for one in run.graph.nodes:
        page = await history.node(LOCAL_USER_ID, run.view.id, one.id)
        facts = await history.facts(page, list(page.index.numbers(-1, [])))
        seen += [facts, [await history.taken(page, each, Shown(run.view.id)) for each in facts]]
        seen.append(await history.told(page, Shown(run.view.id), limit=1_000))
    events = await history.events(LOCAL_USER_ID, run.view.id, after=0, limit=5_000)
    assert events.is_end
    return [*seen, events]


async def test_pages_of_events_follow_each_other_without_a_gap(worker: Worker) -> None:
    run = await execute(worker, lists())
    seqs: list[int] = []
    is_end = False
    while not is_end:
        after = seqs[-1] if seqs else 0
        page = await worker.history.events(LOCAL_USER_ID, run.view.id, after=after, limit=4)
        assert 0 < len(page.events) <= 4
        seqs += [orjson.loads(raw)["seq"] for raw in page.events]
        assert page.last == seqs[-1]
        is_end = page.is_end
    assert seqs == [event.seq for event in run.events]
    behind = await worker.history.events(LOCAL_USER_ID, run.view.id, after=seqs[-1], limit=4)
    assert (behind.events, behind.last, behind.is_end) == ([], seqs[-1], True)


async def test_another_users_run_is_not_found_even_when_it_is_known_here(worker: Worker) -> None:
    run = await execute(worker, waits())
    await worker.history.overview(LOCAL_USER_ID, run.view.id)
    history = worker.history
    for look in (
        history.overview("bob", run.view.id),
        history.node("bob", run.view.id, "sleep"),
        history.value("bob", run.view.id, 3),
        history.events("bob", run.view.id, after=0, limit=5),
    ):
        with pytest.raises(NotFound, match="There is no run"):
            await look
