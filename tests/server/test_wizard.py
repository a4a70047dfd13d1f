"""The first run, step by step, from what is really there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.tables import schedule
from backend.data.user_store import create_user
from backend.util.clock import new_id
from backend.util.settings import Settings
from tests.server.conftest import echo_graph, stored


async def _wizard(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/wizard")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _done(client: httpx.AsyncClient) -> set[str]:
    return {step["key"] for step in (await _wizard(client))["steps"] if step["is_done"]}


async def test_at_first_everything_is_open(ada: httpx.AsyncClient) -> None:
    told = await _wizard(ada)
    keys = [step["key"] for step in told["steps"]]
    assert keys == ["owner", "connection", "graph", "run", "trigger", "public_address"]
    assert (await _done(ada), told["is_done"], told["next_step"]) == (set(), False, "owner")
    assert all(step["help"] for step in told["steps"])


async def test_each_step_is_done_when_the_thing_is_there(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    async with app.database.begin() as connection:
        await create_user(
            connection, user_id=new_id(), email="o@example.com", name="O", role="owner", password_hash="x"
        )
    assert await _done(ada) == {"owner"}
    graph_id = await stored(ada, echo_graph())
    assert await _done(ada) == {"owner", "graph"}
    body = {"inputs": {"name": "Ada"}, "wait": 20}
    assert (await ada.post(f"/api/graphs/{graph_id}/runs", json=body)).status_code == 200
    told = await _wizard(ada)
    assert await _done(ada) == {"owner", "graph", "run"}
    assert (told["is_done"], told["next_step"]) == (True, "connection")
    assert await _done(bob) == {"owner"}
    await ada.delete(f"/api/graphs/{graph_id}")
    assert "graph" not in await _done(ada)


async def test_schedule_is_something_that_starts_a_graph(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    user_id = (await ada.get("/api/auth/me")).json()["id"]
    row = {"id": new_id(), "user_id": user_id, "graph_id": graph_id, "cron": "0 6 * * *", "inputs": {}}
    async with app.database.begin() as connection:
        await connection.execute(sa.insert(schedule).values(**row))
    assert "trigger" in await _done(ada)
    assert "trigger" not in await _done(bob)
    async with app.database.begin() as connection:
        await connection.execute(sa.update(schedule).values(is_active=False))
    assert "trigger" not in await _done(ada)


class TestPublicAddress:
    @pytest.fixture(params=["", "http://127.0.0.1:8020", "https://blockyard.example.com"])
    def settings(self, settings: Settings, request: pytest.FixtureRequest) -> Settings:
        return settings.model_copy(update={"public_url": request.param})

    async def test_it_counts_when_others_can_reach_it(
        self, ada: httpx.AsyncClient, settings: Settings
    ) -> None:
        told = next(step for step in (await _wizard(ada))["steps"] if step["key"] == "public_address")
        assert told["is_done"] is settings.public_url.startswith("https://blockyard")
        assert told["is_done"] or "BLOCKYARD_PUBLIC_URL" in told["help"]
