"""Deliveries, valid, forged, replayed, stale, astray, oversized, malformed, without ids, while servers are killed."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from backend.data.db import Database
from backend.data.vault import open_vault
from backend.util.settings import Settings
from tests.torture.deliveries import Senders, look, make_targets
from tests.torture.served import starter

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1_500)]

IS_WHOLE = os.environ.get("BLOCKYARD_TORTURE") == "1"
DELIVERIES = 10_000 if IS_WHOLE else 1_000
KILLS = 40 if IS_WHOLE else 4


async def test_of_ten_thousand_deliveries_none_forged_is_taken_and_none_valid_is_lost(
    own_database: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=own_database.dsn, data_dir=folder)
    targets = await make_targets(own_database, await open_vault(own_database, settings))
    start = await starter(own_database, dead_after_s=2.5, with_workers=False)
    servers = [await start(folder / "servers.log") for _ in range(2)]
    acknowledged = kills = 0
    killing = asyncio.Lock()

    def url() -> str:
        up = [server for server in servers if server.is_ready] or servers
        return up[acknowledged % len(up)].url

    async def on_acknowledged() -> None:
        """kill -9 right after a 202, and another server in its place."""
        nonlocal acknowledged, kills
        acknowledged += 1
        async with killing:
            if kills == KILLS or acknowledged < (kills + 1) * DELIVERIES * 0.4 / KILLS:
                return
            for server in servers:
                await server.ready()
            kills += 1
            victim = servers.pop(kills % 2)
            await victim.kill()
            servers.append(await start(folder / "servers.log"))

    try:
        for server in servers:
            await server.ready()
        senders = Senders(targets, url, on_acknowledged, seed=5)
        began = time.monotonic()
        await senders.send(DELIVERIES)
        took_s = time.monotonic() - began
        sent = senders.sent
        async with own_database.raw() as connection:
            for _ in range(600):
                left = await connection.fetchval(
                    "SELECT count(*) FROM run WHERE status NOT IN ('completed', 'failed', 'cancelled')"
                )
                if not left:
                    break
                await asyncio.sleep(0.1)
            found = await look(connection, targets, sent)
    finally:
        for server in servers:
            await server.kill()
    with capsys.disabled():
        by_kind = ", ".join(
            f"{kind} {status}: {count}" for (kind, status), count in sorted(sent.answers.items())
        )
        print(
            f"\ndeliveries: {DELIVERIES:,} in {took_s:.0f} s, {kills} kills, {found.runs:,} runs; {by_kind}"
        )
    assert kills == KILLS
    assert sent.wrong == []
    assert (found.lost, found.doubled, found.strange, found.stray_runs) == ([], [], [], 0)
    assert sent.unnamed["acknowledged"] <= found.unnamed <= sent.unnamed.total()
    honest = sum(count > 0 for count in sent.events.values())
    assert honest > DELIVERIES * 0.3
    assert found.runs == honest + found.unnamed
