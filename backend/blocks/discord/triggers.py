"""Start a graph from Discord: a command, a button, a menu, a form."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.providers import ProviderName

_COMMAND: JsonObject = {
    "type": 2,
    "token": "A_UNIQUE_TOKEN",
    "member": {"user": {"id": "53908232506183680", "username": "Mason"}, "nick": None},
    "id": "786008729715212338",
    "guild_id": "290926798626357999",
    "guild_locale": "en-US",
    "data": {
        "options": [{"type": 3, "name": "cardname", "value": "The Gitrog Monster"}],
        "type": 1,
        "name": "cardsearch",
        "id": "771825006014889984",
    },
    "channel_id": "645027906669510667",
}
_CLICK: JsonObject = {
    "type": 3,
    "id": "846462639134605312",
    "user": {"id": "53908232506183680", "username": "Mason"},
    "data": {"custom_id": "click_one", "component_type": 2},
    "channel_id": "345626669114982999",
}


class DiscordInteractionTriggerBlock(Block):
    """Starts the graph when somebody uses a command, button, menu or form of a Discord application.

    Discord shows "is thinking…" until the graph answers: within 3 seconds with a RespondToCallerBlock, or within 15
    minutes by editing the first answer with the interaction's token.
    """

    id = "a15f2263-f567-4b5c-921c-66b2dbf94a82"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SOCIAL}
    icon = "gamepad-2"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.DISCORD.value, webhook_type="interactions", event_filter_input="events"
    )

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which interactions start it: application_command, application_command.<name>, "
            "message_component.<custom id>, modal_submit.<custom id>, application_command_autocomplete. None: all",
            examples=[["application_command.cardsearch"]],
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What Discord sent", hidden=True
        )

    class Output(BlockSchema):
        name: str = SchemaField(description="The command's name, or the custom id of what was used")
        options: dict[str, Any] = SchemaField(
            description="The command's options, or the form's fields, by name; those of a sub-command too"
        )
        values: list[Any] = SchemaField(description="What was chosen in a menu")
        user: dict[str, Any] = SchemaField(description="Who did it")
        channel_id: str = SchemaField(description="Where")
        guild_id: str = SchemaField(description="The server, empty in a direct message")
        token: str = SchemaField(description="By which answers are edited and added, for 15 minutes")
        payload: dict[str, Any] = SchemaField(description="The whole interaction")
        error: str = SchemaField(description="Why it failed")

    test_input = [{"events": ["application_command"], "payload": _COMMAND}, {"payload": _CLICK}]
    test_output = [
        [
            ("name", "cardsearch"),
            ("options", {"cardname": "The Gitrog Monster"}),
            ("values", []),
            ("user", {"id": "53908232506183680", "username": "Mason"}),
            ("channel_id", "645027906669510667"),
            ("guild_id", "290926798626357999"),
            ("token", "A_UNIQUE_TOKEN"),
            ("payload", _COMMAND),
        ],
        [
            ("name", "click_one"),
            ("options", {}),
            ("values", []),
            ("user", {"id": "53908232506183680", "username": "Mason"}),
            ("channel_id", "345626669114982999"),
            ("guild_id", ""),
            ("token", ""),
            ("payload", _CLICK),
        ],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        data = object_at(payload, "data")
        values = data.get("values")
        yield "name", text_at(data, "name") or text_at(data, "custom_id")
        yield "options", _fields(data)
        yield "values", values if isinstance(values, list) else []
        yield "user", object_at(payload, "member", "user") or object_at(payload, "user")
        yield "channel_id", text_at(payload, "channel_id")
        yield "guild_id", text_at(payload, "guild_id")
        yield "token", text_at(payload, "token")
        yield "payload", payload


def _fields(data: JsonObject) -> JsonObject:
    """Values by name: options of commands and sub-commands, inputs of forms in their rows and labels."""
    found: JsonObject = {}
    waiting = [*objects_at(data, "options"), *objects_at(data, "components")]
    while waiting:
        one = waiting.pop(0)
        inner = object_at(one, "component")
        waiting += [*objects_at(one, "options"), *objects_at(one, "components"), *([inner] if inner else [])]
        name = text_at(one, "name") or text_at(one, "custom_id")
        value = one.get("value", one.get("values"))
        if name and value is not None:
            found[name] = value
    return found
