"""Markdown that was made to be slow is stopped in time, and others come to their turn meanwhile."""

from __future__ import annotations

import asyncio
import time

import pytest

from backend.blocks.notion._content import batches_for
from backend.blocks.notion.pages import NotionCreatePageBlock
from backend.util.errors import LimitReached
from tests.blocks.notion.conftest import Run
from tests.support.notion_server import NotionServer
from tests.torture.bombs.notion import TEXTS, Written

STOPPED_S = 4.0
"""2.0 s, and a machine that does more."""
UNNOTICED_S = 0.5


async def _tick(waits: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.01)
        waits.append(time.perf_counter() - begun - 0.01)


@pytest.mark.parametrize("bomb", TEXTS, ids=lambda bomb: bomb.name)
async def test_markdown_that_was_made_to_be_slow_is_stopped_and_nobody_waits_for_it(
    notion: NotionServer, run: Run, bomb: Written
) -> None:
    await batches_for("warm")
    home, content = notion.workspace.add_page("Home"), bomb.make()
    assert len(content) <= 100_000
    waits: list[float] = []
    ticking = asyncio.create_task(_tick(waits))
    started = time.perf_counter()
    said = ""
    try:
        await run(NotionCreatePageBlock(), parent=home["url"], title="Kale", content=content)
    except LimitReached as error:
        said = str(error)
    took_s = time.perf_counter() - started
    ticking.cancel()
    assert "was stopped" in said if bomb.is_stopped or said else said == ""
    assert took_s < STOPPED_S
    assert max(waits) < UNNOTICED_S
    if said:
        assert notion.local.seen == []
