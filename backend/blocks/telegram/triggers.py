"""Start a graph from Telegram: a message to a bot, a button, a new member."""

from __future__ import annotations

from typing import Any

from backend.blocks.telegram._auth import TEST_CREDENTIALS, TEST_CREDENTIALS_INPUT, TelegramCredentialsInput
from backend.data.block import Block, BlockCategory, BlockOutput, BlockWebhookConfig
from backend.data.json_parts import object_at, text_at
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_MESSAGE: JsonObject = {
    "update_id": 10000,
    "message": {
        "date": 1441645532,
        "chat": {"last_name": "Lovelace", "id": 1111111, "type": "private", "first_name": "Ada"},
        "message_id": 1365,
        "from": {"last_name": "Lovelace", "id": 1111111, "first_name": "Ada", "username": "ada"},
        "text": "/start",
    },
}
_CLICK: JsonObject = {
    "update_id": 10001,
    "callback_query": {
        "id": "4382bfdwdsb323b2d9",
        "from": {"id": 1111112, "first_name": "Grace"},
        "message": {"message_id": 7, "chat": {"id": -100200, "type": "group"}, "text": "Which one?"},
        "data": "the second",
    },
}


class TelegramUpdateTriggerBlock(Block):
    """Starts the graph when something happens in a chat of a Telegram bot: a message, a button, a new member."""

    id = "9ea48764-ca9a-4f8a-8e4c-11f3494bd39c"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SOCIAL}
    icon = "send"
    pure = True
    webhook_config = BlockWebhookConfig(
        provider=ProviderName.TELEGRAM.value,
        webhook_type="updates",
        event_filter_input="events",
        resource_format="bot",
    )

    class Input(BlockSchema):
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that listens")
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which updates start it: message, edited_message, channel_post, callback_query, chat_member "
            "and so on. None: all of them",
            examples=[["message", "callback_query"]],
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What Telegram sent", hidden=True
        )

    class Output(BlockSchema):
        text: str = SchemaField(
            description="What was written: a text, a caption, a button's data; else empty"
        )
        chat_id: str = SchemaField(description="The chat to answer in, empty where there is none")
        sender: dict[str, Any] = SchemaField(description="Who did it: id, first_name, username")
        message_id: str = SchemaField(description="The message to reply to, empty where there is none")
        event: str = SchemaField(description="What happened, such as message or callback_query")
        update: dict[str, Any] = SchemaField(description="The message, query or change itself")
        payload: dict[str, Any] = SchemaField(description="The whole update")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"credentials": TEST_CREDENTIALS_INPUT, "events": ["message"], "payload": _MESSAGE},
        {"credentials": TEST_CREDENTIALS_INPUT, "payload": _CLICK},
    ]
    test_credentials = TEST_CREDENTIALS
    test_output = [
        [
            ("text", "/start"),
            ("chat_id", "1111111"),
            ("sender", _MESSAGE["message"]["from"]),
            ("message_id", "1365"),
            ("event", "message"),
            ("update", _MESSAGE["message"]),
            ("payload", _MESSAGE),
        ],
        [
            ("text", "the second"),
            ("chat_id", "-100200"),
            ("sender", _CLICK["callback_query"]["from"]),
            ("message_id", "7"),
            ("event", "callback_query"),
            ("update", _CLICK["callback_query"]),
            ("payload", _CLICK),
        ],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        event = next((name for name in payload if name != "update_id"), "")
        update = object_at(payload, event)
        message = object_at(update, "message") or update
        yield (
            "text",
            next(filter(None, (text_at(update, name) for name in ("data", "text", "caption", "query"))), ""),
        )
        yield "chat_id", text_at(message, "chat", "id")
        yield (
            "sender",
            object_at(update, "from") or object_at(update, "user") or object_at(update, "sender_chat"),
        )
        yield "message_id", text_at(message, "message_id")
        yield "event", event
        yield "update", update
        yield "payload", payload
