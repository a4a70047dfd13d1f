"""Start a graph when something changes in Linear."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import object_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_CHANGE: JsonObject = {
    "action": "update",
    "actor": {"id": "b5ea5f1f-8adc-4f52-b4bd-ab4e84cf51ba", "type": "user", "name": "Johan Nilsson"},
    "createdAt": "2020-01-23T12:53:18.084Z",
    "data": {"id": "539068e2-ae88-4d09-bd75-22eb4a59612f", "identifier": "LIN-1778", "title": "Mend it"},
    "type": "Issue",
    "url": "https://linear.app/issue/LIN-1778/mend-it",
    "updatedFrom": {"title": "Break it"},
    "webhookTimestamp": 1676056940508,
}


class LinearEventTriggerBlock(Block):
    """Starts the graph when something in Linear is made, changed or removed: an issue, a comment, a project."""

    id = "91e1f4e5-9386-4c55-af96-35b0efe43da0"
    categories = {BlockCategory.ISSUE_TRACKING, BlockCategory.PRODUCTIVITY}
    icon = "list-todo"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.LINEAR.value, webhook_type="events", event_filter_input="events"
    )

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which changes start it: Issue.create, Issue.update, Comment.create; Issue stands for all of "
            "issues. None: every change that the webhook gets",
            examples=[["Issue.create", "Comment"]],
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What Linear sent", hidden=True
        )

    class Output(BlockSchema):
        data: dict[str, Any] = SchemaField(description="The issue, comment or project as it is now")
        event: str = SchemaField(description="What happened, such as Issue.update")
        action: str = SchemaField(description="create, update or remove")
        actor: dict[str, Any] = SchemaField(description="Who did it")
        previous: dict[str, Any] = SchemaField(description="What an update has changed, as it was before")
        url: str = SchemaField(description="Where it is seen in Linear")
        payload: dict[str, Any] = SchemaField(description="All that Linear sent")
        error: str = SchemaField(description="Why it failed")

    test_input = {"events": ["Issue"], "payload": _CHANGE}
    test_output = [
        ("data", _CHANGE["data"]),
        ("event", "Issue.update"),
        ("action", "update"),
        ("actor", _CHANGE["actor"]),
        ("previous", {"title": "Break it"}),
        ("url", "https://linear.app/issue/LIN-1778/mend-it"),
        ("payload", _CHANGE),
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        action = text_at(payload, "action")
        yield "data", object_at(payload, "data")
        yield "event", ".".join(filter(None, (text_at(payload, "type"), action)))
        yield "action", action
        yield "actor", object_at(payload, "actor")
        yield "previous", object_at(payload, "updatedFrom")
        yield "url", text_at(payload, "url")
        yield "payload", payload
