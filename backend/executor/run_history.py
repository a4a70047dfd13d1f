"""What a run's nodes have done, from its journal: progress, firings, what they took and gave, page by page."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from backend.data import run_details
from backend.data.db import Database
from backend.data.run import RunStatus
from backend.executor.calls import CALLED
from backend.executor.journal_pages import Marks, beside, read_holding, read_span
from backend.executor.journal_reader import HUGE
from backend.executor.outputs import OUTPUT_PIN
from backend.executor.program import ERROR_PIN
from backend.executor.records import Record, Refs, Segment, events_in, numbered, unfold_json
from backend.executor.run_index import NodeIndex, RunIndex, State
from backend.executor.run_shape import Shape, ShapeNode, shape_of
from backend.executor.shown import Shown, unwrapped
from backend.executor.values import Stored, from_wire, raw_json
from backend.util.errors import NotFound

_MOST_INDEXES = 32
_MOST_INDEX_BYTES = 64 * 1_048_576
_MOST_SHAPES = 32
_SLICE_S = 0.005
_PAGE_BYTES = 4 * 1_048_576
_MOST_TAKEN = 100
"""Values of one pin that a firing's page shows."""


@dataclass(frozen=True, slots=True)
class Told:
    """A recorded value, fit to be shown, and the event that gave it. `index`: the item that it opened."""

    seq: int
    node_id: str
    firing: int
    pin: str
    value: Any
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a firing took on one pin; `count` may be more than are in `values`. `is_list`: it collects."""

    is_list: bool
    count: int
    values: list[Told]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events as JSON, the number of the last one, and whether nothing follows it."""

    events: list[bytes]
    last: int
    is_end: bool


@dataclass(slots=True)
class FiringFacts:
    """A firing: the item it worked on, what it took, and the data of its failure or of what it waits for."""

    firing: int
    item: list[list[Any]] = field(default_factory=list[list[Any]])
    refs: Refs = field(default_factory=Refs)
    ended_with: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NodePage:
    """One node of a run, with its firings."""

    run_id: str
    status: RunStatus
    shape: Shape
    place: int
    index: NodeIndex

    @property
    def node(self) -> ShapeNode:
        return self.shape.nodes[self.place]


