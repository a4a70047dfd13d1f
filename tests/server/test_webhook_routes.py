"""Webhooks by hand: made, shown, changed, given other secrets, tried, looked into, and listened to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.blocks import Catalogue
from backend.blocks.basic.respond import RespondToCallerBlock
from backend.data.tables import audit_entry, delivery, trigger, users
from backend.data.webhook_secret import secret_place
from backend.util.log import HIDDEN
from tests.server.conftest import Person, client_of, graph_json, link, make_person, node, stored
from tests.server.hooks import connected, door_graph, house_graph, kept, published
from tests.support.engine import catalogue_with
from tests.support.hook_provider import (
    DoorTriggerBlock,
    HookServer,
    HookTriggerBlock,
    hook_provider,
)
from tests.support.hook_provider import (
    delivery as body_of,
)

HOOKS = "/api/integrations/http/webhooks"
GENERIC = "/api/integrations/generic-webhook/webhooks"


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with([HookTriggerBlock, DoorTriggerBlock])


@pytest.fixture
def provider() -> Iterator[HookServer]:
    with hook_provider() as opened:
        yield opened


@pytest.fixture
async def eve(app: App) -> Person:
    return await make_person(app, "eve")


@pytest.fixture
async def eves(eve: Person, url: str, provider: HookServer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(url, eve.key) as client:
        yield client


async def made(client: httpx.AsyncClient, path: str = GENERIC, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def sent(
    client: httpx.AsyncClient, webhook: dict[str, Any], secret: str, raw: bytes, **more: str
) -> httpx.Response:
    """A signed delivery to the address, on this server."""
    path = "/api" + webhook["test_url" if more.pop("to", "") == "test" else "url"].split("/api", 1)[1]
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"x-webhook-signature": f"sha256={signature}", "authorization": "", **more}
    return await client.post(path, content=raw, headers=headers)


# -- made by hand --------------------------------------------------------------------------------------------


async def test_webhook_by_hand_shows_its_secret_once_and_stays(app: App, eves: httpx.AsyncClient) -> None:
    webhook = await made(eves, title="Shop")
    assert webhook["secret"].startswith("whsec_")
    assert (webhook["is_kept"], webhook["has_secret"], webhook["state"]) == (True, True, "active")
    listed = (await eves.get(GENERIC)).json()["items"]
    assert [one["id"] for one in listed] == [webhook["id"]]
    assert webhook["secret"] not in str(listed)
    read = await eves.get(f"{GENERIC}/{webhook['id']}")
    assert webhook["secret"] not in read.text
    async with app.database.begin() as connection:
        audited = (await connection.execute(sa.select(audit_entry))).all()
    assert "webhook.create" in str(audited)
    assert webhook["secret"] not in str(audited)


async def test_repeated_request_makes_no_second_webhook(eves: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "once"}
    one, two = [(await eves.post(GENERIC, headers=headers)).json() for _ in range(2)]
    assert one["id"] == two["id"]
    assert two["secret"] is None


async def test_webhook_under_another_provider_is_not_found(eves: httpx.AsyncClient) -> None:
    webhook = await made(eves)
    for path in (f"{HOOKS}/{webhook['id']}", f"/api/integrations/nobody/webhooks/{webhook['id']}"):
        assert (await eves.get(path)).status_code == 404
        assert (await eves.post(f"{path}/rotate-secret")).status_code == 404
        assert (await eves.delete(path)).status_code == 404
    assert (await eves.get(f"{GENERIC.replace('-', '_')}/{webhook['id']}")).status_code == 200


async def test_provider_that_makes_the_secret_is_given_none_of_ours(eves: httpx.AsyncClient) -> None:
    path = "/api/integrations/stripe/webhooks"
    webhook = await made(eves, path)
    assert (webhook["secret"], webhook["has_secret"]) == (None, False)
    assert "rotate-secret" in webhook["problem"]
    refused = await eves.post(f"{path}/{webhook['id']}/rotate-secret")
    assert refused.status_code == 409
    given = await eves.post(f"{path}/{webhook['id']}/rotate-secret", json={"secret": "made by Stripe"})
    assert given.json()["secret"] is None
    after = (await eves.get(f"{path}/{webhook['id']}")).json()
    assert (after["has_secret"], after["problem"]) == (True, "")


async def test_webhook_that_a_published_graph_needs_is_not_deleted(eves: httpx.AsyncClient) -> None:
    graph_id, told = await published(eves, door_graph())
    refused = await eves.delete(f"{HOOKS}/{told['webhook_id']}")
    assert refused.status_code == 409
    assert graph_id in refused.text
    await eves.post(f"/api/graphs/{graph_id}/unpublish")
    assert (await eves.delete(f"{HOOKS}/{told['webhook_id']}")).status_code == 204
    assert (await eves.get(f"/api/graphs/{graph_id}/triggers")).json()["triggers"][0]["state"] == "none"


async def test_kept_webhook_outlives_its_graph(eves: httpx.AsyncClient) -> None:
    graph_id, told = await published(eves, door_graph())
    changed = await eves.patch(f"{HOOKS}/{told['webhook_id']}", json={"is_kept": True, "title": "Front"})
    assert (changed.json()["is_kept"], changed.json()["title"]) == (True, "Front")
    await eves.delete(f"/api/graphs/{graph_id}")
    assert (await eves.get(f"{HOOKS}/{told['webhook_id']}")).json()["triggers"] == []


# -- secrets -------------------------------------------------------------------------------------------------


async def test_old_secret_is_taken_for_as_long_as_it_was_kept(app: App, eves: httpx.AsyncClient) -> None:
    _, told = await published(eves, door_graph())
    raw = body_of("door.opened")
    assert (await sent(eves, told, told["secret"], raw)).status_code == 202
    path = f"{HOOKS}/{told['webhook_id']}"
    rotated = (await eves.post(f"{path}/rotate-secret", json={"keep_old_s": 2})).json()
    assert rotated["secret"] != told["secret"]
    for secret in (told["secret"], rotated["secret"]):
        assert (await sent(eves, told, secret, raw)).status_code == 202
    await asyncio.sleep(2.1)
    assert (await sent(eves, told, told["secret"], raw)).status_code == 401
    assert (await sent(eves, told, rotated["secret"], raw)).status_code == 202
    at_once = (await eves.post(f"{path}/rotate-secret")).json()
    assert (await sent(eves, told, rotated["secret"], raw)).status_code == 401
    assert (await sent(eves, told, at_once["secret"], raw)).status_code == 202


async def test_secret_of_an_automatic_webhook_is_sent_to_the_provider_and_never_shown(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    async with kept(app):
        _, told = await published(eves, house_graph(await connected(app, eve.id)))
        before = provider.hooks["hook1"]["secret"]
        rotated = (await eves.post(f"{HOOKS}/{told['webhook_id']}/rotate-secret")).json()
        assert rotated["secret"] is None
        async with asyncio.timeout(10):
            while provider.hooks["hook1"]["secret"] == before:
                await asyncio.sleep(0.05)
    webhook_id = told["webhook_id"]
    async with app.database.begin() as connection:
        sealed = await connection.scalar(sa.text("SELECT sealed FROM webhook"))
    assert sealed is not None
    opened = await app.vault.unseal(secret_place(eve.id, webhook_id), sealed)
    assert opened["secret"] == provider.hooks["hook1"]["secret"]


# -- deliveries ----------------------------------------------------------------------------------------------


async def test_delivery_is_shown_without_what_proves_who_sent_it(eves: httpx.AsyncClient) -> None:
    webhook = await made(eves)
    raw = f'{{"event": "x", "echo": "{webhook["secret"]}"}}'.encode()
    shown = {"x-shop": "7", "x-api-key": "abc", "x-other": f"has {webhook['secret']} in it"}
    answer = await sent(
        eves, webhook, webhook["secret"], raw, **{"content-type": "application/json", **shown}
    )
    assert answer.status_code == 200, answer.text
    path = f"{GENERIC}/{webhook['id']}/deliveries"
    row = (await eves.get(path)).json()["items"][0]
    assert (row["state"], row["run_ids"], row["size_bytes"]) == ("ignored", [], len(raw))
    whole = await eves.get(f"{path}/{row['id']}")
    view = whole.json()
    assert webhook["secret"] not in whole.text
    assert view["headers"]["x-webhook-signature"] == view["headers"]["x-api-key"] == HIDDEN
    assert view["headers"]["x-shop"] == "7"
    assert (view["body_encoding"], view["is_cut"]) == ("text", False)


async def test_long_and_binary_bodies_are_shown_in_part(eves: httpx.AsyncClient) -> None:
    webhook = await made(eves)
    for raw, encoding in ((b"\xff\x00" * 50_000, "base64"), ("ü".encode() * 50_000, "text")):
        kind = {"content-type": "application/octet-stream" if encoding == "base64" else "text/plain"}
        answer = await sent(eves, webhook, webhook["secret"], raw, **kind)
        assert answer.status_code == 200, answer.text
        path = f"{GENERIC}/{webhook['id']}/deliveries/{answer.json()['delivery_id']}"
        view = (await eves.get(path)).json()
        assert (view["body_encoding"], view["is_cut"], view["size_bytes"]) == (encoding, True, 100_000)
        shown = base64.b64decode(view["body"]) if encoding == "base64" else view["body"].encode()
        assert raw.startswith(shown)
        assert len(shown) == 65_536


async def test_replay_starts_what_listens_now(app: App, eves: httpx.AsyncClient) -> None:
    graph_id, told = await published(eves, door_graph())
    first = (await sent(eves, told, told["secret"], body_of("door.opened", n=1))).json()
    path = f"{HOOKS}/{told['webhook_id']}/deliveries/{first['delivery_id']}/replay"
    again = await eves.post(path)
    assert again.status_code == 201, again.text
    run = (await eves.get(f"/api/runs/{again.json()['run_ids'][0]}")).json()
    assert run["graph_id"] == graph_id
    rows = (await eves.get(f"{HOOKS}/{told['webhook_id']}/deliveries")).json()["items"]
    assert [row["replay_of"] for row in rows] == [first["delivery_id"], None]
    once = [(await eves.post(path, headers={"idempotency-key": "x"})).json() for _ in range(2)]
    assert once[0] == once[1]
    await eves.post(f"/api/graphs/{graph_id}/unpublish")
    assert (await eves.post(path)).json()["run_ids"] == []


async def test_webhook_of_who_was_shut_out_rests_until_they_are_back(
    app: App, eve: Person, eves: httpx.AsyncClient
) -> None:
    _, told = await published(eves, door_graph())
    for is_active, status in [(False, 404), (True, 202)]:
        async with app.database.begin() as connection:
            await connection.execute(sa.update(users).where(users.c.id == eve.id).values(is_active=is_active))
        for forget in app.worker.hearers["webhooks"]:
            forget(told["webhook_id"])
        answer = await sent(eves, told, told["secret"], body_of("door.opened"))
        assert answer.status_code == status, answer.text


async def test_delivery_of_another_webhook_is_not_found(eves: httpx.AsyncClient) -> None:
    one, two = await made(eves), await made(eves)
    pinged = (await eves.post(f"{GENERIC}/{one['id']}/ping")).json()
    path = f"deliveries/{pinged['delivery_id']}"
    assert (await eves.get(f"{GENERIC}/{one['id']}/{path}")).status_code == 200
    assert (await eves.get(f"{GENERIC}/{two['id']}/{path}")).status_code == 404
    assert (await eves.post(f"{GENERIC}/{two['id']}/{path}/replay")).status_code == 404


async def test_ping_of_ourselves_says_so_and_starts_nothing(eves: httpx.AsyncClient) -> None:
    webhook = await made(eves)
    pinged = (await eves.post(f"{GENERIC}/{webhook['id']}/ping")).json()
    assert pinged["by"] == "ourselves"
    row = (await eves.get(f"{GENERIC}/{webhook['id']}/deliveries")).json()["items"][0]
    assert (row["id"], row["is_test"], row["run_ids"]) == (pinged["delivery_id"], True, [])
    stripe = await made(eves, "/api/integrations/stripe/webhooks", secret="made by Stripe")
    refused = await eves.post(f"/api/integrations/stripe/webhooks/{stripe['id']}/ping")
    assert refused.status_code == 409


# -- drafts and test events ----------------------------------------------------------------------------------


async def test_node_of_a_draft_gets_its_address_before_it_is_published(eves: httpx.AsyncClient) -> None:
    graph_id = await stored(eves, door_graph())
    path = f"/api/graphs/{graph_id}/triggers"
    assert (await eves.get(path)).json()["triggers"][0]["state"] == "none"
    given = (await eves.put(f"{path}/door")).json()
    assert given["secret"].startswith("whsec_")
    assert (given["is_live"], given["in_published"]) == (False, False)
    assert (await sent(eves, given, given["secret"], body_of("door.opened"))).json()["run_ids"] == []
    live = (await eves.post(f"/api/graphs/{graph_id}/publish")).json()["triggers"][0]
    assert (live["url"], live["secret"]) == (given["url"], None)
    assert (await sent(eves, given, given["secret"], body_of("door.opened"))).status_code == 202


async def test_node_takes_a_webhook_of_its_provider_and_no_other(eves: httpx.AsyncClient) -> None:
    own, foreign = await made(eves, HOOKS), await made(eves, GENERIC)
    graph_id, before = await published(eves, door_graph())
    path = f"/api/graphs/{graph_id}/triggers/door"
    assert (await eves.put(path, json={"webhook_id": foreign["id"]})).status_code == 409
    assert (await eves.put(path, json={"webhook_id": "nobody's"})).status_code == 404
    assert (await eves.put(path, json={"webhook_id": own["id"]})).json()["url"] == own["url"]
    assert (await eves.get(f"{HOOKS}/{before['webhook_id']}")).status_code == 404, "nobody listened to it"
    assert (await sent(eves, own, own["secret"], body_of("door.opened"))).status_code == 202
    assert (await eves.put(path.replace("/door", "/out"))).status_code == 400


async def test_listener_gets_the_test_event_and_the_run_of_the_draft(
    app: App, eves: httpx.AsyncClient
) -> None:
    graph_id = await stored(eves, door_graph())
    given = (await eves.put(f"/api/graphs/{graph_id}/triggers/door")).json()
    early = await sent(eves, given, given["secret"], body_of("door.opened"), to="test")
    assert early.status_code == 404
    assert "isten" in early.text
    listening = asyncio.create_task(eves.post(f"/api/graphs/{graph_id}/triggers/door/listen?timeout_s=20"))
    await _listened(app)
    began = time.monotonic()
    test = await sent(eves, given, given["secret"], body_of("door.opened", n=5), to="test")
    assert test.status_code == 202, test.text
    heard = await listening
    assert heard.status_code == 200, heard.text
    assert time.monotonic() - began < 5
    assert heard.json()["payload"] == {"event": "door.opened", "n": 5}
    assert heard.json()["delivery_id"] == test.json()["delivery_id"]
    run = (await eves.get(f"/api/runs/{heard.json()['run_id']}")).json()
    assert run["graph_id"] == graph_id
    late = await sent(eves, given, given["secret"], body_of("door.opened"), to="test")
    assert late.status_code == 404


async def _listened(app: App) -> None:
    async with asyncio.timeout(10):
        while True:
            async with app.database.begin() as connection:
                found = await connection.scalar(sa.select(trigger.c.listening_until))
            if found is not None:
                return
            await asyncio.sleep(0.02)


async def test_listener_goes_away_without_an_event(app: App, eves: httpx.AsyncClient) -> None:
    graph_id = await stored(eves, door_graph())
    nothing = await eves.post(f"/api/graphs/{graph_id}/triggers/door/listen?timeout_s=0.3")
    assert nothing.status_code == 204
    async with app.database.begin() as connection:
        assert await connection.scalar(sa.select(trigger.c.listening_until)) is None


async def test_who_listens_on_still_gets_the_test_event_when_another_has_gone(
    app: App, eves: httpx.AsyncClient
) -> None:
    graph_id = await stored(eves, door_graph())
    path = f"/api/graphs/{graph_id}/triggers/door"
    given = (await eves.put(path)).json()
    short = asyncio.create_task(eves.post(f"{path}/listen?timeout_s=1"))
    await _listened(app)
    long = asyncio.create_task(eves.post(f"{path}/listen?timeout_s=15"))
    assert (await short).status_code == 204
    test = await sent(eves, given, given["secret"], body_of("door.opened"), to="test")
    assert test.status_code == 202, test.text
    assert (await long).json()["delivery_id"] == test.json()["delivery_id"]
    async with app.database.begin() as connection:
        assert await connection.scalar(sa.select(trigger.c.listening_until)) is None


async def test_test_event_is_answered_by_the_draft_as_it_is_now(app: App, eves: httpx.AsyncClient) -> None:
    graph_id = await stored(eves, door_graph())
    path = f"/api/graphs/{graph_id}/triggers/door"
    given = (await eves.put(path)).json()
    says = node("say", RespondToCallerBlock.id, status=201)
    answering = graph_json(
        "door", [node("door", DoorTriggerBlock.id), says], [link("door.event", "say.body")]
    )
    saved = await eves.put(f"/api/graphs/{graph_id}", json={**answering, "id": graph_id})
    assert saved.status_code == 200, saved.text
    listening = asyncio.create_task(eves.post(f"{path}/listen?timeout_s=10"))
    await _listened(app)
    test = await sent(eves, given, given["secret"], body_of("door.opened", n=5), to="test")
    assert (test.status_code, test.json()) == (201, {"event": "door.opened", "n": 5})
    assert (await listening).status_code == 200


async def test_automatic_webhook_is_there_while_somebody_listens(
    app: App, eve: Person, eves: httpx.AsyncClient, provider: HookServer
) -> None:
    async with kept(app):
        graph_id = await stored(eves, house_graph(await connected(app, eve.id)))
        listening = asyncio.create_task(eves.post(f"/api/graphs/{graph_id}/triggers/bell/listen?timeout_s=2"))
        async with asyncio.timeout(10):
            while not provider.hooks:
                await asyncio.sleep(0.05)
            assert (await listening).status_code == 204
            while provider.hooks:
                await asyncio.sleep(0.05)


async def test_deliveries_go_after_their_days(app: App, eves: httpx.AsyncClient) -> None:
    from datetime import timedelta

    from backend.executor.retention import Retention
    from backend.util.clock import now

    webhook = await made(eves)
    await eves.post(f"{GENERIC}/{webhook['id']}/ping")
    retention = Retention(app.database, app.settings)
    soon = now() + timedelta(days=app.settings.delivery_retain_days) - timedelta(minutes=1)
    assert (await retention.count(soon)).deliveries == 0
    pruned = await retention.prune(soon + timedelta(minutes=2))
    assert pruned is not None
    assert pruned.deliveries == 1
    async with app.database.begin() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(delivery)) == 0
