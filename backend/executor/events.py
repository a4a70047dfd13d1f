"""What a run tells its watchers: everything that is recorded, in order, none missed and none twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from backend.data.run import EventKind, RunEvent, RunStatus

ReadAfter = Callable[[int], Awaitable[list[RunEvent]]]
_QUEUE_SIZE = 1_000
_LOOK_AGAIN_S = 1.0


class Watchers:
    """Hands flushed events to whoever watches in this process."""

    def __init__(self) -> None:
        self._by_run: dict[str, set[asyncio.Queue[RunEvent | None]]] = {}

    def is_watched(self, run_id: str) -> bool:
        return run_id in self._by_run

    def tell(self, event: RunEvent) -> None:
        """Give an event to the run's watchers; one that is too slow reads from the journal instead."""
        for queue in self._by_run.get(event.run_id, ()):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    async def follow(self, run_id: str, read_after: ReadAfter, *, after: int = 0) -> AsyncIterator[RunEvent]:
        """Events after number `after`, then live ones until the run is final.

        `read_after(seq)` reads recorded events. It is asked first, whenever this watcher was too slow, and
        now and then, since the run may be another process's.
        """
        queue: asyncio.Queue[RunEvent | None] = asyncio.Queue(_QUEUE_SIZE)
        self._by_run.setdefault(run_id, set()).add(queue)
        try:
            must_read = True
            while True:
                if must_read:
                    for event in await read_after(after):
                        after = event.seq or after
                        yield event
                        if is_end(event):
                            return
                live = await _next(queue)
                must_read = live is None or (live.seq is not None and live.seq > after + 1)
                if live is not None and (live.seq is None or live.seq == after + 1):
                    after = live.seq or after
                    yield live
                    if is_end(live):
                        return
        finally:
            watching = self._by_run[run_id]
            watching.discard(queue)
            if not watching:
                del self._by_run[run_id]


def is_end(event: RunEvent) -> bool:
    """Whether nothing follows the event."""
    return event.kind == EventKind.STATE and RunStatus(event.data["status"]).is_final


async def _next(queue: asyncio.Queue[RunEvent | None]) -> RunEvent | None:
    with suppress(TimeoutError):
        return await asyncio.wait_for(queue.get(), timeout=_LOOK_AGAIN_S)
    return None
