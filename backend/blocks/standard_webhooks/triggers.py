"""Start a graph from any sender that follows Standard Webhooks."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_CONTACT: JsonObject = {
    "type": "contact.created",
    "timestamp": "2022-11-03T20:26:10.344522Z",
    "data": {"id": "1f81eb52-5198-4599-803e-771906343485", "name": "John Smith"},
}


class StandardWebhooksTriggerBlock(Block):
    """Starts the graph when a service that follows Standard Webhooks sends something (standardwebhooks.com)."""

    id = "88ef4a83-736c-4fda-8ee1-099ddfcd828e"
    categories = {BlockCategory.DEVELOPER_TOOLS}
    icon = "shield-check"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.STANDARD_WEBHOOKS.value, webhook_type="events", event_filter_input="events"
    )

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which events start it, such as contact.created; contact stands for all that begin with "
            "contact. None: every event",
            examples=[["contact.created", "invoice"]],
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What was sent", hidden=True
        )

    class Output(BlockSchema):
        data: Any = SchemaField(description="What the event is about; all of the body where it has no `data`")
        event: str = SchemaField(description="The event's name, empty where the body has no `type`")
        timestamp: str = SchemaField(description="When it happened, as the sender says")
        payload: dict[str, Any] = SchemaField(description="The whole body")
        error: str = SchemaField(description="Why it failed")

    test_input = [{"events": ["contact"], "payload": _CONTACT}, {"payload": {"test": 2432232314}}]
    test_output = [
        [
            ("data", _CONTACT["data"]),
            ("event", "contact.created"),
            ("timestamp", "2022-11-03T20:26:10.344522Z"),
            ("payload", _CONTACT),
        ],
        [
            ("data", {"test": 2432232314}),
            ("event", ""),
            ("timestamp", ""),
            ("payload", {"test": 2432232314}),
        ],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        yield "data", payload.get("data", payload)
        yield "event", text_at(payload, "type")
        yield "timestamp", text_at(payload, "timestamp")
        yield "payload", payload
