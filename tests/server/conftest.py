"""A real server on a free port, and people who call it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.app import App
from backend.data.graph import Graph
from backend.data.session_store import create_session
from backend.data.user_store import create_user
from backend.server.access import Scope
from backend.server.auth import COOKIE, KEY_PREFIX, hash_of, new_token
from backend.server.serve import bound, listening, url_of
from backend.util.clock import new_id, now
from tests.support.keys import store_key

VALUE = "1ff065e9-88e8-4358-9d82-8dc91f622ba9"
TEXT_INPUT = "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158"
OUTPUT = "363ae599-353e-4804-937e-b2ee3cef3da4"
WAIT = "d67a9c52-5e4e-11e2-bcfd-0800200c9a71"
REVIEW = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d"


@dataclass(frozen=True, slots=True)
class Person:
    """A user with an API key."""

    id: str
    key: str


@pytest.fixture
async def url(app: App) -> AsyncIterator[str]:
    """Where the server listens."""
    with bound("127.0.0.1", 0) as listener:
        async with listening(app, listener):
            yield url_of(listener, "127.0.0.1")


@asynccontextmanager
async def client_of(url: str, key: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
async def nobody(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A caller without credentials."""
    async with client_of(url) as client:
        yield client


@asynccontextmanager
async def browser_of(app: App, url: str, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """A person's browser, logged in."""
    token = new_token()
    async with app.database.begin() as connection:
        await create_session(connection, person.id, hash_of(token), now() + timedelta(days=1))
    async with client_of(url) as client:
        client.cookies.set(COOKIE, token)
        yield client


async def make_person(
    app: App, name: str, *, role: str = "editor", scopes: list[Scope] | None = None
) -> Person:
    """Somebody with an API key, put straight into the database."""
    person = Person(new_id(), KEY_PREFIX + new_token())
    async with app.database.begin() as connection:
        await create_user(
            connection,
            user_id=person.id,
            email=f"{name}@example.com",
            name=name,
            role=role,
            password_hash="argon2 would not take this",
        )
    await give_key(app, person, person.key, scopes if scopes is not None else list(Scope))
    return person


async def give_key(app: App, person: Person, key: str, scopes: list[Scope], **more: Any) -> None:
    async with app.database.begin() as connection:
        await store_key(connection, key, person.id, scopes=scopes, expires_at=more.get("expires_at"))


@pytest.fixture
async def ada(app: App, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A person with an API key that may do everything."""
    person = await make_person(app, "ada")
    async with client_of(url, person.key) as client:
        yield client


@pytest.fixture
async def bob(app: App, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody else."""
    person = await make_person(app, "bob")
    async with client_of(url, person.key) as client:
        yield client


@pytest.fixture
async def both_forms(app: App) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The route that starts runs, in both of its forms, for one person."""
    person = await make_person(app, "eve")
    async with AsyncExitStack() as stack:
        forms: dict[str, httpx.AsyncClient] = {}
        for name, is_direct in [("direct", True), ("fastapi", False)]:
            listener = stack.enter_context(bound("127.0.0.1", 0))
            await stack.enter_async_context(listening(app, listener, is_direct=is_direct))
            forms[name] = await stack.enter_async_context(
                client_of(url_of(listener, "127.0.0.1"), person.key)
            )
        yield forms


def node(node_id: str, block_id: str, **constants: Any) -> dict[str, Any]:
    return {"id": node_id, "block_id": block_id, "input_default": constants}


def link(source: str, sink: str) -> dict[str, Any]:
    """`link("in.result", "out.value")`."""
    (source_id, source_name), (sink_id, sink_name) = source.split("."), sink.split(".")
    return {
        "id": f"{source}-{sink}",
        "source_id": source_id,
        "source_name": source_name,
        "sink_id": sink_id,
        "sink_name": sink_name,
    }


def graph_json(name: str, nodes: list[dict[str, Any]], links: list[dict[str, Any]]) -> dict[str, Any]:
    """A graph as one posts it."""
    return Graph.model_validate({"name": name, "nodes": nodes, "links": links}).model_dump(
        mode="json", exclude_defaults=True
    ) | {"nodes": nodes, "links": links}


def echo_graph() -> dict[str, Any]:
    """Input `name` -> output `echo`."""
    return graph_json(
        "echo",
        [node("in", TEXT_INPUT, name="name"), node("out", OUTPUT, name="echo")],
        [link("in.result", "out.value")],
    )


def waiting_graph(seconds: int = 60) -> dict[str, Any]:
    """Takes its time."""
    return graph_json(
        "wait",
        [node("wait", WAIT, seconds=seconds, input_message="done"), node("out", OUTPUT, name="said")],
        [link("wait.output_message", "out.value")],
    )


def review_graph() -> dict[str, Any]:
    """Asks a person."""
    return graph_json(
        "ask",
        [node("ask", REVIEW, name="Post this?", data={"text": "hi"}), node("out", OUTPUT, name="approved")],
        [link("ask.approved_data", "out.value")],
    )


async def stored(client: httpx.AsyncClient, graph: dict[str, Any]) -> str:
    """Post a graph; its id."""
    answer = await client.post("/api/graphs", json=graph)
    assert answer.status_code == 201, answer.text
    assert answer.json()["problems"] == []
    return str(answer.json()["id"])
