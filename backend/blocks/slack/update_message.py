"""Change a message."""

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
from backend.blocks.slack._messages import TS_HELP, MessageInput
from backend.blocks.slack._places import CHANNEL_HELP, channel_id
from backend.blocks.slack._samples import TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackUpdateMessageBlock(CallsSlack, Block):
    """Change a message that the same token has sent. Text alone replaces the blocks that it had."""

    id = "bd5d0122-95ed-4284-8977-eb37e73a8863"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "square-pen"

    class Input(MessageInput):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="C0123456789")
        ts: str = SchemaField(description=TS_HELP, min_length=1)
        credentials: SlackCredentialsInput = SlackCredentialsField("chat:write")

    class Output(BlockSchema):
        ts: str = SchemaField(description="The message's `ts`")
        channel: str = SchemaField(description="The id of its channel")
        text: str = SchemaField(description="What it says now")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "#general", "ts": TS, "text": "Done", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "#nowhere", "ts": TS, "text": "Done", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0GENERAL", "ts": TS, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("ts", TS), ("channel", "C0GENERAL"), ("text", "Done")],
        [("error", says("nowhere"))],
        [("error", says("`text`"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def update() -> JsonObject:
            client = self.slack(credentials)
            return await client.write(
                "chat.update",
                channel=await channel_id(client, input_data.channel),
                ts=input_data.ts.strip(),
                text=content["text"],
                # Without them Slack keeps those of before, and nobody sees the new text.
                blocks=content["blocks"] or "[]",
            )

        content = input_data.content()
        body: JsonObject = await context.step("update", update)
        yield "ts", body["ts"]
        yield "channel", body["channel"]
        yield "text", body.get("text", "")
