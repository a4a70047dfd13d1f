"""List the users of a workspace."""

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
from backend.blocks.slack._samples import ADA, BOT, GONE, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

_SLACKBOT = "USLACKBOT"
"""Of all apps it alone is not marked as a bot."""


class SlackListUsersBlock(CallsSlack, Block):
    """List the users of a workspace: people, and if wanted apps and those who have left."""

    id = "1763292b-0420-4468-90d7-c1245b7ee6bd"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "users"

    class Input(BlockSchema):
        limit: int = SchemaField(default=1000, description="How many at most", ge=1, le=5_000)
        include_bots: bool = SchemaField(default=False, description="Apps too", advanced=True)
        include_deleted: bool = SchemaField(
            default=False, description="Users that were deactivated too", advanced=True
        )
        credentials: SlackCredentialsInput = SlackCredentialsField("users:read")

    class Output(BlockSchema):
        user: JsonObject = SchemaField(description="Each user", each=True)
        users: list[JsonObject] = SchemaField(description="All of them")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"credentials": TEST_CREDENTIALS_INPUT},
        {"include_bots": True, "include_deleted": True, "credentials": TEST_CREDENTIALS_INPUT},
        {"limit": 0, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("user", ADA), ("users", [ADA]), ("has_more", False)],
        [("user", ADA), ("user", BOT), ("user", GONE), ("users", [ADA, BOT, GONE]), ("has_more", False)],
        [("error", says("limit"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        def is_wanted(user: JsonObject) -> bool:
            is_bot = bool(user.get("is_bot")) or user.get("id") == _SLACKBOT
            is_there = not user.get("deleted")
            return (input_data.include_bots or not is_bot) and (input_data.include_deleted or is_there)

        async def read() -> JsonObject:
            client = self.slack(credentials)
            found = await client.find("users.list", "members", most=input_data.limit, keep=is_wanted)
            return found.as_json()

        found: JsonObject = await context.step("read", read)
        for user in found["items"]:
            yield "user", user
        yield "users", found["items"]
        yield "has_more", found["has_more"]
