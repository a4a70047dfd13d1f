"""Asking for what happened in the chats of a bot, where no webhook can reach this server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.blocks.telegram._auth import TEST_CREDENTIALS, TelegramCredentialsInput
from backend.blocks.telegram._calls import CallsTelegram
from backend.blocks.telegram._samples import UPDATES, given, sample_telegram
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import APIKeyCredentials
from backend.data.examples import says
from backend.data.json_parts import text_at, value_at
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField
from backend.util.clock import now

_COUNTS_ON = timedelta(days=6)


class TelegramGetUpdatesBlock(CallsTelegram, Block):
    """Ask for what happened in the bot's chats and was not asked for yet, oldest first.

    For servers that Telegram cannot reach; a bot with a webhook, as the trigger sets one, refuses it. The graph
    remembers how far it has read; only its next run tells Telegram that these updates were taken.
    """

    id = "d9333aad-8366-425b-ad83-cff9bfda1ab9"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SOCIAL}
    icon = "inbox"

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which updates: message, edited_message, channel_post, callback_query and so on. None: as the "
            "last time; a new bot tells all but chat_member and reactions",
            examples=[["message", "callback_query"]],
        )
        limit: int = SchemaField(default=100, description="How many at most", ge=1, le=100)
        wait_s: int = SchemaField(
            default=0, description="So many seconds it waits for a first one", ge=0, le=50, advanced=True
        )
        offset: int | None = SchemaField(
            default=None,
            description="From this `update_id` on; earlier ones are forgotten. None: after what this graph has read",
            advanced=True,
        )
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that is asked")

    class Output(BlockSchema):
        update: JsonObject = SchemaField(description="Each update", each=True)
        updates: list[JsonObject] = SchemaField(description="All of them, oldest first")
        next_offset: int | None = SchemaField(
            description="Where the next call goes on; nothing before the first update"
        )
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        given(),
        given(offset=10001, limit=1),
        given(offset=10002),
        given(limit=0),
    ]
    test_output = [
        [("update", UPDATES[0]), ("update", UPDATES[1]), ("updates", UPDATES), ("next_offset", 10002)],
        [("update", UPDATES[1]), ("updates", UPDATES[1:]), ("next_offset", 10002)],
        [("updates", []), ("next_offset", 10002)],
        [("error", says("limit"))],
    ]
    test_mock = {"telegram": sample_telegram}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def ask() -> JsonObject:
            moment = now()
            offset = read_up_to(kept, moment) if input_data.offset is None else input_data.offset
            updates = await client.updates(
                offset=offset, limit=input_data.limit, wait_s=input_data.wait_s, kinds=input_data.events
            )
            following = next_offset(updates, offset)
            return {"updates": updates, "next_offset": following, "at": moment.isoformat()}

        client = self.telegram(credentials)
        key = f"telegram/{client.bot_id}/updates"
        kept = await context.kept_value(key)
        found: JsonObject = await context.step("ask", ask)
        if found["updates"]:
            await context.keep_value(key, {"next_offset": found["next_offset"], "at": found["at"]})
        for update in found["updates"]:
            yield "update", update
        yield "updates", found["updates"]
        yield "next_offset", found["next_offset"]


def read_up_to(kept: Any, moment: datetime) -> int | None:
    """The offset that was kept; None when it says nothing any more.

    Updates wait for a day, and after a week without any Telegram counts on from a random number.
    Source: https://core.telegram.org/bots/api#update, https://core.telegram.org/bots/api#getting-updates
    """
    offset, at = value_at(kept, "next_offset"), text_at(kept, "at")
    if not isinstance(offset, int) or not at:
        return None
    return offset if moment - datetime.fromisoformat(at) < _COUNTS_ON else None


def next_offset(updates: list[JsonObject], offset: int | None) -> int | None:
    """One more than the highest `update_id`; without updates where it was.

    Source: https://core.telegram.org/bots/api#getupdates
    """
    numbers = [number for one in updates if isinstance(number := value_at(one, "update_id"), int)]
    return max(numbers) + 1 if numbers else offset
