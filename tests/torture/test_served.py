"""The same over HTTP: the real `blockyard serve` and `blockyard worker`, killed at any moment."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from backend.data.db import Database
from tests.torture.load import under_load, verdict
from tests.torture.served import starter

pytestmark = pytest.mark.torture

KILLS = 60 if os.environ.get("BLOCKYARD_TORTURE") == "1" else 6


async def test_nothing_that_a_server_accepted_is_lost_when_servers_and_workers_are_killed(
    own_database: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = await starter(own_database, dead_after_s=2.5)
    async with under_load(own_database, folder, start, processes=3, seed=4, with_effects=False) as load:
        for _ in range(KILLS):
            await asyncio.sleep(load.random.uniform(0.3, 1))
            await load.replace(load.random.choice(load.processes))
            await load.processes[-1].ready()
        assert await verdict(load, "serve and worker", KILLS, capsys) == {}
