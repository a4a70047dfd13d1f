"""What a run takes over from another: the results of firings that would come out the same.

A firing is the same as a recorded one when it is of an unchanged node, works on the same item, and takes
exactly the values that the recorded one took. Since what it takes was itself taken over, that is seen from
the numbers of the events alone: each value that is taken over keeps the number of the one that it repeats.
So whatever stands behind a firing that is run anew is run anew as well, and nothing else is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backend.data.block import BlockKind
from backend.data.graph import Graph, Node
from backend.data.run import EventKind, RunOptions
from backend.executor.calls import CALLED
from backend.executor.inline import refs_of
from backend.executor.plan import Firing
from backend.executor.program import Program, is_call
from backend.executor.records import Record, Refs, Segment, numbered
from backend.executor.values import Held, Stored, from_wire, to_wire
from backend.util.clock import new_id

if TYPE_CHECKING:
    from backend.executor.run_loop import RunLoop

Key = tuple[str, tuple[Any, ...], tuple[Any, ...]]
"""Node id, the item's path, pin and number(s) of the event(s) whose values were taken."""


@dataclass(slots=True)
class Outcome:
    """What a firing had yielded: number of the event, pin, value."""

    yields: list[tuple[int, str, Held]] = field(default_factory=list[tuple[int, str, Held]])


class Recording:
    """A journal by what its firings took: what the finished ones came to, and which did not finish."""

    def __init__(self, node_ids: Sequence[str]) -> None:
        self.finished: dict[Key, deque[Outcome]] = defaultdict(deque)
        self.unfinished: dict[Key, int] = {}
        """The number of the firing."""
        self._node_ids = node_ids
        self._open: dict[tuple[int, int], tuple[Key, Outcome]] = {}
        self._called: set[tuple[int, int]] = set()

    def read(self, segments: Sequence[Segment]) -> Recording:
        """Take in what is recorded."""
        for seq, _, record in numbered(segments):
            self._take(seq, record)
        self.unfinished = {key: number for (_, number), (key, _) in self._open.items()}
        return self

    def _take(self, seq: int, record: Record) -> None:
        code = record[0]
        if code == "i":
            _, node, _, path, refs, yields, _, _ = record
            outcome = Outcome([(seq + k, pin, from_wire(wire)) for k, (pin, wire, _) in enumerate(yields, 1)])
            self.finished[self._key(node, path, refs)].append(outcome)
        elif code == "k":
            if record[1] == CALLED:  # it belongs to its caller, and comes with it
                self._called.add((record[2], record[3]))
        elif (record[1], record[2]) in self._called:
            return
        elif code == "s":
            self._open[record[1], record[2]] = (self._key(record[1], record[3], record[4]), Outcome())
        elif code == "y":
            self._open[record[1], record[2]][1].yields.append((seq, record[3], from_wire(record[4])))
        else:
            key, outcome = self._open.pop((record[1], record[2]))
            self.finished[key].append(outcome)

    def _key(self, node: int, path: Any, refs: Refs) -> Key:
        return _key(self._node_ids[node], path, refs)


class Reuse:
    """What is left to take over from the run `run_id`, and which events repeat which."""

    def __init__(self, run_id: str, recording: Recording, usable: Collection[str]) -> None:
        self.run_id = run_id
        self.earlier: dict[tuple[str, int], int] = {}
        """Node and number of a firing that is run anew -> its number in the other run, where it did not finish."""
        self._recording = recording
        self._usable = usable
        self._repeats: dict[int, int] = {}

    def take(self, firing: Firing) -> Outcome | None:
        """What the same firing had come to; None when it has to be run."""
        node_id = firing.node.id
        if firing.is_called or node_id not in self._usable:
            return None
        refs: Refs = {}
        for pin, seqs in refs_of(firing).items():
            repeated = self._repeated(seqs)
            if repeated is None:
                return None
            refs[pin] = repeated
        key = _key(node_id, firing.item.path, refs)
        left = self._recording.finished.get(key)
        if left:
            return left.popleft()
        if key in self._recording.unfinished:
            self.earlier[node_id, firing.n] = self._recording.unfinished[key]
        return None

    def _repeated(self, seqs: int | list[int]) -> int | list[int] | None:
        """The numbers in the other run; None when one of the values is new."""
        if isinstance(seqs, int):
            return self._repeats.get(seqs)
        known = [self._repeats[seq] for seq in seqs if seq in self._repeats]
        return known if len(known) == len(seqs) else None

    def note(self, seq: int, repeated: int) -> None:
        """The event `seq` of this run repeats the event `repeated` of the other one."""
        self._repeats[seq] = repeated


