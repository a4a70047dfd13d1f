"""Credentials over HTTP: secrets go in and never come out; what uses one is named before it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.credential_store import mark_reconnect
from backend.data.credentials import (
    APIKeyCredentials,
    CustomCredentials,
    HostScopedCredentials,
    OAuth2Credentials,
    UserPasswordCredentials,
)
from backend.data.tables import audit_entry, credential
from backend.integrations.connections import connection_of, declare
from backend.util.clock import new_id, now
from tests.server.conftest import graph_json, node
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

SECRET = "c4n4ry-of-the-credential"
SEND_AS = "fff86bcd-e001-4bad-a7f6-2eae4720c8dc"
PLATFORM = "a2b7f68f-aa6a-4995-99ec-b45b40d33498"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)

BODIES: dict[str, dict[str, Any]] = {
    "api_key": {"kind": "api_key", "provider": "stripe", "api_key": SECRET},
    "user_password": {"kind": "user_password", "provider": "HTTP", "username": SECRET, "password": SECRET},
    "host_scoped": {
        "kind": "host_scoped",
        "provider": "http",
        "host": "API.example.com",
        "headers": {"X-Key": SECRET},
    },
    "custom": {"kind": "custom", "provider": "generic_webhook", "values": {"token": SECRET}},
}


@pytest.fixture
def github() -> Iterator[LocalServer]:
    """GitHub as far as it says who somebody is, and where pictures are."""
    with local_http_server({}) as server:
        server.routes["/user"] = _who
        server.routes["/u/1.png"] = Answer(200, PNG, {"Content-Type": "image/png"})
        origins = ("https://api.github.com", "https://avatars.githubusercontent.com")
        with reachable(server, origin_map=dict.fromkeys(origins, server.base_url)):
            yield server


def _who(request: Seen) -> Answer:
    """Source: https://docs.github.com/en/rest/users/users#get-the-authenticated-user (2022-11-28)."""
    if request.headers.get("authorization") != "Bearer right":
        return Answer.of_json({"message": "Bad credentials", "status": "401"}, status=401)
    picture = "https://avatars.githubusercontent.com/u/1.png"
    return Answer.of_json({"login": "ada", "email": "ada@example.com", "avatar_url": picture, "id": 1})


async def made(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/api/credentials", json=body)
    assert answer.status_code == 201, answer.text
    assert SECRET not in answer.text
    found: dict[str, Any] = answer.json()
    return found


async def user_id_of(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/auth/me")).json()["id"])


@pytest.mark.parametrize("kind", list(BODIES))
async def test_what_was_stored_is_given_to_its_owner_and_shown_to_nobody(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient, kind: str
) -> None:
    one = await made(ada, {**BODIES[kind], "title": "Work"})
    assert (one["kind"], one["title"], one["state"], one["is_platform"]) == (kind, "Work", "ok", False)
    for path in ("/api/credentials", f"/api/credentials/{one['id']}", "/api/credentials/health"):
        assert SECRET not in (await ada.get(path)).text
    for path in ("", "/account", "/avatar"):
        assert (await bob.get(f"/api/credentials/{one['id']}{path}")).status_code == 404
    assert (await bob.get("/api/credentials")).json()["items"] == []

    found = await app.credentials.by_id(await user_id_of(ada), one["id"])
    match found:
        case APIKeyCredentials():
            assert found.auth_header() == f"Bearer {SECRET}"
        case UserPasswordCredentials():
            assert found.password.get_secret_value() == found.username.get_secret_value() == SECRET
        case HostScopedCredentials():
            assert found.headers_for("api.example.com") == {"X-Key": SECRET}
            assert one["secret_names"] == ["X-Key"]
        case CustomCredentials():
            assert found.values["token"].get_secret_value() == SECRET
        case _:
            pytest.fail(f"{found.type} was not asked for")


async def test_the_database_holds_the_secret_of_no_kind(app: App, ada: httpx.AsyncClient) -> None:
    for body in BODIES.values():
        await made(ada, body)
    async with app.database.begin() as connection:
        rows = (await connection.execute(sa.text("SELECT credential::text FROM credential"))).all()
    assert len(rows) == len(BODIES)
    assert SECRET not in str(rows)


async def test_a_request_that_is_repeated_makes_one_credential(ada: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "once"}
    answers = [await ada.post("/api/credentials", json=BODIES["api_key"], headers=headers) for _ in range(2)]
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert len((await ada.get("/api/credentials")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "api_key", "provider": "gitub", "api_key": "x"}, "Did you mean 'github'"),
        (
            {"kind": "user_password", "provider": "github", "username": "x", "password": "y"},
            "It takes: api_key",
        ),
        ({"kind": "api_key", "provider": "github", "api_key": f"{SECRET}\n"}, "line break"),
        ({"kind": "api_key", "provider": "github", "api_key": "  "}, "empty"),
        ({"kind": "host_scoped", "provider": "http", "host": "a b", "headers": {"X": SECRET}}, "host"),
        ({"kind": "host_scoped", "provider": "http", "host": "a.io", "headers": {"X Y": SECRET}}, "no name"),
        ({"kind": "oauth2", "provider": "github", "access_token": SECRET}, "api_key"),
        ({"kind": "api_key", "provider": "github", "api_key": SECRET, "more": SECRET}, "more"),
    ],
)
async def test_what_cannot_be_a_credential_is_refused_without_repeating_it(
    ada: httpx.AsyncClient, body: dict[str, Any], said: str
) -> None:
    answer = await ada.post("/api/credentials", json=body)
    assert answer.status_code in (400, 422), answer.text
    assert said in answer.text
    assert SECRET not in answer.text


