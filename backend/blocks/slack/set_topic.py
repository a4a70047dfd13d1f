"""Set the topic of a channel."""

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
from backend.blocks.slack._samples import sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class SlackSetTopicBlock(CallsSlack, Block):
    """Set the topic of a channel, the line beside its name."""

    id = "3a9609eb-806f-4be9-b305-1dea1bc38cbf"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "heading"

    class Input(BlockSchema):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="#general")
        topic: str = SchemaField(description="The topic, without formatting; empty: none", max_length=250)
        credentials: SlackCredentialsInput = SlackCredentialsField("channels:write.topic")

    class Output(BlockSchema):
        channel: str = SchemaField(description="The id of the channel")
        topic: str = SchemaField(description="The topic")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "#general", "topic": "On call: Ada", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0GENERAL", "topic": "x" * 251, "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0OUTSIDE", "topic": "", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("channel", "C0GENERAL"), ("topic", "On call: Ada")],
        [("error", says("topic"))],
        [("error", says("not_in_channel"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def set_it() -> str:
            client = self.slack(credentials)
            place = await channel_id(client, input_data.channel)
            await client.write("conversations.setTopic", channel=place, topic=input_data.topic)
            return place

        yield "channel", await context.step("set", set_it)
        yield "topic", input_data.topic
