"""Send a message that one user of a channel sees."""

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
from backend.blocks.slack._places import USER_HELP, channel_id, user_id
from backend.blocks.slack._samples import TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackSendEphemeralMessageBlock(CallsSlack, Block):
    """Show a message to one user of a channel, until they reload Slack. It cannot be changed or deleted."""

    id = "e1f72bbe-5dfe-43fa-83ed-ce05fa42cb0c"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "message-square-dashed"

    class Input(MessageInput):
        channel: str = SchemaField(
            description="Where to show it: an id like C0123456789, or a name like #general",
            placeholder="#general",
        )
        user: str = SchemaField(description=f"Who sees it. {USER_HELP}", placeholder="@ada")
        thread_ts: str = SchemaField(default="", description=f"Show it in this thread. {TS_HELP}")
        credentials: SlackCredentialsInput = SlackCredentialsField("chat:write")

    class Output(BlockSchema):
        message_ts: str = SchemaField(description="The message's `ts`, good for nothing but records")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "#general", "user": "@Ada", "text": "Psst", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "#general", "user": "@nobody", "text": "Psst", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [[("message_ts", TS)], [("error", says("no user 'nobody'"))]]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def send() -> JsonObject:
            client = self.slack(credentials)
            return await client.write(
                "chat.postEphemeral",
                channel=await channel_id(client, input_data.channel),
                user=await user_id(client, input_data.user),
                **content,
                thread_ts=input_data.thread_ts.strip() or None,
            )

        content = input_data.content()
        body: JsonObject = await context.step("send", send)
        yield "message_ts", body["message_ts"]
