"""A local Bot API that the blocks' real client reaches under Telegram's own address, and a way to run one against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from backend.blocks.telegram._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.testing import DirectContext, checked_input
from backend.data.block import Block, BlockData
from backend.data.credentials import APIKeyCredentials
from tests.support.telegram_server import TOKEN, TelegramBot, telegram_bot

CREDENTIALS = APIKeyCredentials(id="c", provider="telegram", api_key=SecretStr(TOKEN))
Run = Callable[..., Awaitable[list[BlockData]]]


@pytest.fixture
def bot() -> Iterator[TelegramBot]:
    with telegram_bot() as running:
        yield running


@pytest.fixture
def run() -> Run:
    """Run a block through the real client; what it yields, in order. A failure is raised."""

    async def run(
        block: Block, *, token: str = TOKEN, context: DirectContext | None = None, **inputs: Any
    ) -> list[BlockData]:
        given = checked_input(block, {**inputs, "credentials": TEST_CREDENTIALS_INPUT})
        credentials = CREDENTIALS.model_copy(update={"api_key": SecretStr(token)})
        made: Any = block.run(given, credentials=credentials, context=context or DirectContext())
        return [pair async for pair in made]

    return run
