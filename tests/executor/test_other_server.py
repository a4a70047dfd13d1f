"""Any PostgreSQL that DATABASE_URL names will do: another server, over TCP, with a password, as old as 15."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from backend.data.graph_file import read_graph_file
from backend.data.run import RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.server.state import open_app
from backend.util.errors import Unavailable
from backend.util.settings import Settings
from tests.support.tcp_postgres import tcp_postgres

HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello.json"


async def test_a_run_completes_on_a_server_over_tcp(tmp_path: Path) -> None:
    with tcp_postgres() as database_url:
        async with open_app(
            Settings(database_url=database_url, data_dir=tmp_path, environment="test")
        ) as app:
            hello = read_graph_file(str(HELLO), max_bytes=100_000)
            saved = await app.worker.save_graph(LOCAL_USER_ID, hello)
            accepted = await app.worker.submit(LOCAL_USER_ID, saved.id, {"name": "Ada"})
            view = await app.worker.wait(LOCAL_USER_ID, accepted.run_id, 10)
        assert view.status == RunStatus.COMPLETED
        assert view.summary is not None
        assert view.summary.outputs == {"greeting": ["Hello, Ada!"]}
        connection = await asyncpg.connect(database_url)
        assert await connection.fetchval("SELECT count(*) FROM worker") == 0
        assert await connection.fetchval("SELECT inet_server_addr()") is not None
        await connection.close()
    assert not (tmp_path / "postgres").exists()


async def test_a_wrong_password_is_said_and_cured(tmp_path: Path) -> None:
    with tcp_postgres() as database_url:
        wrong = Settings(
            database_url=database_url.replace(":", ":wrong", 2).replace("postgresql:wrong", "postgresql", 1),
            data_dir=tmp_path,
        )
        with pytest.raises(Unavailable, match="password"):
            async with open_app(wrong):
                pass
