"""`blockyard prune` says what is due, and removes that and nothing else."""

from __future__ import annotations

import asyncpg

from backend.data import retention_store
from tests.support.command_line import CommandLine


async def _old_run(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "INSERT INTO run (id, user_id, graph_id, graph_version, status, root_run_id, inputs, ended_at) "
        "SELECT 'run' || n, 'local', 'g', 1, 'completed', 'run' || n, '{}', now() - make_interval(days => n * 50) "
        "FROM generate_series(1, 3) n"
    )
    await connection.close()


async def test_dry_run_counts_and_prune_removes(blockyard: CommandLine, database_url: str) -> None:
    kinds = ("runs", "graphs", "files", "sessions", "oauth_logins", "audit_entries", "deliveries")
    none = dict.fromkeys(kinds, 0)
    assert blockyard("prune", "--dry-run", "--json").json == none
    await _old_run(database_url)
    assert blockyard("prune", "--dry-run", "--json").json == none | {"runs": 2}
    assert blockyard("prune", "--dry-run", "--json", RETAIN_DAYS="0").json == none
    assert "Removed: 2 runs, 0 graphs" in blockyard("prune").out
    assert blockyard("prune", "--json", RETAIN_DAYS="30").json == none | {"runs": 1}


async def test_prune_says_when_another_process_does_it(blockyard: CommandLine, database_url: str) -> None:
    blockyard("prune", "--dry-run")
    connection = await asyncpg.connect(database_url)
    assert await retention_store.take_turn(connection)
    said = blockyard("prune")
    await connection.close()
    assert said.code == 1
    assert "Another process is pruning" in said.err
