"""What an API key may be allowed, for how long, and how many there may be."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.app import App
from backend.data.api_key_store import MAX_KEYS
from backend.server.access import Scope, scopes_of
from backend.util.clock import now
from tests.server.conftest import Person, browser_of, client_of, give_key, make_person


@pytest.fixture
async def person(app: App) -> Person:
    return await make_person(app, "ada")


async def test_key_without_scopes_may_what_its_maker_may_but_no_administration(app: App, url: str) -> None:
    for role in ("owner", "editor", "viewer"):
        async with browser_of(app, url, await make_person(app, role, role=role)) as browser:
            made = (await browser.post("/api/api-keys", json={"name": "all"})).json()
        assert made["scopes"] == sorted(scopes_of(role) - {Scope.ADMIN})
        async with client_of(url, made["key"]) as client:
            assert (await client.get("/api/runs")).status_code == 200
            assert (await client.get("/api/users")).status_code == 403


async def test_scopes_beyond_the_role_are_refused_each_by_its_place(app: App, url: str) -> None:
    wanted = ["graphs:read", "graphs:write", "runs:read", "admin"]
    for role, paths in (
        ("viewer", ["scopes[1]", "scopes[3]"]),
        ("editor", ["scopes[3]"]),
        ("owner", []),
    ):
        async with browser_of(app, url, await make_person(app, role, role=role)) as browser:
            answer = await browser.post("/api/api-keys", json={"name": "more", "scopes": wanted})
            assert answer.status_code == (403 if paths else 201)
            assert [problem["path"] for problem in answer.json().get("errors", [])] == paths
            count = len((await browser.get("/api/api-keys")).json()["items"])
            assert count == (1 if paths else 2)


async def test_repeated_scopes_are_stored_once(app: App, url: str, person: Person) -> None:
    async with browser_of(app, url, person) as browser:
        body = {"name": "twice", "scopes": ["runs:read", "graphs:read", "runs:read"]}
        assert (await browser.post("/api/api-keys", json=body)).json()["scopes"] == [
            "graphs:read",
            "runs:read",
        ]


async def test_key_ends_at_its_moment(app: App, url: str, person: Person) -> None:
    moment = now() + timedelta(seconds=1.5)
    async with browser_of(app, url, person) as browser:
        made = (
            await browser.post("/api/api-keys", json={"name": "short", "expires_at": moment.isoformat()})
        ).json()
    async with client_of(url, made["key"]) as client:
        assert (await client.get("/api/runs")).status_code == 200
        await asyncio.sleep(max(0.0, (moment - now()).total_seconds()) + 0.01)
        assert (await client.get("/api/runs")).status_code == 401


WRONG_MOMENTS: list[Any] = [
    "2001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2101-01-01T00:00:00",
    "tomorrow",
    -1,
]


async def test_expiry_that_cannot_be_is_refused_by_name(app: App, url: str, person: Person) -> None:
    async with browser_of(app, url, person) as browser:
        for moment in WRONG_MOMENTS:
            answer = await browser.post("/api/api-keys", json={"name": "never", "expires_at": moment})
            assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "expires_at"), moment


async def test_hundred_keys_are_the_most_also_when_they_are_made_at_once(
    app: App, url: str, person: Person
) -> None:
    for number in range(MAX_KEYS - 4):
        await give_key(app, person, f"by_{number}", [Scope.RUNS_READ])
    async with browser_of(app, url, person) as browser:
        answers = await asyncio.gather(
            *(browser.post("/api/api-keys", json={"name": str(number)}) for number in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
        await browser.delete(f"/api/api-keys/{_made(answers)}")
        assert (await browser.post("/api/api-keys", json={"name": "again"})).status_code == 201


def _made(answers: list[httpx.Response]) -> str:
    return next(str(answer.json()["id"]) for answer in answers if answer.status_code == 201)


async def test_repeated_request_makes_one_key_which_is_shown_once(app: App, url: str, person: Person) -> None:
    async with browser_of(app, url, person) as browser:
        answers = await asyncio.gather(
            *(
                browser.post("/api/api-keys", json={"name": "once"}, headers={"idempotency-key": "k"})
                for _ in range(5)
            )
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sum(answer.json()["key"] is not None for answer in answers) == 1
        assert len((await browser.get("/api/api-keys")).json()["items"]) == 2


async def test_pages_of_keys_hold_each_once_newest_first(app: App, url: str, person: Person) -> None:
    async with browser_of(app, url, person) as browser:
        for number in range(4):
            headers = {"idempotency-key": str(number)} if number % 2 else {}
            await browser.post("/api/api-keys", json={"name": str(number)}, headers=headers)
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while cursor is not None:
            page = (await browser.get("/api/api-keys", params={"limit": 2, **cursor})).json()
            seen += [key["name"] for key in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == ["3", "2", "1", "0", "a test's"]


async def test_anothers_key_is_neither_seen_nor_deleted(app: App, url: str, person: Person) -> None:
    bob = await make_person(app, "bob")
    async with browser_of(app, url, person) as hers, browser_of(app, url, bob) as his:
        key_id = (await hers.get("/api/api-keys")).json()["items"][0]["id"]
        foreign = await his.delete(f"/api/api-keys/{key_id}")
        absent = await his.delete(f"/api/api-keys/{'0' * 36}")
        assert foreign.status_code == absent.status_code == 404
        assert foreign.text.replace(key_id, "ID") == absent.text.replace("0" * 36, "ID")
        assert (await his.get("/api/api-keys", params={"cursor": key_id})).json()["items"] == []
        assert len((await hers.get("/api/api-keys")).json()["items"]) == 1
