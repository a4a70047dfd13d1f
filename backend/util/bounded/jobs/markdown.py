"""Writes HTML from Markdown: `{"text"}` becomes a text. HTML within it is shown and not taken over."""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt

from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def answer(request: dict[str, Any]) -> str:
    """CommonMark with tables and strikethrough. Links with `javascript:` and the like stay text."""
    made = str(_MARKDOWN.render(request["text"]))
    if len(made) > MAX_OUTPUT_CHARS:
        raise Exceeded("output")
    return made
