"""Starts a run for each new entry of an RSS or Atom feed."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput, BlockPollConfig, PollRecord, PollResult
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.request import AsyncRequests, Response

_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_BEFORE_ALL = -1e12
"""Unix time: entries of all dates are wanted."""
_SHORTEST_S, _LONGEST_S = 30.0, 31 * 86_400.0

_ENTRY: JsonObject = {
    "id": "https://example.com/new",
    "title": "Größe & more 😀",
    "link": "https://example.com/new",
    "description": "<p>Hello</p>",
    "pub_date": "2025-07-01T11:30:00+00:00",
    "author": "ada@example.com (Ada)",
    "categories": ["a", "b"],
}


class FeedTriggerBlock(Block):
    """Start a run for each new entry of an RSS or Atom feed, oldest first.

    An entry is known by its id, else by its link, else by what it says: one that is edited starts no second run
    unless it has neither. What is in the feed when the graph goes live starts nothing, unless you want that.
    """

    id = "07ad6502-f14b-45ec-9bf7-e6765b91974e"
    categories = {BlockCategory.INPUT, BlockCategory.SEARCH}
    icon = "rss"
    pure = True
    poll_config = BlockPollConfig(interval_s=300.0)

    class Input(BlockSchema):
        url: str = SchemaField(
            description="The address of the feed", placeholder="https://example.com/feed.xml", min_length=1
        )
        interval_s: float = SchemaField(
            default=300.0,
            ge=_SHORTEST_S,
            le=_LONGEST_S,
            description="How often to look, in seconds; half a minute at the least",
        )
        emit_existing: bool = SchemaField(
            default=False,
            advanced=True,
            description="Also start a run for each entry that is in the feed when it is first looked at",
        )
        payload: JsonObject = SchemaField(hidden=True, description="The entry that starts the run")

    class Output(BlockSchema):
        entry: JsonObject = SchemaField(
            description=(
                "The entry: `id`, `title`, `link`, `description` (often HTML), `pub_date` (UTC), `author`, "
                "`categories`; empty where the feed is silent"
            )
        )
        error: str = SchemaField(description="Why it failed")

    test_input = {"url": "https://example.com/rss", "payload": _ENTRY}
    test_output = [("entry", _ENTRY)]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "entry", input_data.payload

    async def poll(self, input_data: Input, *, cursor: Any, **kwargs: Any) -> PollResult:
        """The entries of the feed, none while it says that nothing has changed.

        The cursor holds what it calls this state (RFC 9110, 13.1.2 and 13.1.3).
        """
        asked = {"Accept": _ACCEPT, **_conditions(cursor)}
        response = await AsyncRequests(asked).get(input_data.url)
        if response.status == 304:
            return PollResult([], cursor)
        entries = await asyncio.to_thread(_read, response, input_data.url)
        state = {name: response.headers.get(name, "") for name in ("etag", "last-modified")}
        return PollResult([PollRecord(entry["id"], entry) for entry in oldest_first(entries)], state)


def _conditions(cursor: Any) -> dict[str, str]:
    known: dict[str, str] = cursor or {}
    named = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last-modified")}
    return {name: value for name, value in named.items() if value}


def oldest_first(entries: list[JsonObject]) -> list[JsonObject]:
    """By date where all have one; else as feeds are written, newest first, the other way round."""
    turned = entries[::-1]
    is_dated = all(entry["pub_date"] for entry in turned)
    return sorted(turned, key=lambda entry: str(entry["pub_date"])) if is_dated else turned


def _read(response: Response, url: str) -> list[JsonObject]:
    """`url` is the address as the node has it: ids that are no whole URLs must not change with a redirect."""
    request = {
        "feed": base64.b64encode(response.content).decode(),
        "content_type": response.headers.get("content-type", ""),
        "url": url,
        "since": _BEFORE_ALL,
        "has_ids": True,
    }
    entries: list[JsonObject] = run_bounded(
        "feeds", request, subject="The feed", cure="Choose a smaller feed."
    )
    return entries
