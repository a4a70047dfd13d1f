"""Markdown that is nested, unfinished, or long, against the block that makes HTML of it."""

from __future__ import annotations

from collections.abc import Callable

from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb


def _text(make: Callable[[], str]) -> Callable[[], JsonObject]:
    return lambda: {"content": make()}


BOMBS = [
    Bomb("markdown: open brackets", "WriteHtmlBlock", _text(lambda: "[" * 900_000), "stopped"),
    Bomb("markdown: nested quotes", "WriteHtmlBlock", _text(lambda: "> " * 50_000 + "a"), None),
    Bomb("markdown: open emphasis", "WriteHtmlBlock", _text(lambda: "*a **a " * 140_000), "stopped"),
    Bomb("markdown: links within links", "WriteHtmlBlock", _text(lambda: "[a](" * 200_000), "stopped"),
    Bomb("markdown: many references", "WriteHtmlBlock", _text(lambda: "[a]: b\n" * 140_000), "stopped"),
    Bomb(
        "markdown: a table of a wide line",
        "WriteHtmlBlock",
        _text(lambda: "|a" * 150_000 + "\n" + "|-" * 90_000),
        None,
    ),
    Bomb("rows of nested lists", "WriteHtmlBlock", lambda: {"content": [[[0] * 1_000] * 90] * 10}, None),
]
