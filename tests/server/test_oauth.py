"""Logging in at a provider over HTTP: a browser goes there and comes back, and nobody else can come in its place."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.credential_store import CredentialRow, list_credentials, mark_reconnect
from backend.data.credentials import OAuth2Credentials
from backend.data.tables import oauth_login
from backend.integrations.oauth.refresh import Refresher
from backend.server.auth import hash_of
from backend.util.clock import now
from backend.util.settings import Secrets, Settings
from tests.integrations.oauth.conftest import applications
from tests.server.conftest import Person, browser_of, make_person
from tests.support.http_server import reachable
from tests.support.identity_provider import IdentityProvider, identity_provider
from tests.support.oauth_browser import begin, come_back, dump, said

PUBLIC = "https://blockyard.example.com"


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with identity_provider() as provider, reachable(origin_map=provider.origin_map):
        yield provider


@pytest.fixture
def settings(settings: Settings) -> Settings:
    found = settings.model_copy(update={"public_url": f"{PUBLIC}/"})
    found.secrets = applications()
    return found


@pytest.fixture
async def person(app: App) -> Person:
    return await make_person(app, "ada")


@pytest.fixture
async def browser(app: App, url: str, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(app, url, person) as client:
        yield client


async def _stored(app: App, user_id: str) -> list[CredentialRow]:
    async with app.database.begin() as connection:
        return await list_credentials(connection, user_id)


async def _connect(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> CredentialRow:
    answer = await come_back(browser, idp.consent(await begin(browser)))
    assert answer.status_code == 200, answer.text
    return (await _stored(app, person.id))[-1]


# -- who may not come back -----------------------------------------------------------------------------------


async def test_only_the_digest_of_the_state_is_stored(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient
) -> None:
    state = parse_qs(urlsplit(await begin(browser)).query)["state"][0]
    text = await dump(app.database)
    assert state not in text
    assert hash_of(state) in text


async def test_state_is_good_once(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    callback = idp.consent(await begin(browser))
    assert (await come_back(browser, callback)).status_code == 200
    asked = len(idp.server.seen)
    again = await come_back(browser, callback)
    assert again.status_code == 400
    assert "used already" in said(again)
    assert len(idp.server.seen) == asked, "the code did not go to the provider a second time"
    assert len(await _stored(app, person.id)) == 1


async def test_nobody_else_and_no_other_session_can_end_a_login_nor_spoil_it(
    app: App, url: str, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    callback = idp.consent(await begin(browser))
    bob = await make_person(app, "bob")
    async with browser_of(app, url, bob) as other, browser_of(app, url, person) as second:
        for stranger in (other, second):
            answer = await come_back(stranger, callback)
            assert answer.status_code == 400
            assert "another browser" in said(answer)
    assert await _stored(app, bob.id) == []
    assert (await come_back(browser, callback)).status_code == 200
    assert len(await _stored(app, person.id)) == 1


async def test_key_cannot_log_in_and_nobody_without_a_session_is_answered(
    idp: IdentityProvider, nobody: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    for client, status in ((nobody, 401), (ada, 403)):
        assert (await client.post("/api/oauth/linear/login", json={})).status_code == status
        assert (await client.get("/api/oauth/linear/callback?state=x&code=y")).status_code == status


async def test_viewer_connects_nothing(app: App, url: str, idp: IdentityProvider) -> None:
    viewer = await make_person(app, "vera", role="viewer")
    async with browser_of(app, url, viewer) as browser:
        answer = await browser.post("/api/oauth/linear/login", json={})
        assert answer.status_code == 403
        assert "credentials:write" in answer.text
        assert (await come_back(browser, "/api/oauth/linear/callback?state=x")).status_code == 403


async def test_login_that_took_too_long_begins_again(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    callback = idp.consent(await begin(browser))
    async with app.database.begin() as connection:
        left = await connection.scalar(sa.select(oauth_login.c.expires_at - sa.func.now()))
        assert left is not None
        assert timedelta(minutes=9) < left <= timedelta(minutes=10)
        await connection.execute(sa.update(oauth_login).values(expires_at=now() - timedelta(seconds=1)))
    answer = await come_back(browser, callback)
    assert answer.status_code == 400
    assert "longer than ten minutes" in said(answer)
    assert await _stored(app, person.id) == []
    await begin(browser)
    await begin(browser)
    async with app.database.begin() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(oauth_login)) == 2


async def test_state_of_one_provider_is_unknown_at_another(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    callback = idp.consent(await begin(browser, "linear"))
    answer = await come_back(browser, callback.replace("/linear/", "/github/"))
    assert answer.status_code == 400
    assert await _stored(app, person.id) == []
    assert (await come_back(browser, callback)).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "state=&code=x", "state=unknown&error=x&error_description=<b>EVIL", "code=x"]
)
async def test_made_up_callback_says_nothing_of_its_own(
    idp: IdentityProvider, browser: httpx.AsyncClient, query: str
) -> None:
    answer = await come_back(browser, f"/api/oauth/linear/callback?{query}")
    assert answer.status_code == 400
    assert "EVIL" not in answer.text
    assert 'href="/"' in answer.text


# -- what goes wrong -----------------------------------------------------------------------------------------


async def test_person_who_says_no_is_led_back(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    url = await begin(browser, return_to="/graphs/7")
    answer = await come_back(browser, idp.consent(url, denied=True))
    assert answer.status_code == 400
    assert "The <b>user</b> said no" in said(answer)
    assert "<b>" not in answer.text
    assert 'href="/graphs/7"' in answer.text
    assert 'http-equiv="refresh"' not in answer.text, "a person is to read why"
    assert await _stored(app, person.id) == []


async def test_code_for_another_redirect_address_is_refused_by_the_provider(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    url = await begin(browser)
    elsewhere = url.replace("blockyard.example.com", "evil.example.com")
    answer = await come_back(browser, idp.consent(elsewhere))
    assert answer.status_code in (400, 422)
    assert "Linear no longer accepts this login. Connect again." in said(answer)
    assert idp.refused == ["another redirect_uri"]
    assert await _stored(app, person.id) == []


async def test_account_that_is_not_told_does_not_stop_the_login(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    idp.account_with = "down"
    row = await _connect(app, idp, browser, person)
    assert (row.title, row.account, row.state) == ("Linear", None, "ok")


async def test_provider_that_is_not_set_up_names_its_two_settings(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient
) -> None:
    app.settings.secrets = Secrets.model_construct()
    answer = await browser.post("/api/oauth/Slack/login", json={})
    assert answer.status_code == 409
    assert "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET" in answer.json()["detail"]
    unknown = await browser.post("/api/oauth/nowhere/login", json={})
    assert unknown.status_code == 404
    assert (await come_back(browser, "/api/oauth/nowhere/callback?state=x")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "",
        "settings",
        "//evil.example.com",
        "/\\evil.example.com",
        "https://evil.example.com",
        "/a\nb",
        "/a\\b",
    ],
)
async def test_only_a_path_of_this_server_may_come_after(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.post("/api/oauth/linear/login", json={"return_to": path})
    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["path"] == "return_to"


# -- connecting again ----------------------------------------------------------------------------------------


async def test_connecting_again_mends_the_same_credential(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    first = await _connect(app, idp, browser, person)
    async with app.database.begin() as connection:
        assert await mark_reconnect(
            connection, person.id, first.id, "It was revoked.", revision=first.revision
        )
    url = await begin(browser, credential_id=first.id)
    assert parse_qs(urlsplit(url).query)["scope"] == ["read,write"]
    answer = await come_back(browser, idp.consent(url))
    assert "is connected again" in said(answer)
    [again] = await _stored(app, person.id)
    assert (again.id, again.title, again.state, again.problem) == (first.id, first.title, "ok", "")
    assert again.revision > first.revision
    found = await app.credentials.by_id(person.id, first.id)
    assert isinstance(found, OAuth2Credentials)
    assert idp.is_live(found.access_token.get_secret_value())


async def test_scopes_that_were_asked_for_are_asked_for_again(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    url = await begin(browser, scopes=["issues:create", "actor:app"], title="Bot")
    await come_back(browser, idp.consent(url))
    [row] = await _stored(app, person.id)
    assert (row.title, row.scopes) == ("Bot", ["read", "issues:create", "actor:app"])
    asked = parse_qs(urlsplit(await begin(browser, credential_id=row.id)).query)
    assert (asked["scope"], asked["actor"]) == (["read,issues:create"], ["app"])


async def test_credential_of_somebody_else_is_as_absent_as_none(
    app: App, url: str, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    own = await _connect(app, idp, browser, person)
    bob = await make_person(app, "bob")
    async with browser_of(app, url, bob) as other:
        hers = await other.post("/api/oauth/linear/login", json={"credential_id": own.id})
        none = await other.post("/api/oauth/linear/login", json={"credential_id": "0" * len(own.id)})
    assert (hers.status_code, none.status_code) == (404, 404)
    assert hers.text.replace(own.id, "X") == none.text.replace("0" * len(own.id), "X")
    wrong = await browser.post("/api/oauth/github/login", json={"credential_id": own.id})
    assert wrong.status_code == 400
    assert "no login at GitHub" in wrong.json()["detail"]


async def test_google_without_another_refresh_token_keeps_that_of_the_same_account(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    for provider, is_kept in [("google", True), ("linear", False)]:
        idp.gives_refresh_token = True
        await come_back(browser, idp.consent(await begin(browser, provider)))
        row = next(one for one in await _stored(app, person.id) if one.provider == provider)
        before = await app.credentials.opened(row)
        idp.gives_refresh_token = False
        await come_back(browser, idp.consent(await begin(browser, provider, credential_id=row.id)))
        row = next(one for one in await _stored(app, person.id) if one.provider == provider)
        after = await app.credentials.opened(row)
        assert isinstance(before, OAuth2Credentials)
        assert isinstance(after, OAuth2Credentials)
        assert after.access_token != before.access_token
        assert (after.refresh_token == before.refresh_token) is is_kept
        assert (after.refresh_token is None) is not is_kept


async def test_stored_login_is_refreshed_where_it_is_used(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient, person: Person
) -> None:
    idp.is_rotating, idp.expires_in_s = True, 1.5
    row = await _connect(app, idp, browser, person)
    app.credentials.refresher = Refresher(app.database, app.credentials, app.settings.secrets)
    time.sleep(1.6)
    found = await app.credentials.by_id(person.id, row.id)
    assert isinstance(found, OAuth2Credentials)
    assert idp.is_live(found.access_token.get_secret_value())
    assert idp.refreshes == 1


async def test_tier_below_the_providers_is_refused(
    app: App, idp: IdentityProvider, browser: httpx.AsyncClient
) -> None:
    from backend.integrations import connections
    from backend.integrations.providers import ProviderName

    card = connections.Connection(ProviderName.LINEAR, "Linear", ("oauth2",), tier="premium")
    kept = connections.connection_of("linear")
    try:
        connections.declare(card)
        app.settings.tier = "free"
        answer = await browser.post("/api/oauth/linear/login", json={})
        assert answer.status_code == 403
        assert "BLOCKYARD_TIER" in answer.text
    finally:
        app.settings.tier = "premium"
        connections.declare(kept or replace(card, tier="free"))
