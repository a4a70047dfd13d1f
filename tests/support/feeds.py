"""A feed that grows, as a local server's route, and a graph that is started by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.web.feed_trigger import FeedTriggerBlock
from backend.data.graph import Graph
from tests.support import graphs
from tests.support.http_server import Answer, Seen


@dataclass
class Feed:
    """`entries` are newest first, as (id, title); an empty id: the feed gives none, nor a link."""

    entries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    is_conditional: bool = False
    delay_s: float = 0.0
    broken: list[Answer] = field(default_factory=list[Answer])
    """What it answers first, one after the other."""

    def add(self, entry_id: str, title: str = "News") -> None:
        self.entries.insert(0, (entry_id, title))

    @property
    def etag(self) -> str:
        return f'"{abs(hash(tuple(self.entries)))}"'

    def __call__(self, request: Seen) -> Answer:
        if self.broken:
            return self.broken.pop(0)
        if self.is_conditional and request.headers.get("if-none-match") == self.etag:
            return Answer(304, headers={"ETag": self.etag})
        items = "".join(_item(entry_id, title) for entry_id, title in list(self.entries))
        body = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        headers = {"Content-Type": "application/rss+xml", "ETag": self.etag}
        return Answer(200, body.encode(), headers, delay_s=self.delay_s)


def _item(entry_id: str, title: str) -> str:
    guid = f'<guid isPermaLink="false">{escape(entry_id)}</guid>' if entry_id else ""
    return f"<item>{guid}<title>{escape(title)}</title></item>"


def feed_graph(url: str, **constants: Any) -> Graph:
    """An entry of the feed -> output `entry`."""
    return graphs.graph(
        [
            graphs.node("feed", FeedTriggerBlock, url=url, **constants),
            graphs.node("out", AgentOutputBlock, name="entry"),
        ],
        ["feed.entry -> out.value"],
        name="feed",
    )
