"""What the live view knows while events come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from backend.cli.live_view import LiveView, chosen, duration
from backend.cli.progress import NodeLine, NodeState, Progress
from backend.data.graph import Graph
from backend.data.run import RunEvent, RunStatus

GRAPH = Graph.model_validate(
    {"name": "g", "nodes": [{"id": "each", "block_id": "x"}, {"id": "work", "block_id": "x"}], "links": []}
)
START = datetime(2030, 1, 1, tzinfo=UTC)


class Feed:
    """Numbers events and puts a millisecond between them."""

    def __init__(self) -> None:
        self.progress = Progress(GRAPH)
        self.events: list[RunEvent] = []

    def __call__(self, kind: str, node: str | None = None, firing: int | None = None, **data: Any) -> None:
        seq = len(self.events) + 1
        at = START + timedelta(milliseconds=seq)
        event = RunEvent(run_id="r", seq=seq, at=at, node_id=node, firing=firing, kind=kind, data=data)
        self.events.append(event)
        self.progress.take(event)


def _fed() -> Feed:
    feed = Feed()
    feed("state", status="running")
    feed("started", "each", 0, item=[], inputs={})
    for index in range(3):
        feed("yielded", "each", 0, pin="item", value=7, index=index)
        feed("yielded", "each", 0, pin="key", value=index, index=index)
    feed("finished", "each", 0)
    for index in range(3):
        item = [{"node_id": "each", "ordinal": 0, "index": index}]
        feed("started", "work", index, item=item, inputs={})
    feed("finished", "work", 0)
    feed("failed", "work", 1, code="x", message="went wrong", attempt=1)
    feed("waiting", "work", 2, **{"for": "time", "until": "2030-01-01T10:20:30+00:00"})
    return feed


def test_firings_items_and_time_are_counted_for_each_node() -> None:
    progress = _fed().progress
    each, work = progress.nodes["each"], progress.nodes["work"]
    assert (each.given_out, each.state, round(each.busy_ms)) == (3, NodeState.DONE, 7)
    assert progress.items(work) == (2, 3)
    assert progress.items(each) is None
    assert (work.finished, work.failed, work.state) == (1, 1, NodeState.WAITING)
    assert progress.firings == 4
    assert progress.status is RunStatus.RUNNING


def test_events_that_come_again_change_nothing() -> None:
    feed = _fed()
    before = (feed.progress.firings, feed.progress.nodes["work"].ended, feed.progress.nodes["each"].given_out)
    for event in feed.events:
        feed.progress.take(event)
    after = (feed.progress.firings, feed.progress.nodes["work"].ended, feed.progress.nodes["each"].given_out)
    assert before == after


def test_the_picture_shows_items_failures_and_waits() -> None:
    console = Console(width=100, record=True, force_terminal=False)
    console.print(LiveView(_fed().progress, console).picture())
    text = console.export_text()
    assert "2 of 3" in text
    assert "1 failed: went wrong" in text
    assert "running" in text


def test_in_a_narrow_terminal_only_the_remarks_give_way() -> None:
    console = Console(width=50, record=True, force_terminal=False)
    console.print(LiveView(_fed().progress, console).picture())
    lines = console.export_text().splitlines()
    assert lines[2].startswith("✓  each")
    assert lines[3].startswith("◷  work")
    assert "2 of 3" in lines[3]
    assert lines[3].rstrip().endswith("…")
    assert max(map(len, lines)) <= 50


def test_of_many_nodes_those_at_work_and_those_that_failed_are_shown_in_their_order() -> None:
    lines = [NodeLine(str(k), str(k)) for k in range(100)]
    lines[40].started = 1
    lines[20].started = lines[20].failed = 1
    assert [line.id for line in chosen(lines, 4)] == ["0", "1", "20", "40"]


def test_durations_are_as_long_as_they_have_to_be() -> None:
    assert [duration(ms) for ms in (0.31, 48.2, 12_400, 200_000)] == [
        "0.3 ms",
        "48 ms",
        "12.4 s",
        "3 min 20 s",
    ]
