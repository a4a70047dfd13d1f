"""A data folder that a server can be started on: graphs are stored, and somebody has an API key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from backend.data import api_key_store
from backend.data.db import open_database
from backend.data.graph import Graph
from backend.data.user_store import LOCAL_USER_ID, ensure_local_user
from backend.data.version_store import save_graph
from backend.server.access import Scope
from backend.server.auth import KEY_PREFIX, hash_of
from backend.util.clock import new_id
from bench.engine import settings_for


async def prepare(folder: Path, stored: Sequence[Graph]) -> str:
    """Store the graphs under their ids; the API key, which may do everything."""
    token = KEY_PREFIX + secrets.token_urlsafe(32)
    database = await open_database(settings_for(folder))
    try:
        async with database.begin() as connection:
            await ensure_local_user(connection)
            for graph in stored:
                await save_graph(connection, LOCAL_USER_ID, graph)
            await api_key_store.create_api_key(
                connection,
                LOCAL_USER_ID,
                key_id=new_id(),
                name="bench",
                secret_hash=hash_of(token),
                scopes=list(Scope),
                expires_at=None,
            )
    finally:
        await database.close()
    return token
