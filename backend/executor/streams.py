"""A block's yields as one async stream, wherever its `run` is executed."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from typing import Any

from backend.data.block import BlockData
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


async def in_thread(make: Callable[[], Iterator[BlockData]], threads: Executor) -> AsyncIterator[BlockData]:
    """Iterate in a thread, one item ahead at most.

    A thread cannot be killed. When the stream is closed early, the thread notices at its next yield or
    HTTP request; until then it is abandoned and its results are dropped.
    """
    loop = asyncio.get_running_loop()
    handed: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)
    is_closed = threading.Event()

    def check() -> None:
        if is_closed.is_set():
            raise Abandoned

    def hand_over(item: Any) -> None:
        check()
        asyncio.run_coroutine_threadsafe(handed.put(item), loop).result()

    def iterate() -> None:
        cancel_check.set(check)
        for item in make():
            hand_over(item)

    context = contextvars.copy_context()
    work = loop.run_in_executor(threads, context.run, iterate)
    ended = asyncio.ensure_future(work)
    try:
        while True:
            getter = asyncio.ensure_future(handed.get())
            await asyncio.wait({getter, ended}, return_when=asyncio.FIRST_COMPLETED)
            if getter.done():
                yield getter.result()
                continue
            getter.cancel()
            if not handed.empty():
                yield handed.get_nowait()
                continue
            ended.result()
            return
    finally:
        is_closed.set()
        if not handed.empty():
            handed.get_nowait()
        ended.add_done_callback(lambda done: done.cancelled() or done.exception())
