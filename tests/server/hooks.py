"""A server that knows the blocks of the hook provider, and graphs that listen to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from pydantic import SecretStr

from backend.app import App
from backend.data.credentials import APIKeyCredentials
from backend.executor.triggers.keeper import Keeper
from backend.util.clock import new_id
from tests.server.conftest import OUTPUT, Person, graph_json, link, node, stored
from tests.support.hook_provider import PROVIDER, TOKEN, DoorTriggerBlock, HookTriggerBlock


async def connected(app: App, user_id: str, token: str = TOKEN) -> str:
    """A credential of the hook provider; its id."""
    credential_id = new_id()
    given = APIKeyCredentials(id=credential_id, provider=PROVIDER.value, api_key=SecretStr(token))
    async with app.database.begin() as connection:
        await app.credentials.add(connection, user_id, given)
    return credential_id


def house_graph(credential_id: str, house: str = "red", **constants: Any) -> dict[str, Any]:
    """Listens to a house, and says what came."""
    reference = {"id": credential_id, "provider": PROVIDER.value, "type": "api_key"}
    trigger = node("bell", HookTriggerBlock.id, credentials=reference, house=house, **constants)
    return graph_json("house", [trigger, node("out", OUTPUT, name="came")], [link("bell.event", "out.value")])


def door_graph(**constants: Any) -> dict[str, Any]:
    """Listens to a door whose address a person pastes."""
    trigger = node("door", DoorTriggerBlock.id, **constants)
    return graph_json("door", [trigger, node("out", OUTPUT, name="came")], [link("door.event", "out.value")])


async def published(client: httpx.AsyncClient, graph: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Store a graph and publish it: its id and its only trigger."""
    graph_id = await stored(client, graph)
    return graph_id, await published_again(client, graph_id)


async def published_again(
    client: httpx.AsyncClient, graph_id: str, graph: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Publish it, in another form if one is given: its first trigger, {} without one."""
    body: dict[str, Any] = {}
    if graph is not None:
        saved = await client.put(f"/api/graphs/{graph_id}", json={**graph, "id": graph_id})
        assert saved.status_code == 200, saved.text
        body = {"version": saved.json()["version"]}
    answer = await client.post(f"/api/graphs/{graph_id}/publish", json=body)
    assert answer.status_code == 200, answer.text
    triggers: list[dict[str, Any]] = answer.json()["triggers"]
    return triggers[0] if triggers else {}


@asynccontextmanager
async def kept(app: App) -> AsyncIterator[Keeper]:
    """A keeper at its work."""
    keeper = Keeper(app.worker, app.vault, app.credentials)
    task = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        task.cancel()
        await asyncio.wait([task])


__all__ = ["Person", "connected", "door_graph", "house_graph", "kept", "published", "published_again"]
