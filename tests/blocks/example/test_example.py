"""The block of the Example provider: what it sends, what it costs, what becomes of refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.blocks.example.example import ExampleBlock
from backend.data.block_cost_config import BLOCK_COSTS
from backend.data.cost import pick_cost
from backend.data.db import Database
from backend.data.run import RunStatus
from backend.executor.worker import Worker
from backend.integrations.credentials_store import StoredCredentials, example_credentials
from backend.util.settings import Settings
from tests.support.engine import execute
from tests.support.graphs import graph, node
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

PLATFORM = {"id": example_credentials.id, "provider": "example-provider", "type": "api_key"}


def _greet(seen: Seen) -> Answer:
    return Answer.of_json({"message": seen.json()["name"]}, status=201)


@pytest.fixture
def api(settings: Settings) -> Iterator[LocalServer]:
    """The Example API, and the platform's own key for it."""
    settings.secrets.example_api_key = "ex_platform_key"
    with local_http_server({"/v1/resources": _greet}) as server:
        with reachable(server, origin_map={"https://api.example.com": server.base_url}):
            yield server


def one(**constants: Any) -> Any:
    return graph([node("greet", ExampleBlock, **{"name": "Ada", "credentials": PLATFORM, **constants})])


async def test_each_greeting_has_a_key_of_its_own_and_the_platforms_credential(
    worker: Worker, api: LocalServer
) -> None:
    run = await execute(worker, one(greetings=["Hello", "Hello"], is_funny=True))
    assert run.status == RunStatus.COMPLETED
    assert run.outs("greet", "all_responses") == [[{"message": "Hello, Ada ;-)"}] * 2]
    assert len({seen.headers["idempotency-key"] for seen in api.seen}) == 2
    assert {seen.headers["authorization"] for seen in api.seen} == {"Bearer ex_platform_key"}


async def test_passing_refusals_are_sent_again_with_the_same_key(worker: Worker, api: LocalServer) -> None:
    busy = Answer.of_json({"error": "Slowly"}, status=429, headers={"Retry-After": "0"})
    api.routes["/v1/resources"] = [busy, Answer(503), Answer.of_json({"message": "there"}, status=201)]
    run = await execute(worker, one(greetings=["Hello"]))
    assert run.outs("greet", "response") == [{"message": "there"}]
    assert len({seen.headers["idempotency-key"] for seen in api.seen}) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(401, "credentials_refused"), (404, "provider_not_found"), (422, "provider_error")]
)
async def test_refusals_have_their_kind_and_the_apis_words(
    worker: Worker, api: LocalServer, status: int, code: str
) -> None:
    api.routes["/v1/resources"] = Answer.of_json({"error": "That is not how we greet"}, status=status)
    run = await execute(worker, one(greetings=["Hello"]))
    ((_, found, message),) = run.errors
    assert (found, "That is not how we greet" in message, "ex_platform_key" in message) == (code, True, False)


async def test_answer_that_is_no_object_fails_the_block(worker: Worker, api: LocalServer) -> None:
    api.routes["/v1/resources"] = Answer.of_json(["hello"])
    run = await execute(worker, one(greetings=["Hello"]))
    assert "something else than an object" in run.errors[0][2]


async def test_without_the_platforms_key_its_credential_is_not_there(worker: Worker) -> None:
    run = await execute(worker, one(greetings=["Hello"]))
    assert (run.status, run.errors[0][1]) == (RunStatus.FAILED, "credentials_refused")


def test_platform_is_paid_for_its_credential_and_nobody_for_their_own() -> None:
    costs = BLOCK_COSTS[ExampleBlock]
    own = {"name": "Ada", "credentials": {**PLATFORM, "id": "0195a000-0000-7000-8000-000000000000"}}
    charged = pick_cost(costs, {"name": "Ada", "credentials": PLATFORM})
    assert charged is not None
    assert charged.amount > 0
    assert pick_cost(costs, own) is None


async def test_run_with_the_platforms_credential_is_charged(
    worker: Worker, api: LocalServer, database: Database, credentials: StoredCredentials
) -> None:
    run = await execute(worker, one(greetings=["Hello"]))
    assert [event.data["usd_micros"] for event in run.of("charged")] == [1_000]
