"""Read who a user is."""

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
from backend.blocks.slack._places import USER_HELP, user_id
from backend.blocks.slack._samples import ADA, sample_slack
from backend.blocks.slack._users import UserOutput, pins_of
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.json_parts import object_at
from backend.data.model import BlockSchema, JsonObject, SchemaField


class SlackReadUserBlock(CallsSlack, Block):
    """Read who a user is: names, e-mail address, time zone, the whole profile."""

    id = "1a1a6a04-61cf-48d5-b4a1-7c4dc6ce25c3"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "user-round"

    class Input(BlockSchema):
        user: str = SchemaField(description=USER_HELP, placeholder="U0123456789")
        credentials: SlackCredentialsInput = SlackCredentialsField("users:read")

    class Output(UserOutput):
        pass

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"user": "<@U0ADA0000>", "credentials": TEST_CREDENTIALS_INPUT},
        {"user": "U0MISSING", "credentials": TEST_CREDENTIALS_INPUT},
        {"user": "@", "credentials": TEST_CREDENTIALS_INPUT},
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
        [("error", says("user_not_found"))],
        [("error", says("user is empty"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def read() -> JsonObject:
            client = self.slack(credentials)
            body = await client.read("users.info", user=await user_id(client, input_data.user))
            return object_at(body, "user")

        user: JsonObject = await context.step("read", read)
        for pair in pins_of(user):
            yield pair
