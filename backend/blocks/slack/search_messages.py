"""Search messages."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.slack._api import Found, SlackClient, SlackCredentials
from backend.blocks.slack._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    SlackCredentialsField,
    SlackCredentialsInput,
)
from backend.blocks.slack._calls import CallsSlack
from backend.blocks.slack._samples import MATCH, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.json_parts import object_at, objects_at, value_at
from backend.data.model import BlockSchema, JsonObject, SchemaField

_PAGE_MATCHES = 100
_MOST_PAGES = 100
"""Slack has no page beyond."""


class SlackSearchMessagesBlock(CallsSlack, Block):
    """Search the messages that a user sees. It takes a user's token (xoxp) with search:read: a bot may not search."""

    id = "d9f91c3b-6976-4240-978d-01f142eb0c7d"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "text-search"

    class Input(BlockSchema):
        query: str = SchemaField(
            description="As in Slack's own search: words, from:@ada, in:#general, before:2026-05-01",
            placeholder="from:@ada deploy",
            min_length=1,
            max_length=1000,
        )
        sort: Literal["score", "timestamp"] = SchemaField(
            default="score", description="By relevance or by time", advanced=True
        )
        sort_dir: Literal["asc", "desc"] = SchemaField(
            default="desc", description="Ascending or descending", advanced=True
        )
        limit: int = SchemaField(default=20, description="How many at most", ge=1, le=1000)
        credentials: SlackCredentialsInput = SlackCredentialsField("user:search:read")

    class Output(BlockSchema):
        match: JsonObject = SchemaField(description="Each message that was found", each=True)
        matches: list[JsonObject] = SchemaField(description="All of them")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"query": "hello", "credentials": TEST_CREDENTIALS_INPUT},
        {"query": "hello", "sort": "author", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("match", MATCH), ("matches", [MATCH]), ("has_more", False)],
        [("error", says("sort"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def search() -> JsonObject:
            return (await _search(self.slack(credentials), input_data)).as_json()

        found: JsonObject = await context.step("search", search)
        for match in found["items"]:
            yield "match", match
        yield "matches", found["items"]
        yield "has_more", found["has_more"]


async def _search(client: SlackClient, given: SlackSearchMessagesBlock.Input) -> Found:
    """Page after page by number: searching has no cursors that could be relied on.

    Source: https://docs.slack.dev/reference/methods/search.messages.
    """
    matches: list[JsonObject] = []
    for page in range(1, _MOST_PAGES + 1):
        body = await client.read(
            "search.messages",
            query=given.query,
            sort=given.sort,
            sort_dir=given.sort_dir,
            count=min(given.limit, _PAGE_MATCHES),
            page=page,
        )
        answer = object_at(body, "messages")
        found = objects_at(answer, "matches")
        matches += found
        pages = value_at(answer, "paging", "pages")
        is_last = not found or not isinstance(pages, int) or page >= pages
        if is_last or len(matches) >= given.limit:
            return Found(matches[: given.limit], has_more=not is_last or len(matches) > given.limit)
    return Found(matches, has_more=True)