def _key(node_id: str, path: Any, refs: Refs) -> Key:
    """The same for the same values in whatever order the pins stand."""
    taken = sorted((pin, seqs if isinstance(seqs, int) else tuple(seqs)) for pin, seqs in refs.items())
    return node_id, tuple(map(tuple, path)), tuple(taken)


def take_over(loop: RunLoop, reuse: Reuse, firing: Firing) -> bool:
    """Let the firing come to what it had come to; False when it has to be run."""
    began = loop.log.now_us()
    outcome = reuse.take(firing)
    if outcome is None:
        return False
    node, plan, each = loop.program.by_plan[firing.node.index], loop.plan, firing.node.spec.each
    path, refs = firing.item.path, refs_of(firing)
    plan.start(firing)
    said: list[tuple[str, Held, int | None]] = []
    for seq, (repeated, pin, recorded) in enumerate(outcome.yields, loop.log.next_seq + 1):
        held = _own(loop, recorded)
        value = plan.yielded(firing, pin, held, seq)
        reuse.note(seq, repeated)
        said.append((pin, held, value.item.index if pin in each else None))
    plan.ended(firing)
    yields = [(pin, to_wire(held), index) for pin, held, index in said]
    loop.log.append(("i", node.index, firing.n, path, refs, yields, began, loop.log.now_us() - began))
    loop.log.note(EventKind.REUSED, node.index, firing.n, {"from_run": reuse.run_id})
    loop.take_outputs(node, firing.n, said)
    return True


def _own(loop: RunLoop, held: Held) -> Held:
    """A large value as one of this run, which may outlive the other."""
    if not isinstance(held, Stored):
        return held
    blob_id = new_id()
    loop.log.also(_COPY_BLOB, blob_id, loop.row.id, held.blob_id, loop.row.user_id)
    loop.has_stored = True
    return Stored(blob_id, held.size_bytes, held.digest)


_COPY_BLOB = """
INSERT INTO blob (id, user_id, run_id, size_bytes, data)
  SELECT $1, user_id, $2, size_bytes, data FROM blob WHERE id = $3 AND user_id = $4"""


def usable_nodes(
    program: Program,
    before: Graph,
    options_before: RunOptions,
    changed_inputs: Collection[int],
    options: RunOptions,
) -> set[str]:
    """The nodes whose recorded firings can stand for new ones.

    Not those that say something else than in `before` or hang on other links, whose values come from outside
    and differ, whose inputs or outputs a person has replaced by others than before, nor the node from which the
    run is to go on and all behind it. One that calls tools is usable when nothing else hangs on them. Reviews that approved themselves are not
    usable for a run that is to ask.
    """
    links_then, links_now = _links_into(before), _links_into(program.graph)
    then = {
        node.id: (_says(node, options_before.pins.get(node.id, node.pinned)), links_then[node.id])
        for node in before.nodes
    }
    must_ask = options.safe_mode and not options_before.safe_mode
    usable = {
        node.id
        for node in program.by_plan
        if then.get(node.id) == (_says(node.node, node.pinned), links_now[node.id])
        and options.edits.get(node.id) == options_before.edits.get(node.id)
        and node.index not in changed_inputs
        and not (must_ask and node.block.kind in _ASKING)
    }
    sinks: dict[str, set[str]] = defaultdict(set)
    for link in program.graph.links:
        sinks[link.source_id].add(link.sink_id)
    usable -= {link.source_id for link in program.graph.links if is_call(link) and sinks[link.sink_id]}
    return usable if options.from_node is None else usable - _behind(options.from_node, sinks)


_ASKING = frozenset({BlockKind.REVIEW, BlockKind.AGENT})
"""Blocks that may have asked, themselves or in the graph that they run."""


def _says(node: Node, pinned: Mapping[str, list[Any]] | None) -> tuple[Any, ...]:
    return node.block_id, node.input_default, node.disabled, pinned


def _links_into(graph: Graph) -> dict[str, set[tuple[Any, ...]]]:
    """Node -> the links that lead into it."""
    into: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for link in graph.links:
        into[link.sink_id].add((link.source_id, link.source_name, link.sink_name, link.is_static))
    return into


def _behind(node_id: str, sinks: Mapping[str, set[str]]) -> set[str]:
    """The node and all that its values can reach."""
    reached, rest = {node_id}, [node_id]
    while rest:
        new = sinks.get(rest.pop(), set()) - reached
        reached |= new
        rest += new
    return reached
