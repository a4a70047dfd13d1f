"""Start a graph from whoever can send an HTTP request."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import object_at, text_at
from backend.data.json_types import is_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_ORDER: JsonObject = {
    "event": "order.paid",
    "body": {"order": 7, "total": "12.50"},
    "headers": {"content-type": "application/json", "x-webhook-event": "order.paid"},
}


class GenericWebhookTriggerBlock(Block):
    """Starts the graph when somebody POSTs to its address, with its secret as a token or in a signature.

    The body may be JSON, a form or text.
    """

    id = "8fa8c167-2002-47ce-aba8-97572fc5d387"
    categories = {BlockCategory.INPUT}
    icon = "webhook"
    differences = (
        "The sender must show the webhook's secret: in X-Webhook-Token, or as a signature in X-Webhook-Signature.",
        "A body that is no JSON object is put into one, under `body`.",
    )
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.GENERIC_WEBHOOK.value, webhook_type="plain", event_filter_input="events"
    )

    class Input(BlockSchema):
        constants: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any],
            description="Values that are handed on beside the body, for later steps",
        )
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which events start it: the names that the sender gives in X-Webhook-Event, or in the body as "
            "`event` or `type`. None: every request",
            advanced=True,
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What was sent: event, body, headers", hidden=True
        )

    class Output(BlockSchema):
        constants: dict[str, Any] = SchemaField(description="The constants, as they were set")
        payload: dict[str, Any] = SchemaField(
            description="The body; in an object, under `body`, if it is none"
        )
        body: Any = SchemaField(description="The body as it was sent: JSON, the fields of a form, or text")
        event: str = SchemaField(description="The event's name; `received` when the sender gave none")
        headers: dict[str, Any] = SchemaField(
            description="The headers by name, without signatures and tokens"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"constants": {"team": "sales"}, "payload": _ORDER},
        {"payload": {"event": "received", "body": "just text", "headers": {}}},
    ]
    test_output = [
        [
            ("constants", {"team": "sales"}),
            ("payload", {"order": 7, "total": "12.50"}),
            ("body", {"order": 7, "total": "12.50"}),
            ("event", "order.paid"),
            ("headers", _ORDER["headers"]),
        ],
        [
            ("constants", {}),
            ("payload", {"body": "just text"}),
            ("body", "just text"),
            ("event", "received"),
            ("headers", {}),
        ],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        body = input_data.payload.get("body")
        yield "constants", input_data.constants
        yield "payload", body if is_object(body) else {"body": body}
        yield "body", body
        yield "event", text_at(input_data.payload, "event")
        yield "headers", object_at(input_data.payload, "headers")
