"""One delivery through a manager, in the order of the ingress, at a time that the test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import SimpleNamespace
from typing import Any

import pytest

from backend.data.integrations import Webhook
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._base import WebhookManager
from backend.integrations.webhooks._request import Introduction, Reply, WebhookRequest


@dataclass(frozen=True, slots=True)
class Read:
    """What the manager made of a delivery. `reply` is a handshake's; then the rest is empty."""

    payload: JsonObject
    event: str
    event_id: str | None
    reply: Reply | None = None
    introduction: Introduction | None = None
    accepted: Reply | None = None


def webhook_of(provider: str, secret: str | None, **more: Any) -> Webhook:
    """A webhook of somebody."""
    return Webhook("6f0c5ad4-webhook", "some-user", ProviderName.parse(provider), secret=secret, **more)


def manager(provider: str) -> WebhookManager:
    found = manager_of(provider)
    assert found is not None, f"{provider} has no manager."
    return found


def deliver(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> Read:
    """Read it as the ingress does; raises what the manager raises. Headers may be any text of Latin-1."""
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return asyncio.run(_deliver(webhook, WebhookRequest(pairs, body)))


async def _deliver(webhook: Webhook, request: WebhookRequest) -> Read:
    one = manager(webhook.provider)
    introduction = None if webhook.secret else one.introduce(webhook, request)
    if introduction is not None:
        return Read({}, "", None, introduction.reply, introduction)
    await one.verify(webhook, request)
    reply = one.handshake(webhook, request)
    if reply is not None:
        return Read({}, "", None, reply)
    payload, event = await one.validate_payload(webhook, request)
    event_id = one.event_id(webhook, request, payload)
    return Read(payload, event, event_id, accepted=one.accepted(webhook, request, payload))


def set_clock(monkeypatch: pytest.MonkeyPatch, at: float) -> None:
    """Let signatures be checked as if it were the Unix time `at`."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # the library asks no more
            return datetime.fromtimestamp(at, tz)

    monkeypatch.setattr("backend.integrations.webhooks._verify.time", SimpleNamespace(time=lambda: at))
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Clock)
