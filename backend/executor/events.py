"""What a run tells its watchers: everything that is recorded, in order, none missed and none twice.

All who watch a run in this process share one `Feed`: events become JSON once, at a pace that leaves the
event loop to the runs (pace.py). Whoever joins late, or is too slow for what a feed keeps, reads the
journal, page by page; pages are shared, too.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import orjson

from backend.data.away import surely
from backend.data.run import RunEvent
from backend.executor.pace import Pace
from backend.executor.records import Segment, unfold_json
from backend.util.errors import Unavailable

PAGE = 1_000
"""Events that are read from a journal at a time."""
_KEPT_EVENTS = 5_000
_KEPT_BYTES = 8 * 1_048_576
_CHUNK_BYTES = 262_144
_KEPT_PAGES = 32
_KEPT_TOLD = 200
_TICK_S = 0.02
_LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Chunk:
    """Events of one run with the numbers `first` to `last`, as JSON; both are 0 for those without numbers."""

    first: int
    last: int
    events: Sequence[bytes]
    is_end: bool = False

    def after(self, seq: int) -> Chunk:
        """What of it comes after number `seq`."""
        if seq < self.first:
            return self
        return Chunk(seq + 1, self.last, self.events[seq + 1 - self.first :], self.is_end)


def chunks_of(events: Iterable[tuple[int, bytes, bool]], *, after: int = 0) -> list[Chunk]:
    """Those of the events that come after number `after`, in chunks that one can send at once."""
    chunks: list[Chunk] = []
    part: list[bytes] = []
    size_bytes = first = 0
    for seq, raw, is_end in events:
        if seq <= after:
            continue
        first = first if part else seq
        part.append(raw)
        size_bytes += len(raw)
        if size_bytes > _CHUNK_BYTES or is_end:
            chunks.append(Chunk(first, seq, part, is_end))
            part, size_bytes = [], 0
    if part:
        chunks.append(Chunk(first, first + len(part) - 1, part))
    return chunks


class Feed:
    """The last events of one run, for all who watch it here."""

    def __init__(self, user_id: str, run_id: str) -> None:
        self.user_id = user_id
        self.run_id = run_id
        self.watches: set[Watch] = set()
        self._node_ids: Sequence[str] = ()
        self._pending: list[Segment] = []
        self._pending_events = 0
        self._chunks: deque[Chunk] = deque()
        self._events = 0
        self.told: deque[tuple[int, bytes]] = deque(maxlen=_KEPT_TOLD)
        """Events without numbers, each with its place among them."""
        self.told_count = 0
        self.news = 0
        """How often somebody said that there is more in the journal."""
        self.looked_up = -1
        """The last number that was seen when the journal was looked at from here."""

    def take(self, segment: Segment, count: int, node_ids: Sequence[str]) -> None:
        """What was just written, `count` events; it is unfolded when there is time."""
        self._node_ids = node_ids
        if self._pending_events > _KEPT_EVENTS:  # the watchers are far behind: let them read the journal
            self._drop_pending()
        self._pending.append(segment)
        self._pending_events += count

    def tell(self, raw: bytes) -> None:
        """An event that is not recorded."""
        self.told_count += 1
        self.told.append((self.told_count, raw))

    def unfold(self) -> None:
        """Make chunks of what has come."""
        if self._pending:
            for chunk in chunks_of(unfold_json(self.run_id, self._node_ids, self._pending)):
                self._chunks.append(chunk)
                self._events += len(chunk.events)
            self._drop_pending()
            self._trim()

    def _drop_pending(self) -> None:
        self._pending.clear()
        self._pending_events = 0

    def _trim(self) -> None:
        while len(self._chunks) > 1 and (
            self._events > _KEPT_EVENTS or len(self._chunks) * _CHUNK_BYTES > _KEPT_BYTES
        ):
            self._events -= len(self._chunks.popleft().events)

    def since(self, seq: int) -> tuple[list[Chunk], bool]:
        """What came after number `seq`, and whether something between was not kept."""
        newer = [chunk for chunk in self._chunks if chunk.last > seq]
        if not newer:
            return [], False
        for place, chunk in enumerate(newer):
            if chunk.first > seq + 1:
                return newer[:place], True
            newer[place] = chunk.after(seq)
            seq = chunk.last
        return newer, False


class Watch:
    """One watcher's place in a feed."""

    def __init__(self, feed: Feed) -> None:
        self.must_read = True
        self.wake = asyncio.Event()
        self._feed = feed
        self._told = feed.told_count

    def told(self) -> Chunk | None:
        """Events without numbers that this watcher has not had."""
        new = [raw for place, raw in self._feed.told if place > self._told]
        self._told = self._feed.told_count
        return Chunk(0, 0, new) if new else None


ReadPage = Callable[[str, str, int, int], Awaitable[list[Chunk]]]
"""User, run, number, limit -> the recorded events after that number, `limit` of them if there are as many."""
ReadLasts = Callable[[list[str]], Awaitable[dict[str, int]]]
"""Runs -> the number of the last recorded event of each."""
OnStart = Callable[[str, str], None]
"""Called with the user and the run."""