class RunHistory:
    """Reads journals for people. The owner comes first everywhere; what is another's is not found."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexes: OrderedDict[str, _Growing] = OrderedDict()
        self._shapes: OrderedDict[str, Shape] = OrderedDict()

    async def overview(self, user_id: str, run_id: str) -> tuple[RunStatus, Shape, RunIndex]:
        """Where the run stands, its graph, and all its firings.

        Raises:
            NotFound: there is no such run, or it is another user's.
        """
        async with self._database.begin() as connection:
            status = await run_details.load_status(connection, user_id, run_id)
        return status, await self._shape(user_id, run_id), await self._index(run_id)

    async def nodes(self, user_id: str, run_id: str) -> tuple[list[NodePage], dict[int, dict[str, Any]], int]:
        """All nodes, the data of the last failure of each that has one by its place, the number of the last event.

        Raises:
            NotFound: as `overview`.
        """
        status, shape, index = await self.overview(user_id, run_id)
        none = NodeIndex()
        places = range(len(shape.nodes))
        pages = [NodePage(run_id, status, shape, place, index.nodes.get(place, none)) for place in places]
        failed = {node.ended_seq[node.failed] for node in index.nodes.values() if node.failed >= 0}
        failures: dict[int, dict[str, Any]] = {}

        def take(_: int, record: Record) -> None:
            failures[record[2]] = record[4]

        await self._each(run_id, failed, take)
        return pages, failures, index.next_seq - 1

    async def node(self, user_id: str, run_id: str, node_id: str) -> NodePage:
        """One node of it.

        Raises:
            NotFound: there is no such run, it is another user's, or its graph has no such node.
        """
        status, shape, index = await self.overview(user_id, run_id)
        place = shape.places.get(node_id)
        if place is None:
            raise NotFound(f"The run {run_id!r} has no node {node_id!r}.")
        return NodePage(run_id, status, shape, place, index.nodes.get(place, NodeIndex()))

    async def facts(self, page: NodePage, firings: Sequence[int]) -> list[FiringFacts]:
        """Items, inputs and errors of some firings that there are."""
        found = {firing: FiringFacts(firing) for firing in firings}
        index = page.index
        wanted = {
            seq for firing in firings for seq in (index.began_seq[firing], index.ended_seq[firing]) if seq
        }

        def take(_: int, record: Record) -> None:
            if record[0] in ("i", "s") and record[2] in found:
                found[record[2]].item, found[record[2]].refs = record[3], record[4]
            elif record[0] == "k" and record[3] in found:
                found[record[3]].ended_with = record[4]

        await self._each(page.run_id, wanted, take)
        return list(found.values())

    async def taken(self, page: NodePage, facts: FiringFacts, shown: Shown) -> dict[str, Taken]:
        """What a firing took, by pin: the first 100 values of one that collects."""
        refs: dict[str, list[int]] = {
            pin: ref if isinstance(ref, list) else [ref] for pin, ref in facts.refs.items()
        }
        pins: dict[int, list[str]] = {}
        for pin, seqs in refs.items():
            for seq in seqs[:_MOST_TAKEN]:
                pins.setdefault(seq, []).append(pin)
        found: dict[tuple[str, int], Told] = {}

        def take(first: int, record: Record) -> None:
            for seq in range(first, first + events_in(record)):
                for pin in pins.get(seq, ()):
                    found[pin, seq] = _taken(page, pin, seq, first, record, shown)

        await self._each(page.run_id, pins, take)
        return {
            pin: Taken(
                isinstance(facts.refs[pin], list),
                len(seqs),
                [found[pin, seq] for seq in seqs[:_MOST_TAKEN] if (pin, seq) in found],
            )
            for pin, seqs in refs.items()
        }

    async def told(
        self,
        page: NodePage,
        shown: Shown,
        *,
        limit: int,
        after: int = 0,
        pin: str | None = None,
        firing: int | None = None,
    ) -> list[Told]:
        """Values that the node gave after event number `after`, in the order of the journal."""
        first, last = _span(page.index, firing)
        mine = f"{page.place}," if firing is None else f"{page.place},{firing},"
        wanted = _Wanted(page, pin, firing, max(after + 1, first))
        found: list[Told] = []
        async with self._database.raw() as connection:
            named = "" if pin is None else orjson.dumps(pin).decode()
            marks = Marks(f'["i",{mine}', f'["y",{mine}', named)
            async for batch in read_span(connection, page.run_id, wanted.first, last, marks):
                found += await beside(batch, partial(wanted.shown, shown=shown, limit=limit - len(found)))
                if len(found) >= limit:
                    break
        return found

    async def outputs(
        self, user_id: str, run_id: str, shown: Shown, *, is_output: Callable[[str], bool], limit: int
    ) -> tuple[dict[str, list[Any]], bool]:
        """What the run returns, from its journal: the first `limit` values of each output node, and whether
        there are more. `is_output` says whether a block, given by its id, is an output.
        """
        status, shape, index = await self.overview(user_id, run_id)
        named: dict[str, list[Any]] = {}
        has_more = False
        for place, node in enumerate(shape.nodes):
            if place in index.nodes and is_output(node.block_id):
                page = NodePage(run_id, status, shape, place, index.nodes[place])
                found = await self.told(page, shown, limit=limit + 1, pin=OUTPUT_PIN)
                has_more |= len(found) > limit
                in_order = sorted(found[:limit], key=lambda told: (told.firing, told.seq))
                named.setdefault(node.output_name, []).extend(told.value for told in in_order)
        return named, has_more

    async def events(self, user_id: str, run_id: str, *, after: int, limit: int) -> EventPage:
        """Recorded events after number `after` as JSON: `limit` of them, fewer when they are long.

        Raises:
            NotFound: there is no such run, or it is another user's.
        """
        async with self._database.begin() as connection:
            status = await run_details.load_status(connection, user_id, run_id)
        node_ids = [node.id for node in (await self._shape(user_id, run_id)).nodes]
        events: list[tuple[int, bytes, bool]] = []
        size_bytes = 0
        async with self._database.raw() as connection:
            async for batch in read_span(connection, run_id, after + 1, min(after + limit, HUGE)):
                unfolded = await beside(batch, lambda segments: list(unfold_json(run_id, node_ids, segments)))
                for event in unfolded:
                    if event[0] > after and len(events) < limit and size_bytes < _PAGE_BYTES:
                        events.append(event)
                        size_bytes += len(event[1])
                if size_bytes >= _PAGE_BYTES:
                    break
        last, _, is_end = events[-1] if events else (after, b"", status.is_final)
        return EventPage([raw for _, raw, _ in events], last, is_end)

    async def value(self, user_id: str, run_id: str, seq: int, name: str | None = None) -> bytes | Stored:
        """What event `seq` gave, as JSON, or where it is stored; `name` names a part of its data instead.

        Raises:
            NotFound: there is no such value of this run, or it is another user's.
        """
        async with self._database.begin() as connection:
            await run_details.load_status(connection, user_id, run_id)
        found: list[bytes | Stored] = []

        def take(first: int, record: Record) -> None:
            found.extend(_whole(value) for value in _values_at(seq, first, record, name))

        await self._each(run_id, {seq}, take)
        if not found:
            raise NotFound(f"The run {run_id!r} has no value {seq if name is None else f'{seq}.{name}'!s}.")
        return found[0]

    async def _each(self, run_id: str, wanted: Iterable[int], take: Callable[[int, Record], None]) -> None:
        """Hand over each record that holds one of these events, with the number of its first one."""
        numbers = sorted(wanted)

        def take_all(segments: list[Segment]) -> None:
            for first, record in _holding(segments, numbers):
                take(first, record)

        async with self._database.raw() as connection:
            async for batch in read_holding(connection, run_id, numbers):
                await beside(batch, take_all)

    # -- what is kept ----------------------------------------------------------------------------------

    async def _shape(self, user_id: str, run_id: str) -> Shape:
        known = self._shapes.get(run_id)
        if known is None:
            async with self._database.begin() as connection:
                definition = await run_details.load_definition(connection, user_id, run_id)
            known = self._shapes[run_id] = await asyncio.to_thread(shape_of, definition)
            if len(self._shapes) > _MOST_SHAPES:
                self._shapes.popitem(last=False)
        return known

    async def _index(self, run_id: str) -> RunIndex:
        growing = self._indexes.setdefault(run_id, _Growing())
        self._indexes.move_to_end(run_id)
        async with growing.lock, self._database.raw() as connection:
            async for batch in read_span(connection, run_id, growing.index.next_seq):
                await _grow(growing.index, await beside(batch, list))
        self._drop_old()
        return growing.index

    def _drop_old(self) -> None:
        size = sum(growing.index.size_bytes for growing in self._indexes.values())
        while len(self._indexes) > 1 and (len(self._indexes) > _MOST_INDEXES or size > _MOST_INDEX_BYTES):
            _, growing = self._indexes.popitem(last=False)
            size -= growing.index.size_bytes


async def _grow(index: RunIndex, segments: Sequence[Segment]) -> None:
    """Take the segments in, here and in slices: others read the index meanwhile, so no thread may change it."""
    until = time.perf_counter() + _SLICE_S
    for segment in segments:
        index.take([segment])
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + _SLICE_S


class _Growing:
    """An index, and who may add to it."""

    __slots__ = ("index", "lock")

    def __init__(self) -> None:
        self.index = RunIndex()
        self.lock = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which values of a node are looked for: from event `first` on, of one pin or firing or of any."""

    page: NodePage
    pin: str | None
    firing: int | None
    first: int

    def shown(self, segments: Sequence[Segment], shown: Shown, limit: int) -> list[Told]:
        """The first `limit` of them."""
        found: list[Told] = []
        for first, _, record in numbered(segments):
            if record[0] not in ("i", "y") or record[1] != self.page.place:
                continue
            if self.firing is not None and record[2] != self.firing:
                continue
            for seq, pin, value, index in _yields(first, record):
                if len(found) == limit:
                    return found
                if seq >= self.first and self.pin in (None, pin):
                    node_id = self.page.node.id
                    found.append(Told(seq, node_id, record[2], pin, shown.value(value, str(seq)), index))
        return found