async def test_lists_are_by_provider_however_it_is_spelled(ada: httpx.AsyncClient) -> None:
    for body in BODIES.values():
        await made(ada, body)
    listed = (await ada.get("/api/credentials", params={"provider": "Generic_Webhook"})).json()["items"]
    assert [one["provider"] for one in listed] == ["generic-webhook"]


# -- tests and accounts ------------------------------------------------------------------------------------


async def test_a_new_credential_is_shown_with_its_account_and_a_picture_that_comes_from_us(
    ada: httpx.AsyncClient, github: LocalServer
) -> None:
    one = await made(ada, {"kind": "api_key", "provider": "github", "api_key": "right"})
    assert one["account"]["name"] == "ada"
    assert one["problem"] == ""
    answers = [await ada.get(f"/api/credentials/{one['id']}/avatar") for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, PNG)}
    answer = answers[0]
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "max-age=3600" in answer.headers["cache-control"]
    asked = [seen for seen in github.seen if seen.path == "/u/1.png"]
    assert len(asked) == 1, "kept for an hour"
    assert "authorization" not in asked[0].headers


@pytest.mark.parametrize(
    "picture",
    [
        Answer(200, b"<svg onload='alert(1)'/>", {"Content-Type": "image/svg+xml"}),
        Answer(200, b"<script>", {"Content-Type": "text/html"}),
        Answer(200, PNG),
        Answer(200, PNG + bytes(262_144), {"Content-Type": "image/png"}),
        Answer(404),
        Answer.redirect("http://169.254.169.254/latest/meta-data"),
    ],
)
async def test_what_is_no_small_picture_is_not_passed_on(
    ada: httpx.AsyncClient, github: LocalServer, picture: Answer
) -> None:
    github.routes["/u/1.png"] = picture
    one = await made(ada, {"kind": "api_key", "provider": "github", "api_key": "right"})
    assert (await ada.get(f"/api/credentials/{one['id']}/avatar")).status_code == 404


