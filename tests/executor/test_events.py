"""Feeds: nothing that is recorded elsewhere while the journal is read is missed."""

from __future__ import annotations

import asyncio

from backend.executor.events import Chunk, Feeds


async def test_what_is_recorded_while_a_page_is_read_is_read_as_well() -> None:
    reading, go_on = asyncio.Event(), asyncio.Event()
    journal: list[Chunk] = []

    async def read_page(user_id: str, run_id: str, after: int, limit: int) -> list[Chunk]:
        seen = [chunk for chunk in journal if chunk.first > after]
        if not seen:
            reading.set()
            await go_on.wait()
        return seen

    async def read_lasts(run_ids: list[str]) -> dict[str, int]:
        return {run_id: journal[-1].last for run_id in run_ids if journal}

    feeds = Feeds(read_page, read_lasts, lambda run_id: False, lambda: False)

    async def watch() -> list[int]:
        return [chunk.last async for chunk in feeds.follow("ada", "run")]

    first = asyncio.ensure_future(watch())
    await reading.wait()
    journal.append(Chunk(1, 1, [b"{}"], is_end=True))
    feeds._note_lasts({"run": 1})  # pyright: ignore[reportPrivateUsage]  # what a look a second later finds
    second = asyncio.ensure_future(watch())
    await asyncio.sleep(0.1)
    go_on.set()
    async with asyncio.timeout(5):
        assert (await first, await second) == ([1], [1])
