"""Read the messages of a channel."""

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
from backend.blocks.slack._samples import FIRST, SECOND, sample_slack
from backend.blocks.slack._times import TIME_HELP, slack_time
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackReadChannelHistoryBlock(CallsSlack, Block):
    """Read the messages of a channel, newest first, without the replies in threads.

    Slack lets apps that are sold outside of its Marketplace read 15 messages a minute.
    """

    id = "0e612e4c-3456-488b-953e-ce852c00adec"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "history"

    class Input(BlockSchema):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="#general")
        oldest: str = SchemaField(default="", description=f"Only messages after this: {TIME_HELP}")
        latest: str = SchemaField(default="", description=f"Only messages before this: {TIME_HELP}")
        limit: int = SchemaField(default=100, description="How many at most", ge=1, le=2_000)
        inclusive: bool = SchemaField(
            default=False, description="Messages of exactly `oldest` or `latest` too", advanced=True
        )
        credentials: SlackCredentialsInput = SlackCredentialsField("channels:history")

    class Output(BlockSchema):
        message: JsonObject = SchemaField(description="Each message", each=True)
        messages: list[JsonObject] = SchemaField(description="All of them, newest first")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "#general", "credentials": TEST_CREDENTIALS_INPUT},
        {
            "channel": "@ada",
            "limit": 1,
            "oldest": "2017-08-22T00:00:00Z",
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"channel": "C0OUTSIDE", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "#general", "latest": "yesterday", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("message", SECOND), ("message", FIRST), ("messages", [SECOND, FIRST]), ("has_more", False)],
        [("message", SECOND), ("messages", [SECOND]), ("has_more", True)],
        [("error", says("/invite"))],
        [("error", says("'yesterday'"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def read() -> JsonObject:
            client = self.slack(credentials)
            found = await client.find(
                "conversations.history",
                "messages",
                most=input_data.limit,
                channel=await channel_id(client, input_data.channel),
                oldest=oldest,
                latest=latest,
                inclusive=input_data.inclusive or None,
            )
            return found.as_json()

        oldest, latest = slack_time(input_data.oldest), slack_time(input_data.latest)
        found: JsonObject = await context.step("read", read)
        for message in found["items"]:
            yield "message", message
        yield "messages", found["items"]
        yield "has_more", found["has_more"]
