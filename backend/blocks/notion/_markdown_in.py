"""Markdown to blocks of Notion.

It is parsed in a process within limits (`jobs/markdown_tree.py`). What Notion has no block for becomes text: headings
below the third are of the third level, HTML is shown as it is written. A line break stays one.
Source: https://developers.notion.com/reference/block, https://spec.commonmark.org/0.31.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from backend.blocks.notion._blocks import block
from backend.blocks.notion._languages import language_of
from backend.blocks.notion._rich_text import MAX_PARTS, Run, can_link, joined, plain, rich, rich_of
from backend.data.model import JsonObject
from backend.util.bounded.pool import TIMEOUT_S, run_bounded

MAX_CHARS = 100_000
"""Of a text at once; a usual one of that length is parsed in 0.3 s."""
_SHORT_CHARS = 20_000
_LONG_TIMEOUT_S = 1.5
"""Of what is longer than `_SHORT_CHARS`, for machines that do more."""
_BOX = re.compile(r"\[([ xX])\](?:\s+|$)")
_MARKS = {"strong": "bold", "em": "italic", "s": "strikethrough", "code_inline": "code"}


@dataclass(frozen=True, slots=True)
class _Node:
    """A block as the job gives it. `word`: the level of a heading, or what stands behind a fence."""

    kind: str
    word: str
    content: Any
    children: list[_Node]


def blocks_of(markdown: str) -> list[JsonObject]:
    """The blocks, nested in their `children`. Lists may be longer and deeper than one request may have them.

    It may take two seconds, so it is called in a thread.

    Raises:
        LimitReached: it was made to be slow.
    """
    if not markdown.strip():
        return []
    found = run_bounded(
        "markdown_tree",
        {"text": markdown},
        subject="The Markdown",
        cure="Bring it to Notion in several parts.",
        timeout_s=TIMEOUT_S if len(markdown) <= _SHORT_CHARS else _LONG_TIMEOUT_S,
    )
    return _blocks(_nodes(found))


def _nodes(found: Iterable[Any]) -> list[_Node]:
    return [_Node(kind, word, content, _nodes(within)) for kind, word, content, within in found]


def _blocks(nodes: list[_Node]) -> list[JsonObject]:
    return [one for node in nodes for one in _KINDS.get(node.kind, _paragraph)(node)]


def _paragraph(node: _Node) -> list[JsonObject]:
    picture = _only_picture(node)
    return [_image(*picture)] if picture is not None else _text_blocks("paragraph", _runs_in(node))


def _heading(node: _Node) -> list[JsonObject]:
    return _text_blocks(f"heading_{min(int(node.word), 3)}", _runs_in(node))


def _text_blocks(kind: str, runs: list[Run], **more: object) -> list[JsonObject]:
    """One block, and a paragraph for each hundred texts that are too many for it."""
    parts = rich(runs)
    rest = [
        block("paragraph", rich_text=parts[start : start + MAX_PARTS])
        for start in range(MAX_PARTS, len(parts), MAX_PARTS)
    ]
    return [block(kind, rich_text=parts[:MAX_PARTS], **more), *rest]


def _holding(kind: str, node: _Node) -> list[JsonObject]:
    """A block whose text is its first paragraph, and whose children are all else."""
    first = node.children[0] if node.children else None
    has_text = first is not None and first.kind == "paragraph" and _only_picture(first) is None
    runs = _runs_in(first) if first is not None and has_text else []
    more: JsonObject = {}
    box = _BOX.match(runs[0].text) if runs and kind == "bulleted_list_item" else None
    if box is not None:
        kind, more = "to_do", {"checked": box[1] != " "}
        runs = [Run(runs[0].text[box.end() :], runs[0].marks, runs[0].link), *runs[1:]]
    made, *too_much = _text_blocks(kind, joined(runs), **more)
    children = [*too_much, *_blocks(node.children[1 if has_text else 0 :])]
    if children:
        made[kind]["children"] = children
    return [made]


def _bulleted(node: _Node) -> list[JsonObject]:
    return [one for item in node.children for one in _holding("bulleted_list_item", item)]


def _numbered(node: _Node) -> list[JsonObject]:
    return [one for item in node.children for one in _holding("numbered_list_item", item)]


def _quote(node: _Node) -> list[JsonObject]:
    return _holding("quote", node)


def _code(node: _Node) -> list[JsonObject]:
    parts = rich_of(node.content.removesuffix("\n"))
    return [block("code", rich_text=parts[:MAX_PARTS], language=language_of(node.word))]


def _divider(node: _Node) -> list[JsonObject]:
    return [block("divider")]


def _table(node: _Node) -> list[JsonObject]:
    rows = [block("table_row", cells=[_cell(cell) for cell in row.children]) for row in node.children]
    width = len(rows[0]["table_row"]["cells"])
    return [
        block("table", table_width=width, has_column_header=True, has_row_header=False, children=rows),
    ]


def _cell(node: _Node) -> list[JsonObject]:
    parts = rich(_runs_in(node))
    return parts if len(parts) <= MAX_PARTS else rich_of(plain(parts))


def _image(shows: str, url: str) -> JsonObject:
    caption = rich_of(shows)
    return block("image", type="external", external={"url": url}, **({"caption": caption} if caption else {}))


def _only_picture(node: _Node) -> tuple[str, str] | None:
    """What it shows and its address, where a paragraph is nothing else and Notion can show it."""
    if len(node.content) != 1:
        return None
    shows, marks, link, url = node.content[0]
    is_alone = bool(url) and not marks and link is None
    return (shows, url) if is_alone and url.startswith("http") and can_link(url) else None


def _runs_in(node: _Node) -> list[Run]:
    """The text of a block that has an inline part."""
    return joined(_run(*one) for one in node.content)


def _run(text: str, marks: list[str], link: str | None, picture: str) -> Run:
    """A picture within a text is its words, which lead to it unless they lead elsewhere."""
    address = _link(link or "") or _link(picture)
    return Run(text or picture, frozenset(_MARKS[mark] for mark in marks), address)


def _link(url: str) -> str:
    """The address where Notion takes it; a relative one means nothing there."""
    return url if can_link(url) else ""


_KINDS: dict[str, Callable[[_Node], list[JsonObject]]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "bullet_list": _bulleted,
    "ordered_list": _numbered,
    "blockquote": _quote,
    "fence": _code,
    "code_block": _code,
    "hr": _divider,
    "table": _table,
}
