"""Reads Markdown: `{"text"}` becomes its blocks, each `[kind, word, content, blocks within]`.

Kinds are markdown-it's names; `word` is the level of a heading, or what stands behind a fence. The content of code is
a text, of other blocks a list of runs: `[text, marks, link, picture]`. `link` is None outside of links; `picture` is
the address of one, whose text is what it shows, and else empty. The rows of a table are the blocks within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_PASSED_OVER = frozenset({"thead", "tbody"})
_BREAKS = frozenset({"softbreak", "hardbreak"})
_BLOCK_CHARS = 16
_RUN_CHARS = 8
"""What a block and a run are worth beside their texts, against the limit."""

_Run = tuple[str, tuple[str, ...], str | None, str]


def answer(request: dict[str, Any]) -> list[Any]:
    """CommonMark with tables and strikethrough; HTML within it is text."""
    root: list[Any] = ["root", "", [], []]
    around = [root]
    size = 0
    for token in _MARKDOWN.parse(request["text"]):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind in _PASSED_OVER:
            continue
        if token.nesting < 0:
            around.pop()
        elif kind == "inline":
            runs = list(_merged(_runs(token.children or [])))
            around[-1][2] = runs
            size += sum(map(_size, runs))
        else:
            block: list[Any] = [kind, _word(token, kind), token.content if token.nesting == 0 else [], []]
            around[-1][3].append(block)
            size += len(token.info) + len(token.content) + _BLOCK_CHARS
            if token.nesting > 0:
                around.append(block)
        if size > MAX_OUTPUT_CHARS:
            raise Exceeded("output")
    found: list[Any] = root[3]
    return found


def _word(token: Token, kind: str) -> str:
    return token.tag[1:] if kind == "heading" else token.info


def _size(run: _Run) -> int:
    text, _, link, picture = run
    return len(text) + len(link or "") + len(picture) + _RUN_CHARS


def _runs(tokens: Iterable[Token]) -> Iterator[_Run]:
    marks: list[str] = []
    links: list[str] = []
    for token in tokens:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        picture = str(token.attrs["src"]) if kind == "image" else ""
        if kind == "link":
            _step(links, token, str(token.attrs.get("href", "")))
        elif token.nesting:
            _step(marks, token, kind)
        else:
            named = {*marks, kind} if kind == "code_inline" else set(marks)
            yield _text(token), tuple(sorted(named)), links[-1] if links else None, picture


def _step(within: list[str], token: Token, name: str) -> None:
    if token.nesting > 0:
        within.append(name)
    else:
        within.pop()


def _text(token: Token) -> str:
    """A picture by what it shows, or by its address where it stands in the words for another."""
    if token.type == "image":
        return "".join(_text(one) or str(one.attrs.get("src", "")) for one in token.children or [])
    return "\n" if token.type in _BREAKS else token.content


def _merged(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Neighbours of one style as one; in a list until the last, for a text grows by its length each time."""
    for style, same in groupby(runs, key=lambda run: run[1:]):
        if style[2]:
            yield from same
        else:
            yield "".join(run[0] for run in same), *style
