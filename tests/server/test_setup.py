"""The first start, logging in and out, and API keys made in the browser."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from backend.app import App
from backend.server import auth as auth_module
from backend.server.auth import hash_of
from backend.server.setup import is_loopback, open_setup, refuse_open_house
from backend.util.clock import now
from backend.util.errors import SetupProblem
from tests.server.conftest import client_of

OWNER = {"email": " Ada@Example.com ", "password": "correct horse battery", "name": "Ada"}


@pytest.fixture
async def token(app: App) -> str:
    made = await open_setup(app.database)
    assert made is not None
    return made


async def _owner(nobody: httpx.AsyncClient, token: str) -> httpx.AsyncClient:
    answer = await nobody.post("/api/setup", json={**OWNER, "token": token})
    assert answer.status_code == 201, answer.text
    return nobody


async def test_setup_token_makes_the_owner_once(nobody: httpx.AsyncClient, token: str, app: App) -> None:
    assert (await nobody.get("/api/setup")).json() == {"is_open": True}
    answer = await nobody.post("/api/setup", json={**OWNER, "token": token})
    assert answer.status_code == 201
    assert answer.json()["role"] == "owner"
    assert (await nobody.get("/api/auth/me")).json()["email"] == "ada@example.com"
    assert (await nobody.get("/api/setup")).json() == {"is_open": False}
    for again in (token, "wrong"):
        assert (await nobody.post("/api/setup", json={**OWNER, "token": again})).status_code == 404
    assert await open_setup(app.database) is None


async def test_wrong_setup_token_makes_nobody_and_is_limited(nobody: httpx.AsyncClient, token: str) -> None:
    for _ in range(5):
        answer = await nobody.post("/api/setup", json={**OWNER, "token": "wrong"})
        assert answer.status_code == 401
    assert (await nobody.post("/api/setup", json={**OWNER, "token": token})).status_code == 429
    assert (await nobody.get("/api/setup")).json() == {"is_open": True}


WRONG_OWNERS: list[tuple[dict[str, str | None], str]] = [
    ({"password": "short"}, "password"),
    ({"email": "ada"}, "email"),
    ({"email": "a b@example.com"}, "email"),
    ({"email": "x" * 300 + "@example.com"}, "email"),
    ({"role": "owner"}, "role"),
    ({"token": None}, "token"),
]


async def test_setup_names_what_is_wrong(nobody: httpx.AsyncClient, token: str) -> None:
    for change, path in WRONG_OWNERS:
        answer = await nobody.post("/api/setup", json={**OWNER, "token": token, **change})
        assert answer.status_code == 400
        assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_setup_without_a_body_says_what_to_send(nobody: httpx.AsyncClient, token: str) -> None:
    answer = await nobody.post("/api/setup")
    assert (answer.status_code, answer.json()["detail"]) == (400, "The body is missing. Send a JSON object.")


async def test_second_start_without_an_owner_makes_the_first_token_void(
    nobody: httpx.AsyncClient, token: str, app: App
) -> None:
    second = await open_setup(app.database)
    assert (await nobody.post("/api/setup", json={**OWNER, "token": token})).status_code == 401
    assert (await nobody.post("/api/setup", json={**OWNER, "token": second})).status_code == 201


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_without_an_owner_nobody_beyond_this_machine_is_listened_to(host: str) -> None:
    with pytest.raises(SetupProblem, match="no owner"):
        refuse_open_house(host, "")
    refuse_open_house(host, "a token the operator chose")
    with pytest.raises(SetupProblem, match="fewer than 16"):
        refuse_open_house(host, "short")


def test_only_addresses_of_this_machine_count_as_loopback() -> None:
    inside = ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"]
    outside = ["0.0.0.0", "::", "", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com"]
    assert [host for host in inside + outside if is_loopback(host)] == inside


async def test_cookie_is_opaque_http_only_lax_and_stored_as_hash(
    nobody: httpx.AsyncClient, token: str, app: App
) -> None:
    answer = await nobody.post("/api/setup", json={**OWNER, "token": token})
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    cookie = nobody.cookies["blockyard_session"]
    async with app.database.raw() as connection:
        assert [row["id"] for row in await connection.fetch("SELECT id FROM login_session")] == [
            hash_of(cookie)
        ]
        password = await connection.fetchval(
            "SELECT password_hash FROM users WHERE email = 'ada@example.com'"
        )
    assert password.startswith("$argon2id$")


async def test_login_gives_a_new_cookie_and_ends_the_old_session(
    nobody: httpx.AsyncClient, token: str, url: str
) -> None:
    owner = await _owner(nobody, token)
    before = owner.cookies["blockyard_session"]
    answer = await owner.post(
        "/api/auth/login", json={"email": "ada@example.com", "password": OWNER["password"]}
    )
    assert answer.status_code == 200
    assert owner.cookies["blockyard_session"] != before
    assert (await owner.get("/api/auth/me")).status_code == 200
    async with client_of(url) as other:
        other.cookies.set("blockyard_session", before)
        assert (await other.get("/api/auth/me")).status_code == 401


async def test_logout_ends_the_session_at_once(nobody: httpx.AsyncClient, token: str) -> None:
    owner = await _owner(nobody, token)
    cookie = owner.cookies["blockyard_session"]
    assert (await owner.get("/api/auth/me")).status_code == 200
    assert (await owner.post("/api/auth/logout")).status_code == 204
    assert "blockyard_session" not in owner.cookies
    owner.cookies.set("blockyard_session", cookie)
    assert (await owner.get("/api/auth/me")).status_code == 401


async def test_sixth_login_in_a_minute_is_refused_even_with_the_right_password(
    nobody: httpx.AsyncClient, token: str
) -> None:
    await _owner(nobody, token)
    login = {"email": "ADA@example.com", "password": "wrong"}
    said = [(await nobody.post("/api/auth/login", json=login)) for _ in range(5)]
    assert {answer.status_code for answer in said} == {401}
    answer = await nobody.post("/api/auth/login", json={**login, "password": OWNER["password"]})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_unknown_address_and_wrong_password_read_the_same(
    nobody: httpx.AsyncClient, token: str
) -> None:
    await _owner(nobody, token)
    answers = [
        await nobody.post("/api/auth/login", json={"email": email, "password": "wrong password"})
        for email in ("ada@example.com", "nobody@example.com", "local@localhost")
    ]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].status_code == 401


async def test_api_key_is_shown_once_works_and_ends_when_deleted(
    nobody: httpx.AsyncClient, token: str, url: str
) -> None:
    owner = await _owner(nobody, token)
    made = (await owner.post("/api/api-keys", json={"name": "laptop", "scopes": ["runs:read"]})).json()
    assert made["key"].startswith("by_")
    listed = (await owner.get("/api/api-keys")).json()["items"]
    assert [key["name"] for key in listed] == ["laptop"]
    assert made["key"] not in str(listed)
    async with client_of(url, made["key"]) as client:
        assert (await client.get("/api/runs")).status_code == 200
        assert (await client.get("/api/graphs")).status_code == 403
        assert (await owner.delete(f"/api/api-keys/{made['id']}")).status_code == 204
        assert (await client.get("/api/runs")).status_code == 401
    assert (await owner.delete(f"/api/api-keys/{made['id']}")).status_code == 404


async def test_key_deleted_by_another_process_ends_within_seconds(
    nobody: httpx.AsyncClient, token: str, url: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert auth_module.KNOWN_FOR_S <= 5
    monkeypatch.setattr(auth_module, "KNOWN_FOR_S", 0.2)
    owner = await _owner(nobody, token)
    made = (await owner.post("/api/api-keys", json={"name": "laptop"})).json()
    async with client_of(url, made["key"]) as client:
        assert (await client.get("/api/runs")).status_code == 200
        async with app.database.raw() as connection:
            await connection.execute("DELETE FROM api_key")
        await asyncio.sleep(0.25)
        assert (await client.get("/api/runs")).status_code == 401


WRONG_KEYS: list[tuple[dict[str, object], str]] = [
    ({"name": ""}, "name"),
    ({"name": "x", "scopes": []}, "scopes"),
    ({"name": "x", "scopes": ["everything"]}, "scopes[0]"),
    ({"name": "x", "expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
    ({"name": "x", "expires_at": "2101-01-01T00:00:00"}, "expires_at"),
]


async def test_key_that_cannot_be_made_is_refused_by_name(nobody: httpx.AsyncClient, token: str) -> None:
    owner = await _owner(nobody, token)
    for body, path in WRONG_KEYS:
        answer = await owner.post("/api/api-keys", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


async def test_key_with_an_expiry_says_so(nobody: httpx.AsyncClient, token: str) -> None:
    owner = await _owner(nobody, token)
    moment = (now() + timedelta(days=1)).isoformat()
    made = (await owner.post("/api/api-keys", json={"name": "a day", "expires_at": moment})).json()
    assert made["expires_at"] is not None
