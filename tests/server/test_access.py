"""Who may use which route: nobody without credentials, nobody what is another's, no key beyond its scopes."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from backend.app import App
from backend.server import routes
from backend.server.access import ACCESS, Need, Scope
from backend.server.auth import KEY_PREFIX, new_token
from backend.server.http import create_api
from backend.util.clock import now
from tests.server.conftest import (
    client_of,
    echo_graph,
    give_key,
    make_person,
    review_graph,
    stored,
    waiting_graph,
)

ALLOW_LIST = {
    ("GET", "/{path:page}"),
    ("GET", "/api/health/live"),
    ("GET", "/api/health/ready"),
    ("GET", "/api/setup"),
    ("POST", "/api/setup"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/integrations/{provider}/webhooks/{webhook_id}/ingress"),
}


def _inventory() -> Iterator[tuple[str, str]]:
    """Every route that exists, from the routers themselves."""
    api = create_api()
    included: list[Any] = [one for one in api.routes if not isinstance(one, APIRoute)]
    for router in (api.router, *(one.original_router for one in included)):
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from ((method, route.path) for method in route.methods or ())


INVENTORY = sorted(set(_inventory()))
COMES_BACK = ("GET", "/api/oauth/{provider}/callback")
"""Where a person's browser comes back from a provider: a refusal is a page."""


SOCKET = ("WEBSOCKET", "/api/ws")
"""Answered by the gate; see test_live.py."""


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "anything", path)


def test_table_of_access_has_every_route_and_no_other() -> None:
    assert {*INVENTORY, SOCKET} == set(ACCESS)


def test_allow_list_is_this_one() -> None:
    assert {route for route, need in ACCESS.items() if need is Need.PUBLIC} == ALLOW_LIST


async def test_every_other_route_answers_401_without_credentials(nobody: httpx.AsyncClient) -> None:
    closed = [route for route in INVENTORY if route not in ALLOW_LIST]
    assert len(closed) > 15
    for method, path in closed:
        answer = await nobody.request(method, _filled(path))
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"
        if (method, path) == COMES_BACK:
            assert "not logged in" in answer.text
        else:
            assert answer.json()["code"] == "unauthorized"


async def test_addresses_that_do_not_exist_answer_401_without_credentials(nobody: httpx.AsyncClient) -> None:
    for path in ("/api/nothing", "/api", "/api/docs", "/mcp", "/api/setup/", "/api/health/live/"):
        assert (await nobody.get(path)).status_code == 401, path


WRONG: list[dict[str, str]] = [
    {"authorization": "Bearer by_wrong"},
    {"authorization": f"Bearer {KEY_PREFIX}{new_token()}"},
    {"authorization": "Bearer " + "x" * 5000},
    {"authorization": "Basic YTpi"},
    {"authorization": ""},
    {"cookie": "blockyard_session=wrong"},
    {"cookie": 'blockyard_session="; =;'},
    {"cookie": "blockyard_session=" + "x" * 5000},
]


async def test_wrong_credentials_answer_401(nobody: httpx.AsyncClient) -> None:
    for headers in WRONG:
        assert (await nobody.get("/api/runs", headers=headers)).status_code == 401, headers


async def test_route_without_a_row_in_the_table_is_refused_to_everybody(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ACCESS, ("GET", "/api/blocks"))
    assert (await ada.get("/api/blocks")).status_code == 403


async def _things(client: httpx.AsyncClient) -> None:
    """Graphs, runs, and a review that waits."""
    graph_id = await stored(client, echo_graph())
    asking = await stored(client, review_graph())
    await client.post(f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "Ada"}, "wait": True})
    await client.post(f"/api/graphs/{asking}/runs", json={"wait": 20})


async def test_lists_hold_nothing_of_others(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    await _things(ada)
    for path in ("/api/graphs", "/api/runs", "/api/reviews"):
        assert (await ada.get(path)).json()["items"]
        assert (await bob.get(path)).json()["items"] == [], path
    status = (await bob.get("/api/status")).json()
    assert (status["runs"], status["last_runs"], status["open_reviews"]) == ({}, [], 0)


async def test_anothers_graph_id_in_a_posted_graph_changes_and_tells_nothing(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    hers = await stored(ada, echo_graph())
    his = await stored(bob, {**echo_graph(), "id": hers, "sub_graphs": [{**echo_graph(), "id": "child"}]})
    assert his != hers
    assert (await ada.get(f"/api/graphs/{hers}")).json()["version"] == 1
    assert (await bob.get(f"/api/graphs/{hers}")).status_code == 404


NEEDS = [
    (route, need) for route, need in sorted(ACCESS.items()) if isinstance(need, Scope) and route != SOCKET
]


async def test_key_opens_the_routes_of_its_scopes_and_no_other(app: App, url: str) -> None:
    person = await make_person(app, "carl", role="owner")
    for scope in Scope:
        key = KEY_PREFIX + new_token()
        await give_key(app, person, key, [scope])
        async with client_of(url, key) as client:
            for (method, path), need in NEEDS:
                status = (await client.request(method, _filled(path))).status_code
                assert (status == 403) is (need is not scope), (scope, method, path, status)


async def test_no_key_manages_keys_or_logs_out(ada: httpx.AsyncClient) -> None:
    for (method, path), need in ACCESS.items():
        if need is Need.SESSION:
            answer = await ada.request(method, _filled(path), json={"name": "more"})
            assert answer.status_code == 403, path


async def test_key_of_a_viewer_only_reads(app: App, url: str) -> None:
    person = await make_person(app, "vera", role="viewer")
    async with client_of(url, person.key) as client:
        assert (await client.get("/api/graphs")).status_code == 200
        assert (await client.post("/api/graphs", json=echo_graph())).status_code == 403


async def test_expired_key_is_refused_also_while_it_is_remembered(app: App, url: str) -> None:
    person = await make_person(app, "dora")
    key = KEY_PREFIX + new_token()
    await give_key(app, person, key, list(Scope), expires_at=now() + timedelta(seconds=0.5))
    async with client_of(url, key) as client:
        assert (await client.get("/api/runs")).status_code == 200
        assert (await client.get("/api/runs")).status_code == 200
        await asyncio.sleep(0.6)
        assert (await client.get("/api/runs")).status_code == 401


async def test_waiting_run_of_another_is_not_cancelled(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, waiting_graph())
    run_id = (await ada.post(f"/api/graphs/{graph_id}/runs", json={})).json()["run_id"]
    assert (await bob.post(f"/api/runs/{run_id}/cancel")).status_code == 404
    assert (await ada.get(f"/api/runs/{run_id}")).json()["status"] in ("running", "waiting")


def test_every_router_of_the_folder_is_in_the_application() -> None:
    others: list[Any] = [one for one in create_api().routes if not isinstance(one, APIRoute)]
    included = [one.original_router for one in others]
    for info in pkgutil.iter_modules(routes.__path__):
        module = importlib.import_module(f"{routes.__name__}.{info.name}")
        assert any(module.router is router for router in included), info.name
