"""Let Slack send a message later."""

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
from backend.blocks.slack._places import CHANNEL_HELP, recipient
from backend.blocks.slack._samples import TS, sample_slack
from backend.blocks.slack._times import TIME_HELP, slack_time
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput


class SlackScheduleMessageBlock(CallsSlack, Block):
    """Let Slack send a message later, up to 120 days from now. The run does not wait for it."""

    id = "4881473d-6e79-4c5e-a7fd-697b6323b6ff"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT, BlockCategory.TIME}
    icon = "calendar-clock"

    class Input(MessageInput):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="#general")
        post_at: str = SchemaField(description=f"When to send it: {TIME_HELP}", format="date-time")
        thread_ts: str = SchemaField(default="", description=f"Reply in this thread. {TS_HELP}")
        credentials: SlackCredentialsInput = SlackCredentialsField("chat:write")

    class Output(BlockSchema):
        scheduled_message_id: str = SchemaField(description="By which Slack knows it until it is sent")
        channel: str = SchemaField(description="The id of the channel where it will be")
        post_at: int = SchemaField(description="When it will be sent, Unix time in seconds")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {
            "channel": "#general",
            "text": "Good morning",
            "post_at": "2030-05-01T09:00:00+02:00",
            "thread_ts": TS,
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {
            "channel": "#general",
            "text": "Hi",
            "post_at": "2030-05-01T09:00:00",
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"channel": "#general", "text": "Hi", "post_at": "tomorrow", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("scheduled_message_id", "Q0EXAMPLE"), ("channel", "C0GENERAL"), ("post_at", 1903849200)],
        [("error", says("time zone"))],
        [("error", says("'tomorrow'"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def schedule() -> JsonObject:
            client = self.slack(credentials)
            return await client.write(
                "chat.scheduleMessage",
                channel=await recipient(client, input_data.channel),
                post_at=post_at,
                **content,
                thread_ts=input_data.thread_ts.strip() or None,
            )

        content, post_at = input_data.content(), _whole_seconds(input_data.post_at)
        body: JsonObject = await context.step("schedule", schedule)
        yield "scheduled_message_id", body["scheduled_message_id"]
        yield "channel", body["channel"]
        yield "post_at", int(body.get("post_at", post_at))


def _whole_seconds(text: str) -> int:
    moment = slack_time(text)
    if moment is None:
        raise InvalidInput(f"`post_at` is empty. Write it like {TIME_HELP}.")
    return int(float(moment))
