"""Trying a webhook without waiting for an event."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

import orjson

from backend.data.credentials import Credentials
from backend.data.delivery import NewDelivery
from backend.data.integrations import Webhook
from backend.executor.triggers.inbox import Inbox
from backend.executor.triggers.webhooks import as_webhook
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._base import WebhookManager
from backend.integrations.webhooks._request import WebhookRequest
from backend.integrations.webhooks._verify import standard_key
from backend.server.state import App
from backend.util.clock import new_id, now
from backend.util.errors import Conflict, NotFound
from backend.util.log import HIDDEN


@runtime_checkable
class PingsProvider(Protocol):
    """A manager whose provider sends a ping when it is asked to."""

    async def ping(self, webhook: Webhook, credentials: Credentials | None) -> None: ...


async def ping(app: App, row: dict[str, Any]) -> dict[str, Any]:
    """Ask the provider for an event, or sign one and take it in; which of the two is said.

    Raises:
        Conflict: neither can be done; the message says where the provider has a button for it.
        ProviderError: the provider refused.
    """
    manager = manager_of(row["provider"])
    if manager is None:
        raise NotFound(f"{row['provider']!r} has no webhooks here.")
    webhook = await as_webhook(app.vault, row)
    if row["is_automatic"] and isinstance(manager, PingsProvider):
        if not webhook.provider_webhook_id:
            raise Conflict(f"It is not there yet. {row['problem']}".strip())
        credentials = None
        if webhook.credentials_id is not None:
            credentials = await app.credentials.by_id(
                webhook.user_id, webhook.credentials_id, provider=webhook.provider.value
            )
        await manager.ping(webhook, credentials)
        return {
            "by": "provider",
            "delivery_id": None,
            "detail": f"{webhook.provider} was asked to send a ping.",
        }
    return await _ping_ourselves(app, manager, webhook)


async def _ping_ourselves(app: App, manager: WebhookManager, webhook: Webhook) -> dict[str, Any]:
    """The way of a delivery from the signature to the inbox. It starts nothing."""
    if type(manager).verify is not WebhookManager.verify:
        raise Conflict(
            f"Only {webhook.provider} can sign its events. Let it send one: its page of webhooks has a button for "
            f"that, or cause one. {manager.SETUP}"
        )
    if not webhook.secret:
        raise Conflict("This webhook has no secret yet, with which a test event could be signed.")
    request = _signed(webhook, webhook.secret)
    await manager.verify(webhook, request)
    payload, event = await manager.validate_payload(webhook, request)
    delivery = NewDelivery(
        id=new_id(),
        webhook_id=webhook.id,
        user_id=webhook.user_id,
        event_id=None,
        event_type=event,
        headers=orjson.dumps({**request.headers, "webhook-signature": HIDDEN}).decode(),
        body=request.raw,
        received_at=now(),
        is_test=True,
    )
    taken = await Inbox(app.worker).take(delivery, payload, [])
    return {
        "by": "ourselves",
        "delivery_id": taken.delivery_id,
        "detail": "A test event was signed with the webhook's secret, checked and stored. It starts nothing.",
    }


def _signed(webhook: Webhook, secret: str) -> WebhookRequest:
    """A request as Standard Webhooks 1.0 wants it."""
    from standardwebhooks.webhooks import Webhook as Signer

    key = secret if secret.startswith("whsec_") else standard_key(secret)
    body, at, message_id = json.dumps({"ping": True, "webhook_id": webhook.id}), datetime.now(UTC), new_id()
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(key).sign(message_id, at, body),
    }
    return WebhookRequest([(name.encode(), value.encode()) for name, value in headers.items()], body.encode())
