"""A local Slack that the blocks' real client reaches under Slack's own addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.http_server import reachable
from tests.support.slack_server import SlackServer, slack_server


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as server, reachable(origin_map=server.origin_map):
        yield server
