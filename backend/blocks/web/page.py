"""Read the text of a web page."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from backend.data.block import AsyncBlockOutput, Block, BlockCategory
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.charset import decoded, decoded_page
from backend.util.errors import BlockError, ProviderNotFound
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, Headers, Response

_ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.8, text/markdown;q=0.8, */*;q=0.1"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"text/plain", "text/markdown", "text/csv", "text/x-markdown"})
_INSTEAD = {
    "application/json": "Use Http Request, which gives it as JSON.",
    "application/rss+xml": "It is a feed: use Read RSS Feed.",
    "application/atom+xml": "It is a feed: use Read RSS Feed.",
    "application/pdf": "Use File Store to keep it as a file.",
}
_OTHERS = "Use Http Request to get it as a file or as text."

_ARTICLE = """<!doctype html><html lang="de"><head><title>Größe | Example</title>
<meta name="author" content="Zoë Ada"><meta property="article:published_time" content="2025-07-01T10:00:00Z">
<meta name="description" content="About size."><meta property="og:title" content="Größe"></head>
<body><nav><a href="/">Home</a> <a href="/about">About us</a></nav><article><h1>Größe</h1>
<p>The first paragraph is long enough to be taken for the beginning of an <b>article</b> that people read.</p>
<p>The second one says more, and has a <a href="/more">link to more</a> of the same kind, for those who want.</p>
<ul><li>One point of several, in a list</li><li>Another point of the list</li></ul></article>
<footer>Copyright, imprint, cookies</footer></body></html>"""
_CONTENT = """# Größe

The first paragraph is long enough to be taken for the beginning of an **article** that people read.

The second one says more, and has a link to more of the same kind, for those who want.

- One point of several, in a list
- Another point of the list"""
_SERVED: dict[str, tuple[str, bytes]] = {
    "article": ("text/html; charset=utf-8", _ARTICLE.encode()),
    "latin": ("text/html", _ARTICLE.replace("😀", "").encode("latin-1")),
    "untold": ("", _ARTICLE.encode()),
    "short": ("text/html", b"<title>Hi</title><body>Only a <b>word</b>"),
    "notes.txt": ("text/plain", "größe < 😀\n".encode()),
    "data": ("application/json", b"{}"),
    "picture": ("image/png", b"\x89PNG"),
    "bytes": ("", b"\x00\x01"),
    "empty": ("text/html", b""),
    "scripts": ("text/html", b"<html><body><div id=app></div><script>go()</script></body></html>"),
}


def _example_page(url: str) -> Response:
    name = url.rpartition("/")[2]
    if name not in _SERVED:
        raise ProviderNotFound(f"{url} has nothing there.", http_status=404)
    kind, content = _SERVED[name]
    return Response(200, Headers([("content-type", kind)] if kind else []), content, url, 0.1)


def _read(content: str, name: str, **known: str) -> list[tuple[str, str]]:
    told = {"title": "", "author": "", "date": "", "language": "", "description": "", **known}
    return [("content", content), *told.items(), ("url", f"https://example.com/{name}")]


def _article(name: str) -> list[tuple[str, str]]:
    return _read(
        _CONTENT,
        name,
        title="Größe",
        author="Zoë Ada",
        date="2025-07-01",
        language="de",
        description="About size.",
    )


class ReadWebPageBlock(Block):
    """Read a web page: its article without menus and advertisements, and its title, author and date.

    A page without an article gives all its text. Scripts are not run.
    """

    id = "6ed99577-e2a7-4531-a41b-f16ede073f10"
    categories = {BlockCategory.SEARCH, BlockCategory.HTTP}
    icon = "newspaper"

    class Input(BlockSchema):
        url: str = SchemaField(
            description="The address of the page", placeholder="https://example.com/article"
        )
        format: Literal["markdown", "text"] = SchemaField(
            default="markdown", description="Markdown keeps headings and emphasis"
        )
        with_links: bool = SchemaField(
            default=False, description="Keep the addresses of links", advanced=True
        )

    class Output(BlockSchema):
        content: str = SchemaField(description="The text")
        title: str = SchemaField(
            description="The title; this and what follows is empty if the page is silent"
        )
        author: str = SchemaField(description="Who wrote it")
        date: str = SchemaField(description="When it was published, like 2025-07-01")
        language: str = SchemaField(description="The language that the page names, like en or pt-BR")
        description: str = SchemaField(description="What the page says it is about")
        url: str = SchemaField(description="Where the page was found, after redirects")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"url": "https://example.com/article"},
        {"url": "https://example.com/latin"},
        {"url": "https://example.com/untold"},
        {"url": "https://example.com/article", "format": "text", "with_links": True},
        {"url": "https://example.com/short"},
        {"url": "https://example.com/notes.txt"},
        {"url": "https://example.com/data"},
        {"url": "https://example.com/picture"},
        {"url": "https://example.com/bytes"},
        {"url": "https://example.com/empty"},
        {"url": "https://example.com/scripts"},
        {"url": "https://example.com/gone"},
        {"url": "https://example.com/article", "format": "pdf"},
        {"url": None},
    ]
    test_output = [
        _article("article"),
        _article("latin"),
        _article("untold"),
        [("content", says("The first paragraph", "/more")), *_article("article")[1:]],
        _read("Only a **word**", "short", title="Hi"),
        _read("größe < 😀\n", "notes.txt"),
        [("error", says("application/json", "Http Request"))],
        [("error", says("image/png"))],
        [("error", says("no web page"))],
        [("error", says("no text"))],
        [("error", says("no text"))],
        [("error", says("nothing there"))],
        [("error", says("format"))],
        [("error", says("url"))],
    ]
    test_mock = {"fetch": _example_page}

    async def fetch(self, url: str) -> Response:
        return await AsyncRequests({"Accept": _ACCEPT}).get(url)

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        response = await self.fetch(input_data.url)
        told = response.headers.get("content-type", "")
        if _kind(response) in _PAGES:
            found = await asyncio.to_thread(_understood, response.content, told, response.url, input_data)
        else:
            text = await off_loop(len(response.content), decoded, response.content, told)
            found = {"content": text}
        for pin in ("content", "title", "author", "date", "language", "description"):
            yield pin, found.get(pin, "")
        yield "url", response.url


def _kind(response: Response) -> str:
    """The type of what came.

    Raises:
        BlockError: it is neither a page nor plain text.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind and response.content.lstrip()[:1] == b"<":
        kind = "text/html"
    if kind not in _PAGES and kind not in _PLAIN:
        raise BlockError(
            f"{response.url.partition('?')[0]} is no web page but {kind or 'of an unknown type'}. "
            f"{_INSTEAD.get(kind, _OTHERS)}"
        )
    return kind


def _understood(raw: bytes, told: str, url: str, asked: ReadWebPageBlock.Input) -> dict[str, str]:
    html = decoded_page(raw, told)
    request = {"html": html, "url": url, "style": asked.format, "with_links": asked.with_links}
    cure = "Read a smaller page, or get it with Http Request and take parts with Extract From Html."
    found: dict[str, str] = run_bounded("pages", request, subject="The page", cure=cure)
    return found
