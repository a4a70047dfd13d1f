"""Read RSS and Atom feeds."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockCategory
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.clock import now
from backend.util.errors import ProviderUnavailable
from backend.util.request import AsyncRequests, Headers, Response

_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_LONGEST_PERIOD_MIN = 100 * 366 * 24 * 60

_RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>News</title>
<item><title>Größe &amp; more 😀</title><link>https://example.com/new</link>
<description>&lt;p&gt;Hello&lt;/p&gt;</description><author>ada@example.com (Ada)</author>
<category>a</category><category>b</category><pubDate>Tue, 01 Jul 2025 11:30:00 GMT</pubDate></item>
<item><title>Old</title><pubDate>Tue, 01 Jul 2025 09:00:00 GMT</pubDate></item>
<item><title>Without a date</title></item>
</channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><title>A</title><link href="posts/1"/><content>Text</content><author><name>Zoë</name></author>
<updated>2025-07-01T13:00:00+02:00</updated></entry></feed>"""
_FEEDS = {
    "rss": _RSS,
    "atom": _ATOM,
    "empty": '<rss version="2.0"><channel><title>Nothing yet</title></channel></rss>',
    "page": "<!doctype html><title>A page</title><p>No feed</p>",
    "blank": "",
    "cut": _RSS.partition("<item><title>Old")[0],
    "lies": _ATOM.replace("2025-07-01T13:00:00+02:00", "soon"),
    "many": '<rss version="2.0"><channel>' + "<item><title>a</title></item>" * 300 + "</channel></rss>",
}


def _example_feed(url: str) -> Response:
    name = url.rpartition("/")[2]
    if name not in _FEEDS:
        raise ProviderUnavailable("example.com cannot be reached.")
    return Response(200, Headers([("content-type", "application/xml")]), _FEEDS[name].encode(), url, 0.1)


def _entry(title: str, **known: Any) -> JsonObject:
    nothing: JsonObject = {"link": "", "description": "", "pub_date": "", "author": "", "categories": []}
    return {"title": title, **nothing, **known}


_NEW = _entry(
    "Größe & more 😀",
    link="https://example.com/new",
    description="<p>Hello</p>",
    pub_date="2025-07-01T11:30:00+00:00",
    author="ada@example.com (Ada)",
    categories=["a", "b"],
)
_UNDATED = _entry("Without a date")
_OLD = _entry("Old", pub_date="2025-07-01T09:00:00+00:00")
_POST = _entry("A", link="https://example.com/posts/1", description="Text", author="Zoë")
_DATED_POST = {**_POST, "pub_date": "2025-07-01T11:00:00+00:00"}


def _given_out(*entries: JsonObject) -> list[tuple[str, Any]]:
    return [*(("entry", entry) for entry in entries), ("entries", list(entries))]


class ReadRSSFeedBlock(Block):
    """Read an RSS or Atom feed once: the entries of the last minutes, one by one and as a list.

    Entries without a date are given too. To look again and again, start the graph by a schedule.
    """

    id = "5ebe6768-8e5d-41e3-9134-1c7bd89a8d52"
    categories = {BlockCategory.INPUT, BlockCategory.SEARCH}
    icon = "rss"
    differences = (
        "It reads the feed once, whatever `run_continuously` says; there it repeats for ever. Start the graph again and again.",
        "A feed that cannot be fetched or read fails the block; there it counts as an empty feed.",
        "An entry without a date is given, with an empty `pub_date`; there it fails the block.",
    )

    class Input(BlockSchema):
        rss_url: str = SchemaField(
            description="The address of the feed", placeholder="https://example.com/feed.xml"
        )
        time_period: int = SchemaField(
            default=1440, ge=0, le=_LONGEST_PERIOD_MIN, description="How far back, in minutes from now"
        )
        polling_rate: int = SchemaField(
            default=300, description="Not used: a schedule says how often to look", advanced=True
        )
        run_continuously: bool = SchemaField(
            default=True, description="Not used: each firing looks once", advanced=True
        )

    class Output(BlockSchema):
        entry: JsonObject = SchemaField(
            description=(
                "One entry: `title`, `link`, `description` (often HTML), `pub_date` (UTC), `author`, "
                "`categories`; empty where the feed is silent"
            ),
            each=True,
        )
        entries: list[JsonObject] = SchemaField(description="All of them, in the order of the feed")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"rss_url": "https://example.com/rss", "time_period": 60, "polling_rate": 300},
        {"rss_url": "https://example.com/rss", "run_continuously": False},
        {"rss_url": "https://example.com/atom"},
        {"rss_url": "https://example.com/lies"},
        {"rss_url": "https://example.com/empty"},
        {"rss_url": "https://example.com/cut"},
        {"rss_url": "https://example.com/many"},
        {"rss_url": "https://example.com/page"},
        {"rss_url": "https://example.com/blank"},
        {"rss_url": "https://example.com/gone"},
        {"rss_url": "https://example.com/rss", "time_period": -1},
        {"rss_url": "https://example.com/rss", "time_period": "a day"},
        {"rss_url": None},
    ]
    test_output = [
        _given_out(_NEW, _UNDATED),
        _given_out(_NEW, _OLD, _UNDATED),
        _given_out(_DATED_POST),
        _given_out(_POST),
        _given_out(),
        _given_out(_NEW),
        _given_out(*[_entry("a")] * 300),
        [("error", says("no feed"))],
        [("error", says("no feed"))],
        [("error", says("cannot be reached"))],
        [("error", says("time_period"))],
        [("error", says("time_period"))],
        [("error", says("rss_url"))],
    ]
    test_mock = {
        "fetch": _example_feed,
        "moment": lambda: datetime.fromisoformat("2025-07-01T12:00:00+00:00"),
    }

    async def fetch(self, url: str) -> Response:
        return await AsyncRequests({"Accept": _ACCEPT}).get(url)

    def moment(self) -> datetime:
        """From when `time_period` counts back."""
        return now()

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        since = self.moment() - timedelta(minutes=input_data.time_period)
        response = await self.fetch(input_data.rss_url)
        entries = await asyncio.to_thread(_read, response, since.timestamp())
        for entry in entries:
            yield "entry", entry
        yield "entries", entries


def _read(response: Response, since: float) -> list[JsonObject]:
    request = {
        "feed": base64.b64encode(response.content).decode(),
        "content_type": response.headers.get("content-type", ""),
        "url": response.url,
        "since": since,
    }
    entries: list[JsonObject] = run_bounded(
        "feeds", request, subject="The feed", cure="Choose a shorter `time_period`, or a smaller feed."
    )
    return entries
