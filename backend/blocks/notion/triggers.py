"""Start a graph when something changes in Notion."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_CHANGE: JsonObject = {
    "id": "367cba44-b6f3-4c92-81e7-6a2e9659efd4",
    "timestamp": "2024-12-05T23:55:34.285Z",
    "workspace_id": "13950b26-c203-4f3b-b97d-93ec06319565",
    "type": "page.created",
    "authors": [{"id": "c7c11cca-1d73-471d-9b6e-bdef51470190", "type": "person"}],
    "attempt_number": 1,
    "entity": {"id": "153104cd-477e-809d-8dc4-ff2d96ae3090", "type": "page"},
    "data": {"parent": {"id": "36cc9195-760f-4fff-a67e-3a46c559b176", "type": "space"}},
}


class NotionEventTriggerBlock(Block):
    """Starts the graph when something changes in Notion: a page, a database, a comment.

    Notion says what has changed and not what it is now; read the page to know.
    """

    id = "f86e5317-8d64-4538-9c76-61b451ef4881"
    categories = {BlockCategory.PRODUCTIVITY, BlockCategory.DATA}
    icon = "notebook-text"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.NOTION.value, webhook_type="events", event_filter_input="events"
    )

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which changes start it: page.created, page.content_updated, comment.created; page stands for "
            "all of pages. None: every change that the subscription has",
            examples=[["page.created", "comment"]],
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What Notion sent", hidden=True
        )

    class Output(BlockSchema):
        entity_id: str = SchemaField(description="The id of the page, database or comment")
        entity_type: str = SchemaField(description="What it is: page, block, database, data_source, comment")
        event: str = SchemaField(description="What happened, such as page.created")
        author_ids: list[str] = SchemaField(description="Who did it; several where changes were put together")
        parent: dict[str, Any] = SchemaField(description="What it lies in: id and type")
        details: dict[str, Any] = SchemaField(description="What else Notion says of the change")
        timestamp: str = SchemaField(description="When it happened; events may come in another order")
        payload: dict[str, Any] = SchemaField(description="The whole event")
        error: str = SchemaField(description="Why it failed")

    test_input = {"events": ["page"], "payload": _CHANGE}
    test_output = [
        ("entity_id", "153104cd-477e-809d-8dc4-ff2d96ae3090"),
        ("entity_type", "page"),
        ("event", "page.created"),
        ("author_ids", ["c7c11cca-1d73-471d-9b6e-bdef51470190"]),
        ("parent", {"id": "36cc9195-760f-4fff-a67e-3a46c559b176", "type": "space"}),
        ("details", _CHANGE["data"]),
        ("timestamp", "2024-12-05T23:55:34.285Z"),
        ("payload", _CHANGE),
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        yield "entity_id", text_at(payload, "entity", "id")
        yield "entity_type", text_at(payload, "entity", "type")
        yield "event", text_at(payload, "type")
        yield "author_ids", [text_at(one, "id") for one in objects_at(payload, "authors")]
        yield "parent", object_at(payload, "data", "parent")
        yield "details", object_at(payload, "data")
        yield "timestamp", text_at(payload, "timestamp")
        yield "payload", payload
