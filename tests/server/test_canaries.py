"""Secrets in every text field of every route never reach the log, not even where it says the most."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
import websockets

from tests.server.conftest import OUTPUT, TEXT_INPUT, echo_graph, graph_json, link, node, review_graph
from tests.support.deployment import Deployment, Process, deployed

REQUEST = "6595ae1f-b924-42cb-9a41-551a0611c4b4"
METHODS = ("get", "post", "put", "patch", "delete")
SETUP = "setup-canary-0123456789"
PASSWORD = "password canary-of-the-owner"

_FORMS = (
    "by_{}{}", "sk-{}{}", "ghp_{}{}", "xoxb-{}{}", "AKIA{}{}", "Bearer {}{}", "Basic {}{}", "hunter {} {}",
    'quote"{}\\{}', "é{}ü{}", "postgresql://ada:{}{}@db/x", "https://u:{}{}@example.com/?token={}{}",
    "password={}{}", '{{"api_key": "{}{}"}}', "{}{}", "-----BEGIN KEY----- {} {}", "a/b+{}={}&",
)  # fmt: skip


def _canaries() -> list[str]:
    """Fifty of all shapes; each has a word of its own."""
    words = [f"c4n4ry{number:02d}Qz7LmW" for number in range(48)]
    made = [
        _FORMS[number % len(_FORMS)].format(*([word, "Xk2pV9rT"] * 2)) for number, word in enumerate(words)
    ]
    return [SETUP, PASSWORD, *made]


CANARIES = _canaries()


def encodings(secret: str) -> set[str]:
    """Plain, base64, quoted for an address, escaped for JSON, hex."""
    raw = secret.encode()
    return {
        secret,
        base64.b64encode(raw).decode().rstrip("="),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        raw.hex(),
    }


def _encoded(number: int) -> str:
    secret = CANARIES[number % len(CANARIES)]
    forms = sorted(encodings(secret))
    return forms[number // len(CANARIES) % len(forms)]


class Shapes:
    """Makes bodies from the schemas of the contract, a canary in each text."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.used = 0

    def text(self) -> str:
        self.used += 1
        return _encoded(self.used)

    def fill(self, schema: Any, depth: int = 0) -> Any:
        """A value of the schema, every optional field given."""
        if not isinstance(schema, dict) or depth > 8:
            return self.text()
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return self.fill(self._document["components"]["schemas"][name], depth + 1)
        for union in ("anyOf", "oneOf", "allOf"):
            if union in schema:
                wanted = [one for one in schema[union] if one.get("type") != "null"]
                return self.fill(wanted[0], depth + 1)
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        kind = schema.get("type")
        if kind == "object":
            given = {name: self.fill(one, depth + 1) for name, one in schema.get("properties", {}).items()}
            more = schema.get("additionalProperties")
            return {**given, self.text(): self.fill(more, depth + 1)} if more else given
        if kind == "array":
            return [self.fill(schema.get("items", {}), depth + 1)]
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        return True if kind == "boolean" else self.text()

    def headers(self) -> dict[str, str]:
        """What callers may say about themselves; a proxy adds its own."""
        names = ("user-agent", "referer", "x-request-id", "if-match", "idempotency-key", "x-forwarded-for",
                 "traceparent", "last-event-id", "x-api-key", "accept-language")  # fmt: skip
        return {name: _header(self.text()) for name in names}


def _header(text: str) -> str:
    return quote(text, safe=" /:=&?+@{}\"'").strip()


@pytest.fixture
async def deployment(database_url: str, tmp_path: Path) -> AsyncIterator[Deployment]:
    chosen = {"LOG_LEVEL": "DEBUG", "BLOCKYARD_SETUP_TOKEN": SETUP, "ENVIRONMENT": "production"}
    async with deployed(database_url, tmp_path, **chosen) as made:
        yield made


async def test_fifty_secrets_in_five_encodings_in_every_text_field_never_reach_the_log(
    deployment: Deployment,
) -> None:
    server = await deployment.start("serve").ready()
    async with deployment.client(server) as key, httpx.AsyncClient(base_url=server.url, timeout=30) as person:
        await _log_in(person)
        document = (await key.get("/api/openapi.json")).json()
        shapes = Shapes(document)
        driven = await _drive_every_route(document, shapes, key, person)
        await _drive_graphs_and_runs(shapes, key)
        await _drive_socket(shapes, server, deployment.key)
    server.tell_to_end()
    await server.ended(20)
    said = server.log.read_text(errors="replace")
    found = {form for secret in CANARIES for form in encodings(secret) if form in said}
    assert found == set()
    words = {word for secret in CANARIES for word in secret.split() if "c4n4ry" in word}
    assert {word for word in words if word in said} == set()
    assert "c4n4ry" not in said
    routes = {orjson.loads(line)["route"] for line in said.splitlines() if '"http.request"' in line}
    assert len(driven) > 25
    assert shapes.used > 5 * len(CANARIES)
    assert driven - routes == set(), "every route was said, so there was something to find"


