"""Many watch one busy run: each has every event once, and the run hardly notices."""

from __future__ import annotations

import os

import pytest

from bench.w8 import watched

pytestmark = pytest.mark.torture

IS_FULL = os.environ.get("BLOCKYARD_TORTURE") == "1"
MOST = 1.1 if IS_FULL else 1.5
"""A tenth; on a machine that others use, and with few rounds, more."""


async def test_watchers_miss_nothing_and_hardly_slow_the_run() -> None:
    found = await watched(200, 7, 2_000) if IS_FULL else await watched(20, 5, 100)
    assert found.watched_ms <= found.alone_ms * MOST