async def test_a_failed_look_up_saves_nevertheless_and_shows_the_providers_own_words(
    ada: httpx.AsyncClient, github: LocalServer
) -> None:
    one = await made(ada, {"kind": "api_key", "provider": "github", "api_key": "wrong"})
    assert "Bad credentials" in one["problem"]
    tried = (await ada.post(f"/api/credentials/{one['id']}/test")).json()
    assert (tried["is_ok"], tried["code"]) == (False, "credentials_refused")
    assert "Bad credentials" in tried["reason"]
    [health] = (await ada.get("/api/credentials/health")).json()["items"]
    assert health["reason"] == "failed_test"

    answer = await ada.patch(f"/api/credentials/{one['id']}", json={"api_key": "right"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["problem"], answer.json()["account"]["name"]) == ("", "ada")
    assert (await ada.get("/api/credentials/health")).json()["items"] == []


async def test_an_account_that_is_known_is_not_asked_for_again_unless_one_wants_it_fresh(
    ada: httpx.AsyncClient, github: LocalServer
) -> None:
    one = await made(ada, {"kind": "api_key", "provider": "github", "api_key": "right"})
    path, before = f"/api/credentials/{one['id']}/account", len(github.seen)
    assert (await ada.get(path)).json()["account"]["email"] == "ada@example.com"
    assert len(github.seen) == before
    github.routes["/user"] = Answer(503)
    assert "503" in (await ada.get(path, params={"fresh": True})).json()["reason"]
    assert (await ada.get(path)).json()["account"]["name"] == "ada", "what was known stays"


async def test_a_provider_without_a_test_says_so(ada: httpx.AsyncClient) -> None:
    one = await made(ada, BODIES["host_scoped"])
    tried = (await ada.post(f"/api/credentials/{one['id']}/test")).json()
    assert (tried["is_ok"], tried["is_tested"]) == (True, False)


# -- change and delete -------------------------------------------------------------------------------------


async def test_another_secret_takes_the_place_of_the_old_one_and_the_id_stays(
    app: App, ada: httpx.AsyncClient
) -> None:
    one = await made(ada, BODIES["user_password"])
    answer = await ada.patch(f"/api/credentials/{one['id']}", json={"title": "New", "password": "other"})
    assert (answer.json()["title"], answer.json()["id"]) == ("New", one["id"])
    found = await app.credentials.by_id(await user_id_of(ada), one["id"])
    assert isinstance(found, UserPasswordCredentials)
    secrets = (found.username.get_secret_value(), found.password.get_secret_value())
    assert secrets == (SECRET, "other")


async def test_a_part_that_its_kind_does_not_have_is_refused_by_name(ada: httpx.AsyncClient) -> None:
    one = await made(ada, BODIES["custom"])
    answer = await ada.patch(f"/api/credentials/{one['id']}", json={"api_key": SECRET})
    assert answer.status_code == 400
    assert "It has: values" in answer.text
    assert SECRET not in answer.text


async def test_a_secret_that_no_longer_opens_can_be_replaced(app: App, ada: httpx.AsyncClient) -> None:
    one, other = await made(ada, BODIES["api_key"]), await made(ada, BODIES["api_key"])
    async with app.database.begin() as connection:
        texts = sa.select(credential.c.sealed).where(credential.c.id == other["id"]).scalar_subquery()
        await connection.execute(
            sa.update(credential).where(credential.c.id == one["id"]).values(sealed=texts)
        )
    tried = await ada.post(f"/api/credentials/{one['id']}/test")
    assert (tried.status_code, tried.json()["code"]) == (500, "seal_broken")
    answer = await ada.patch(f"/api/credentials/{one['id']}", json={"api_key": "new"})
    assert answer.status_code == 200, answer.text
    assert (await ada.post(f"/api/credentials/{one['id']}/test")).status_code == 200


async def test_what_uses_a_credential_is_named_before_it_is_deleted(ada: httpx.AsyncClient) -> None:
    one = await made(ada, BODIES["host_scoped"])
    path = f"/api/credentials/{one['id']}"
    reference = {"id": one["id"], "provider": "http", "type": "host_scoped"}
    graph = graph_json(
        "Ask", [node("ask", SEND_AS, url="https://api.example.com", credentials=reference)], []
    )
    stored = await ada.post("/api/graphs", json=graph)
    assert stored.json()["problems"] == []
    graph_id = stored.json()["id"]
    [use] = (await ada.get(path)).json()["used_by"]["graphs"]
    assert (use["graph_id"], use["name"]) == (graph_id, "Ask")
    assert (use["is_in_newest"], use["is_in_published"]) == (True, False)
    refused = await ada.delete(path)
    assert refused.status_code == 409
    assert "'Ask'" in refused.json()["detail"]
    assert "?confirm=true" in refused.json()["detail"]
    assert (await ada.get(path)).status_code == 200
    assert (await ada.delete(path, params={"confirm": True})).json()["is_revoked"] is None
    assert (await ada.get(path)).status_code == 404
    run = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 10})
    assert run.json()["errors"][0]["code"] == "credentials_refused"
    assert "it was deleted" in run.json()["errors"][0]["message"]


