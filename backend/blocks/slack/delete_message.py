"""Delete a message."""

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
from backend.blocks.slack._messages import TS_HELP
from backend.blocks.slack._places import CHANNEL_HELP, channel_id
from backend.blocks.slack._samples import TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackDeleteMessageBlock(CallsSlack, Block):
    """Delete a message that the same token has sent."""

    id = "c0389439-d034-40f3-bf15-a7acfe857a94"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "message-square-x"

    class Input(BlockSchema):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="C0123456789")
        ts: str = SchemaField(description=TS_HELP, min_length=1)
        credentials: SlackCredentialsInput = SlackCredentialsField("chat:write")

    class Output(BlockSchema):
        ts: str = SchemaField(description="The `ts` of the message that is gone")
        channel: str = SchemaField(description="The id of its channel")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "C0GENERAL", "ts": TS, "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0MISSING", "ts": TS, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [[("ts", TS), ("channel", "C0GENERAL")], [("error", says("channel_not_found"))]]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def delete() -> JsonObject:
            client = self.slack(credentials)
            place = await channel_id(client, input_data.channel)
            return await client.write("chat.delete", channel=place, ts=input_data.ts.strip())

        body: JsonObject = await context.step("delete", delete)
        yield "ts", body["ts"]
        yield "channel", body["channel"]
