"""Guessing is limited, hashing is bounded, and a changed password ends what the old one opened."""

from __future__ import annotations

import asyncio
import threading
import time

import argon2
import httpx
import pytest

from backend.app import App
from backend.data.user_store import create_user, set_password, still_logs_in
from backend.server.auth import hash_of
from backend.server.passwords import AT_ONCE, LoginLimit, Passwords
from backend.util.clock import new_id
from backend.util.errors import TooMany
from tests.server.conftest import Person, browser_of, client_of, make_person

OLD, NEW = "correct horse battery", "staple correct horse"
EMAIL = "ada@example.com"


@pytest.fixture
async def person(app: App) -> Person:
    """Somebody with a real password."""
    made = Person(new_id(), "")
    password_hash = await Passwords().hash(OLD)
    async with app.database.begin() as connection:
        await create_user(
            connection, user_id=made.id, email=EMAIL, name="Ada", role="editor", password_hash=password_hash
        )
    return made


@pytest.fixture
async def browser(nobody: httpx.AsyncClient, person: Person) -> httpx.AsyncClient:
    """Logged in by password."""
    answer = await nobody.post("/api/auth/login", json={"email": EMAIL, "password": OLD})
    assert answer.status_code == 200
    return nobody


class Spy:
    """Counts the hashes that argon2 computes, and how many at the same time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = self.now = self.most = 0
        self._lock = threading.Lock()
        original = argon2.PasswordHasher.verify

        def verify(hasher: argon2.PasswordHasher, stored: str, password: str) -> bool:
            with self._lock:
                self.calls, self.now = self.calls + 1, self.now + 1
                self.most = max(self.most, self.now)
            try:
                return original(hasher, stored, password)
            finally:
                with self._lock:
                    self.now -= 1

        monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)


async def test_fifty_wrong_logins_at_once_cost_five_hashes(
    url: str, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = Spy(monkeypatch)
    async with client_of(url) as client:
        answers = await asyncio.gather(
            *(client.post("/api/auth/login", json={"email": EMAIL, "password": "wrong"}) for _ in range(50))
        )
    said = [answer.status_code for answer in answers]
    assert (said.count(401), said.count(429)) == (5, 45)
    assert spy.calls == 5
    waits = [int(answer.headers["retry-after"]) for answer in answers if answer.status_code == 429]
    assert all(1 <= wait_s <= 60 for wait_s in waits)


async def test_two_hashes_at_most_are_computed_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    spy, passwords = Spy(monkeypatch), Passwords()
    stored = await passwords.hash(OLD)
    found = await asyncio.gather(
        *(passwords.is_right(stored, OLD) for _ in range(6)),
        *(passwords.is_right(None, OLD) for _ in range(2)),
    )
    assert found == [True] * 6 + [False] * 2
    assert spy.calls == 8
    assert spy.most == AT_ONCE == 2


def _counted(limit: LoginLimit, account: str, address: str) -> bool:
    try:
        limit.count(account, address)
    except TooMany as error:
        return not 0 < error.retry_after_s <= 60
    return True


def test_an_address_has_twenty_attempts_whatever_the_accounts() -> None:
    limit = LoginLimit()
    assert sum(_counted(limit, f"u{number}", "192.0.2.1") for number in range(50)) == 20
    assert _counted(limit, "u1", "192.0.2.2")


def test_an_account_has_thirty_attempts_wherever_they_come_from() -> None:
    limit = LoginLimit()
    assert sum(_counted(limit, "ada", f"192.0.2.{number}") for number in range(50)) == 30
    assert _counted(limit, "bob", "192.0.2.1")


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    limit = LoginLimit()
    assert sum(_counted(limit, "ada", f"2001:db8:1:2::{number:x}") for number in range(1, 50)) == 5
    assert _counted(limit, "ada", "2001:db8:1:3::1")
    assert sum(_counted(limit, "bob", f"::ffff:192.0.2.{number}") for number in range(1, 21)) == 20


def test_refused_attempt_does_not_count() -> None:
    limit = LoginLimit()
    for _ in range(40):
        _counted(limit, "ada", "192.0.2.1")
    assert sum(_counted(limit, f"u{number}", "192.0.2.1") for number in range(50)) == 15


def test_attempts_count_no_more_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, moment = LoginLimit(), time.monotonic()
    assert [_counted(limit, "ada", "192.0.2.1") for _ in range(6)] == [True] * 5 + [False]
    monkeypatch.setattr(time, "monotonic", lambda: moment + 61)
    assert _counted(limit, "ada", "192.0.2.1")


async def test_changed_password_ends_other_sessions_and_gives_this_one_a_new_cookie(
    app: App, url: str, person: Person, browser: httpx.AsyncClient
) -> None:
    before = browser.cookies["blockyard_session"]
    async with browser_of(app, url, person) as other, client_of(url) as stolen:
        assert (await other.get("/api/auth/me")).status_code == 200
        answer = await browser.post("/api/auth/password", json={"current": OLD, "new": NEW})
        assert answer.status_code == 200, answer.text
        assert browser.cookies["blockyard_session"] != before
        assert (await browser.get("/api/auth/me")).json()["email"] == EMAIL
        assert (await other.get("/api/auth/me")).status_code == 401
        stolen.cookies.set("blockyard_session", before)
        assert (await stolen.get("/api/auth/me")).status_code == 401
        for password, wanted in ((OLD, 401), (NEW, 200)):
            said = await stolen.post("/api/auth/login", json={"email": EMAIL, "password": password})
            assert said.status_code == wanted


async def test_password_is_not_changed_without_the_one_that_is_there(browser: httpx.AsyncClient) -> None:
    for body, path in (
        ({"current": "wrong", "new": NEW}, "current"),
        ({"current": OLD, "new": "short"}, "new"),
        ({"new": NEW}, "current"),
        ({"current": OLD, "new": NEW, "email": EMAIL}, "email"),
    ):
        answer = await browser.post("/api/auth/password", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
    assert (await browser.post("/api/auth/login", json={"email": EMAIL, "password": OLD})).status_code == 200


async def test_guesses_at_the_password_of_an_open_browser_are_limited_as_logins_are(
    browser: httpx.AsyncClient,
) -> None:
    wrong = {"current": "wrong", "new": NEW}
    said = [(await browser.post("/api/auth/password", json=wrong)).status_code for _ in range(6)]
    assert said == [400] * 4 + [429] * 2  # the login was the first of five


async def test_two_changes_at_the_same_time_leave_one_password(
    url: str, person: Person, browser: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(
        *(
            browser.post("/api/auth/password", json={"current": OLD, "new": f"{NEW} {number}"})
            for number in range(3)
        )
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} <= {200, 400, 401, 409}


async def test_login_that_was_checked_before_the_password_changed_opens_nothing(
    app: App, person: Person
) -> None:
    async with app.database.raw() as raw:
        stored = await raw.fetchval("SELECT password_hash FROM users WHERE id = $1", person.id)
    async with app.database.begin() as change:
        await set_password(change, person.id, "$argon2id$another")
        login = asyncio.create_task(_still_logs_in(app, person.id, stored))
        await asyncio.sleep(0.05)
        assert not login.done()
    assert await login is False
    assert await _still_logs_in(app, person.id, "$argon2id$another") is True


async def _still_logs_in(app: App, user_id: str, stored: str) -> bool:
    async with app.database.begin() as connection:
        return await still_logs_in(connection, user_id, stored)


async def test_own_sessions_are_listed_newest_first_and_ended(
    app: App, url: str, person: Person, browser: httpx.AsyncClient
) -> None:
    async with browser_of(app, url, person) as other:
        listed = (await browser.get("/api/auth/sessions")).json()["items"]
        assert [session["is_current"] for session in listed] == [False, True]
        assert [session["address"] for session in listed] == ["", "127.0.0.1"]
        assert [len(session["id"]) for session in listed] == [16, 16]
        for cookie in (other.cookies["blockyard_session"], browser.cookies["blockyard_session"]):
            assert cookie not in str(listed)
            assert not any(hash_of(cookie).startswith(session["id"]) for session in listed)
        pages = [
            (await browser.get("/api/auth/sessions", params={"limit": 1, **cursor})).json()["items"]
            for cursor in ({}, {"cursor": listed[0]["id"]}, {"cursor": listed[1]["id"]})
        ]
        assert [[one["id"] for one in page] for page in pages] == [[listed[0]["id"]], [listed[1]["id"]], []]
        assert (await other.get("/api/auth/me")).status_code == 200
        for wanted in (204, 404):
            ended = await browser.delete(f"/api/auth/sessions/{listed[0]['id']}")
            assert ended.status_code == wanted
        assert (await other.get("/api/auth/me")).status_code == 401


async def test_anothers_session_is_neither_seen_nor_ended(
    app: App, url: str, person: Person, browser: httpx.AsyncClient
) -> None:
    hers = (await browser.get("/api/auth/sessions")).json()["items"][0]["id"]
    bob = await make_person(app, "bob")
    async with browser_of(app, url, bob) as his:
        assert len((await his.get("/api/auth/sessions")).json()["items"]) == 1
        assert (await his.get("/api/auth/sessions", params={"cursor": hers})).json()["items"] == []
        foreign = await his.delete(f"/api/auth/sessions/{hers}")
        absent = await his.delete(f"/api/auth/sessions/{'0' * 16}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.text.replace(hers, "ID") == absent.text.replace("0" * 16, "ID")
    assert (await browser.get("/api/auth/me")).status_code == 200


async def test_people_rename_themselves_and_nothing_else(browser: httpx.AsyncClient) -> None:
    answer = await browser.patch("/api/auth/me", json={"name": " Ada  Lovelace "})
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada Lovelace")
    assert (await browser.get("/api/auth/me")).json() == answer.json()
    for body, path in (({"name": ""}, "name"), ({"name": "A", "role": "owner"}, "role"), ({}, "name")):
        refused = await browser.patch("/api/auth/me", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, path)