async def test_a_credential_that_nothing_uses_goes_at_once(ada: httpx.AsyncClient) -> None:
    one = await made(ada, BODIES["api_key"])
    assert (await ada.delete(f"/api/credentials/{one['id']}")).status_code == 200
    assert (await ada.delete(f"/api/credentials/{one['id']}")).status_code == 404


async def test_changes_are_in_the_audit_log_without_secrets(app: App, ada: httpx.AsyncClient) -> None:
    one = await made(ada, BODIES["api_key"])
    await ada.patch(f"/api/credentials/{one['id']}", json={"title": "x", "api_key": SECRET + "2"})
    await ada.delete(f"/api/credentials/{one['id']}")
    async with app.database.begin() as connection:
        rows = (await connection.execute(sa.select(audit_entry).order_by(audit_entry.c.id))).all()
    actions = [row.action for row in rows if row.action.startswith("credential.")]
    assert actions == [f"credential.{what}" for what in ("create", "replace", "rename", "delete")]
    assert SECRET not in str(rows)


# -- health ------------------------------------------------------------------------------------------------


async def test_health_lists_what_is_over_or_soon_will_be(app: App, ada: httpx.AsyncClient) -> None:
    user_id, moment = await user_id_of(ada), now()
    body = BODIES["api_key"]
    ids = {}
    for name, end in [("over", -1), ("soon", 6), ("later", 8), ("never", None)]:
        expires_at = None if end is None else (moment + timedelta(days=end)).isoformat()
        ids[name] = (await made(ada, {**body, "title": name, "expires_at": expires_at}))["id"]
    login = OAuth2Credentials(
        id=new_id(),
        provider="github",
        title="login",
        access_token=SECRET,  # type: ignore[arg-type]  # pydantic makes it a SecretStr
        refresh_token=SECRET,  # type: ignore[arg-type]
        access_token_expires_at=int(moment.timestamp()) - 60,
    )
    async with app.database.begin() as connection:
        await app.credentials.add(connection, user_id, login)
        gone = login.model_copy(update={"id": new_id(), "title": "gone"})
        await app.credentials.add(connection, user_id, gone)
        await mark_reconnect(connection, user_id, gone.id, "It said no.", revision=0)
    answer = await ada.get("/api/credentials/health")
    found = {one["credential"]["title"]: one["reason"] for one in answer.json()["items"]}
    assert found == {"over": "expired", "soon": "expires_soon", "gone": "reconnect"}
    assert SECRET not in answer.text


# -- the platform's own ------------------------------------------------------------------------------------


@pytest.fixture
def platform_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret that the platform's own credential of Example needs."""
    monkeypatch.setenv("EXAMPLE_API_KEY", SECRET)


