"""Where the firings of a run stand in its journal: a few numbers for each, so that pages of them are found at once.

It is made in one pass and goes on from there when the journal has grown. Nothing here holds values.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from backend.data.run import EventKind
from backend.executor.records import Record, Segment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BYTES_PER_FIRING = 25


class State(IntEnum):
    """Where a firing is. NONE: there is none of this number."""

    NONE = 0
    RUNNING = 1
    WAITING = 2
    FINISHED = 3
    FAILED = 4


_FINISHED = int(State.FINISHED)


class NodeIndex:
    """The firings of one node, by their numbers."""

    __slots__ = (
        "began_seq",
        "began_us",
        "busy_us",
        "costs",
        "counts",
        "ended_seq",
        "ended_us",
        "failed",
        "retries",
        "states",
    )

    def __init__(self) -> None:
        self.began_seq = array("I")
        """The number of the `started` event."""
        self.ended_seq = array("I")
        """That of the event that ended it, or of the last `waiting`; 0 while it runs."""
        self.began_us = array("q")
        self.ended_us = array("q")
        self.states = bytearray()
        self.counts = [0] * len(State)
        self.retries: dict[int, int] = {}
        self.costs: dict[int, int] = {}
        self.busy_us = 0
        """Of all that have ended; waiting is included."""
        self.failed = -1
        """The last one that failed."""

    def __len__(self) -> int:
        return len(self.states)

    @property
    def cost_usd_micros(self) -> int:
        return sum(self.costs.values())

    def pass_through(self, firing: int, seq: int, ended_seq: int, began_us: int, ended_us: int) -> None:
        """It began and ended at once, as pure blocks do: most of a journal."""
        if firing != len(self.states):
            self.begin(firing, seq, began_us)
            self.end(firing, ended_seq, ended_us, State.FINISHED)
            return
        self.began_seq.append(seq)
        self.ended_seq.append(ended_seq)
        self.began_us.append(began_us)
        self.ended_us.append(ended_us)
        self.states.append(_FINISHED)
        self.counts[_FINISHED] += 1
        self.busy_us += ended_us - began_us

    def begin(self, firing: int, seq: int, moment_us: int) -> None:
        while len(self.states) <= firing:
            self.began_seq.append(0)
            self.ended_seq.append(0)
            self.began_us.append(0)
            self.ended_us.append(0)
            self.states.append(State.NONE)
        self.began_seq[firing] = seq
        self.began_us[firing] = moment_us
        self._turn(firing, State.RUNNING)

    def end(self, firing: int, seq: int, moment_us: int, state: State) -> None:
        """It ended, or waits."""
        self.ended_seq[firing] = seq
        self.ended_us[firing] = moment_us
        self._turn(firing, state)
        if state is State.WAITING:
            return
        self.busy_us += moment_us - self.began_us[firing]
        if state is State.FAILED:
            self.failed = firing

    def resume(self, firing: int) -> None:
        self.ended_seq[firing] = 0
        self._turn(firing, State.RUNNING)

    def _turn(self, firing: int, state: State) -> None:
        before = self.states[firing]
        if before:
            self.counts[before] -= 1
        self.states[firing] = state
        self.counts[state] += 1

    def numbers(self, after: int, states: Sequence[State]) -> Iterator[int]:
        """Firings after number `after` that are in one of the states; all of them without any."""
        wanted = frozenset(map(int, states)) or frozenset(map(int, State)) - {0}
        for firing in range(max(after + 1, 0), len(self.states)):
            if self.states[firing] in wanted:
                yield firing


class RunIndex:
    """All firings of a run, by the position of their node in the graph."""

    def __init__(self) -> None:
        self.nodes: dict[int, NodeIndex] = {}
        self.next_seq = 1
        """The number of the first event that is not in it."""

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return 1_000 + sum(500 + _BYTES_PER_FIRING * len(node) for node in self.nodes.values())

    def take(self, segments: Sequence[Segment]) -> None:
        """What was recorded next."""
        for segment in segments:
            base_us = (segment.at - _EPOCH) // _MICROSECOND
            seq = segment.seq
            for record in segment.records:
                if record[0] == "i":
                    _, place, firing, _, _, yields, t, took = record
                    began_us, end = base_us + t, seq + len(yields) + 1
                    self._node(place).pass_through(firing, seq, end, began_us, began_us + took)
                    seq = end + 1
                else:
                    if record[0] != "y":
                        self._take_single(seq, base_us, record)
                    seq += 1
            self.next_seq = seq

    def _take_single(self, seq: int, base_us: int, record: Record) -> None:
        code = record[0]
        if code == "s":
            self._node(record[1]).begin(record[2], seq, base_us + record[5])
        elif code == "f":
            self._node(record[1]).end(record[2], seq, base_us + record[3], State.FINISHED)
        else:
            self._take_rare(seq, base_us, record)

    def _take_rare(self, seq: int, base_us: int, record: Record) -> None:
        _, kind, place, firing, data, t = record
        if place is None or firing is None or firing >= len(self._node(place)):
            return
        node = self._node(place)
        if kind == EventKind.FAILED:
            node.end(firing, seq, base_us + t, State.FAILED)
        elif kind == EventKind.WAITING:
            node.end(firing, seq, base_us + t, State.WAITING)
        elif kind == EventKind.RESUMED:
            node.resume(firing)
        elif kind == EventKind.RETRIED:
            node.retries[firing] = data["attempt"]
        elif kind == EventKind.CHARGED:
            node.costs[firing] = node.costs.get(firing, 0) + data.get("usd_micros", 0)

    def _node(self, place: int) -> NodeIndex:
        node = self.nodes.get(place)
        if node is None:
            node = self.nodes[place] = NodeIndex()
        return node


def moment_of(us: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return _EPOCH + timedelta(microseconds=us)
