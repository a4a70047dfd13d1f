"""What all tests share: one real PostgreSQL for the session, a fresh copy of the database for each test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import hypothesis
import pytest

from backend.app import App
from backend.blocks import Catalogue, catalogue
from backend.data.db import Database, open_database
from backend.data.embedded import open_embedded
from backend.data.migrate import migrate
from backend.data.user_store import LOCAL_USER_ID, ensure_local_user
from backend.data.vault import Vault, open_vault
from backend.executor.worker import Worker
from backend.integrations.credentials_store import StoredCredentials
from backend.integrations.oauth.refresh import Refresher
from backend.util.settings import Settings
from tests.support.collector import thaw

TEMPLATE = "blockyard_template"

# CI looks at the same examples each time, so that its verdict is about the change; elsewhere they are new ones.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("ci")


@dataclass(frozen=True, slots=True)
class Server:
    """The session's PostgreSQL, with a migrated template database."""

    dsn: str

    def database(self, name: str) -> str:
        """The address of another database of this server."""
        parts = urlsplit(self.dsn)
        return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server, started once, with an empty migrated database to clone."""
    embedded = open_embedded(tmp_path_factory.mktemp("postgres"))
    server = Server(embedded.dsn)
    asyncio.run(_make_template(server))
    yield server
    embedded.close()


async def _make_template(server: Server) -> None:
    await _on_server(server, f"CREATE DATABASE {TEMPLATE}")
    await migrate(server.database(TEMPLATE))


async def _on_server(server: Server, statement: str) -> None:
    connection = await asyncpg.connect(server.dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database_url(postgres: Server) -> AsyncIterator[str]:
    """A database of its own for one test."""
    name = f"test_{uuid4().hex}"
    await _on_server(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield postgres.database(name)
    await _on_server(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for a test: quick heartbeats, the test's own database."""
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        environment="test",
        heartbeat_s=0.2,
        dead_after_s=1.0,
        max_processes=1,
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = await open_database(settings)
    async with opened.begin() as connection:
        await ensure_local_user(connection)
    yield opened
    await opened.close()


@pytest.fixture
def blocks() -> Catalogue:
    """The real blocks and those that tests bring."""
    return catalogue()


@pytest.fixture
async def vault(database: Database, settings: Settings) -> Vault:
    """With a key of its own, made for the test."""
    return await open_vault(database, settings)


@pytest.fixture
def credentials(database: Database, vault: Vault, settings: Settings) -> StoredCredentials:
    store = StoredCredentials(database, vault, settings)
    store.refresher = Refresher(database, store, settings.secrets)
    return store


@pytest.fixture
async def worker(
    database: Database, settings: Settings, blocks: Catalogue, credentials: StoredCredentials
) -> AsyncIterator[Worker]:
    """A worker at its work, in this process."""
    made = Worker(database, settings, blocks.find, credentials)
    async with made.at_work():
        yield made
    thaw()


@pytest.fixture
def app(
    settings: Settings,
    database: Database,
    worker: Worker,
    blocks: Catalogue,
    vault: Vault,
    credentials: StoredCredentials,
) -> App:
    return App(settings, database, worker, blocks, vault, credentials)


@pytest.fixture
def local_user() -> str:
    return LOCAL_USER_ID