@pytest.mark.usefixtures("platform_key")
async def test_the_platforms_own_is_offered_and_cannot_be_changed(ada: httpx.AsyncClient) -> None:
    [one] = (await ada.get("/api/credentials", params={"provider": "example_provider"})).json()["items"]
    assert (one["id"], one["title"], one["is_platform"]) == (PLATFORM, "Use Credits for Example", True)
    assert SECRET not in (await ada.get(f"/api/credentials/{PLATFORM}")).text
    for answer in (
        await ada.delete(f"/api/credentials/{PLATFORM}", params={"confirm": True}),
        await ada.patch(f"/api/credentials/{PLATFORM}", json={"title": "mine"}),
    ):
        assert answer.status_code == 403
        assert "An operator" in answer.text


async def test_a_provider_above_the_tier_is_refused(
    app: App, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await made(ada, BODIES["api_key"])
    before = connection_of("telegram")
    assert before is not None
    monkeypatch.setattr(app.settings, "tier", "free")
    declare(replace(before, tier="paid"))
    try:
        body = {"kind": "api_key", "provider": "telegram", "api_key": SECRET}
        answer = await ada.post("/api/credentials", json=body)
        assert (answer.status_code, SECRET in answer.text) == (403, False)
        assert "BLOCKYARD_TIER" in answer.text
    finally:
        declare(before)
    assert (await ada.get(f"/api/credentials/{one['id']}")).status_code == 200


async def test_without_its_secret_the_platforms_own_is_not_offered(ada: httpx.AsyncClient) -> None:
    assert (await ada.get("/api/credentials")).json()["items"] == []
    assert (await ada.get(f"/api/credentials/{PLATFORM}")).status_code == 404


async def test_two_that_change_it_at_once_do_not_mix_their_secrets(app: App, ada: httpx.AsyncClient) -> None:
    one = await made(ada, BODIES["user_password"])
    path = f"/api/credentials/{one['id']}"
    bodies = [{"username": f"u{n}", "password": f"p{n}"} for n in range(6)]
    answers = await asyncio.gather(*(ada.patch(path, json=body) for body in bodies))
    assert {answer.status_code for answer in answers} <= {200, 409}
    found = await app.credentials.by_id(await user_id_of(ada), one["id"])
    assert isinstance(found, UserPasswordCredentials)
    assert found.username.get_secret_value()[1:] == found.password.get_secret_value()[1:]


# -- what is filled in beside user name and password -------------------------------------------------------

MAILBOX = {
    "kind": "user_password",
    "provider": "email",
    "username": "ada@nowhere.invalid",
    "password": SECRET,
    "details": {"imap_host": "imap.nowhere.invalid", "smtp_host": "smtp.nowhere.invalid", "imap_port": ""},
}


async def test_details_are_shown_in_the_open_and_come_back_with_the_secret(
    app: App, ada: httpx.AsyncClient
) -> None:
    one = await made(ada, MAILBOX)
    shown = {"imap_host": "imap.nowhere.invalid", "smtp_host": "smtp.nowhere.invalid"}
    assert one["details"] == shown
    found = await app.credentials.by_id(await user_id_of(ada), one["id"])
    assert isinstance(found, UserPasswordCredentials)
    assert found.details == shown
    assert found.password.get_secret_value() == SECRET


async def test_details_that_the_provider_does_not_ask_for_are_refused(ada: httpx.AsyncClient) -> None:
    answer = await ada.post("/api/credentials", json={**MAILBOX, "details": {"imap_hots": "x"}})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == "details.imap_hots"


async def test_a_stored_password_goes_to_no_other_server(app: App, ada: httpx.AsyncClient) -> None:
    path = f"/api/credentials/{(await made(ada, MAILBOX))['id']}"
    elsewhere = {"imap_host": "imap.evil.invalid"}
    bodies: list[dict[str, Any]] = [
        {"details": elsewhere},
        {"details": elsewhere, "username": "eve"},
        {"username": "ada@evil.invalid"},
        {"details": {}},
    ]
    for body in bodies:
        answer = await ada.patch(path, json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "password"
    changed = await ada.patch(path, json={"details": elsewhere, "password": "another-password"})
    assert changed.json()["details"] == elsewhere
    kept = await ada.patch(path, json={"password": "a-third-password"})
    assert kept.json()["details"] == elsewhere
