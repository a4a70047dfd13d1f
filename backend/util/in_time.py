"""Waiting for a future for a while: what `asyncio.wait_for` does, for less than half of what it costs."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def in_time(future: asyncio.Future[T], seconds: float) -> T:
    """What the future comes to. It must be the caller's own: when time is up, it is done.

    Raises:
        TimeoutError: the time is up.
    """
    if future.done():
        return future.result()
    timer = future.get_loop().call_later(seconds, _give_up, future)
    try:
        return await future
    finally:
        timer.cancel()


def _give_up(future: asyncio.Future[T]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())
