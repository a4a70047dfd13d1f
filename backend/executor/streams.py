"""A block's yields as one async stream, wherever its `run` is executed."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from backend.data.block import BlockData
from backend.util.errors import BlockError
from backend.util.request import cancel_check

_INLINE_BATCH = 200


async def inline(items: Iterator[BlockData]) -> AsyncIterator[BlockData]:
    """A pure block off the fast path; lets others have a turn now and then."""
    for count, item in enumerate(items, start=1):
        yield item
        if count % _INLINE_BATCH == 0:
            await asyncio.sleep(0)


class Abandoned(Exception):
    """Raised inside a thread whose results nobody wants any more."""


class BlockThreads:
    """Threads for sync blocks, `size` at most.

    A thread cannot be killed. When a stream is closed early, its thread notices at its next yield or HTTP
    request; until then it is abandoned: counted, its results dropped, its place not free.
    """

    def __init__(self, size: int) -> None:
        self.abandoned = 0
        self._size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="block")

    async def iterate(self, make: Callable[[], Iterator[BlockData]]) -> AsyncIterator[BlockData]:
        """Iterate in a thread, one item ahead at most.

        Raises:
            BlockError: every thread is abandoned.
        """
        if self.abandoned >= self._size:
            raise BlockError(
                f"All {self._size} threads are held by blocks that were stopped and do not end. Restart the worker; "
                "give the blocks that hang time-outs of their own."
            )
        loop = asyncio.get_running_loop()
        handed: asyncio.Queue[BlockData] = asyncio.Queue(maxsize=1)
        is_closed = threading.Event()
        context = contextvars.copy_context()
        work = partial(_iterate, make, handed, is_closed, loop)
        ended = asyncio.ensure_future(loop.run_in_executor(self._threads, lambda: context.run(work)))
        try:
            while True:
                item = await _next(handed, ended)
                if item is None:
                    return
                yield item
        finally:
            is_closed.set()
            while not handed.empty():
                handed.get_nowait()
            if not ended.done():
                self._abandon(ended)

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _abandon(self, ended: asyncio.Future[None]) -> None:
        def come_back(done: asyncio.Future[None]) -> None:
            self.abandoned -= 1
            if not done.cancelled():
                done.exception()

        self.abandoned += 1
        ended.add_done_callback(come_back)


def _iterate(
    make: Callable[[], Iterator[BlockData]],
    handed: asyncio.Queue[BlockData],
    is_closed: threading.Event,
    loop: asyncio.AbstractEventLoop,
) -> None:
    def check() -> None:
        if is_closed.is_set():
            raise Abandoned

    cancel_check.set(check)
    for item in make():
        check()
        asyncio.run_coroutine_threadsafe(handed.put(item), loop).result()


async def _next(handed: asyncio.Queue[BlockData], ended: asyncio.Future[None]) -> BlockData | None:
    """The next item, None at the end; raises what the block raised."""
    if handed.empty():
        getter = asyncio.ensure_future(handed.get())
        try:
            both: set[asyncio.Future[Any]] = {getter, ended}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not getter.done():
                getter.cancel()
        if getter.done() and not getter.cancelled():
            return getter.result()
    if not handed.empty():
        return handed.get_nowait()
    ended.result()
    return None
