"""Open a direct message."""

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
from backend.blocks.slack._places import USER_HELP, direct_message, user_id
from backend.blocks.slack._samples import DM, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackOpenDirectMessageBlock(CallsSlack, Block):
    """Open a direct message with one user, or with up to eight. The same users have the same one each time."""

    id = "0cf98419-22f3-4399-81d0-0012b914f3c8"
    categories = {BlockCategory.COMMUNICATION}
    icon = "message-circle-plus"

    class Input(BlockSchema):
        users: list[str] = SchemaField(
            description=f"With whom. {USER_HELP}", min_length=1, max_length=8, placeholder="@ada"
        )
        credentials: SlackCredentialsInput = SlackCredentialsField("im:write")

    class Output(BlockSchema):
        channel: str = SchemaField(description="The id of the direct message, for sending and reading")
        conversation: JsonObject = SchemaField(description="The direct message as Slack has it")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"users": ["@ada"], "credentials": TEST_CREDENTIALS_INPUT},
        {"users": ["ada@example.com", "U0BOT0000"], "credentials": TEST_CREDENTIALS_INPUT},
        {"users": [], "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("channel", "D0ADA0000"), ("conversation", DM)],
        [("channel", "D0ADA0000"), ("conversation", DM)],
        [("error", says("users"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def open_it() -> JsonObject:
            client = self.slack(credentials)
            return await direct_message(client, [await user_id(client, user) for user in input_data.users])

        opened: JsonObject = await context.step("open", open_it)
        yield "channel", opened["id"]
        yield "conversation", opened
