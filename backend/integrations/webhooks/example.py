"""Webhooks of the Example API: registered there by a person, or with one POST; signed as Standard Webhooks."""

from __future__ import annotations

from enum import StrEnum

from backend.data.integrations import Webhook
from backend.data.json_types import is_object
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase
from backend.integrations.webhooks._request import WebhookRequest
from backend.util.errors import BadInput


class ExampleWebhookEventType(StrEnum):
    """What the Example API tells."""

    EXAMPLE_EVENT = "example_event"
    ANOTHER_EXAMPLE_EVENT = "another_example_event"


class ExampleWebhookManager(ManualWebhookManagerBase):
    """Any of the common signatures is taken (see the base); the Example API sends those of Standard Webhooks.

    A repeat of an event carries its `webhook-id` again, which starts nothing.
    Source: examples/example_api.py, and the Standard Webhooks specification 1.0.
    """

    PROVIDER_NAME = ProviderName.EXAMPLE_PROVIDER
    WebhookEventType = ExampleWebhookEventType
    SETUP = (
        "Give address and secret to the Example API: POST /v1/webhooks with "
        '{"target": "<address>", "secret": "<secret>"}.'
    )

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        """The event's name is its `webhook_type`; without one it is an example event."""
        payload = await request.json()
        if not is_object(payload):
            raise BadInput('An event of Example is a JSON object: {"webhook_type": "example_event", …}.')
        event = payload.get("webhook_type", ExampleWebhookEventType.EXAMPLE_EVENT.value)
        if not isinstance(event, str):
            raise BadInput("`webhook_type` must be a text: the name of the event.")
        return payload, event