async def _log_in(person: httpx.AsyncClient) -> None:
    email = "c4n4ry@example.com"
    owner = {"token": SETUP, "email": email, "password": PASSWORD, "name": CANARIES[7]}
    assert (await person.post("/api/setup", json=owner)).is_success
    for password in (CANARIES[5], "", None):
        await person.post("/api/auth/login", json={"email": CANARIES[6], "password": password})
    assert (await person.post("/api/auth/login", json={"email": email, "password": PASSWORD})).is_success


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item and not path.endswith(("/logout", "/stream")):
                yield method, path, item[method]


async def _drive_every_route(
    document: dict[str, Any], shapes: Shapes, key: httpx.AsyncClient, person: httpx.AsyncClient
) -> set[str]:
    """Twice with a key and twice in a session: with bodies as they should be, and with wrong ones."""
    driven: set[str] = set()
    for method, path, operation in _operations(document):
        driven.add(path)
        for client, is_right in zip(cycle([key, person]), (True, True, False, False), strict=False):
            where = path
            query: dict[str, str] = {}
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    where = where.replace(f"{{{parameter['name']}}}", quote(shapes.text(), safe=""))
                elif parameter["in"] == "query":
                    value = shapes.fill(parameter["schema"]) if is_right else shapes.text()
                    query[parameter["name"]] = str(value)
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            body = orjson.dumps(shapes.fill(schema) if is_right else [shapes.text(), {shapes.text(): 1}])
            headers = {**shapes.headers(), "content-type": "application/json"}
            sent = None if method == "get" else body
            answer = await client.request(method, where, params=query, content=sent, headers=headers)
            assert answer.status_code < 500, (method, path, answer.text)
    for headers in (
        {"authorization": f"Bearer {shapes.text()}"},
        {"cookie": f"blockyard_session={shapes.text()}"},
    ):
        safe = {name: _header(value) for name, value in headers.items()}
        async with httpx.AsyncClient(base_url=str(key.base_url)) as nobody:
            assert (await nobody.get("/api/runs", headers=safe)).status_code == 401
    broken = b'{"inputs": {"name": "' + shapes.text().encode()
    await key.post("/api/graphs/x/runs", content=broken, headers={"content-type": "application/json"})
    await key.post(
        "/api/graphs", content=shapes.text().encode(), headers={"content-type": _header(shapes.text())}
    )
    form = {"file": (shapes.text(), shapes.text().encode(), "text/plain")}
    await key.post("/api/files", files=form, data={shapes.text(): shapes.text()})
    return driven


async def _drive_graphs_and_runs(shapes: Shapes, key: httpx.AsyncClient) -> None:
    """Graphs full of secrets that are stored, run, fail, wait for a person, and are answered."""
    echo = await key.post(
        "/api/graphs", json={**echo_graph(), "name": shapes.text(), "description": shapes.text()}
    )
    for given in ({"name": shapes.text()}, {shapes.text(): shapes.text()}, {"name": [shapes.text()]}, {}):
        await key.post(f"/api/graphs/{echo.json()['id']}/runs", json={"inputs": given, "wait": 10})
    for url in (
        f"http://u:{quote(shapes.text(), safe='')}@127.0.0.1:9/{quote(shapes.text())}",
        shapes.text(),
    ):
        constants = {
            "url": url,
            "headers": {"Authorization": shapes.text()},
            "body": {shapes.text(): shapes.text()},
        }
        failing = graph_json(
            shapes.text(),
            [
                node("in", TEXT_INPUT, name="x"),
                node("ask", REQUEST, **constants),
                node("out", OUTPUT, name="y"),
            ],
            [link("in.result", "ask.body_#_x"), link("ask.response", "out.value")],
        )
        stored = await key.post("/api/graphs", json=failing)
        body = {"inputs": {"x": shapes.text()}, "wait": 20}
        answer = await key.post(f"/api/graphs/{stored.json()['id']}/runs", json=body)
        assert answer.json()["status"] == "failed", answer.text
    asking = await key.post("/api/graphs", json={**review_graph(), "name": shapes.text()})
    await key.post(f"/api/graphs/{asking.json()['id']}/runs", json={"wait": 10})
    for review in (await key.get("/api/reviews")).json()["items"]:
        body = {"approved": True, "message": shapes.text(), "data": {shapes.text(): shapes.text()}}
        await key.post(f"/api/reviews/{review['id']}", json=body)


async def _drive_socket(shapes: Shapes, server: Process, key: str) -> None:
    headers = {"authorization": f"Bearer {key}", "user-agent": _header(shapes.text())}
    address = server.url.replace("http", "ws") + f"/api/ws?x={quote(shapes.text(), safe='')}"
    async with websockets.connect(address, additional_headers=headers, user_agent_header=None) as socket:
        for message in (
            {"op": "subscribe", "run": shapes.text()[:60], "ref": shapes.text()[:60]},
            {"op": shapes.text()},
            {shapes.text(): shapes.text()},
            shapes.text(),
        ):
            await socket.send(json.dumps(message))
            await asyncio.wait_for(socket.recv(), 10)
        await socket.send(shapes.text())
        await asyncio.wait_for(socket.recv(), 10)
