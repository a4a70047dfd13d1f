"""Fifty secrets, stored as credentials of all kinds and used in runs against a server that repeats them, are found
nowhere else than in the requests to that server: not in the database, the log, an answer, a socket or an export."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from pydantic import SecretStr

from backend.data.credentials import OAuth2Credentials
from backend.data.user_store import LOCAL_USER_ID
from backend.data.vault import open_vault
from backend.integrations.credentials_store import StoredCredentials
from backend.util.clock import new_id
from backend.util.settings import Settings
from tests.server.conftest import OUTPUT, graph_json, link, node
from tests.server.test_canaries import encodings
from tests.support.deployment import Deployment, Process, deployed
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server

SEND_AS = "fff86bcd-e001-4bad-a7f6-2eae4720c8dc"
READ_ISSUE = "6443c75d-032a-4772-9c08-230c707c8acc"
ISSUE = "https://github.com/ada/engine/issues/1"
CANARIES = [f"c4n4ry{number:02d}Qz7/LmW+e=" for number in range(50)]
HEADERS, KEYS, LOGINS, PASSWORDS, CUSTOM, WEBHOOKS = (
    CANARIES[:10],
    CANARIES[10:20],
    CANARIES[20:30],
    CANARIES[30:36],
    CANARIES[36:42],
    CANARIES[42:],
)


def _echo(status: int) -> Any:
    """Repeats what it was sent, in every way that it knows."""

    def answer(seen: Seen) -> Answer:
        sent = {name: sorted(encodings(value)) for name, value in seen.headers.items()}
        words = {
            name: [sorted(encodings(word)) for word in value.split()] for name, value in seen.headers.items()
        }
        said = {
            "message": f"You sent {seen.headers}",
            "title": str(seen.headers),
            "sent": sent,
            "words": words,
        }
        return Answer.of_json({**said, "user": {"login": "ada"}, "body": json.dumps(words)}, status=status)

    return answer


@pytest.fixture
def echo() -> Iterator[LocalServer]:
    with local_http_server({"/ok": _echo(200), "/refused": _echo(401), "/broken": _echo(500)}) as server:
        server.routes |= {"/repos/ada/engine/issues/1": _echo(200), "/user": _echo(403)}
        yield server


@pytest.fixture
async def deployment(database_url: str, tmp_path: Path, echo: LocalServer) -> AsyncIterator[Deployment]:
    chosen = {
        "LOG_LEVEL": "DEBUG",
        "ENVIRONMENT": "test",
        "ALLOWED_ADDRESSES": json.dumps([echo.address]),
        "HTTP_ORIGIN_MAP": json.dumps({"https://api.github.com": echo.base_url}),
    }
    async with deployed(database_url, tmp_path, **chosen) as made:
        yield made


class Caller:
    """Asks, and keeps all that is said."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.said: list[str] = []

    async def __call__(self, method: str, path: str, **more: Any) -> Any:
        answer = await self._client.request(method, path, **more)
        assert answer.status_code < 500, (method, path, answer.text)
        self.said.append(f"{method} {path} {answer.headers} {answer.text}")
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else None


async def test_fifty_secrets_are_seen_by_their_provider_and_by_nobody_else(
    deployment: Deployment, echo: LocalServer
) -> None:
    server = await deployment.start("serve").ready()
    async with deployment.client(server) as client:
        ask = Caller(client)
        has_ended = asyncio.Event()
        heard = asyncio.create_task(_hear(server, deployment.key, has_ended))
        references = await _store_all(ask, deployment)
        graphs = [await _run_with(ask, echo, reference) for reference in references]
        await _deliver_to_webhooks(ask)
        await _look_everywhere(ask, graphs)
        has_ended.set()
        sockets = await asyncio.wait_for(heard, 30)
    server.tell_to_end()
    await server.ended(20)
    used = str([seen.headers for seen in echo.seen])
    sent = [canary for canary in HEADERS + KEYS + LOGINS if canary in used]
    assert sent == HEADERS + KEYS + LOGINS, "or there was nothing to be repeated"
    places = {
        "log": server.log.read_text(errors="replace"),
        "answers": "\n".join(ask.said),
        "sockets": sockets,
        "database": await _dump(deployment),
    }
    assert all(len(text) > 1000 for text in places.values())
    forms = {form for canary in CANARIES for form in encodings(canary)}
    assert {name: sorted(form for form in forms if form in text) for name, text in places.items()} == {
        name: [] for name in places
    }
    assert {name for name, text in places.items() if "c4n4ry" in text} == set()


