"""A Linear for the blocks, and a way to run one against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from backend.blocks.linear._api import LinearClient
from backend.blocks.linear._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.linear._base import LinearBlock
from backend.blocks.testing import checked_input
from backend.data.block import BlockData
from tests.support.http_server import reachable
from tests.support.linear_server import LinearServer, linear_server

Run = Callable[..., Awaitable[list[BlockData]]]


@pytest.fixture
def linear() -> Iterator[LinearServer]:
    with linear_server() as server, reachable(origin_map=server.origin_map):
        yield server


@pytest.fixture
def client(linear: LinearServer) -> LinearClient:
    return LinearClient(linear.key())


@pytest.fixture
def run(linear: LinearServer) -> Run:
    """Run a block through the real client; what it yields."""

    async def run(block: LinearBlock, key: str = "run/node/0", **inputs: Any) -> list[BlockData]:
        given = checked_input(block, {**inputs, "credentials": TEST_CREDENTIALS_INPUT})
        offered = {"credentials": linear.key(), "idempotency_key": key}
        keywords = {name: value for name, value in offered.items() if name in block.wanted_keywords}
        made: Any = block.run(given, **keywords)
        return [pair async for pair in made]

    return run
