"""Send a message."""

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
from backend.blocks.slack._messages import TS_HELP, MessageInput, client_msg_id
from backend.blocks.slack._places import CHANNEL_HELP, recipient
from backend.blocks.slack._samples import TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackSendMessageBlock(CallsSlack, Block):
    """Send a message to a channel, into a thread, or to a person.

    It is sent once: what Slack answered is recorded, and it carries a `client_msg_id` that stays the same when the
    block is repeated after a crash, by which Slack finds repeats.
    """

    id = "27a53759-34ad-4358-aaf3-090244667b37"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "send"

    class Input(MessageInput):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="#general")
        thread_ts: str = SchemaField(default="", description=f"Reply in this thread. {TS_HELP}")
        reply_broadcast: bool = SchemaField(
            default=False, description="Show a reply in the channel too", advanced=True
        )
        unfurl_links: bool = SchemaField(
            default=True, description="Show previews of the pages that are linked", advanced=True
        )
        unfurl_media: bool = SchemaField(
            default=True, description="Show the pictures and videos that are linked", advanced=True
        )
        credentials: SlackCredentialsInput = SlackCredentialsField("chat:write")

    class Output(BlockSchema):
        ts: str = SchemaField(description="The message's `ts`: with the channel, it names the message")
        channel: str = SchemaField(description="The id of the channel where it is")
        message: JsonObject = SchemaField(description="The message as Slack has it")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "#general", "text": "größe :tada:", "credentials": TEST_CREDENTIALS_INPUT},
        {
            "channel": "@ada",
            "blocks": [{"type": "divider"}],
            "thread_ts": TS,
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"channel": "nobody@example.com", "text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "#general", "text": " ", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0MISSING", "text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0OUTSIDE", "text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0SCOPES0", "text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": " ", "text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [
            ("ts", TS),
            ("channel", "C0GENERAL"),
            ("message", {"type": "message", "text": "größe :tada:", "ts": TS, "bot_id": "B0EXAMPLE"}),
        ],
        [("ts", TS), ("channel", "C0GENERAL"), ("message", dict)],
        [("error", says("users_not_found", "e-mail"))],
        [("error", says("`text`", "`blocks`"))],
        [("error", says("channel_not_found", "/invite"))],
        [("error", says("not_in_channel", "/invite"))],
        [("error", says("chat:write", "users:read"))],
        [("error", says("channel is empty"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self,
        input_data: Input,
        *,
        credentials: SlackCredentials,
        idempotency_key: str,
        context: Context,
        **kwargs: Any,
    ) -> AsyncBlockOutput:
        async def send() -> JsonObject:
            client = self.slack(credentials)
            return await client.write(
                "chat.postMessage",
                channel=await recipient(client, input_data.channel),
                **content,
                thread_ts=input_data.thread_ts.strip() or None,
                reply_broadcast=input_data.reply_broadcast or None,
                unfurl_links=input_data.unfurl_links,
                unfurl_media=input_data.unfurl_media,
                client_msg_id=client_msg_id(idempotency_key),
            )

        content = input_data.content()
        body: JsonObject = await context.step("send", send)
        yield "ts", body["ts"]
        yield "channel", body["channel"]
        yield "message", body.get("message", {})