class Feeds:
    """The feeds of this process.

    `is_local(run_id)` says whether the run is executed here; of the others the journal is looked at once a
    second, and whenever `on_more` says that there is something. `ask(run_id)` asks whoever executes it to
    say so.
    """

    def __init__(
        self,
        read_page: ReadPage,
        read_lasts: ReadLasts,
        is_local: Callable[[str], bool],
        is_busy: Callable[[], bool],
    ) -> None:
        self.pace = Pace(is_busy)
        self.ask: Callable[[str], None] = lambda run_id: None
        self.on_start: dict[str, set[OnStart]] = {}
        """Graph -> who wants to know of runs that begin here."""
        self._read_page = read_page
        self._read_lasts = read_lasts
        self._is_local = is_local
        self._feeds: dict[str, Feed] = {}
        self._dirty: set[Feed] = set()
        self._pages: OrderedDict[tuple[str, int], list[Chunk]] = OrderedDict()
        self._reading: dict[tuple[Feed, int, int], asyncio.Task[list[Chunk]]] = {}
        self._tick: asyncio.TimerHandle | None = None
        self._look: asyncio.Task[None] | None = None
        self._ticked_at = 0.0

    # -- from the runs ---------------------------------------------------------------------------------

    def is_watched(self, run_id: str) -> bool:
        return run_id in self._feeds

    def take(self, run_id: str, segment: Segment, count: int, node_ids: Sequence[str]) -> None:
        """A segment of `count` events of the run was written."""
        feed = self._feeds.get(run_id)
        if feed is not None:
            feed.take(segment, count, node_ids)
            self._schedule(feed)

    def tell(self, event: RunEvent) -> None:
        """Something that is not recorded."""
        if event.run_id in self._feeds:
            raw = orjson.dumps(event.model_dump(), option=orjson.OPT_UTC_Z)
            self.tell_json(event.run_id, raw)

    def tell_json(self, run_id: str, raw: bytes) -> None:
        """The same, from another process."""
        feed = self._feeds.get(run_id)
        if feed is not None:
            feed.tell(raw)
            self._schedule(feed)

    def on_more(self, run_id: str) -> None:
        """A run that is executed elsewhere has written something."""
        feed = self._feeds.get(run_id)
        if feed is not None:
            feed.news += 1
            for watch in feed.watches:
                watch.must_read = True
            self._schedule(feed)

    def _schedule(self, feed: Feed) -> None:
        self._dirty.add(feed)
        if self._tick is None:
            since_s = time.monotonic() - self._ticked_at
            delay_s = max(_TICK_S - since_s, self.pace.left_s(), 0.0)
            self._tick = asyncio.get_running_loop().call_later(delay_s, self._on_tick)

    def _on_tick(self) -> None:
        began = time.perf_counter()
        self._tick, self._ticked_at = None, time.monotonic()
        dirty, self._dirty = self._dirty, set()
        for feed in dirty:
            feed.unfold()
            for watch in feed.watches:
                watch.wake.set()
        self.pace.spend(time.perf_counter() - began)

    def started(self, user_id: str, graph_id: str, run_id: str) -> None:
        """A run of the graph begins in this process."""
        for told in self.on_start.get(graph_id, ()):
            told(user_id, run_id)

    # -- for the watchers ------------------------------------------------------------------------------

    async def follow(
        self, user_id: str, run_id: str, *, after: int = 0, is_final: bool = False
    ) -> AsyncGenerator[Chunk]:
        """What comes after number `after`, until the run is final; `is_final`: it is, and nothing will come.

        Whoever asks has seen that the run is theirs.
        """
        feed = self._feeds.setdefault(run_id, Feed(user_id, run_id))
        watch = Watch(feed)
        feed.watches.add(watch)
        self._look_again()
        try:
            while True:
                watch.wake.clear()
                if watch.must_read:
                    watch.must_read = False  # there may be more again before the page is there
                    chunks = await self._page(feed, after)
                    watch.must_read = watch.must_read or _is_full(chunks)
                else:
                    began = time.perf_counter()
                    chunks, watch.must_read = feed.since(after)
                    told = watch.told()
                    chunks += [told] if told is not None else []
                    self.pace.spend(time.perf_counter() - began)
                for chunk in chunks:
                    after = max(after, chunk.last)
                    yield chunk
                    if chunk.is_end:
                        return
                if watch.must_read:
                    await self.pace.turn()
                elif is_final:
                    return
                elif not chunks:
                    await watch.wake.wait()
        finally:
            feed.watches.discard(watch)
            if not feed.watches and self._feeds.get(run_id) is feed:
                del self._feeds[run_id]

    async def _page(self, feed: Feed, after: int) -> list[Chunk]:
        """A page of the journal, read once for all who ask at the same time; full ones are kept."""
        key = (feed.run_id, after)
        known = self._pages.get(key)
        if known is not None:
            return list(known)
        asked = (feed, after, feed.news)  # a page that was begun before there was more may lack it
        task = self._reading.get(asked)
        if task is None:
            read = partial(self._read_page, feed.user_id, feed.run_id, after, PAGE)
            task = asyncio.ensure_future(surely("watch", read))
            self._reading[asked] = task
            task.add_done_callback(lambda _: self._reading.pop(asked, None))
        page = await asyncio.shield(task)
        if _is_full(page):
            self._pages[key] = page
            if len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
        return list(page)

    def _look_again(self) -> None:
        if self._look is None or self._look.done():
            self._look = asyncio.ensure_future(self._look_elsewhere())

    async def _look_elsewhere(self) -> None:
        """Once a second, as long as somebody watches a run of another process."""
        while self._feeds:
            away = [run_id for run_id in self._feeds if not self._is_local(run_id)]
            for run_id in away:
                self.ask(run_id)
            await asyncio.sleep(_LOOK_AGAIN_S)
            if away:
                with suppress(Unavailable):
                    self._note_lasts(await self._read_lasts(away))

    def _note_lasts(self, lasts: dict[str, int]) -> None:
        for run_id, last in lasts.items():
            feed = self._feeds.get(run_id)
            if feed is not None and last > feed.looked_up:
                feed.looked_up = last
                self.on_more(run_id)


def _is_full(page: list[Chunk]) -> bool:
    """Whether there may be more in the journal."""
    return sum(len(chunk.events) for chunk in page) >= PAGE
