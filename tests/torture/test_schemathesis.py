"""Whatever a caller sends, the real server answers as its contract says, and never with 500 or above.

Ten cases for each operation and caller in `make test`, the same ones each time; 100 new ones in `make torture`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import App
from backend.data.db import open_database
from backend.data.session_store import create_session
from backend.server.access import ACCESS, Need
from backend.server.auth import COOKIE, hash_of, new_token
from backend.server.http import create_api
from backend.util.clock import now
from backend.util.settings import Settings
from tests.conftest import TEMPLATE, Server
from tests.server.people_and_things import Somebody, give_things, make_somebody
from tests.support.worker_process import ROOT

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]

IS_FULL = os.environ.get("BLOCKYARD_TORTURE") == "1"
CASES = 100 if IS_FULL else 10
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(create_api().openapi())
OPERATIONS = {one.label: one for one in (cast("Any", found).ok() for found in SCHEMA.get_all_operations())}
ROLES = ("editor", "owner")
ENDLESS = {"GET /api/graphs/{graph_id}/stream"}
"""Operations that say more and more of what is really there."""
LONGEST_ADDRESS = 10_000
"""In characters; uvicorn itself refuses addresses of more than 64 KiB, before we see them."""
_READY_S = 60.0
_ANSWER_S = 30.0


@dataclass(slots=True)
class Served:
    """The real command, serving people who have one of everything."""

    url: str
    log: Path
    people: dict[str, Somebody]
    things: dict[str, str]
    sessions: dict[str, list[str]]
    """By role: cookies, one for each operation that needs one, since some of them end it."""

    def credentials(self, role: str, label: str) -> dict[str, str]:
        """The headers of one who calls this operation."""
        if ACCESS[_route(label)] is Need.SESSION:
            return {"cookie": f"{COOKIE}={self.sessions[role].pop()}"}
        return {"authorization": f"Bearer {self.people[role].person.key}"}


def _route(label: str) -> tuple[str, str]:
    method, _, path = label.partition(" ")
    return method, path


@pytest.fixture(scope="module")
def served(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, name = tmp_path_factory.mktemp("served"), f"test_{uuid4().hex}"
    asyncio.run(_on(postgres.dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    settings = Settings(database_url=postgres.database(name), data_dir=folder, environment="test")
    with _process(settings, folder / "log") as url:
        yield asyncio.run(_with_people(settings, url, folder / "log"))
    asyncio.run(_on(postgres.dsn, f"DROP DATABASE {name} WITH (FORCE)"))


async def _on(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def _process(settings: Settings, log: Path) -> Iterator[str]:
    """`blockyard serve` on a free port, until it says that it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "backend.cli",
        "--data-dir",
        str(settings.data_dir),
        "serve",
        "--port",
        str(port),
    ]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": settings.database_url},
            stdout=said,
            stderr=said,
        )
        try:
            _until_ready(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _READY_S
    while time.monotonic() < ends and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/api/health/ready", trust_env=False).is_success:
                return
        time.sleep(0.1)
    raise AssertionError("The server did not become ready.")


async def _with_people(settings: Settings, url: str, log: Path) -> Served:
    database = await open_database(settings)
    app = cast("App", SimpleNamespace(database=database))
    try:
        people = {role: await make_somebody(app, url, role, role) for role in ROLES}
        sessions = {role: [new_token() for _ in OPERATIONS] for role in ROLES}
        async with database.begin() as connection:
            for role, tokens in sessions.items():
                for token in tokens:
                    expires_at = now() + timedelta(days=1)
                    await create_session(connection, people[role].person.id, hash_of(token), expires_at)
        victim = await make_somebody(app, url, "victim", "editor")
        await give_things(people["editor"])
        things = {**people["editor"].things, "user_id": victim.person.id}
        for one in (*people.values(), victim):
            await one.close()
    finally:
        await database.close()
    return Served(url, log, people, things, sessions)


def _cases(label: str, things: dict[str, str]) -> st.SearchStrategy[Case[Any]]:
    """What fits the contract and what does not, with ids that nobody has and with those of real things."""
    operation = OPERATIONS[label]
    names = {name for name in things if f"{{{name}}}" in operation.path and label not in ENDLESS}
    given = [{}, {name: things[name] for name in names}] if names else [{}]
    strategies: list[st.SearchStrategy[Case[Any]]] = [
        operation.as_strategy(mode, path_parameters=fixed)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for fixed in given
    ]
    return st.one_of(strategies)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", OPERATIONS)
def test_answers_are_as_the_contract_says_and_never_500(served: Served, label: str, role: str) -> None:
    headers = served.credentials(role, label)
    session = requests.Session()
    session.trust_env = False

    @hypothesis.settings(
        max_examples=CASES,
        derandomize=not IS_FULL,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        phases=[Phase.generate, *([Phase.shrink] if IS_FULL else [])],
    )
    @hypothesis.given(case=_cases(label, served.things))
    def check(case: Case[Any]) -> None:
        hypothesis.assume(len(f"{case.path_parameters}{case.query}") < LONGEST_ADDRESS)
        case.call_and_validate(
            served.url, session, headers=headers, checks=CHECKS, timeout=_ANSWER_S, allow_redirects=False
        )

    check()


def test_server_has_logged_no_fault_of_its_own(served: Served) -> None:
    said = served.log.read_text(encoding="utf-8", errors="replace")
    assert [line for line in said.splitlines() if "internal_error" in line or "Traceback" in line] == []