def _span(index: NodeIndex, firing: int | None) -> tuple[int, int]:
    """The numbers of the first and the last event between which the values of a firing, or of all, stand."""
    if firing is not None:
        if firing >= len(index) or index.states[firing] == State.NONE:
            return HUGE, 0
        is_over = index.states[firing] in (State.FINISHED, State.FAILED)
        return index.began_seq[firing], index.ended_seq[firing] if is_over else HUGE
    is_over = not (index.counts[State.RUNNING] or index.counts[State.WAITING])
    first = min((seq for seq in index.began_seq if seq), default=HUGE)
    return first, max(index.ended_seq, default=0) if is_over else HUGE


def _holding(segments: Sequence[Segment], numbers: Sequence[int]) -> Iterator[tuple[int, Record]]:
    """The records in which one of the events, whose numbers are sorted, is."""
    for first, _, record in numbered(segments):
        place = bisect_left(numbers, first)
        if place < len(numbers) and numbers[place] < first + events_in(record):
            yield first, record


def _yields(first: int, record: Record) -> Iterator[tuple[int, str, Any, int | None]]:
    """Number, pin, value and opened item of what a record of either kind gives."""
    if record[0] == "y":
        yield first, record[3], record[4], record[5]
    else:
        for offset, (pin, value, index) in enumerate(record[5], start=1):
            yield first + offset, pin, value, index


