"""The example of a trigger block: it starts a graph with what the Example API sends."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.webhooks.example import ExampleWebhookEventType

_TEST_EVENT = {"id": "evt_1", "webhook_type": "example_event", "data": {"greeting": "Hello, Ada!"}}


class ExampleTriggerBlock(Block):
    """Start when the Example API sends an example event."""

    id = "7d410f16-b46a-44a4-bebe-a619c448610d"
    categories = {BlockCategory.DEVELOPER_TOOLS}
    icon = "flask-conical"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider="example-provider", webhook_type=ExampleWebhookEventType.EXAMPLE_EVENT
    )

    class Input(BlockSchema):
        payload: JsonObject = SchemaField(hidden=True, description="The event as it came")

    class Output(BlockSchema):
        event_data: JsonObject = SchemaField(description="The contents of the event")
        event_type: str = SchemaField(description="The name of the event")
        error: str = SchemaField(description="Why it failed")

    test_input = {"payload": _TEST_EVENT}
    test_output = [("event_data", _TEST_EVENT), ("event_type", "example_event")]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "event_data", input_data.payload
        yield "event_type", str(input_data.payload.get("webhook_type", ExampleWebhookEventType.EXAMPLE_EVENT))
