"""Runs a block of Slack with a credential of the local server."""

from __future__ import annotations

from typing import Any

from backend.blocks.slack._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.testing import DirectContext
from backend.data.block import Block, BlockData
from backend.data.file import FileContent
from tests.support.slack_server import TOKEN, SlackServer


async def outputs(
    slack: SlackServer,
    block: Block,
    *,
    token: str = TOKEN,
    key: str = "run/node/0",
    files: tuple[FileContent, ...] = (),
    **inputs: Any,
) -> list[BlockData]:
    """What the block gives, in order; a failure is raised."""
    given = block.Input.model_validate({**inputs, "credentials": TEST_CREDENTIALS_INPUT})
    offered = {
        "idempotency_key": key,
        "context": DirectContext(files),
        "credentials": slack.credentials(token),
    }
    keywords = {name: value for name, value in offered.items() if name in block.wanted_keywords}
    made: Any = block.run(given, **keywords)
    return [pair async for pair in made]


async def output(slack: SlackServer, block: Block, **inputs: Any) -> dict[str, Any]:
    """The last value of each pin."""
    return dict(await outputs(slack, block, **inputs))
