"""Waiting for a future for a while."""

from __future__ import annotations

import asyncio

import pytest

from backend.util.in_time import in_time


async def test_what_comes_in_time_is_given_and_what_fails_is_raised() -> None:
    loop = asyncio.get_running_loop()
    there, soon, failing = loop.create_future(), loop.create_future(), loop.create_future()
    there.set_result(1)
    loop.call_later(0.01, soon.set_result, 2)
    loop.call_later(0.01, failing.set_exception, ValueError("no"))
    assert await in_time(there, 0) == 1
    assert await in_time(soon, 5) == 2
    with pytest.raises(ValueError, match="no"):
        await in_time(failing, 5)


async def test_what_does_not_come_is_given_up() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    with pytest.raises(TimeoutError):
        await in_time(future, 0.01)
    assert future.done()


async def test_whoever_waits_can_be_cancelled() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(in_time(future, 5))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert future.cancelled()
