"""Take a reaction back."""

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
from backend.blocks.slack._places import CHANNEL_HELP
from backend.blocks.slack._reactions import react
from backend.blocks.slack._samples import TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class SlackRemoveReactionBlock(CallsSlack, Block):
    """Take back an emoji with which the same token has reacted. That it is gone already is fine."""

    id = "e519e892-297a-4549-8de0-108af0ad265f"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "circle-minus"

    class Input(BlockSchema):
        channel: str = SchemaField(description=CHANNEL_HELP, placeholder="#general")
        ts: str = SchemaField(description=TS_HELP, min_length=1)
        name: str = SchemaField(description="The emoji's name", placeholder="thumbsup", max_length=200)
        credentials: SlackCredentialsInput = SlackCredentialsField("reactions:write")

    class Output(BlockSchema):
        was_there: bool = SchemaField(description="Whether it was there before")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"channel": "C0GENERAL", "ts": TS, "name": "tada", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0GENERAL", "ts": TS, "name": "eyes", "credentials": TEST_CREDENTIALS_INPUT},
        {"channel": "C0MISSING", "ts": TS, "name": "eyes", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [[("was_there", True)], [("was_there", False)], [("error", says("channel_not_found"))]]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def remove() -> bool:
            client = self.slack(credentials)
            given = (input_data.channel, input_data.ts, input_data.name)
            return await react(client, "reactions.remove", *given, same="no_reaction")

        yield "was_there", await context.step("remove", remove)
