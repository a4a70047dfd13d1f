"""The journal's own shorthand: what a segment holds, and how it unfolds into numbered events.

A segment is one run's part of one commit. Its records are short arrays; `t` is in microseconds since
the segment's `at`, nodes are given by their position in the graph version:

    ["i", node, firing, path, inputs, [[pin, value, index], …], t, took]   started, yielded …, finished
    ["s", node, firing, path, inputs, t]                                    started
    ["y", node, firing, pin, value, index, t]                               yielded
    ["f", node, firing, t]                                                  finished
    ["k", kind, node | null, firing | null, data, t]                        any other kind

`path` is the item's path as [[node id, ordinal, index], …], `inputs` maps a pin to the number of the
`yielded` event that it took (a list of them for collect), `index` the item that a value on an each pin
opened (null elsewhere). "i" stands for as many events as it replaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.data.run import EventKind, RunEvent

Record = Sequence[Any]
Refs = dict[str, int | list[int]]


def events_in(record: Record) -> int:
    """How many numbered events the record stands for."""
    return 2 + len(record[5]) if record[0] == "i" else 1


@dataclass(frozen=True, slots=True)
class Segment:
    """One stored row of a run's journal."""

    seq: int
    epoch: int
    at: datetime
    records: list[Record]

    @property
    def end(self) -> int:
        """The number of the event after the segment."""
        return self.seq + sum(map(events_in, self.records))


def numbered(segments: Sequence[Segment]) -> Iterator[tuple[int, Segment, Record]]:
    """Every record with the number of its first event."""
    for segment in segments:
        seq = segment.seq
        for record in segment.records:
            yield seq, segment, record
            seq += events_in(record)


def unfold(run_id: str, node_ids: Sequence[str], segments: Sequence[Segment]) -> Iterator[RunEvent]:
    """The events that people and programs see, in order."""
    for seq, segment, record in numbered(segments):
        yield from _unfold_record(run_id, node_ids, segment.at, seq, record)


def _unfold_record(
    run_id: str, node_ids: Sequence[str], at: datetime, seq: int, record: Record
) -> Iterator[RunEvent]:
    def event(offset: int, kind: str, node: int | None, firing: int | None, data: Any, t: int) -> RunEvent:
        return RunEvent(
            run_id=run_id,
            seq=seq + offset,
            at=at + timedelta(microseconds=t),
            node_id=None if node is None else node_ids[node],
            firing=firing,
            kind=kind,
            data=data,
        )

    code = record[0]
    if code == "i":
        _, node, firing, path, inputs, yields, t, took = record
        yield event(0, EventKind.STARTED, node, firing, _started(path, inputs), t)
        for k, (pin, value, index) in enumerate(yields, start=1):
            yield event(k, EventKind.YIELDED, node, firing, _yielded(pin, value, index), t + took)
        yield event(len(yields) + 1, EventKind.FINISHED, node, firing, {}, t + took)
    elif code == "s":
        _, node, firing, path, inputs, t = record
        yield event(0, EventKind.STARTED, node, firing, _started(path, inputs), t)
    elif code == "y":
        _, node, firing, pin, value, index, t = record
        yield event(0, EventKind.YIELDED, node, firing, _yielded(pin, value, index), t)
    elif code == "f":
        yield event(0, EventKind.FINISHED, record[1], record[2], {}, record[3])
    else:
        _, kind, node, firing, data, t = record
        yield event(0, kind, node, firing, data, t)


def _started(path: Any, inputs: Refs) -> dict[str, Any]:
    item = [{"node_id": node, "ordinal": ordinal, "index": index} for node, ordinal, index in path]
    return {"item": item, "inputs": inputs}


def _yielded(pin: str, value: Any, index: int | None) -> dict[str, Any]:
    data: dict[str, Any] = {"pin": pin, "value": value}
    if index is not None:
        data["index"] = index
    return data
