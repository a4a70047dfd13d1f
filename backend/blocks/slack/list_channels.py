"""List the channels of a workspace."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.slack._api import SlackCredentials
from backend.blocks.slack._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    SlackCredentialsField,
    SlackCredentialsInput,
)
from backend.blocks.slack._calls import CallsSlack
from backend.blocks.slack._samples import GENERAL, RANDOM, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

Kind = Literal["public_channel", "private_channel", "mpim", "im"]


class SlackListChannelsBlock(CallsSlack, Block):
    """List the channels that a token sees: public ones, and private ones that it is in."""

    id = "4be329b6-82c9-40ca-aef1-bb284d35bb61"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "hash"

    class Input(BlockSchema):
        types: list[Kind] = SchemaField(
            default=["public_channel"],
            description="Which kinds: public and private channels, direct messages of several (mpim) or two (im)",
            min_length=1,
        )
        limit: int = SchemaField(default=1000, description="How many at most", ge=1, le=5_000)
        exclude_archived: bool = SchemaField(
            default=True, description="Leave archived channels out", advanced=True
        )
        credentials: SlackCredentialsInput = SlackCredentialsField("channels:read")

    class Output(BlockSchema):
        channel: JsonObject = SchemaField(description="Each channel", each=True)
        channels: list[JsonObject] = SchemaField(description="All of them")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"types": ["public_channel", "im"], "credentials": TEST_CREDENTIALS_INPUT},
        {"limit": 1, "credentials": TEST_CREDENTIALS_INPUT},
        {"types": ["secret"], "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("channel", GENERAL), ("channel", RANDOM), ("channels", [GENERAL, RANDOM]), ("has_more", False)],
        [("channel", GENERAL), ("channels", [GENERAL]), ("has_more", True)],
        [("error", says("types"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def read() -> JsonObject:
            found = await self.slack(credentials).find(
                "conversations.list",
                "channels",
                most=input_data.limit,
                types=",".join(input_data.types),
                exclude_archived=input_data.exclude_archived,
            )
            return found.as_json()

        found: JsonObject = await context.step("read", read)
        for channel in found["items"]:
            yield "channel", channel
        yield "channels", found["items"]
        yield "has_more", found["has_more"]
