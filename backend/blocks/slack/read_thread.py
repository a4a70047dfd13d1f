"""Read a thread."""

from __future__ import annotations

from typing import Any

from backend.blocks.slack._api import SlackCredentials
from backend.blocks.slack._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    SlackCredentialsField,
    SlackCredentialsInput,
)
from backend.blocks.slack._calls import CallsSlack
from backend.blocks.slack._places import CHANNEL_HELP, channel_id
from backend.blocks.slack._samples import FIRST, SECOND, TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackReadThreadBlock(CallsSlack, Block):
    """Read a thread: its first message, then the replies, oldest first."""

    id = "5a494295-5bba-42b2-9aad-f31ec5a921e5"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "messages-square"

    class Input(BlockSchema):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="#general")
        thread_ts: str = SchemaField(
            description="The `ts` of the thread's first message, like 1503435956.000247", min_length=1
        )
        limit: int = SchemaField(default=100, description="How many messages at most", ge=1, le=2_000)
        credentials: SlackCredentialsInput = SlackCredentialsField("channels:history")

    class Output(BlockSchema):
        message: JsonObject = SchemaField(description="Each message", each=True)
        messages: list[JsonObject] = SchemaField(description="All of them, oldest first")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "C0GENERAL", "thread_ts": TS, "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0MISSING", "thread_ts": TS, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("message", FIRST), ("message", SECOND), ("messages", [FIRST, SECOND]), ("has_more", False)],
        [("error", says("channel_not_found"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def read() -> JsonObject:
            client = self.slack(credentials)
            found = await client.find(
                "conversations.replies",
                "messages",
                most=input_data.limit,
                channel=await channel_id(client, input_data.channel),
                ts=input_data.thread_ts.strip(),
            )
            return found.as_json()

        found: JsonObject = await context.step("read", read)
        for message in found["items"]:
            yield "message", message
        yield "messages", found["items"]
        yield "has_more", found["has_more"]
