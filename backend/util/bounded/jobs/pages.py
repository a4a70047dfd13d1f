"""Finds what a web page is about: `{"html", "url", "style", "with_links"}` becomes its article and what is known of it."""

from __future__ import annotations

import logging
from typing import Any

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode
from trafilatura.metadata import extract_metadata
from trafilatura.settings import Document

from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded, Refused
from backend.util.html.text import parse_html, root_of, text_of

_KNOWN_WITHIN_CHARS = 100_000
"""A page says who wrote it, and when, at its beginning; to look further takes longer than to read it."""
_SHORT_CHARS = 100_000
"""Up to here the whole page is looked at; of a longer one its main part, where it names one."""
_SEARCHED_CHARS = 250_000
"""Up to here the article is searched for (measured: 0.3 s); a longer page gives all but its menus."""
_SHORTEST_ARTICLE_CHARS = 250
"""What is found to be shorter is hardly all that the page says."""
_BESIDE = ["aside", "footer", "form", "header", "nav"]
_UNREAD = ["iframe", "link", "noscript", "script", "style", "svg", "template"]
_DATES: dict[str, Any] = {"original_date": True, "extensive_search": False}
"""A date that the page says, never one that stands somewhere in its text."""
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def answer(request: dict[str, Any]) -> dict[str, str]:
    """Content and what is known; all texts, empty where the page does not say."""
    html = request["html"]
    page = parse_html(html)
    language = _language(page)
    content = _article(_main_part(page, html), request) or _all_text(page, request)
    if not content:
        raise Refused(
            f"There is no text at {request['url']}. The page may be made by scripts, which are not run: ask the "
            "site's API for the data."
        )
    if len(content) > MAX_OUTPUT_CHARS:
        raise Exceeded("output")
    return {"content": content, **_known(html[:_KNOWN_WITHIN_CHARS], request["url"]), "language": language}


def _main_part(page: LexborHTMLParser, html: str) -> str:
    """Of a long page the element that it names its main part, if there is one, without what nobody reads."""
    if len(html) <= _SHORT_CHARS:
        return html
    page.strip_tags(_UNREAD, recursive=True)
    return _main_element(page).html or ""


def _main_element(page: LexborHTMLParser) -> LexborNode:
    for selector in ("main", "article"):
        found = page.css(selector)
        if len(found) == 1:
            return found[0]
    return root_of(page)


def _article(html: str, request: dict[str, Any]) -> str:
    """Empty where nothing on the page looks like one, or where it is too long to be searched."""
    if len(html) > _SEARCHED_CHARS:
        return ""
    try:
        found: Any = trafilatura.bare_extraction(
            html,
            url=request["url"],
            fast=True,  # else jusText is asked too, which reads the common words of 100 languages first: 0.5 s
            include_comments=False,
            include_formatting=request["style"] == "markdown",
            include_links=request["with_links"],
        )
    except (MemoryError, RecursionError):
        raise
    except Exception:  # it is fed the worst of the web; the text can still be had without it
        return ""
    text = (found.text or "").strip() if isinstance(found, Document) else ""
    return text if len(text) >= _SHORTEST_ARTICLE_CHARS else ""


def _all_text(page: LexborHTMLParser, request: dict[str, Any]) -> str:
    """All text of the main part; of a long page without its menus."""
    if len(request["html"]) > _SHORT_CHARS:
        page.strip_tags(_BESIDE, recursive=True)
    return text_of(
        _main_element(page),
        style=request["style"],
        with_links=request["with_links"],
        base_url=request["url"],
    )


def _known(html: str, url: str) -> dict[str, str]:
    found = _metadata(html, url)
    return {
        "title": _line(found.title),
        "author": _line(found.author),
        "date": _line(found.date),
        "description": _line(found.description),
    }


def _metadata(html: str, url: str) -> Document:
    try:
        tree = trafilatura.load_html(html)
        return Document() if tree is None else extract_metadata(tree, url, dict(_DATES), False)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # as above
        return Document()


def _language(page: LexborHTMLParser) -> str:
    """As the page itself says."""
    said = page.css_first("html[lang]")
    return _line(said.attributes.get("lang")) if said is not None else ""


def _line(text: str | None) -> str:
    return " ".join((text or "").split())[:1000]


def _get_ready() -> None:
    """The first page takes 60 ms more than the second: that is not the time of whoever sends it."""
    text = "A sentence that is long enough to be taken for the beginning of an article. " * 5
    _article(
        f"<article><h1>T</h1><p>{text}</p><p>{text}</p></article>",
        {"url": "", "style": "markdown", "with_links": True},
    )
    _known("<title>T</title><meta name=author content=A><p>1 July 2025", "https://example.com/")


_get_ready()
