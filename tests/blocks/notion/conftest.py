"""A local Notion that the blocks' real client reaches under Notion's own address, and a way to run a block."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from backend.blocks.notion._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.notion._base import NotionBlock
from backend.blocks.testing import DirectContext, checked_input
from backend.data.block import BlockData
from tests.support.http_server import reachable
from tests.support.notion_server import NotionServer, notion_server

Run = Callable[..., Awaitable[list[BlockData]]]


@pytest.fixture
def notion() -> Iterator[NotionServer]:
    with notion_server() as server, reachable(origin_map=server.origin_map):
        yield server


@pytest.fixture
def run(notion: NotionServer) -> Run:
    """Run a block through the real client; what it yields."""

    async def run(block: NotionBlock, token: str = notion.token, **inputs: Any) -> list[BlockData]:
        given = checked_input(block, {**inputs, "credentials": TEST_CREDENTIALS_INPUT})
        made: Any = block.run(given, credentials=notion.credentials(token), context=DirectContext())
        return [pair async for pair in made]

    return run
