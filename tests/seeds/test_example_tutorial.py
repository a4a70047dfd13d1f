"""The code of the tutorial "Adding a New Integration Block" runs here as it is written."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from backend.data.credentials import Credentials, CredentialsMetaInput
from backend.data.db import Database
from backend.data.integrations import Webhook
from backend.data.run import RunOptions, RunStatus
from backend.executor.worker import Worker
from backend.integrations.credentials_store import DEFAULT_CREDENTIALS
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._request import WebhookRequest
from backend.util.errors import Unauthorized
from backend.util.settings import Settings
from tests.fixtures.tutorial import _auth
from tests.fixtures.tutorial._api import ExampleAPIException, ExampleClient
from tests.fixtures.tutorial.example import ExampleBlock
from tests.fixtures.tutorial.triggers import ExampleTriggerBlock
from tests.fixtures.tutorial.webhooks import ExampleWebhookEventType, ExampleWebhookManager
from tests.support.engine import catalogue_with, execute
from tests.support.graphs import graph, node
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

REFERENCE = {
    "id": _auth.TEST_CREDENTIALS.id,
    "provider": "example-provider",
    "type": "api_key",
    "title": "Mock Example API key",
}
HOOK = Webhook("w", "u", ProviderName.EXAMPLE_PROVIDER, secret="what only we two know")


class TutorialCredentials:
    """Has the tutorial's own credential."""

    async def get(self, user_id: str, reference: CredentialsMetaInput[Any, Any]) -> Credentials:
        assert reference.id == _auth.TEST_CREDENTIALS.id
        return _auth.TEST_CREDENTIALS


def _greet(seen: Seen) -> Answer:
    return Answer.of_json({"message": f"{seen.json()['name']} It is {seen.headers['authorization']}."})


@pytest.fixture
def api() -> Iterator[LocalServer]:
    """What the tutorial calls https://api.example.com."""
    with local_http_server({"/v1/resources": _greet}) as server:
        with reachable(server, origin_map={"https://api.example.com": server.base_url}):
            yield server


@pytest.fixture
async def worker(database: Database, settings: Settings) -> AsyncIterator[Worker]:
    known = catalogue_with([ExampleBlock, ExampleTriggerBlock])
    made = Worker(database, settings, known.find, TutorialCredentials())
    async with made.at_work():
        yield made


async def test_standard_block_of_the_tutorial_runs_in_a_graph(worker: Worker, api: LocalServer) -> None:
    one = node("example", ExampleBlock, name="Ada", greetings=["Hello", "Hi"], credentials=REFERENCE)
    run = await execute(worker, graph([one]))
    assert run.status == RunStatus.COMPLETED
    said = [
        f"API response: {word}! It is Bearer ***." for word in ("Hello", "Hi")
    ]  # a secret is not given out
    keys = [seen.headers.get("authorization") for seen in api.seen]
    assert keys == ["Bearer mock-example-api-key"] * 2
    assert run.outs("example", "response") == [{"message": text} for text in said]
    assert run.outs("example", "all_responses") == [[{"message": text} for text in said]]
    assert run.outs("example", "greeting_count") == [2]
    assert [seen.json() for seen in api.seen] == [
        {"name": "Hello!", "type": "greeting"},
        {"name": "Hi!", "type": "greeting"},
    ]


async def test_its_defaults_are_used_where_the_graph_says_nothing(worker: Worker, api: LocalServer) -> None:
    run = await execute(worker, graph([node("example", ExampleBlock, name="Ada", credentials=REFERENCE)]))
    assert run.outs("example", "greeting_count") == [3]


async def test_its_block_fails_with_the_message_of_its_own_exception(
    worker: Worker, api: LocalServer
) -> None:
    api.routes["/v1/resources"] = Answer.of_json({"error": "No such plan"}, status=422)
    run = await execute(worker, graph([node("example", ExampleBlock, name="Ada", credentials=REFERENCE)]))
    assert run.status == RunStatus.FAILED
    assert "Failed to create resource" in run.errors[0][2]
    assert "No such plan" in run.errors[0][2]


async def test_trigger_block_of_the_tutorial_starts_a_run_with_its_payload(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    run = await execute(
        worker,
        graph([node("trigger", ExampleTriggerBlock)]),
        {"payload": {"webhook_type": "example_event", "n": 1}},
        options=RunOptions(trigger_node="trigger"),
    )
    assert run.status == RunStatus.COMPLETED
    assert run.outs("trigger", "event_data") == [{"webhook_type": "example_event", "n": 1}]
    assert "Example trigger block run with payload" in caplog.text


def test_its_trigger_names_the_provider_as_the_tutorial_spells_it() -> None:
    config = ExampleTriggerBlock.webhook_config
    assert config is not None
    assert ProviderName.parse(config.provider) is ProviderName.EXAMPLE_PROVIDER
    assert config.webhook_type == "example_event"


async def test_its_manager_reads_deliveries_without_classmethod() -> None:
    manager = ExampleWebhookManager()
    told = b'{"webhook_type": "another_example_event"}'
    for body, event in [(told, "another_example_event"), (b"{}", "example_event")]:
        delivery: Any = WebhookRequest([], body)  # the tutorial's annotation says another Request
        _, found = await manager.validate_payload(HOOK, delivery)
        assert found == event
    assert manager.known_events() == [one.value for one in ExampleWebhookEventType]


async def test_its_manager_lets_nobody_in_without_the_secret() -> None:
    manager = ExampleWebhookManager()
    await manager.verify(HOOK, WebhookRequest([(b"x-webhook-token", b"what only we two know")], b"{}"))
    with pytest.raises(Unauthorized):
        await manager.verify(HOOK, WebhookRequest([], b"{}"))


def test_its_client_works_without_credentials_too(api: LocalServer) -> None:
    api.routes["/v1/resources"] = Answer.of_json({"error": "Who are you?"}, status=401)
    with pytest.raises(ExampleAPIException, match="Who are you"):
        ExampleClient().create_resource({"name": "Hello"})
    assert "authorization" not in api.seen[0].headers


def test_its_credential_joins_those_of_the_platform() -> None:
    before = list(DEFAULT_CREDENTIALS)
    try:
        sys.modules.pop("tests.fixtures.tutorial.credentials_store", None)
        added = importlib.import_module("tests.fixtures.tutorial.credentials_store").example_credentials
        assert [*before, added] == DEFAULT_CREDENTIALS
        assert (added.id, added.title) == (before[0].id, "Use Credits for Example")
    finally:
        DEFAULT_CREDENTIALS[:] = before