def _taken(page: NodePage, pin: str, seq: int, first: int, record: Record, shown: Shown) -> Told:
    """The value of event `seq` as it came to the pin: a link may have picked a part of it."""
    place: int = record[2] if record[0] == "k" else record[1]
    source = page.shape.nodes[place]
    if record[0] == "k":
        data: dict[str, Any] = record[4]
        if record[1] == CALLED:
            return Told(seq, source.id, record[3], pin, shown.value(data["inputs"].get(pin), f"{seq}.inputs"))
        return Told(seq, source.id, record[3], ERROR_PIN, shown.value(data.get("message"), f"{seq}.message"))
    for number, from_pin, wire, index in _yields(first, record):
        if number == seq:
            part = page.shape.picked(wire, by=(page.node.id, pin), of=(source.id, from_pin))
            return Told(seq, source.id, record[2], from_pin, shown.value(part, str(seq)), index)
    return Told(seq, source.id, record[2], "", None)


def _values_at(seq: int, first: int, record: Record, name: str | None) -> Iterator[Any]:
    """What the event gave, or the named part of its data, as it stands in the journal."""
    if record[0] in ("i", "y") and name is None:
        yield from (value for number, _, value, _ in _yields(first, record) if number == seq)
    elif record[0] == "k" and name is not None and name in record[4]:
        value = record[4][name]
        is_call = record[1] == CALLED and name == "inputs"
        yield {pin: unwrapped(part) for pin, part in value.items()} if is_call else value


def _whole(wire: Any) -> bytes | Stored:
    held = from_wire(wire)
    return held if isinstance(held, Stored) else raw_json(held)
