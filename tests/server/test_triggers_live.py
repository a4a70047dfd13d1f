"""Graphs that go live: what their triggers want becomes webhooks, here and at the provider, and goes again."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.blocks import Catalogue
from backend.data.tables import credential, trigger, webhook
from backend.executor.triggers.keeper import Keeper
from tests.server.conftest import Person, client_of, make_person, stored
from tests.server.hooks import connected, door_graph, house_graph, kept, published, published_again
from tests.support.engine import catalogue_with
from tests.support.hook_provider import DoorTriggerBlock, HookServer, HookTriggerBlock, hook_provider
from tests.support.http_server import Answer


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with([HookTriggerBlock, DoorTriggerBlock])


@pytest.fixture
def provider() -> Iterator[HookServer]:
    with hook_provider() as opened:
        yield opened


@pytest.fixture
async def keeper(app: App, provider: HookServer) -> AsyncIterator[Keeper]:
    async with kept(app) as at_work:
        yield at_work


@pytest.fixture
async def eve(app: App) -> Person:
    return await make_person(app, "eve")


@pytest.fixture
async def eves(eve: Person, url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(url, eve.key) as client:
        yield client


async def rows(app: App, table: sa.Table) -> list[dict[str, Any]]:
    async with app.database.begin() as connection:
        found = await connection.execute(sa.select(table).order_by(table.c.id))
        return [dict(row) for row in found.mappings()]


async def until(said: Any, expected: Any, timeout_s: float = 10) -> None:
    """Wait until a function says something."""
    async with asyncio.timeout(timeout_s):
        while True:
            value = said()
            value = await value if inspect.isawaitable(value) else value
            if value == expected:
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def publishing(
    app: App, client: httpx.AsyncClient, graph: dict[str, Any], *, triggers: int = 1
) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    """While a request to publish waits for its webhook: so many triggers are stored."""
    graph_id = await stored(client, graph)
    task = asyncio.create_task(client.post(f"/api/graphs/{graph_id}/publish"))

    async def count() -> int:
        return len(await rows(app, trigger))

    await until(count, triggers)
    yield task
    assert (await task).status_code == 200


# -- automatic ---------------------------------------------------------------------------------------------


async def test_publishing_makes_the_webhook_at_the_provider_and_says_so(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    graph_id, told = await published(eves, house_graph(await connected(app, eve.id), events=["door.opened"]))
    assert (told["state"], told["problem"], told["is_live"], told["secret"]) == ("active", "", True, None)
    assert provider.wanted() == [("red", ["door.opened"])]
    hook = next(iter(provider.hooks.values()))
    assert hook["url"] == told["url"]
    row = (await rows(app, webhook))[0]
    assert row["provider_webhook_id"] == "hook1"
    assert row["registered_events"] == ["door.opened"]
    assert hook["secret"] not in str(row), "the secret is sealed"
    listed = (await eves.get(f"/api/graphs/{graph_id}/triggers")).json()["triggers"]
    assert [one["node_id"] for one in listed] == ["bell"]
    assert listed[0]["in_draft"]
    assert listed[0]["in_published"]


async def test_two_graphs_share_a_webhook_with_the_events_of_both(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    key = await connected(app, eve.id)
    one, _ = await published(eves, house_graph(key, events=["door.opened"]))
    two, _ = await published(eves, house_graph(key, events=["light.on"]))
    assert provider.wanted() == [("red", ["door.opened", "light.on"])]
    assert provider.made == 1
    assert (await eves.post(f"/api/graphs/{one}/unpublish")).status_code == 200
    await until(provider.wanted, [("red", ["light.on"])])
    assert (await eves.delete(f"/api/graphs/{two}")).status_code == 204
    await until(provider.wanted, [])

    async def left() -> list[dict[str, Any]]:
        return await rows(app, webhook)

    await until(left, [])


async def test_two_users_with_one_resource_have_a_webhook_each(
    app: App, url: str, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    bob = await make_person(app, "bob")
    await published(eves, house_graph(await connected(app, eve.id)))
    async with client_of(url, bob.key) as bobs:
        await published(bobs, house_graph(await connected(app, bob.id)))
    assert provider.made == 2
    owners = {row["user_id"] for row in await rows(app, webhook)}
    assert owners == {eve.id, bob.id}


async def test_another_resource_points_the_trigger_elsewhere(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    key = await connected(app, eve.id)
    graph_id, before = await published(eves, house_graph(key))
    after = await published_again(eves, graph_id, house_graph(key, "blue"))
    assert before["webhook_id"] != after["webhook_id"]
    await until(provider.wanted, [("blue", [])])
    assert len(await rows(app, trigger)) == 1


async def test_node_that_is_removed_or_disabled_takes_its_webhook_along(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    graph = house_graph(await connected(app, eve.id))
    graph["nodes"].append(
        {
            **graph["nodes"][0],
            "id": "other",
            "input_default": {**graph["nodes"][0]["input_default"], "house": "blue"},
        }
    )
    graph_id, _ = await published(eves, graph)
    await until(provider.wanted, [("blue", []), ("red", [])])
    graph["nodes"][-1]["disabled"] = True
    await published_again(eves, graph_id, graph)
    await until(provider.wanted, [("red", [])])
    await published_again(eves, graph_id, {**door_graph(), "id": graph_id})
    await until(provider.wanted, [])
    assert [row["webhook_id"] for row in await rows(app, trigger)] == [
        row["id"] for row in await rows(app, webhook) if not row["is_automatic"]
    ]


async def test_what_the_provider_says_no_to_is_told_and_tried_again(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    provider.refusals = [Answer.of_json({"message": "Too many hooks for this house"}, status=422)]
    graph_id, told = await published(eves, house_graph(await connected(app, eve.id)))
    assert told["state"] == "failed"
    assert "Too many hooks" in told["problem"]
    row = (await rows(app, webhook))[0]
    assert row["next_attempt_at"] is not None
    assert row["attempts"] == 1
    told = await published_again(eves, graph_id)
    assert (told["state"], told["problem"]) == ("active", "")


async def test_refused_credential_asks_to_be_connected_again(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    _, told = await published(eves, house_graph(await connected(app, eve.id, "a-token-nobody-knows")))
    assert told["state"] == "failed"
    assert "econnect" in told["problem"]
    assert "a-token-nobody-knows" not in str(told)


async def test_deleted_credential_is_said_at_the_webhook_and_refused_at_the_next_publishing(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    key = await connected(app, eve.id)
    graph_id, _ = await published(eves, house_graph(key))
    async with app.database.begin() as connection:
        await connection.execute(sa.delete(credential).where(credential.c.id == key))
    await keeper.sweep()
    listed = (await eves.get(f"/api/graphs/{graph_id}/triggers")).json()["triggers"][0]
    assert listed["state"] == "failed"
    assert "credential" in listed["problem"]
    refused = await eves.post(f"/api/graphs/{graph_id}/publish")
    assert refused.status_code == 422
    assert "credential" in refused.json()["detail"]
    assert (await eves.delete(f"/api/graphs/{graph_id}")).status_code == 204

    async def left() -> list[dict[str, Any]]:
        return await rows(app, webhook)

    await until(left, [])


async def test_lost_answer_of_the_provider_leaves_one_webhook(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    keeper = Keeper(app.worker, app.vault, app.credentials)
    provider.loses_answers = 9
    async with publishing(app, eves, house_graph(await connected(app, eve.id))) as answer:
        await keeper.keep_due()
    assert answer.result().json()["triggers"][0]["state"] == "failed"
    provider.loses_answers = 0
    assert len(provider.hooks) >= 1
    async with app.database.begin() as connection:
        await connection.execute(sa.update(webhook).values(next_attempt_at=sa.func.now()))
    await keeper.keep_due()
    row = (await rows(app, webhook))[0]
    assert row["state"] == "active"
    assert row["provider_webhook_id"] in provider.hooks
    assert len(provider.hooks) == 1


async def test_webhook_that_was_made_without_our_knowing_is_removed_too(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    keeper = Keeper(app.worker, app.vault, app.credentials)
    provider.loses_answers = 9
    async with publishing(app, eves, house_graph(await connected(app, eve.id))) as answer:
        await keeper.keep_due()
    provider.loses_answers = 0
    assert provider.hooks
    graph_id = answer.result().json()["id"]
    assert (await eves.delete(f"/api/graphs/{graph_id}")).status_code == 204
    await keeper.keep_due()
    assert provider.hooks == {}
    assert await rows(app, webhook) == []


async def test_keeper_that_dies_in_the_middle_is_followed_by_another(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    dead, alive = (Keeper(app.worker, app.vault, app.credentials) for _ in range(2))
    async with publishing(app, eves, house_graph(await connected(app, eve.id))):
        lease = await dead.lease()
        assert lease is not None
        assert await alive.keep_due() == 0, "it is leased"
        async with app.database.begin() as connection:
            await connection.execute(sa.update(webhook).values(leased_until=sa.func.now()))
        assert await alive.keep_due() == 1
        await dead.keep(lease)
    assert len(provider.hooks) == 1
    assert (await rows(app, webhook))[0]["state"] == "active"


async def test_wish_that_changes_while_the_provider_is_asked_is_not_lost(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    key = await connected(app, eve.id)
    keeper = Keeper(app.worker, app.vault, app.credentials)
    async with publishing(app, eves, house_graph(key, events=["door.opened"])):
        lease = await keeper.lease()
        assert lease is not None
        async with publishing(app, eves, house_graph(key, events=["light.on"]), triggers=2):
            await keeper.keep(lease)
            assert provider.wanted() == [("red", ["door.opened"])]
            await keeper.keep_due()
    assert provider.wanted() == [("red", ["door.opened", "light.on"])]


async def test_webhook_that_somebody_deleted_at_the_provider_is_made_anew(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, keeper: Keeper
) -> None:
    graph_id, _ = await published(eves, house_graph(await connected(app, eve.id), events=["door.opened"]))
    provider.hooks.clear()
    key = (await rows(app, webhook))[0]["credential_id"]
    told = await published_again(eves, graph_id, house_graph(key, events=["light.on"]))
    assert told["state"] == "active"
    assert provider.wanted() == [("red", ["light.on"])]


# -- manual ------------------------------------------------------------------------------------------------


async def test_manual_webhook_keeps_its_address_over_publishing_and_its_secret_is_shown_once(
    app: App, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    graph_id, told = await published(eves, door_graph())
    assert told["secret"].startswith("whsec_")
    assert told["setup"]
    assert told["events"] == ["door.opened"]
    assert told["secret"] not in str(await rows(app, webhook))
    for again in (
        await published_again(eves, graph_id),
        (await eves.post(f"/api/graphs/{graph_id}/unpublish")).json()["triggers"][0],
        await published_again(eves, graph_id, door_graph(movements={"opened": True, "closed": True})),
    ):
        assert (again["url"], again["secret"]) == (told["url"], None)
    assert again["events"] == ["door.opened", "door.closed"]
    assert (await eves.delete(f"/api/graphs/{graph_id}")).status_code == 204
    assert await rows(app, webhook) == []
    assert await rows(app, trigger) == []


async def test_disabled_node_keeps_its_address_and_is_not_live(
    app: App, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    graph = door_graph()
    graph_id, told = await published(eves, graph)
    graph["nodes"][0]["disabled"] = True
    graph["nodes"].append(
        {"id": "in", "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158", "input_default": {"name": "x"}}
    )
    off = await published_again(eves, graph_id, graph)
    assert (off["url"], off["is_live"]) == (told["url"], False)


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constants", "said"),
    [
        ({"events": ["door.opend"]}, "door.opened"),
        ({"house": ""}, "'house'"),
        ({"credentials": None}, "credential"),
    ],
)
async def test_trigger_that_cannot_listen_is_a_problem_of_the_graph(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer, constants: dict[str, Any], said: str
) -> None:
    graph = house_graph(await connected(app, eve.id))
    graph["nodes"][0]["input_default"].update(constants)
    answer = await eves.post("/api/graphs", json=graph)
    refused = await eves.post(f"/api/graphs/{answer.json()['id']}/publish")
    assert refused.status_code == 422
    assert said in refused.text
    assert "bell" in refused.text
    assert await rows(app, webhook) == []


async def test_foreign_credential_is_refused_as_an_absent_one(
    app: App, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    bob = await make_person(app, "bob")
    answer = await eves.post("/api/graphs", json=house_graph(await connected(app, bob.id)))
    refused = await eves.post(f"/api/graphs/{answer.json()['id']}/publish")
    assert refused.status_code == 422
    assert await rows(app, webhook) == []


async def test_object_without_a_true_event_is_refused(eves: httpx.AsyncClient, provider: HookServer) -> None:
    answer = await eves.post("/api/graphs", json=door_graph(movements={"opened": False}))
    refused = await eves.post(f"/api/graphs/{answer.json()['id']}/publish")
    assert refused.status_code == 422
    assert "nothing would start the graph" in refused.text
