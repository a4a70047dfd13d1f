"""Users as owners manage them: made, changed, shut out, never without a last owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from backend.app import App
from backend.data import user_store
from backend.server import auth as auth_module
from backend.server.access import Scope
from backend.server.serve import bound, listening, url_of
from backend.util.errors import Conflict
from tests.server.conftest import Person, browser_of, client_of, echo_graph, make_person


@pytest.fixture
async def boss(app: App) -> Person:
    return await make_person(app, "olga", role="owner")


@pytest.fixture
async def owner(app: App, url: str, boss: Person) -> AsyncIterator[httpx.AsyncClient]:
    """An owner by API key."""
    async with client_of(url, boss.key) as client:
        yield client


async def _logs_in(url: str, email: str, password: str) -> int:
    async with client_of(url) as client:
        answer = await client.post("/api/auth/login", json={"email": email, "password": password})
        return answer.status_code


async def test_made_user_logs_in_with_the_password_that_is_shown_once(
    owner: httpx.AsyncClient, url: str
) -> None:
    answer = await owner.post("/api/users", json={"email": " Carl@Example.com ", "role": "viewer"})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["email"], made["name"], made["role"]) == ("carl@example.com", "carl", "viewer")
    assert len(made["password"]) >= 16
    assert await _logs_in(url, "carl@example.com", made["password"]) == 200
    seen = [(await owner.get("/api/users")).text, (await owner.get(f"/api/users/{made['id']}")).text]
    assert all("carl@example.com" in text and made["password"] not in text for text in seen)
    assert not any("argon2" in text for text in seen)


async def test_chosen_password_is_not_shown(owner: httpx.AsyncClient, url: str) -> None:
    body = {"email": "carl@example.com", "name": "  Carl \n B. ", "password": "correct horse battery"}
    made = (await owner.post("/api/users", json=body)).json()
    assert (made["password"], made["name"], made["role"]) == (None, "Carl B.", "editor")
    assert await _logs_in(url, "carl@example.com", "correct horse battery") == 200


async def test_repeated_request_makes_one_user_and_shows_no_second_password(
    owner: httpx.AsyncClient,
) -> None:
    async def make() -> dict[str, Any]:
        answer = await owner.post(
            "/api/users", json={"email": "carl@example.com"}, headers={"idempotency-key": "one"}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    made = await asyncio.gather(*(make() for _ in range(4)))
    assert len({one["id"] for one in made}) == 1
    assert sum(one["password"] is not None for one in made) == 1
    assert len((await owner.get("/api/users")).json()["items"]) == 2
    entries = (await owner.get("/api/audit", params={"action": "user.create"})).json()["items"]
    assert len(entries) == 1


async def test_second_user_with_an_address_is_refused_in_any_case_of_it(owner: httpx.AsyncClient) -> None:
    for email in ("OLGA@example.com", "local@localhost"):
        answer = await owner.post("/api/users", json={"email": email})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (409, "email")


WRONG_USERS: list[tuple[dict[str, Any], str]] = [
    ({"email": "carl"}, "email"),
    ({"email": "x" * 250 + "@example.com"}, "email"),
    ({"email": None}, "email"),
    ({"role": "root"}, "role"),
    ({"password": "short"}, "password"),
    ({"password": "x" * 1001}, "password"),
    ({"name": "x" * 201}, "name"),
    ({"name": "red \x1b[31m"}, "name"),
    ({"is_active": True}, "is_active"),
]


async def test_user_that_cannot_be_made_is_refused_by_name(owner: httpx.AsyncClient) -> None:
    for change, path in WRONG_USERS:
        answer = await owner.post("/api/users", json={"email": "carl@example.com", **change})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path), change
    assert len((await owner.get("/api/users")).json()["items"]) == 1


async def test_pages_hold_everybody_once_newest_first_and_not_the_machine(
    app: App, owner: httpx.AsyncClient
) -> None:
    names = [f"u{number}" for number in range(6)]
    for name in names:
        await make_person(app, name)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await owner.get("/api/users", params={"limit": 2, **cursor})).json()
        seen += [person["name"] for person in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [*reversed(names), "olga"]


async def test_built_in_user_answers_as_one_that_does_not_exist(owner: httpx.AsyncClient) -> None:
    for user_id in ("local", "nobody"):
        said = [
            await owner.get(f"/api/users/{user_id}"),
            await owner.patch(f"/api/users/{user_id}", json={"name": "Mine"}),
            await owner.patch(f"/api/users/{user_id}", json={"is_active": False}),
            await owner.post(f"/api/users/{user_id}/reset-password"),
        ]
        assert [answer.status_code for answer in said] == [404] * 4
        assert {answer.json()["detail"] for answer in said} == {f"There is no user {user_id!r}."}


async def test_who_is_shut_out_is_refused_at_once_and_keeps_what_is_theirs(
    app: App, url: str, owner: httpx.AsyncClient
) -> None:
    person = await make_person(app, "carl")
    async with client_of(url, person.key) as program, browser_of(app, url, person) as browser:
        assert (await program.post("/api/graphs", json=echo_graph())).status_code == 201
        assert (await browser.get("/api/graphs")).status_code == 200
        answer = await owner.patch(f"/api/users/{person.id}", json={"is_active": False})
        assert (answer.status_code, answer.json()["is_active"]) == (200, False)
        assert (await program.get("/api/graphs")).status_code == 401
        assert (await browser.get("/api/graphs")).status_code == 401
        await owner.patch(f"/api/users/{person.id}", json={"is_active": True})
        assert len((await program.get("/api/graphs")).json()["items"]) == 1
        assert (await browser.get("/api/graphs")).status_code == 401


async def test_who_is_shut_out_cannot_log_in(owner: httpx.AsyncClient, url: str) -> None:
    made = (await owner.post("/api/users", json={"email": "carl@example.com"})).json()
    await owner.patch(f"/api/users/{made['id']}", json={"is_active": False})
    assert await _logs_in(url, "carl@example.com", made["password"]) == 401
    await owner.patch(f"/api/users/{made['id']}", json={"is_active": True})
    assert await _logs_in(url, "carl@example.com", made["password"]) == 200


async def test_other_processes_shut_out_within_seconds(
    app: App, url: str, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert auth_module.KNOWN_FOR_S <= 5
    monkeypatch.setattr(auth_module, "KNOWN_FOR_S", 0.3)
    person = await make_person(app, "carl")
    with bound("127.0.0.1", 0) as listener:
        async with (
            listening(app, listener),
            client_of(url_of(listener, "127.0.0.1"), person.key) as elsewhere,
        ):
            assert (await elsewhere.get("/api/runs")).status_code == 200
            await owner.patch(f"/api/users/{person.id}", json={"is_active": False})
            await asyncio.sleep(0.35)
            assert (await elsewhere.get("/api/runs")).status_code == 401


async def test_another_role_holds_at_once_for_sessions_and_keys(
    app: App, url: str, owner: httpx.AsyncClient
) -> None:
    person = await make_person(app, "carl")
    async with client_of(url, person.key) as program, browser_of(app, url, person) as browser:
        for role, wanted in (("editor", 201), ("viewer", 403), ("editor", 201)):
            assert (await owner.patch(f"/api/users/{person.id}", json={"role": role})).status_code == 200
            for client in (program, browser):
                assert (await client.post("/api/graphs", json=echo_graph())).status_code == wanted


async def test_last_owner_stays_owner_and_active(app: App, boss: Person, owner: httpx.AsyncClient) -> None:
    for change in ({"role": "editor"}, {"is_active": False}, {"role": "viewer", "is_active": False}):
        answer = await owner.patch(f"/api/users/{boss.id}", json=change)
        assert answer.status_code == 409
        assert "last owner" in answer.json()["detail"]
    shut_out = await make_person(app, "second", role="owner")
    assert (await owner.patch(f"/api/users/{shut_out.id}", json={"is_active": False})).status_code == 200
    assert (await owner.patch(f"/api/users/{boss.id}", json={"role": "editor"})).status_code == 409
    assert (await owner.patch(f"/api/users/{boss.id}", json={"name": "Olga O."})).status_code == 200
    assert (await owner.patch(f"/api/users/{shut_out.id}", json={"is_active": True})).status_code == 200
    assert (await owner.patch(f"/api/users/{boss.id}", json={"role": "editor"})).status_code == 200
    assert (await owner.get("/api/users")).status_code == 403


async def test_of_two_owners_who_leave_at_the_same_time_one_stays(app: App) -> None:
    people = [await make_person(app, name, role="owner") for name in ("olga", "otto")]
    for _ in range(5):
        async with app.database.begin() as first:
            await user_store.change_person(first, people[0].id, role="viewer")
            second = asyncio.create_task(_demote(app, people[1].id))
            await asyncio.sleep(0.05)
            assert not second.done()
        with pytest.raises(Conflict, match="last owner"):
            await second
        async with app.database.begin() as connection:
            await user_store.change_person(connection, people[0].id, role="owner")


async def _demote(app: App, user_id: str) -> None:
    async with app.database.begin() as connection:
        await user_store.change_person(connection, user_id, role="viewer")


async def test_owners_who_all_demote_each_other_over_http_leave_one(
    app: App, url: str, owner: httpx.AsyncClient, boss: Person
) -> None:
    people = [boss, *[await make_person(app, f"o{number}", role="owner") for number in range(5)]]
    await owner.get("/api/users")
    answers = await asyncio.gather(
        *(owner.patch(f"/api/users/{person.id}", json={"role": "editor"}) for person in people)
    )
    assert {answer.status_code for answer in answers} <= {200, 403, 409}
    async with app.database.raw() as connection:
        count = await connection.fetchval(
            "SELECT count(*) FROM users WHERE role = 'owner' AND is_active AND id <> 'local'"
        )
    assert count >= 1


async def test_reset_password_ends_all_sessions_and_the_old_password(
    app: App, url: str, owner: httpx.AsyncClient
) -> None:
    made = (await owner.post("/api/users", json={"email": "carl@example.com"})).json()
    person = Person(made["id"], "")
    async with browser_of(app, url, person) as one, browser_of(app, url, person) as two:
        assert (await one.get("/api/auth/me")).status_code == 200
        answer = await owner.post(f"/api/users/{person.id}/reset-password")
        assert answer.status_code == 200
        assert answer.json()["sessions_ended"] == 2
        assert (await one.get("/api/auth/me")).status_code == 401
        assert (await two.get("/api/auth/me")).status_code == 401
    assert await _logs_in(url, "carl@example.com", made["password"]) == 401
    assert await _logs_in(url, "carl@example.com", answer.json()["password"]) == 200


WRONG_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "name"),
    ({"role": "root"}, "role"),
    ({"is_active": "perhaps"}, "is_active"),
    ({"email": "new@example.com"}, "email"),
    ({"password": "correct horse battery"}, "password"),
]


async def test_change_that_cannot_be_made_is_refused_by_name(boss: Person, owner: httpx.AsyncClient) -> None:
    for body, path in WRONG_CHANGES:
        answer = await owner.patch(f"/api/users/{boss.id}", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


async def test_change_of_nothing_answers_what_is_there(boss: Person, owner: httpx.AsyncClient) -> None:
    before = (await owner.get(f"/api/users/{boss.id}")).json()
    for body in ({}, {"name": None, "role": None, "is_active": None}):
        assert (await owner.patch(f"/api/users/{boss.id}", json=body)).json() == before
    assert (await owner.get("/api/audit", params={"action": "user."})).json()["items"] == []


async def test_owners_key_without_the_admin_scope_manages_nobody(app: App, url: str) -> None:
    person = await make_person(app, "olga", role="owner", scopes=[Scope.GRAPHS_WRITE])
    async with client_of(url, person.key) as client:
        assert (await client.get("/api/users")).status_code == 403
        assert (await client.post("/api/users", json={"email": "x@example.com"})).status_code == 403
