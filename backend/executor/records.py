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

import orjson

from backend.data.run import EventKind, RunEvent, RunStatus
from backend.executor.shown import Shown

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
        for number, at, node, firing, kind, data in _events(segment.at, seq, record):
            yield RunEvent(
                run_id=run_id,
                seq=number,
                at=at,
                node_id=None if node is None else node_ids[node],
                firing=firing,
                kind=kind,
                data=data,
            )


def unfold_json(
    run_id: str, node_ids: Sequence[str], segments: Sequence[Segment]
) -> Iterator[tuple[int, bytes, bool]]:
    """The same as the JSON that goes over the wire: number, text, and whether nothing follows it.

    Long values are previews.
    """
    shown = Shown(run_id)
    for seq, segment, record in numbered(segments):
        for number, at, node, firing, kind, data in _events(segment.at, seq, record):
            is_value = kind == EventKind.YIELDED
            event = {
                "run_id": run_id,
                "seq": number,
                "at": at,
                "node_id": None if node is None else node_ids[node],
                "firing": firing,
                "kind": kind,
                "data": shown.yielded(data, number) if is_value else shown.fields(data, number),
            }
            is_last = kind == EventKind.STATE and RunStatus(data["status"]).is_final
            yield number, orjson.dumps(event, option=orjson.OPT_UTC_Z), is_last


Event = tuple[int, datetime, int | None, int | None, str, dict[str, Any]]
"""Number, moment, node index, firing, kind, data."""


def _events(at: datetime, seq: int, record: Record) -> Iterator[Event]:
    """What a record stands for; its first event has the number `seq`."""
    code = record[0]
    if code == "i":
        _, node, firing, path, inputs, yields, t, took = record
        began, ended = at + timedelta(microseconds=t), at + timedelta(microseconds=t + took)
        yield seq, began, node, firing, EventKind.STARTED, _started(path, inputs)
        for k, (pin, value, index) in enumerate(yields, start=1):
            yield seq + k, ended, node, firing, EventKind.YIELDED, _yielded(pin, value, index)
        yield seq + len(yields) + 1, ended, node, firing, EventKind.FINISHED, {}
        return
    moment = at + timedelta(microseconds=record[-1])
    if code == "s":
        _, node, firing, path, inputs, _ = record
        yield seq, moment, node, firing, EventKind.STARTED, _started(path, inputs)
    elif code == "y":
        _, node, firing, pin, value, index, _ = record
        yield seq, moment, node, firing, EventKind.YIELDED, _yielded(pin, value, index)
    elif code == "f":
        yield seq, moment, record[1], record[2], EventKind.FINISHED, {}
    else:
        _, kind, node, firing, data, _ = record
        yield seq, moment, node, firing, kind, data


def _started(path: Any, inputs: Refs) -> dict[str, Any]:
    item = [{"node_id": node, "ordinal": ordinal, "index": index} for node, ordinal, index in path]
    return {"item": item, "inputs": inputs}


def _yielded(pin: str, value: Any, index: int | None) -> dict[str, Any]:
    data: dict[str, Any] = {"pin": pin, "value": value}
    if index is not None:
        data["index"] = index
    return data
