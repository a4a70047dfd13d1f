"""Roles over every route there is: a viewer only reads, an editor does everything but administer."""

from __future__ import annotations

import re

import httpx
import pytest

from backend.app import App
from backend.server.access import ACCESS, Need, Scope, scopes_of
from tests.server.conftest import browser_of, client_of, make_person

READS = {
    Scope.GRAPHS_READ,
    Scope.RUNS_READ,
    Scope.FILES_READ,
    Scope.COSTS_READ,
    Scope.CREDENTIALS_READ,
    Scope.TRIGGERS_READ,
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
REFUSED: dict[str, set[Scope]] = {
    "viewer": set(Scope) - READS,
    "editor": {Scope.ADMIN},
    "owner": set(),
}
LOOKED_AT_THERE: dict[str, set[tuple[str, str]]] = {"viewer": {("GET", "/api/oauth/{provider}/callback")}}
"""Routes that ask for a session, since a browser comes there, and look at its role themselves."""
LAST = ("POST", "/api/auth/logout")
"""Ends the session with which the others are asked."""

ROUTES = sorted(route for route in ACCESS if route[0] in METHODS and route != LAST)


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "anything", path)


def test_every_scope_that_a_viewer_has_ends_in_read() -> None:
    assert scopes_of("viewer") == READS == {scope for scope in Scope if scope.value.endswith(":read")}
    assert scopes_of("editor") == set(Scope) - {Scope.ADMIN}
    assert scopes_of("owner") == set(Scope)
    assert scopes_of("somebody") == set()


def test_reading_routes_need_reading_scopes() -> None:
    """GET asks for no scope that lets one write; what writes asks for none that only reads, but for checks."""
    for (method, path), need in ACCESS.items():
        if isinstance(need, Scope) and need is not Scope.ADMIN and method in METHODS:
            is_check = method == "POST" and path.endswith(("/validate", "/compare", "/export", "/pins"))
            assert (need in READS) is (method == "GET" or is_check), (method, path)


async def _refused(client: httpx.AsyncClient) -> set[tuple[str, str]]:
    """The routes that answer 403; nothing they could do anything with is sent."""
    found: set[tuple[str, str]] = set()
    for method, path in ROUTES:
        async with client.stream(method, _filled(path)) as answer:
            assert answer.status_code < 500, (method, path)
            if answer.status_code == 403:
                found.add((method, path))
    return found


@pytest.mark.parametrize("role", REFUSED)
async def test_session_is_refused_exactly_where_its_role_does_not_reach(
    app: App, url: str, role: str
) -> None:
    person = await make_person(app, role, role=role)
    async with browser_of(app, url, person) as browser:
        wanted = {route for route in ROUTES if ACCESS[route] in REFUSED[role]}
        wanted |= LOOKED_AT_THERE.get(role, set())
        assert await _refused(browser) == wanted
        assert (await browser.post(LAST[1])).status_code == 204


@pytest.mark.parametrize("role", REFUSED)
async def test_key_with_all_scopes_is_refused_there_and_where_a_browser_is_needed(
    app: App, url: str, role: str
) -> None:
    person = await make_person(app, role, role=role, scopes=list(Scope))
    async with client_of(url, person.key) as client:
        wanted = {
            route for route in ROUTES if ACCESS[route] in REFUSED[role] or ACCESS[route] is Need.SESSION
        }
        assert await _refused(client) == wanted