async def _store_all(ask: Caller, deployment: Deployment) -> list[dict[str, Any]]:
    """Credentials of all kinds; references to those that blocks can use."""
    bodies: list[dict[str, Any]] = [
        {"kind": "host_scoped", "provider": "http", "host": "127.0.0.1", "headers": {"X-Key": one}}
        for one in HEADERS
    ]
    bodies += [{"kind": "api_key", "provider": "github", "api_key": one} for one in KEYS]
    bodies += [
        {"kind": "user_password", "provider": "http", "username": one, "password": one} for one in PASSWORDS
    ]
    bodies += [{"kind": "custom", "provider": "generic-webhook", "values": {"token": one}} for one in CUSTOM]
    made = [await ask("POST", "/api/credentials", json=body) for body in bodies]
    for one, body in zip(made, bodies, strict=True):
        secret = {name: body[name] for name in ("api_key", "password", "values", "headers") if name in body}
        await ask("PATCH", f"/api/credentials/{one['id']}", json=secret)
        await ask("PATCH", f"/api/credentials/{one['id']}", json={"api_key": [secret], "x": secret})
    usable = [one for one in made if one["kind"] in ("host_scoped", "api_key")]
    references = [{"id": one["id"], "provider": one["provider"], "type": one["kind"]} for one in usable]
    return references + await _store_logins(deployment)


async def _store_logins(deployment: Deployment) -> list[dict[str, Any]]:
    """Access tokens, as a login stores them."""
    settings = Settings(data_dir=deployment.folder, environment="test")
    store = StoredCredentials(deployment.database, await open_vault(deployment.database, settings), settings)
    references = []
    async with deployment.database.begin() as connection:
        for token in LOGINS:
            login = OAuth2Credentials(
                id=new_id(),
                provider="github",
                title="login",
                access_token=SecretStr(token),
                refresh_token=None,
            )
            await store.add(connection, LOCAL_USER_ID, login)
            references.append({"id": login.id, "provider": "github", "type": "oauth2"})
    return references


async def _run_with(ask: Caller, echo: LocalServer, reference: dict[str, Any]) -> str:
    """A run whose blocks are told their own secret: as a result, in a refusal, in an error."""
    nodes = []
    if reference["provider"] == "http":
        for path in ("ok", "refused", "broken"):
            given = {"url": f"{echo.base_url}/{path}", "credentials": reference}
            nodes.append(node(path, SEND_AS, **given))
    else:
        nodes.append(node("ok", READ_ISSUE, issue_url=ISSUE, credentials=reference))
    pin = "response" if reference["provider"] == "http" else "title"
    graph = graph_json("canary", [*nodes, node("out", OUTPUT, name="said")], [link(f"ok.{pin}", "out.value")])
    stored = await ask("POST", "/api/graphs", json=graph)
    assert stored["problems"] == []
    run = await ask("POST", f"/api/graphs/{stored['id']}/runs", json={"wait": 30})
    assert "***" in json.dumps(run["outputs"]), run
    return str(stored["id"])


async def _deliver_to_webhooks(ask: Caller) -> None:
    """Deliveries that carry the secret where it does not belong."""
    for secret in WEBHOOKS:
        body = {"title": "hook", "secret": secret}
        made = await ask("POST", "/api/integrations/stripe/webhooks", json=body)
        path = f"/api/integrations/stripe/webhooks/{made['id']}"
        headers = {"stripe-signature": f"t=1,v1={secret.encode().hex()}", "authorization": f"Bearer {secret}"}
        await ask("POST", f"{path}/ingress", headers=headers, json={"id": "evt_1"})
        await ask("POST", f"{path}/ping")


