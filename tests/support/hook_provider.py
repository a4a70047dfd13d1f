"""A provider whose webhooks are made through its API: a real server, its manager, and blocks that listen to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from backend.data.block import Block, BlockManualWebhookConfig, BlockOutput, BlockWebhookConfig
from backend.data.credentials import APIKeyCredentials, Credentials, CredentialsMetaInput
from backend.data.integrations import Webhook
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks import managers
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._request import Registration, WebhookRequest
from backend.util.request import AsyncRequests
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

ORIGIN = "https://hooks.example.com"
PROVIDER = ProviderName.HTTP
"""A name that has no webhooks of its own."""
TOKEN = "a-token-of-the-hook-provider"
EVENTS = ["door.opened", "door.closed", "light.on"]


@dataclass
class HookServer:
    """The provider: its webhooks by id, and what it answers next in place of doing what it is asked."""

    server: LocalServer
    hooks: dict[str, JsonObject] = field(default_factory=dict[str, JsonObject])
    made: int = 0
    refusals: list[Answer] = field(default_factory=list[Answer])
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_token_taken: bool = True
    loses_answers: int = 0
    """So many times it does what it is asked and then hangs up."""

    def answer(self, seen: Seen) -> Answer:
        with self.lock:
            if self.refusals:
                return self.refusals.pop(0)
            if not self.is_token_taken or seen.headers.get("authorization") != f"Bearer {TOKEN}":
                return Answer.of_json({"message": "Bad token"}, status=401)
            done = self._do(seen)
            if self.loses_answers and seen.method != "GET":
                self.loses_answers -= 1
                return Answer(hang_up=True)
            return done

    def _do(self, seen: Seen) -> Answer:
        wanted = seen.query.get("id", [""])[0]
        if seen.method == "GET":
            return Answer.of_json(list(self.hooks.values()))
        if seen.method == "POST":
            self.made += 1
            hook = {**seen.json(), "id": f"hook{self.made}"}
            self.hooks[hook["id"]] = hook
            return Answer.of_json(hook, status=201)
        if wanted not in self.hooks:
            return Answer.of_json({"message": "No such hook"}, status=404)
        if seen.method == "DELETE":
            del self.hooks[wanted]
            return Answer(204)
        self.hooks[wanted] |= seen.json()
        return Answer.of_json(self.hooks[wanted])

    def wanted(self) -> list[tuple[str, list[str]]]:
        """Resource and events of each webhook, as they are there."""
        with self.lock:
            return sorted((hook["resource"], hook["events"]) for hook in self.hooks.values())


class HookManager(AutoWebhookManagerBase):
    """Registers itself; deliveries are checked as the base does it."""

    PROVIDER_NAME = PROVIDER

    def known_events(self) -> list[str]:
        return EVENTS

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await request.json()
        return payload, payload["event"]

    async def register(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        client = _client(credentials)
        for hook in (await client.get(f"{ORIGIN}/hooks")).json():
            if hook["url"] == ingress_url:
                return Registration(hook["id"])
        said = {"url": ingress_url, "events": list(events), "resource": webhook.resource}
        made = await client.post(f"{ORIGIN}/hooks", json={**said, "secret": webhook.secret})
        return Registration(made.json()["id"], config={"made_for": webhook.resource})

    async def update(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        said = {"url": ingress_url, "events": list(events), "secret": webhook.secret}
        await _client(credentials).put(f"{ORIGIN}/hooks?id={webhook.provider_webhook_id}", json=said)
        return Registration(webhook.provider_webhook_id)

    async def deregister(self, webhook: Webhook, credentials: Credentials | None) -> None:
        from backend.util.errors import ProviderNotFound

        try:
            await _client(credentials).delete(f"{ORIGIN}/hooks?id={webhook.provider_webhook_id}")
        except ProviderNotFound:
            return


def _client(credentials: Credentials | None) -> AsyncRequests:
    assert isinstance(credentials, APIKeyCredentials)
    return AsyncRequests(extra_headers={"Authorization": credentials.auth_header()}, trusted_origins=[ORIGIN])


class HookTriggerBlock(Block):
    """Starts with events of a house."""

    id = "5b1f6c1e-5d0c-4a55-9d4e-1b7f8c2f0a01"
    webhook_config = BlockWebhookConfig(
        provider="http", webhook_type="house", event_filter_input="events", resource_format="{house}"
    )

    class Input(BlockSchema):
        credentials: CredentialsMetaInput[Literal[ProviderName.HTTP], Literal["api_key"]]
        house: str = SchemaField(default="", description="Which house")
        events: list[str] = SchemaField(default_factory=list[str], description="Which events; empty: all")
        payload: dict[str, Any] = SchemaField(hidden=True)

    class Output(BlockSchema):
        event: dict[str, Any] = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "event", input_data.payload


class DoorFilter(BlockSchema):
    """Which movements of a door."""

    opened: bool = False
    closed: bool = False


class DoorTriggerBlock(Block):
    """Starts with a door, told by a person's own hand."""

    id = "5b1f6c1e-5d0c-4a55-9d4e-1b7f8c2f0a02"
    webhook_config = BlockManualWebhookConfig(
        provider="http", webhook_type="door", event_filter_input="movements", event_format="door.{event}"
    )

    class Input(BlockSchema):
        movements: DoorFilter = SchemaField(
            default_factory=lambda: DoorFilter(opened=True), description="Which movements"
        )
        payload: dict[str, Any] = SchemaField(hidden=True)

    class Output(BlockSchema):
        event: dict[str, Any] = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "event", input_data.payload


@contextmanager
def hook_provider() -> Iterator[HookServer]:
    """The provider at work, known to the manager's client and to `managers()`."""
    with local_http_server({}) as server:
        provider = HookServer(server)
        server.routes["/hooks"] = provider.answer
        managers()[PROVIDER] = HookManager()
        try:
            with reachable(server, origin_map={ORIGIN: server.base_url}):
                yield provider
        finally:
            del managers()[PROVIDER]


def delivery(event: str, **more: object) -> bytes:
    """The body of an event."""
    return json.dumps({"event": event, **more}).encode()


__all__ = ["DoorTriggerBlock", "HookServer", "HookTriggerBlock", "delivery", "hook_provider"]
