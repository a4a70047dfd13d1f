"""Start a graph from Slack: an event, a slash command, a click."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_MENTION: JsonObject = {
    "team_id": "T123ABC456",
    "api_app_id": "A123ABC456",
    "event": {
        "type": "app_mention",
        "user": "U123ABC456",
        "text": "What is the hour of the pearl, <@U0LAN0Z89>?",
        "ts": "1515449522.000016",
        "channel": "C123ABC456",
    },
    "type": "event_callback",
    "event_id": "Ev123ABC456",
    "authorizations": [{"user_id": "U0LAN0Z89", "is_bot": True}],
}
_OWN: JsonObject = {
    **_MENTION,
    "event": {"type": "message", "user": "U0LAN0Z89", "text": "The pearl is at noon."},
}
_COMMAND: JsonObject = {
    "type": "slash_command",
    "command": "/weather",
    "text": "94070",
    "channel_id": "C2147483705",
    "user_id": "U2147483697",
    "response_url": "https://slack.example.com/commands/1234/5678",
    "trigger_id": "13345224609.738474920",
}
_CLICK: JsonObject = {
    "type": "block_actions",
    "user": {"id": "U123", "username": "ada"},
    "channel": {"id": "C123"},
    "message": {"ts": "1548261231.000200", "text": "Approve?"},
    "response_url": "https://slack.example.com/actions/1234/5678",
    "actions": [{"action_id": "approve", "value": "order-7"}],
}


class SlackEventTriggerBlock(Block):
    """Starts the graph when something happens in Slack: a mention, a message, a reaction, a slash command, a click."""

    id = "bc4aeccb-60cb-446d-b893-d5431e350aab"
    categories = {BlockCategory.COMMUNICATION}
    icon = "message-circle"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.SLACK.value, webhook_type="events", event_filter_input="events"
    )

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which events start it: app_mention, message, reaction_added, slash_command, "
            "slash_command.weather, interaction, interaction.block_actions. None: whatever the app gets",
            examples=[["app_mention", "slash_command"]],
        )
        ignore_own: bool = SchemaField(
            default=True,
            description="Do nothing about what the app itself has written, so that an answer does not start the next",
            advanced=True,
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What Slack sent", hidden=True
        )

    class Output(BlockSchema):
        text: str = SchemaField(description="What was written, or what stands behind the command")
        event: str = SchemaField(description="What happened, such as app_mention, or the command (/weather)")
        user_id: str = SchemaField(description="Who did it")
        channel_id: str = SchemaField(description="Where, empty outside of channels")
        thread_ts: str = SchemaField(
            description="The thread to answer in: of the message, or the message itself"
        )
        response_url: str = SchemaField(description="Where a command or click may be answered for 30 minutes")
        details: dict[str, Any] = SchemaField(description="The event itself, or the command or click")
        payload: dict[str, Any] = SchemaField(description="All that Slack sent")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"events": ["app_mention"], "payload": _MENTION},
        {"payload": _OWN},
        {"payload": _COMMAND},
        {"payload": _CLICK},
    ]
    test_output = [
        [
            ("text", "What is the hour of the pearl, <@U0LAN0Z89>?"),
            ("event", "app_mention"),
            ("user_id", "U123ABC456"),
            ("channel_id", "C123ABC456"),
            ("thread_ts", "1515449522.000016"),
            ("response_url", ""),
            ("details", _MENTION["event"]),
            ("payload", _MENTION),
        ],
        [],
        [
            ("text", "94070"),
            ("event", "/weather"),
            ("user_id", "U2147483697"),
            ("channel_id", "C2147483705"),
            ("thread_ts", ""),
            ("response_url", "https://slack.example.com/commands/1234/5678"),
            ("details", _COMMAND),
            ("payload", _COMMAND),
        ],
        [
            ("text", "order-7"),
            ("event", "block_actions"),
            ("user_id", "U123"),
            ("channel_id", "C123"),
            ("thread_ts", "1548261231.000200"),
            ("response_url", "https://slack.example.com/actions/1234/5678"),
            ("details", _CLICK),
            ("payload", _CLICK),
        ],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        details = object_at(payload, "event") or payload
        if input_data.ignore_own and _is_own(payload, details):
            return
        yield "text", _text_of(details)
        yield "event", text_at(details, "command") or text_at(details, "type")
        yield "user_id", _first(details, ("user",), ("user", "id"), ("user_id",))
        yield (
            "channel_id",
            _first(details, ("channel",), ("channel", "id"), ("channel_id",), ("item", "channel")),
        )
        yield (
            "thread_ts",
            _first(
                details, ("thread_ts",), ("ts",), ("message", "thread_ts"), ("message", "ts"), ("item", "ts")
            ),
        )
        yield "response_url", text_at(details, "response_url")
        yield "details", details
        yield "payload", payload


def _is_own(payload: JsonObject, details: JsonObject) -> bool:
    """Whether the app's own bot did it: it is who the event was sent for, or the message names the app."""
    if details is payload:
        return False
    bots = {
        text_at(one, "user_id") for one in objects_at(payload, "authorizations") if one.get("is_bot") is True
    }
    app = text_at(details, "app_id") or text_at(details, "bot_profile", "app_id")
    return text_at(details, "user") in bots or bool(app and app == text_at(payload, "api_app_id"))


def _text_of(details: JsonObject) -> str:
    actions = [text_at(one, "value") for one in objects_at(details, "actions")]
    return text_at(details, "text") or next(iter(actions), "") or text_at(details, "reaction")


def _first(details: JsonObject, *paths: tuple[str, ...]) -> str:
    return next((found for path in paths if (found := text_at(details, *path))), "")
