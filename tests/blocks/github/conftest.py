"""A GitHub for the blocks, and a way to run one against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from backend.blocks.github._api import GithubBlock
from backend.blocks.github._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.testing import checked_input
from backend.data.block import BlockData
from backend.data.credentials import APIKeyCredentials
from tests.support.github_server import TOKEN, Github, github_server
from tests.support.http_server import reachable

CREDENTIALS = APIKeyCredentials(id="c", provider="github", api_key=SecretStr(TOKEN))
Run = Callable[..., Awaitable[list[BlockData]]]


@pytest.fixture
def github() -> Iterator[Github]:
    with github_server() as server, reachable(origin_map=server.origin_map):
        yield server


@pytest.fixture
def run() -> Run:
    """Run a block through the real client; what it yields."""

    async def run(block: GithubBlock, token: str = TOKEN, **inputs: Any) -> list[BlockData]:
        given = checked_input(block, {**inputs, "credentials": TEST_CREDENTIALS_INPUT})
        credentials = CREDENTIALS.model_copy(update={"api_key": SecretStr(token)})
        made: Any = block.run(given, credentials=credentials)
        return [pair async for pair in made]

    return run
