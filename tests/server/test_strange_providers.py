"""Providers that repeat secrets, or say what cannot be stored: nothing gets out, and no request fails for it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.credential_store import list_credentials
from backend.data.tables import credential
from backend.util.settings import Settings
from tests.integrations.oauth.conftest import applications
from tests.server.conftest import Person, browser_of, make_person
from tests.support.http_server import Answer, Seen, local_http_server, reachable
from tests.support.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    identity_provider,
)
from tests.support.oauth_browser import begin, come_back, dump, said

KEY = "c4n4ry-that-the-service-repeats"
BASIC = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    found = settings.model_copy(update={"public_url": "https://blockyard.example.com"})
    found.secrets = applications()
    return found


@pytest.fixture
async def person(app: App) -> Person:
    return await make_person(app, "eve")


@pytest.fixture
async def browser(app: App, url: str, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(app, url, person) as client:
        yield client


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with identity_provider() as provider, reachable(origin_map=provider.origin_map):
        yield provider


async def _back(browser: httpx.AsyncClient, provider: str, code: str) -> httpx.Response:
    """A login that has begun comes back with this code."""
    state = parse_qs(urlsplit(await begin(browser, provider)).query)["state"][0]
    return await browser.get(f"/api/oauth/{provider}/callback", params={"state": state, "code": code})


async def test_service_that_tells_a_key_as_the_accounts_name_does_not_have_it_shown_or_stored(
    app: App, browser: httpx.AsyncClient
) -> None:
    def echo(seen: Seen) -> Answer:
        return Answer.of_json({"name": seen.headers["authorization"], "email": "", "organization": ""})

    path, body = "/api/connections/example-provider", {"fields": {"api_key": KEY}}
    with local_http_server({"/v1/me": echo}) as server:
        with reachable(server, origin_map={"https://api.example.com": server.base_url}):
            tried = await browser.post(f"{path}/test", json=body)
            saved = await browser.put(path, json=body)
    assert (tried.status_code, saved.status_code) == (200, 200)
    assert saved.json()["account"]["name"] == "Bearer ***"
    shown = (await browser.get("/api/credentials")).text
    for text in (tried.text, saved.text, shown, await dump(app.database)):
        assert KEY not in text


async def test_account_that_cannot_be_stored_is_kept_without_the_rest(browser: httpx.AsyncClient) -> None:
    who = {"login": "a\x00da\ud83d", "email": "x" * 9_000, "avatar_url": "http://[::1"}
    with local_http_server({"/user": Answer.of_json(who)}) as server:
        with reachable(server, origin_map={"https://api.github.com": server.base_url}):
            body = {"kind": "api_key", "provider": "github", "api_key": KEY}
            made = await browser.post("/api/credentials", json=body)
            assert made.status_code == 201, made.text
            account = made.json()["account"]
            assert (account["name"], len(account["email"])) == ("ada", 2_000)
            assert (await browser.get(f"/api/credentials/{made.json()['id']}/avatar")).status_code == 404


@pytest.mark.parametrize(
    "strange",
    [
        {"expires_in": 10**400},
        {"scope": "read \x00x\ud83d"},
        {"scope": 5},
        {"refresh_token_expires_in": True},
    ],
    ids=lambda one: next(iter(one)),
)
async def test_strange_answer_with_a_token_is_a_login(
    app: App, browser: httpx.AsyncClient, person: Person, strange: dict[str, Any]
) -> None:
    told = {"access_token": KEY, "token_type": "bearer", **strange}
    who = {"data": {"viewer": {"name": f"x\x00 {KEY}"}, "organization": None}}
    routes = {"/oauth/token": Answer.of_json(told), "/graphql": Answer.of_json(who)}
    with local_http_server(routes) as server:
        with reachable(server, origin_map={"https://api.linear.app": server.base_url}):
            answer = await _back(browser, "linear", "code")
    assert answer.status_code == 200, answer.text
    async with app.database.begin() as connection:
        (row,) = await list_credentials(connection, person.id)
    assert row.account is not None
    assert KEY not in f"{row.title} {row.account} {answer.text}"


async def test_refusal_that_repeats_the_request_shows_neither_our_application_nor_the_code(
    browser: httpx.AsyncClient,
) -> None:
    def refuse(seen: Seen) -> Answer:
        text = f"{seen.headers['authorization']} {seen.body.decode()}"
        return Answer.of_json({"error": "invalid_grant", "error_description": text}, status=400)

    with local_http_server({"/api/oauth2/token": refuse}) as server:
        with reachable(server, origin_map={"https://discord.com": server.base_url}):
            answer = await _back(browser, "discord", "code/with+signs")
    assert "Basic ***" in said(answer)
    assert BASIC.rstrip("=") not in answer.text
    assert "code%2Fwith" not in answer.text


async def test_login_whose_tokens_do_not_open_can_be_connected_again(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    for _ in range(2):
        assert (await come_back(browser, idp.consent(await begin(browser)))).status_code == 200
    async with app.database.begin() as connection:
        one, other = await list_credentials(connection, person.id)
        moved = sa.update(credential).where(credential.c.id == one.id).values(sealed=other.sealed)
        await connection.execute(moved)
    again = await come_back(browser, idp.consent(await begin(browser, credential_id=one.id)))
    assert again.status_code == 200, said(again)
    assert (await browser.post(f"/api/credentials/{one.id}/test")).json()["is_ok"]