async def _look_everywhere(ask: Caller, graphs: list[str]) -> None:
    """Every list that there is, every credential, run and graph in each of its views."""
    document = await ask("GET", "/api/openapi.json")
    lists = [path for path, item in document["paths"].items() if "{" not in path and "get" in item]
    for path in lists:
        if not path.endswith(("/stream", "/openapi.json")):
            await ask("GET", path, params={"limit": 200} if "runs" in path else {})
    for one in (await ask("GET", "/api/credentials"))["items"]:
        for part in ("", "/account?fresh=true", "/avatar"):
            await ask("GET", f"/api/credentials/{one['id']}{part}")
        await ask("POST", f"/api/credentials/{one['id']}/test")
        await ask("DELETE", f"/api/credentials/{one['id']}")
    for graph_id in graphs:
        for part in ("", "/export", "/versions", "/draft"):
            await ask("GET", f"/api/graphs/{graph_id}{part}")
    for run in (await ask("GET", "/api/runs", params={"limit": 200}))["items"]:
        run_id = run["run_id"] if "run_id" in run else run["id"]
        for part in ("", "/events", "/nodes", "/costs", "/nodes/ok/firings", "/nodes/ok/firings/1"):
            await ask("GET", f"/api/runs/{run_id}{part}")
    for hook in (await ask("GET", "/api/integrations/stripe/webhooks"))["items"]:
        path = f"/api/integrations/stripe/webhooks/{hook['id']}/deliveries"
        for delivery in (await ask("GET", path))["items"]:
            await ask("GET", f"{path}/{delivery['id']}")


async def _hear(server: Process, key: str, has_ended: asyncio.Event) -> str:
    """All that a socket says which follows each run."""
    said: list[str] = []
    address = server.url.replace("http", "ws") + "/api/ws"
    headers = {"authorization": f"Bearer {key}"}
    async with websockets.connect(address, additional_headers=headers, max_size=None) as socket:
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
            known: set[str] = set()
            while len(said) < 10_000:
                for run in (await client.get("/api/runs")).json()["items"]:
                    run_id = str(run.get("run_id") or run["id"])
                    if run_id not in known:
                        known.add(run_id)
                        await socket.send(json.dumps({"op": "subscribe", "run": run_id, "ref": run_id}))
                try:
                    async with asyncio.timeout(0.2):
                        while True:
                            said.append(str(await socket.recv()))
                except TimeoutError:
                    if has_ended.is_set():
                        break
    return "\n".join(said)


async def _dump(deployment: Deployment) -> str:
    """All rows of all tables as text, and what is bytes in them also as what it says."""
    connection = await deployment.database.connect()
    said: list[str] = []
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for table in tables:
            for row in await connection.fetch(f'SELECT * FROM "{table[0]}"'):  # names of our own tables
                values = [
                    bytes(one).decode(errors="replace") if isinstance(one, bytes) else str(one) for one in row
                ]
                said.append(" ".join(values))
    finally:
        await connection.close()
    return "\n".join(said)


async def test_secret_does_not_follow_to_another_host(ada: httpx.AsyncClient) -> None:
    stored = {
        "kind": "host_scoped",
        "provider": "http",
        "host": "api.example.com",
        "headers": {"X-Key": "c4n4ry"},
    }
    one = (await ada.post("/api/credentials", json=stored)).json()
    path = f"/api/credentials/{one['id']}"
    refused = await ada.patch(path, json={"host": "elsewhere.example.net"})
    assert refused.status_code == 400
    assert [problem["path"] for problem in refused.json()["errors"]] == ["headers"]
    assert (await ada.get(path)).json()["host"] == "api.example.com"
    new = {"host": "elsewhere.example.net", "headers": {"X-Other": "for-elsewhere"}}
    changed = await ada.patch(path, json=new)
    assert (changed.status_code, changed.json()["host"]) == (200, "elsewhere.example.net")
    assert changed.json()["secret_names"] == ["X-Other"]
