"""A data folder that a server can be started on: graphs are stored, and somebody has an API key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from backend.data import api_key_store
from backend.data.db import open_database
from backend.data.graph import Graph
from backend.data.trigger_store import put_trigger
from backend.data.user_store import LOCAL_USER_ID, ensure_local_user
from backend.data.vault import open_vault
from backend.data.version_store import save_graph
from backend.data.webhook_secret import secret_place
from backend.data.webhook_store import create_webhook
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


async def prepare_webhook(folder: Path, graph: Graph, *, provider: str, secret: str) -> str:
    """Let the first node of a stored graph be started by a webhook, and answer it; the webhook's id."""
    settings, webhook_id = settings_for(folder), new_id()
    database = await open_database(settings)
    try:
        vault = await open_vault(database, settings)
        async with database.begin() as connection:
            place = secret_place(LOCAL_USER_ID, webhook_id)
            sealed = await vault.seal(connection, place, {"secret": secret})
            await create_webhook(
                connection, LOCAL_USER_ID, webhook_id, {"provider": provider, "sealed": sealed}
            )
            await put_trigger(
                connection,
                LOCAL_USER_ID,
                graph.id,
                graph.nodes[0].id,
                block_id=graph.nodes[0].block_id,
                webhook_id=webhook_id,
                events=[],
                graph_version=1,
                is_live=True,
                answer_within_s=30.0,
            )
    finally:
        await database.close()
    return webhook_id
