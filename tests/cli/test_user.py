"""`blockyard user`: accounts from the command line, on the database itself."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from backend.app import App
from backend.server.passwords import Passwords
from backend.server.setup import open_setup
from tests.server.conftest import browser_of, client_of, make_person, url
from tests.support.command_line import CommandLine, Said

__all__ = ["url"]
PASSWORD = b"correct horse battery"


async def _run(blockyard: CommandLine, *arguments: str, stdin: bytes = b"") -> Said:
    return await asyncio.to_thread(blockyard, "user", *arguments, stdin=stdin)


async def _hash_of(database_url: str, email: str) -> str:
    connection = await asyncpg.connect(database_url)
    try:
        return str(await connection.fetchval("SELECT password_hash FROM users WHERE email = $1", email))
    finally:
        await connection.close()


async def test_made_password_is_all_that_stands_on_stdout_and_is_right(
    blockyard: CommandLine, database_url: str
) -> None:
    said = await _run(blockyard, "create", " Ada@Example.com", "--role", "viewer")
    assert said.code == 0, said.err
    assert "ada@example.com may log in now, as viewer." in said.err
    (password,) = said.out.splitlines()
    assert len(password) >= 16
    assert await Passwords().is_right(await _hash_of(database_url, "ada@example.com"), password)
    assert password not in (await _run(blockyard, "list")).out


async def test_given_password_is_read_from_stdin_and_not_shown(
    blockyard: CommandLine, database_url: str
) -> None:
    created = await _run(
        blockyard, "create", "ada@example.com", "--password-stdin", stdin=PASSWORD + b"\r\nmore\n"
    )
    assert (created.code, created.out) == (0, "")
    passwords, stored = Passwords(), await _hash_of(database_url, "ada@example.com")
    assert await passwords.is_right(stored, PASSWORD.decode())
    reset = await _run(
        blockyard,
        "reset-password",
        "ADA@example.com",
        "--password-stdin",
        stdin="pässwörter sind läng".encode(),
    )
    assert (reset.code, reset.out) == (0, "")
    changed = await _hash_of(database_url, "ada@example.com")
    assert await passwords.is_right(changed, "pässwörter sind läng")
    assert not await passwords.is_right(changed, PASSWORD.decode())


async def test_first_owner_from_the_command_line_uses_the_setup_token_up(
    blockyard: CommandLine, app: App, url: str
) -> None:
    token = await open_setup(app.database)
    body = {"email": "eve@example.com", "password": PASSWORD.decode(), "token": token}
    assert (await _run(blockyard, "create", "bob@example.com")).code == 0
    async with client_of(url) as client:
        assert (await client.get("/api/setup")).json() == {"is_open": True}
        made = await _run(blockyard, "create", "ada@example.com", "--role", "owner")
        assert made.code == 0, made.err
        assert (await client.get("/api/setup")).json() == {"is_open": False}
        assert (await client.post("/api/setup", json=body)).status_code == 404
        answer = await client.post(
            "/api/auth/login", json={"email": "ada@example.com", "password": made.out.strip()}
        )
        assert (answer.status_code, answer.json()["role"]) == (200, "owner")
        entries = (await client.get("/api/audit", params={"action": "user.create"})).json()["items"]
    assert [(entry["user_id"], entry["detail"]) for entry in entries] == [
        (None, {"email": "ada@example.com", "role": "owner", "by": "command line"}),
        (None, {"email": "bob@example.com", "role": "editor", "by": "command line"}),
    ]
    async with app.database.raw() as connection:
        assert await connection.fetchval("SELECT count(*) FROM setting WHERE key = 'setup_token'") == 0


async def test_roles_and_locks_are_changed_and_listed(blockyard: CommandLine, app: App, url: str) -> None:
    ada = await make_person(app, "ada", role="owner")
    bob = await make_person(app, "bob")
    async with browser_of(app, url, bob) as browser:
        assert (await _run(blockyard, "set-role", "bob@example.com", "viewer")).code == 0
        assert (await _run(blockyard, "deactivate", "bob@example.com")).code == 0
        listed: list[dict[str, Any]] = (await _run(blockyard, "list", "--json")).json
        assert [(one["email"], one["role"], one["is_active"]) for one in listed] == [
            ("bob@example.com", "viewer", False),
            ("ada@example.com", "owner", True),
        ]
        assert "shut out" in (await _run(blockyard, "list")).out
        assert (await browser.get("/api/auth/me")).status_code == 401
        assert (await _run(blockyard, "activate", "bob@example.com")).code == 0
        assert (await browser.get("/api/auth/me")).status_code == 401
    async with client_of(url, ada.key) as owner:
        entries = (await owner.get("/api/audit", params={"action": "user.change"})).json()["items"]
    assert [entry["detail"] for entry in entries] == [
        {"is_active": [False, True], "by": "command line"},
        {"is_active": [True, False], "by": "command line"},
        {"role": ["editor", "viewer"], "by": "command line"},
    ]


async def test_last_owner_stays_owner(blockyard: CommandLine, app: App) -> None:
    await make_person(app, "ada", role="owner")
    for command in (("set-role", "ada@example.com", "editor"), ("deactivate", "ada@example.com")):
        said = await _run(blockyard, *command)
        assert said.code == 1
        assert "last owner" in said.err
        assert len(said.err.splitlines()) == 1


WRONG: list[tuple[tuple[str, ...], bytes, str]] = [
    (("create", "ada"), b"", "email: "),
    (("create", "ada@example.com", "--role", "root"), b"", "role: "),
    (("create", "ada@example.com", "--password-stdin"), b"short\n", "password: "),
    (("create", "ada@example.com", "--password-stdin"), b"\n", "no password on stdin"),
    (("create", "ada@example.com", "--password-stdin"), b"\xff" * 12, "no UTF-8"),
    (("create", "ada@example.com", "--password-stdin"), b"null \x00 null null", "U+0000"),
    (("reset-password", "nobody@example.com"), b"", "Nobody has the e-mail address"),
    (("reset-password", "local@localhost"), b"", "Nobody has the e-mail address"),
    (("set-role", "nobody@example.com", "viewer"), b"", "Nobody has the e-mail address"),
]


async def test_what_cannot_be_done_is_one_line_and_exit_code_2(blockyard: CommandLine) -> None:
    for command, stdin, wanted in WRONG:
        said = await _run(blockyard, *command, stdin=stdin)
        assert (said.code, said.out) == (2, ""), command
        assert wanted in said.err
        assert len(said.err.splitlines()) == 1


async def test_address_that_somebody_has_is_refused(blockyard: CommandLine, app: App) -> None:
    await make_person(app, "ada")
    said = await _run(blockyard, "create", "ADA@example.com")
    assert (said.code, said.out) == (1, "")
    assert "already" in said.err
