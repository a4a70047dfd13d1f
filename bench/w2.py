"""W2: a request comes in, 10 trivial nodes run, the answer has their result. 32 connections, 10 seconds.

Ours is `blockyard serve`, which knows the trivial block besides its own: the API key is checked and the run is on disk, with every
firing, before the answer goes out. The floor is a bare FastAPI route under uvicorn that only answers.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from backend.data import api_key_store, graph_store
from backend.data.db import open_database
from backend.data.user_store import LOCAL_USER_ID, ensure_local_user
from backend.server.access import Scope
from backend.server.auth import KEY_PREFIX, hash_of
from backend.util.clock import new_id
from bench import graphs, node_red
from bench.engine import data_folder, settings_for
from bench.figure import Figure
from bench.load import Load, Request, put_load
from bench.served import blockyard, free_port, served

SECONDS = 10
_WARM_UP_S = 2


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    floor = await _bare_fastapi()
    peer = await _node_red() if with_peers else None
    with data_folder() as folder:
        ours = await _ours(folder)
    what = "requests, 10 trivial nodes each"
    yield Figure(
        "W2", what, "/s", ours.rate, floor.rate, peer.rate if peer else None, 3_500.0, more_is_better=True,
        note=f"floor: bare FastAPI, nothing stored; load by {ours.tool}",
    )  # fmt: skip
    yield Figure(
        "W2", "the slowest in a hundred", "ms", ours.p99_ms, floor.p99_ms, peer.p99_ms if peer else None, 20.0
    )


async def _ours(folder: Path) -> Load:
    database = await open_database(settings_for(folder))
    token = KEY_PREFIX + secrets.token_urlsafe(32)
    try:
        async with database.begin() as connection:
            await ensure_local_user(connection)
            await graph_store.save_graph(connection, LOCAL_USER_ID, graphs.ten_nodes())
            await api_key_store.create_api_key(
                connection,
                LOCAL_USER_ID,
                key_id=new_id(),
                name="bench",
                secret_hash=hash_of(token),
                scopes=list(Scope),
                expires_at=None,
            )
        path = f"/api/graphs/{graphs.ten_nodes().id}/runs"
        async with blockyard(folder, module="bench.serve") as server:
            request = Request(server.port, path, "POST", '{"inputs":{},"wait":true}', token)
            return await _loaded(request)
    finally:
        await database.close()


async def _bare_fastapi() -> Load:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    async with served(command, port=port, path="/live"):
        return await _loaded(Request(port, "/run", "POST", '{"inputs":{},"wait":true}'))


async def _node_red() -> Load:
    async with node_red.running() as port:
        return await _loaded(Request(port, "/w2"))


async def _loaded(request: Request) -> Load:
    await asyncio.to_thread(put_load, request, seconds=_WARM_UP_S)
    return await asyncio.to_thread(put_load, request, seconds=SECONDS)
