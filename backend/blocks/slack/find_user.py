"""Find a user by e-mail address."""

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
from backend.blocks.slack._places import user_by_email
from backend.blocks.slack._samples import ADA, sample_slack
from backend.blocks.slack._users import UserOutput, pins_of
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackFindUserBlock(CallsSlack, Block):
    """Find a user by e-mail address."""

    id = "40426dd6-e857-467e-99c9-776683bab000"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "user-search"

    class Input(BlockSchema):
        email: str = SchemaField(description="The address", placeholder="ada@example.com", min_length=3)
        credentials: SlackCredentialsInput = SlackCredentialsField("users:read.email")

    class Output(UserOutput):
        pass

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"email": "ada@example.com", "credentials": TEST_CREDENTIALS_INPUT},
        {"email": "nobody@example.com", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [
            ("user_id", "U0ADA0000"),
            ("name", "ada"),
            ("real_name", "Ada Lovelace"),
            ("email", "ada@example.com"),
            ("time_zone", "Europe/London"),
            ("user", ADA),
        ],
        [("error", says("users_not_found"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def look() -> JsonObject:
            return await user_by_email(self.slack(credentials), input_data.email)

        user: JsonObject = await context.step("look", look)
        for pair in pins_of(user):
            yield pair
