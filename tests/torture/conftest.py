"""A database of its own for each mishap."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.data.db import Database, open_database
from backend.data.embedded import EmbeddedServer, open_embedded
from backend.data.user_store import ensure_local_user
from backend.util.settings import Settings


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path of its own: the database's socket is below it."""
    made = Path(tempfile.mkdtemp(prefix="by"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    """A PostgreSQL of this test's own, which it may stop."""
    opened = open_embedded(folder / "data")
    yield opened
    opened.close()


@pytest.fixture
async def own_database(server: EmbeddedServer, folder: Path) -> AsyncIterator[Database]:
    settings = Settings(database_url=server.dsn, data_dir=folder)
    opened = await open_database(settings)
    async with opened.begin() as connection:
        await ensure_local_user(connection)
    yield opened
    await opened.close()
