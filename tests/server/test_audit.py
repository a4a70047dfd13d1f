"""The audit log: every deed that matters has its entry, and each person sees only their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.app import App
from backend.data import audit_store
from backend.server.setup import open_setup
from backend.util.clock import now
from tests.server.conftest import Person, browser_of, client_of, make_person

PASSWORD = "correct horse battery"
OWNER = {"email": "olga@example.com", "password": PASSWORD}


@pytest.fixture
async def owner(nobody: httpx.AsyncClient, app: App) -> httpx.AsyncClient:
    """The first owner, in their browser."""
    token = await open_setup(app.database)
    answer = await nobody.post("/api/setup", json={**OWNER, "token": token})
    assert answer.status_code == 201
    return nobody


async def _entries(owner: httpx.AsyncClient, **filters: Any) -> list[dict[str, Any]]:
    answer = await owner.get("/api/audit", params={"limit": 200, **filters})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_every_deed_about_people_has_its_entry(owner: httpx.AsyncClient, url: str) -> None:
    me = (await owner.get("/api/auth/me")).json()["id"]
    carl = (await owner.post("/api/users", json={"email": "carl@example.com"})).json()
    await owner.patch(f"/api/users/{carl['id']}", json={"role": "viewer", "name": "carl"})
    await owner.post(f"/api/users/{carl['id']}/reset-password")
    key = (await owner.post("/api/api-keys", json={"name": "laptop", "scopes": ["runs:read"]})).json()
    await owner.delete(f"/api/api-keys/{key['id']}")
    await owner.patch("/api/auth/me", json={"name": "Olga O."})
    async with client_of(url) as other:
        await other.post("/api/auth/login", json=OWNER)
        await other.post("/api/auth/logout")
        await other.post("/api/auth/login", json=OWNER)
        listed = (await owner.get("/api/auth/sessions")).json()["items"]
        await owner.delete(f"/api/auth/sessions/{listed[0]['id']}")
    await owner.post("/api/auth/password", json={"current": PASSWORD, "new": "staple correct horse"})

    entries = list(reversed(await _entries(owner, user_id=me)))
    told = [(entry["action"], entry["target_kind"]) for entry in entries]
    assert sorted(told[:2]) == [("auth.login", "session"), ("auth.setup", "user")]
    assert told[2:] == [
        ("user.create", "user"),
        ("user.change", "user"),
        ("user.reset_password", "user"),
        ("api_key.create", "api_key"),
        ("api_key.delete", "api_key"),
        ("user.change", "user"),
        ("auth.login", "session"),
        ("auth.logout", "session"),
        ("auth.login", "session"),
        ("session.end", "session"),
        ("auth.password_change", "session"),
    ]
    assert {entry["address"] for entry in entries} == {"127.0.0.1"}
    assert {entry["user_email"] for entry in entries} == {"olga@example.com"}
    about_carl = await _entries(owner, target_id=carl["id"])
    assert [entry["detail"] for entry in reversed(about_carl)] == [
        {"email": "carl@example.com", "role": "editor"},
        {"role": ["editor", "viewer"]},
        {"sessions_ended": 0},
    ]


async def test_log_holds_no_secret(owner: httpx.AsyncClient, app: App) -> None:
    made = (await owner.post("/api/users", json={"email": "carl@example.com"})).json()
    reset = (await owner.post(f"/api/users/{made['id']}/reset-password")).json()
    key = (await owner.post("/api/api-keys", json={"name": "laptop"})).json()
    secrets = [PASSWORD, made["password"], reset["password"], key["key"], owner.cookies["blockyard_session"]]
    async with app.database.raw() as connection:
        text = "\n".join(
            row["line"] for row in await connection.fetch("SELECT audit_entry::text AS line FROM audit_entry")
        )
    assert "user.create" in text
    assert not any(secret in text for secret in secrets)


async def test_failed_login_names_the_account_but_no_address_that_nobody_has(
    owner: httpx.AsyncClient, app: App, url: str
) -> None:
    me = (await owner.get("/api/auth/me")).json()["id"]
    async with client_of(url) as client:
        for email in ("olga@example.com", "my secret password", "nobody@example.com"):
            answer = await client.post("/api/auth/login", json={"email": email, "password": "wrong"})
            assert answer.status_code == 401
    entries = await _entries(owner, action="auth.login_failed")
    assert [entry["target_id"] for entry in entries] == ["", "", me]
    assert {entry["user_id"] for entry in entries} == {None}
    assert {entry["address"] for entry in entries} == {"127.0.0.1"}
    assert not any(word in str(entries) for word in ("secret", "nobody@", "wrong"))


async def test_refused_deeds_leave_no_entry(owner: httpx.AsyncClient) -> None:
    before = len(await _entries(owner))
    me = (await owner.get("/api/auth/me")).json()["id"]
    refused = [
        await owner.post("/api/users", json={"email": "olga@example.com"}),
        await owner.patch(f"/api/users/{me}", json={"role": "viewer"}),
        await owner.delete("/api/auth/sessions/0000000000000000"),
        await owner.delete("/api/api-keys/nothing"),
        await owner.post("/api/auth/password", json={"current": "wrong", "new": "staple correct horse"}),
    ]
    assert [answer.status_code for answer in refused] == [409, 409, 404, 404, 400]
    assert len(await _entries(owner)) == before


@pytest.fixture
async def log(app: App) -> Person:
    """An owner, and twelve entries of two people."""
    boss = await make_person(app, "olga", role="owner")
    for number in range(12):
        async with app.database.begin() as connection:
            await audit_store.record(
                connection,
                boss.id if number % 2 else "somebody",
                ("graph.publish", "graph.delete", "run_start", "graphs.x")[number % 4],
                target_kind="graph",
                target_id=f"g{number % 3}",
                detail={"number": number},
            )
    return boss


def _numbers(entries: list[dict[str, Any]]) -> list[int]:
    return [entry["detail"]["number"] for entry in entries]


async def test_filters_let_through_what_they_name(app: App, url: str, log: Person) -> None:
    async with client_of(url, log.key) as owner:
        assert _numbers(await _entries(owner)) == list(range(11, -1, -1))
        assert _numbers(await _entries(owner, user_id=log.id)) == [11, 9, 7, 5, 3, 1]
        assert _numbers(await _entries(owner, action="graph.")) == [9, 8, 5, 4, 1, 0]
        assert _numbers(await _entries(owner, action="graph.delete")) == [9, 5, 1]
        for wildcard in ("run%", "graph_", "run_s%", "\\"):
            assert _numbers(await _entries(owner, action=wildcard)) == []
        assert _numbers(await _entries(owner, action="run_")) == [10, 6, 2]
        assert _numbers(await _entries(owner, target_id="g1")) == [10, 7, 4, 1]
        assert _numbers(await _entries(owner, target_id="g1", user_id=log.id, action="graph")) == [7, 1]
        assert await _entries(owner, user_id="nobody") == []


async def test_times_bound_the_log_the_first_within_the_last_without(app: App, url: str, log: Person) -> None:
    async with client_of(url, log.key) as owner:
        entries = await _entries(owner)
        moment = entries[4]["at"]
        late = [entry for entry in entries if entry["at"] >= moment]
        assert await _entries(owner, after=moment) == late
        assert await _entries(owner, before=moment) == entries[len(late) :]
        assert await _entries(owner, after=(now() + timedelta(hours=1)).isoformat()) == []


async def test_pages_hold_each_entry_once(app: App, url: str, log: Person) -> None:
    async with client_of(url, log.key) as owner:
        seen: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await owner.get("/api/audit", params={"limit": 5, **cursor})).json()
            seen += _numbers(page["items"])
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == list(range(11, -1, -1))


WRONG_FILTERS = [
    ({"after": "yesterday"}, "query.after"),
    ({"after": "2026-01-01T00:00:00"}, "query.after"),
    ({"before": "9999-12-31T23:59:59-12:00"}, "query.before"),
    ({"before": "0001-01-01T00:00:00+14:00"}, "query.before"),
    ({"action": "x" * 101}, "query.action"),
    ({"limit": "0"}, "query.limit"),
]


async def test_filter_that_cannot_be_is_refused_by_name(app: App, url: str, log: Person) -> None:
    async with client_of(url, log.key) as owner:
        for filters, path in WRONG_FILTERS:
            answer = await owner.get("/api/audit", params=filters)
            assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


async def test_activity_is_ones_own_and_nobody_elses(app: App, url: str, log: Person) -> None:
    carl = await make_person(app, "carl", role="viewer")
    async with client_of(url, log.key) as owner, browser_of(app, url, carl) as browser:
        await browser.patch("/api/auth/me", json={"name": "Carl"})
        await owner.patch(f"/api/users/{carl.id}", json={"name": "Charles"})
        mine = (await owner.get("/api/auth/activity")).json()["items"]
        assert mine[0]["action"] == "user.change"
        assert {entry["user_id"] for entry in mine} == {log.id}
        his = (await browser.get("/api/auth/activity", params={"user_id": log.id})).json()["items"]
        assert [(entry["user_id"], entry["action"]) for entry in his] == [(carl.id, "user.change")]
        cursor = mine[0]["id"]
        later = (await browser.get("/api/auth/activity", params={"cursor": cursor})).json()["items"]
        assert {entry["user_id"] for entry in later} == {carl.id}
        assert (await browser.get("/api/audit")).status_code == 403


async def test_hundred_thousand_entries_do_not_slow_a_page(app: App, url: str, log: Person) -> None:
    async with app.database.raw() as connection:
        await connection.execute(
            "INSERT INTO audit_entry (id, user_id, action, target_id) "
            "SELECT '00000000-0000-0000-0000-' || lpad(n::text, 12, '0'), 'u' || n % 100, 'run.start', 't' || n % 1000 "
            "FROM generate_series(1, 100000) AS n"
        )
        await connection.execute("ANALYZE audit_entry")
    async with client_of(url, log.key) as owner:
        for filters in ({}, {"user_id": "u7"}, {"target_id": "t9"}, {"cursor": str(UUID(int=0x5000))}):
            took_s = min([await _took_s(owner, filters) for _ in range(3)])
            assert took_s < 0.1, filters


async def _took_s(owner: httpx.AsyncClient, filters: dict[str, str]) -> float:
    answer = await owner.get("/api/audit", params=filters)
    assert len(answer.json()["items"]) == 50
    return answer.elapsed.total_seconds()
